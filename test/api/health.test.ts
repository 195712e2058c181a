import { Client, Connection } from '@temporalio/client';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, type ApiDependencies } from '../../src/api/app';
import { connect } from '../../src/database/connect';
import { isMigrated } from '../../src/database/migrate';
import { aHouse, type House } from '../support/house';
import { aTenant } from '../support/people';

// /readyz names each thing that is not there, by its real absence; strangers learn that, and no more.
let house: House;
const servers: Server[] = [];
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  house = await aHouse();
});
afterAll(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve).closeAllConnections())));
  for (const close of closing) await close();
  await house.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
/** An address that nobody listens on. */
async function nowhere(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => server.close(resolve));
  return url;
}
const answering = (status: number): Promise<string> => listen(createServer((_req, res) => void res.writeHead(status).end()));

interface Ready {
  readonly status: string;
  readonly checks: Record<string, string>;
  readonly details?: Record<string, { readonly state: string; readonly ms: number; readonly why?: string }>;
}
async function ready(over: Partial<ApiDependencies>, token?: string): Promise<{ status: number; body: Ready }> {
  const url = await listen(createServer(createApp({ ...house.dependencies, ...over })));
  const answer = await fetch(`${url}/readyz`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: (await answer.json()) as Ready };
}
const config = (over: Partial<ApiDependencies['config']>): Partial<ApiDependencies> => ({ config: { ...house.dependencies.config, ...over } });
const failing = ({ checks }: Ready): string[] => Object.keys(checks).filter((name) => checks[name] !== 'ok');

test('all there: ready, each named, and no reason and no time for a stranger', async () => {
  const { status, body } = await ready({});
  expect([status, body.status]).toEqual([200, 'ready']);
  expect(Object.keys(body).sort()).toEqual(['checks', 'status']);
  expect(Object.keys(body.checks).sort()).toEqual(
    ['auditChain', 'documents', 'migrations', 'postgres', 'process', 'room', 'sandboxKeys', 'simulators', 'temporal', 'worker'].sort(),
  );
});

test('who shows the token is told how long each took, and why', async () => {
  const { body } = await ready(config({ workerHealthUrl: await nowhere() }), 'metrics');
  expect(body.details!.worker).toEqual({ state: 'failed', ms: expect.any(Number) as number, why: 'ECONNREFUSED' });
  expect(body.details!.postgres).toEqual({ state: 'ok', ms: expect.any(Number) as number });
  expect((await ready(config({ workerHealthUrl: await nowhere() }), 'another')).body.details).toBeUndefined();
});

test('a database that is away', async () => {
  const db = connect((await nowhere()).replace('http:', 'postgres://almoner:no@').replace('@//', '@') + '/none', { max: 1 });
  closing.push(() => db.destroy());
  const { status, body } = await ready({ db });
  expect([status, failing(body)]).toEqual([503, ['postgres', 'auditChain']]);
});

test('migrations that are not applied', async () => {
  const of = house.dependencies.config.databaseUrl;
  expect((await ready({ isMigrated: () => isMigrated(of) })).status).toBe(200);
  const { body, status } = await ready({ isMigrated: () => isMigrated(of.replace(/\/[^/]+$/, '/postgres')) });
  expect([status, failing(body)]).toEqual([503, ['migrations']]);
});

test('a Temporal that is away', async () => {
  // Without the SDK's own retries: one of them would wake after the connection is closed.
  const temporal = new Client({ connection: Connection.lazy({ address: (await nowhere()).replace('http://', ''), interceptors: [] }) });
  closing.push(() => temporal.connection.close());
  const { status, body } = await ready({ temporal });
  expect([status, failing(body)]).toEqual([503, ['temporal']]);
});

test.each(['worker', 'simulators'] as const)('no %s, and one that says that it is not well', async (who) => {
  const of = (url: string): Partial<ApiDependencies> => config(who === 'worker' ? { workerHealthUrl: url } : { simulatorsUrl: url });
  writeFileSync(house.dependencies.config.paths.credentialsFile, '{}');
  for (const url of [await nowhere(), await answering(503)]) {
    const { status, body } = await ready(of(url));
    expect([status, failing(body)]).toEqual([503, [who]]);
  }
  expect((await ready(of(await answering(200)))).status).toBe(200);
});

test('the sandbox’s keys are not made yet', async () => {
  rmSync(house.dependencies.config.paths.credentialsFile, { force: true });
  const { status, body } = await ready(config({ simulatorsUrl: await answering(200) }));
  expect([status, failing(body)]).toEqual([503, ['sandboxKeys']]);
});

test('documents that cannot be stored: their folder’s place is taken by a file', async () => {
  const { paths } = house.dependencies.config;
  const blocked = `${paths.root}/blocked`;
  writeFileSync(blocked, '');
  const { status, body } = await ready(config({ paths: { ...paths, documents: `${blocked}/documents` } }));
  expect([status, failing(body)]).toEqual([503, ['documents']]);
});

test('audit rows that nobody seals are told, and the house goes on', async () => {
  await aTenant(house);
  await house.owner.raw('alter table audit.event disable trigger all');
  await house.owner.raw("update audit.event set recorded_at = recorded_at - interval '2 minutes'");
  const late = await ready({}, 'metrics');
  expect([late.status, late.body.status, failing(late.body)]).toEqual([200, 'ready', ['auditChain']]);
  expect(late.body.details!.auditChain!.why).toBe('behind');
  await house.owner.raw('alter table audit.event enable trigger all');
  await house.owner.raw('select audit.seal(100000)');
  expect(failing((await ready({})).body)).toEqual([]);
});

test('asked often, it asks the others seldom; that it ends is known at once', async () => {
  let asked = 0;
  let ending = false;
  const worker = await listen(
    createServer((_req, res) => {
      asked += 1;
      res.end();
    }),
  );
  const url = await listen(createServer(createApp({ ...house.dependencies, ...config({ workerHealthUrl: worker }), isEnding: () => ending })));
  for (let i = 0; i < 20; i += 1) expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(asked).toBeLessThan(10);
  ending = true;
  const last = await fetch(`${url}/readyz`);
  expect([last.status, failing((await last.json()) as Ready)]).toEqual([503, ['process']]);
});
