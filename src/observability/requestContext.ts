import { AsyncLocalStorage } from 'node:async_hooks';

/** One HTTP request under way, as its log lines tell of it. */
export interface Asked {
  readonly requestId: string;
  /** The kind of who asks, once it is known; never who. */
  actor: string;
}

const asked = new AsyncLocalStorage<Asked>();

/** Runs `work` as part of a request: every line logged meanwhile bears its id. */
export function withinRequest(request: Asked, work: () => void): void {
  asked.run(request, work);
}

/** @returns the id of the request that this code runs for; undefined outside of one. */
export function requestId(): string | undefined {
  return asked.getStore()?.requestId;
}

/** Notes what kind of actor asks: a role, for the line that tells of the request. */
export function askedBy(role: string): void {
  const request = asked.getStore();
  if (request) request.actor = role;
}
