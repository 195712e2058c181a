import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { loadProductKeys } from '../../src/adapters/keys';
import { ensureSandboxKeys } from '../../src/simulators/keys';
import { freshKeys } from './support/sandbox';

let dirs: Awaited<ReturnType<typeof freshKeys>>;
beforeEach(async () => {
  dirs = await freshKeys();
});
afterEach(() => rm(dirs.dir, { recursive: true, force: true }));

const contents = (dir: string): Record<string, string> =>
  Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(path.join(dir, name), 'utf8')]));

test('made once, readable by their owner only, each side with its own private key', async () => {
  const theirs = path.join(dirs.stateDir, 'keys');
  const before = [contents(dirs.keysDir), contents(theirs)];
  await ensureSandboxKeys(dirs.keysDir, dirs.stateDir);
  expect([contents(dirs.keysDir), contents(theirs)]).toEqual(before);
  expect(Object.keys(before[0] ?? {})).toEqual([
    ...[
      'alipay-app.pem',
      'alipay.json',
      'bank-client.pem',
      'bank.json',
      'cmb-client.key',
      'cmb.json',
      'tencent.json',
      'wechat-merchant.pem',
      'wechat.json',
    ],
  ]);
  expect(Object.keys(before[1] ?? {})).toEqual([
    ...[
      'alipay-gateway.pem',
      'alipay.json',
      'bank-server.pem',
      'bank.json',
      'cmb-server.key',
      'cmb.json',
      'tencent.json',
      'wechat-platform.pem',
      'wechat.json',
    ],
  ]);
  for (const dir of [dirs.keysDir, theirs]) for (const name of readdirSync(dir)) expect(statSync(path.join(dir, name)).mode & 0o777).toBe(0o600);
  const keys = loadProductKeys(dirs.keysDir);
  expect(keys.wechat.apiV3Keys[0]).toMatch(/^[0-9A-F]{32}$/);
  expect(Object.keys(keys.wechat.platformKeys)[0]).toMatch(/^PUB_KEY_ID_/);
});

test('a start that was killed half-way is made good', async () => {
  rmSync(path.join(dirs.keysDir, 'wechat.json'));
  const bank = contents(dirs.keysDir)['bank.json'];
  await ensureSandboxKeys(dirs.keysDir, dirs.stateDir);
  expect(loadProductKeys(dirs.keysDir).wechat.appid).toBe('wxalmonersandbox01');
  expect(contents(dirs.keysDir)['bank.json']).toBe(bank);
});

test('a sandbox whose simulators were wiped gets new pairs; real keys are never overwritten', async () => {
  rmSync(dirs.stateDir, { recursive: true });
  await ensureSandboxKeys(dirs.keysDir, dirs.stateDir);
  rmSync(dirs.stateDir, { recursive: true });
  const file = path.join(dirs.keysDir, 'bank.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"sandbox": true,', ''));
  await expect(ensureSandboxKeys(dirs.keysDir, dirs.stateDir)).rejects.toThrow(/not made for the sandbox/);
});

test('an Alipay application acts for the sellers that it is given to; without the file there is none', () => {
  const file = path.join(dirs.keysDir, 'alipay.json');
  const { apps } = JSON.parse(readFileSync(file, 'utf8')) as { apps: { appId: string }[] };
  expect(loadProductKeys(dirs.keysDir).alipay.merchants('2088000000000001')).toMatchObject({ appAuthToken: 'sandbox-2088000000000001' });
  const write = (merchants: object): void => writeFileSync(file, JSON.stringify({ apps, merchants }));
  write({ '2088000000000001': { appId: apps[0]!.appId } });
  const { alipay } = loadProductKeys(dirs.keysDir);
  expect(alipay.merchants('2088000000000001')).toEqual({ app: alipay.apps[0], appAuthToken: undefined });
  expect(alipay.merchants('2088000000000002')).toBeUndefined();
  write({ '2088000000000001': { appId: 'another' } });
  expect(() => loadProductKeys(dirs.keysDir)).toThrow(/an application that it does not name/);
  rmSync(file);
  expect(loadProductKeys(dirs.keysDir).alipay).toMatchObject({ apps: [] });
  expect(loadProductKeys(dirs.keysDir).alipay.merchants('2088000000000001')).toBeUndefined();
});

test('while WeChat Pay’s APIv3 key is changed the file names both, the old one with its end', () => {
  const file = path.join(dirs.keysDir, 'wechat.json');
  const { apiV3Key, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as { apiV3Key: string };
  const apiV3Keys = ['N'.repeat(32), { key: apiV3Key, until: '2026-12-01T00:00:00+08:00' }];
  writeFileSync(file, JSON.stringify({ ...rest, apiV3Keys }));
  const { wechat } = loadProductKeys(dirs.keysDir);
  expect([wechat.apiV3Keys, wechat.merchants('1900000001')?.apiV3Keys]).toEqual([apiV3Keys, apiV3Keys]);
  for (const wrong of [[], ['short'], [{ key: apiV3Key, until: 'soon' }]]) {
    writeFileSync(file, JSON.stringify({ ...rest, apiV3Keys: wrong }));
    expect(() => loadProductKeys(dirs.keysDir)).toThrow(/wechat\.json lacks/);
  }
});

test('what is missing is named', () => {
  rmSync(path.join(dirs.keysDir, 'tencent.json'));
  expect(() => loadProductKeys(dirs.keysDir)).toThrow(/tencent\.json is absent/);
});
