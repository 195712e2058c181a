import { Agent, createServer, type IncomingMessage, request as ask, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { endServer, lettingGo } from '../../src/api/ending';

// What an end promises: requests under way are answered, new ones refused, and it does not wait for ever.
const agents: Agent[] = [];
afterAll(() => agents.forEach((agent) => agent.destroy()));

async function listening(handler: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
function get(port: number, path: string, agent = new Agent({ keepAlive: true })): Promise<IncomingMessage> {
  agents.push(agent);
  return new Promise((resolve, reject) => {
    ask({ port, path, agent }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer));
    })
      .once('error', reject)
      .end();
  });
}

test('a request under way gets its answer, a new connection is refused, an idle one is let go', async () => {
  let reached: () => void = () => undefined;
  const underWay = new Promise<void>((resolve) => (reached = resolve));
  let finish: () => void = () => undefined;
  const { server, port } = await listening((req, res) => {
    if (req.url !== '/slow') return void res.end('idle now');
    finish = () => void res.end('answered');
    reached();
  });
  await get(port, '/');
  const slow = get(port, '/slow');
  await underWay;
  const ended = endServer(server, 5_000);
  await expect(get(port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  finish();
  expect((await slow).statusCode).toBe(200);
  expect(await ended).toBe(true);
});

test('what is not answered within the bound is cut off', async () => {
  const { server, port } = await listening(() => undefined);
  const never = get(port, '/never');
  const failed = expect(never).rejects.toMatchObject({ code: 'ECONNRESET' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const began = Date.now();
  expect(await endServer(server, 300)).toBe(false);
  expect(Date.now() - began).toBeLessThan(1_000);
  await failed;
});

test('while it ends, each answer closes its connection', async () => {
  let ending = false;
  const app = express();
  app.use(lettingGo(() => ending));
  app.get('/', (_req, res) => void res.end());
  const { server, port } = await listening(app);
  expect((await get(port, '/')).headers.connection).toBe('keep-alive');
  ending = true;
  expect((await get(port, '/')).headers.connection).toBe('close');
  await endServer(server, 1_000);
});
