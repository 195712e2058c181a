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
      const chosen = (server.address() as net.AddressInfo).port;
      server.close(() => resolve(chosen));
    });
  });
}

/** @returns whether nobody listens on this port. Both ways are tried: on macOS a wildcard listener does not stop a loopback bind. */
export async function isPortFree(port: number): Promise<boolean> {
  if (await answersOn(port)) return false;
  return (await canListen(port)) !== undefined;
}

/** @returns a loopback port that is free now. Throws when the system gives none. */
export async function freePort(): Promise<number> {
  const port = await canListen(0);
  if (port === undefined) throw new Error('the system gave no free loopback port');
  return port;
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
    ports[name] = last !== undefined && !used && (await isPortFree(last)) ? last : await freePort();
  }
  writeWhole(file, `${JSON.stringify({ ...kept, ...ports }, null, 2)}\n`, 0o644);
  return ports;
}
