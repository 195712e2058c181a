import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from './startError';

/** Asks an address once. @returns whether it answered 200 within `timeoutMs` */
export async function answersOk(url: string, timeoutMs = 5000): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false;
  }
}

/** What an address last said when it did not say 200: status and the beginning of its body, or the system's reason. */
async function refusal(url: string, headers: Record<string, string>): Promise<string> {
  try {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(2000) });
    return `${answer.status} ${(await answer.text()).slice(0, 900)}`;
  } catch (error) {
    return ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
  }
}

/** Waits until an address answers 200. @param headers shown when it is asked why not. Throws `StartError` with its last answer when `deadlineMs` passed. */
export async function waitForOk(url: string, deadlineMs: number, headers: Record<string, string> = {}): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await answersOk(url, 2000))) {
    if (Date.now() >= end)
      throw new StartError(`${url} was not ready within ${deadlineMs / 1000} s (${await refusal(url, headers)}): see the logs in the state folder.`);
    await delay(50);
  }
}
