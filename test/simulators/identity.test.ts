import { createTencentIdentity } from '../../src/adapters/verification/tencent/tencentIdentity';
import { aSandbox, type Sandbox } from './support/sandbox';

const ID = '11010519491231002X';
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await aSandbox();
});
afterAll(() => sandbox.close());

const person = (answer: string, idNumber = ID) => sandbox.control('PUT', '/identities', { idNumber, name: '张三', answer });

test('the four answers', async () => {
  expect(await sandbox.identity.checkTwoElements('张三', ID)).toBe('no-record');
  await person('match');
  expect(await sandbox.identity.checkTwoElements('张三', ID)).toBe('match');
  expect(await sandbox.identity.checkTwoElements('张三', ID.toLowerCase())).toBe('match');
  expect(await sandbox.identity.checkTwoElements('李四', ID)).toBe('mismatch');
  await person('mismatch');
  expect(await sandbox.identity.checkTwoElements('张三', ID)).toBe('mismatch');
  await person('no-record');
  expect(await sandbox.identity.checkTwoElements('张三', ID)).toBe('no-record');
  await person('unavailable');
  expect(await sandbox.identity.checkTwoElements('张三', ID)).toBe('unavailable');
});

test('a format the service refuses says nothing about the person', async () => {
  expect(await sandbox.identity.checkTwoElements('张三', '123')).toBe('unavailable');
  expect(await sandbox.identity.checkTwoElements(' ', ID)).toBe('unavailable');
});

test('a wrong secret, a wrong address, a dead service: unavailable', async () => {
  await person('match');
  const { tencent } = sandbox.keys;
  const check = (config: object) =>
    createTencentIdentity({ baseUrl: `${sandbox.url}/tencent`, ...tencent, timeoutMs: 500, ...config }).checkTwoElements('张三', ID);
  expect(await check({})).toBe('match');
  expect(await check({ secretKey: 'x' })).toBe('unavailable');
  expect(await check({ secretId: 'x' })).toBe('unavailable');
  expect(await check({ baseUrl: `${sandbox.url}/nothing` })).toBe('unavailable');
  expect(await check({ baseUrl: 'http://127.0.0.1:1' })).toBe('unavailable');
});
