import type { RequestHandler } from 'express';
import type { Server } from 'node:http';

/** How often connections without a request are looked for, ms. */
const IDLE_MS = 50;

/** While the process ends, each answer closes its connection: the caller's next request goes to another process. */
export function lettingGo(isEnding: () => boolean): RequestHandler {
  return (_req, res, next) => {
    if (isEnding()) res.set('Connection', 'close');
    next();
  };
}

/**
 * Takes no new connection, lets idle ones go and waits for requests that are under way.
 * @param boundMs how long at most; what is not answered by then is cut off. @returns whether every request got its answer.
 */
export async function endServer(server: Server, boundMs: number): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => server.close(() => resolve(true)));
  // A connection that was told to be kept before the end stays open behind its answer, so they are looked for again.
  const looking = setInterval(() => server.closeIdleConnections(), IDLE_MS);
  const whole = (await within(boundMs, closed)) ?? false;
  clearInterval(looking);
  if (!whole) server.closeAllConnections();
  return whole;
}

/** @returns what `work` comes to; undefined when it takes longer. */
export async function within<T>(boundMs: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), boundMs);
  });
  const first = await Promise.race([work, late]);
  clearTimeout(timer);
  return first;
}
