import net from 'node:net';
import { checkDisk, checkPort, wantedPort } from '../../src/engines/preflight';
import { freePort, isPortFree, keptPorts } from '../../src/engines/ports';
import { aFolder } from '../support/folder';

const folder = aFolder();
afterAll(() => folder.remove());

function listenOn(port: number, host: string): Promise<net.Server> {
  const server = net.createServer();
  return new Promise((resolve) => server.listen(port, host, () => resolve(server)));
}

test.each(['127.0.0.1', '0.0.0.0', '::'])('a port that %s has taken is a sentence with a way out', async (host) => {
  const port = await freePort();
  const server = await listenOn(port, host);
  await expect(checkPort(port)).rejects.toThrow(
    `Port ${port} is taken by another program: end that one, or start with another port, for example PORT=${port + 10} npm start.`,
  );
  await new Promise((resolve) => server.close(resolve));
  await expect(checkPort(port)).resolves.toBeUndefined();
});

test.each(['http', '0', '65536', '80.5', '-1'])('PORT=%s is refused', (text) => {
  expect(() => wantedPort(text)).toThrow(`PORT is "${text}", which is no port number`);
});

test.each([
  [undefined, 8080],
  ['', 8080],
  ['9000', 9000],
])('PORT=%s is %d', (text, port) => {
  // An unset variable takes the default of the parameter, which reads the environment; the empty one says the same without it.
  expect(wantedPort(text ?? '')).toBe(port);
});

test('a full disk is a sentence', () => {
  expect(() => checkDisk(folder.path, () => 100 * 2 ** 20)).toThrow(
    'The disk has 100 MB left and Almoner needs 500 MB: free some space and start again.',
  );
  expect(() => checkDisk(folder.path, () => 500 * 2 ** 20)).not.toThrow();
});

test('ports stay the same from start to start, and one that was taken meanwhile is replaced', async () => {
  const file = `${folder.path}/ports.json`;
  const first = await keptPorts(file, ['postgres', 'temporal']);
  expect(await keptPorts(file, ['postgres', 'temporal'])).toEqual(first);
  const server = await listenOn(first.postgres, '127.0.0.1');
  const second = await keptPorts(file, ['postgres', 'temporal']);
  await new Promise((resolve) => server.close(resolve));
  expect(second.temporal).toBe(first.temporal);
  expect(second.postgres).not.toBe(first.postgres);
  expect(await isPortFree(second.postgres)).toBe(true);
});
