import { readFileSync } from 'node:fs';
import { statePaths } from '../../paths';
import { PlayFailure } from './failure';

/** Where the running system answers, and the key that makes sandbox tenants. */
export type RunningSystem = { url: string; sandboxKey: string };

/**
 * Finds the system by `PORT` (default 8080) and the credentials made at its first start (`ALMONER_STATE` or the checkout's own).
 * @throws {PlayFailure} when there are no credentials
 */
export function runningSystem(): RunningSystem {
  const { credentialsFile } = statePaths();
  let sandboxKey: unknown;
  try {
    sandboxKey = (JSON.parse(readFileSync(credentialsFile, 'utf8')) as { sandboxKey?: unknown }).sandboxKey;
  } catch (error) {
    throw new PlayFailure(4, `No credentials of a running system: ${(error as Error).message}. Start one with \`npm start\` first.`);
  }
  if (typeof sandboxKey !== 'string') throw new PlayFailure(4, `${credentialsFile} holds no sandboxKey; it is written at the end of a start.`);
  return { url: `http://127.0.0.1:${process.env.PORT || 8080}`, sandboxKey };
}
