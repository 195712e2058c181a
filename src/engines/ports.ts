import { randomInt } from 'node:crypto';
import net from 'node:net';
import { readJson, writeWhole } from './files';

const LOOPBACK = '127.0.0.1';

/** @returns whether something accepts connections on this loopback port. */
export function answersOn(port: number, host = LOOPBACK, timeoutMs = 1000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host, timeout: timeoutMs });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}

function canListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      server.close(() => resolve(port));
    });
  });
}

/** @returns whether nobody listens on this port. Both ways are tried: on macOS a wildcard listener does not stop a loopback bind. */
export async function isPortFree(port: number): Promise<boolean> {
  if (await answersOn(port)) return false;
  return (await canListen(port)) !== undefined;
}

/** Below the range that systems hand out for outgoing connections (Linux: from 32768): a port that is free now is still free when its server starts. */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const TRIES = 50;

/** @param taken ports that will be used though nobody listens there yet. @returns a loopback port that is free now. Throws when the system gives none. */
export async function freePort(taken: readonly number[] = []): Promise<number> {
  for (let i = 0; i < TRIES; i += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
  throw new Error('the system gave no free loopback port');
}

/**
 * Ports that stay the same from start to start, so that bookmarks and open clients survive; one that was taken meanwhile is replaced.
 * @param file where they are kept
 * @param names whose ports
 */
export async function keptPorts<Name extends string>(file: string, names: readonly Name[]): Promise<Record<Name, number>> {
  const kept: Record<string, number> = readJson<Record<string, number>>(file) ?? {};
  const ports = {} as Record<Name, number>;
  for (const name of names) {
    const last = kept[name];
    const used = Object.values(ports).includes(last);
    ports[name] = last !== undefined && !used && (await isPortFree(last)) ? last : await freePort(Object.values(ports));
  }
  writeWhole(file, `${JSON.stringify({ ...kept, ...ports }, null, 2)}\n`, 0o644);
  return ports;
}
