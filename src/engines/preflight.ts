import { mkdirSync, statfsSync } from 'node:fs';
import { isPortFree } from './ports';
import { StartError } from './startError';

const NEEDED_BYTES = 500 * 2 ** 20;

/** @returns free space where a folder lies, in bytes available to us. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Throws `StartError` when less than 500 MB are free: a database that runs out of disk stops in the middle of work. */
export function checkDisk(folder: string, free = freeBytes): void {
  mkdirSync(folder, { recursive: true });
  const bytes = free(folder);
  if (bytes < NEEDED_BYTES) {
    throw new StartError(
      `The disk has ${Math.floor(bytes / 2 ** 20)} MB left and Almoner needs ${NEEDED_BYTES / 2 ** 20} MB: free some space and start again.`,
    );
  }
}

/** Throws `StartError` when something else listens on the port we are to serve. */
export async function checkPort(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw new StartError(
    `Port ${port} is taken by another program: end that one, or start with another port, for example PORT=${port + 10} npm start.`,
  );
}

/** @returns `PORT` as a number, 8080 when unset. Throws `StartError` when it is no port. */
export function wantedPort(text = process.env.PORT): number {
  const port = text === undefined || text === '' ? 8080 : Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new StartError(`PORT is "${text}", which is no port number: give one between 1 and 65535.`);
}
