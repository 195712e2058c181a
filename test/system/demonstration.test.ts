import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { request } from 'undici';
import type { Demonstration } from '../../src/cli/demo/demonstration';
import { SCENES } from '../../src/cli/demo/scenes';
import { statePaths } from '../../src/paths';
import { TheSystem } from './support/theSystem';

// A start that seeds three of the forty campaigns, the second start, and `demo reset`, by the commands alone.
let system: TheSystem;
beforeAll(async () => {
  system = await TheSystem.start({}, ['--campaigns', '3', '--json']);
}, 180_000);
afterAll(() => system?.end());

interface Listed {
  readonly campaigns: readonly { readonly id: string; readonly title: string; readonly phase: string }[];
}

const demonstration = (): Demonstration =>
  (JSON.parse(readFileSync(statePaths(system.state).credentialsFile, 'utf8')) as { demonstration: Demonstration }).demonstration;
const isKept = (): boolean => existsSync(path.join(system.state, 'seeded', 'manifest.json'));
const ask = async <T>(method: 'GET' | 'POST', at: string, bearer: string, body?: object): Promise<T> => {
  const answer = await request(`${system.running.url}${at}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (answer.statusCode >= 400) throw new Error(`${at} was answered ${answer.statusCode}: ${await answer.body.text()}`);
  return (await answer.body.json()) as T;
};
const listed = async (): Promise<Listed['campaigns']> => (await ask<Listed>('GET', '/v1/campaigns', demonstration().house.platformKey)).campaigns;

test('forty scenes are told apart by their names', () => {
  expect(new Set(SCENES.map(({ name }) => name)).size).toBe(40);
});

test('the campaigns come to where they are to stand, watermarked, and the books and the chain hold', async () => {
  // Ready was said before: the seeding goes on behind it.
  await system.until(() => (demonstration().state === 'seeded' && isKept() ? true : null));
  const campaigns = await listed();
  expect(campaigns.map(({ phase }) => phase).sort()).toEqual(['fundraising', 'prior-audit', 'release']);
  for (const { title } of campaigns) expect(title).toMatch(/^【演示】/);
  const verified = await system.almoner('verify', '--json');
  expect(JSON.parse(verified.stdout)).toMatchObject({ verified: true, differences: [] });
}, 180_000);

test('`demo` plays on the stage; `demo reset` puts everything back as it was; with anything else in the house it refuses', async () => {
  const before = await listed();
  const played = await system.almoner('demo', '--json');
  expect(JSON.parse(played.stdout)).toMatchObject({ end: 'settled', bank_debits: 2, ledger_verified: true, audit_chain_verified: true });
  expect((await ask<Listed>('GET', '/v1/campaigns', demonstration().stage.platformKey)).campaigns).toHaveLength(1);

  const reset = await system.almoner('demo', 'reset', '--json');
  expect({ code: reset.code, said: JSON.parse(reset.stdout) }).toMatchObject({ code: 0, said: { reset: true } });
  expect((await ask<Listed>('GET', '/v1/campaigns', demonstration().stage.platformKey)).campaigns).toEqual([]);
  expect(await listed()).toEqual(before);
  expect(JSON.parse((await system.almoner('verify', '--json')).stdout)).toMatchObject({ verified: true });

  const fees = { serviceBp: 0, serviceCapFen: '0', channelBp: 0 };
  const other = { platform: 'love-fund', fees, clockStartsAt: new Date().toISOString() };
  const { tenantId } = await ask<{ tenantId: string }>('POST', '/v1/sandbox/tenants', system.running.sandboxKey, other);
  const refused = await system.almoner('demo', 'reset');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(tenantId);
}, 180_000);

test('a second start seeds nothing again', async () => {
  const before = await listed();
  await system.stop();
  await system.start();
  await system.isReady();
  expect(demonstration().state).toBe('seeded');
  expect(await listed()).toEqual(before);
}, 180_000);
