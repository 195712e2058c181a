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

const PHONE = '13800138000';
const CARD = '6222021234567890128';
const known = (over: object) =>
  sandbox.control('PUT', '/identities', { idNumber: ID, name: '张三', answer: 'match', phone: PHONE, bankCard: CARD, ...over });

test('three elements: only the registered phone matches, and a phone that nobody registered has no record', async () => {
  const check = (name: string, phone: string) => sandbox.identity.checkThreeElements(name, ID, phone);
  await known({});
  expect(await check('张三', PHONE)).toBe('match');
  expect(await check('张三', '13900139000')).toBe('mismatch');
  expect(await check('李四', PHONE)).toBe('mismatch');
  expect(await check('张三', '123')).toBe('unavailable');
  await known({ phone: undefined });
  expect(await check('张三', PHONE)).toBe('no-record');
  for (const answer of ['mismatch', 'no-record', 'unavailable']) {
    await known({ answer });
    expect(await check('张三', PHONE)).toBe(answer);
  }
});

test('four elements: name, number, card and phone together; an unknown card says nothing about the person', async () => {
  const check = (name: string, card: string, phone: string) => sandbox.identity.checkFourElements(name, ID, card, phone);
  await known({});
  expect(await check('张三', CARD, PHONE)).toBe('match');
  expect(await check('张三', '6222021234567890011', PHONE)).toBe('mismatch');
  expect(await check('张三', CARD, '13900139000')).toBe('mismatch');
  expect(await check('李四', CARD, PHONE)).toBe('mismatch');
  expect(await check('张三', '123', PHONE)).toBe('unavailable');
  await known({ bankCard: undefined });
  expect(await check('张三', CARD, PHONE)).toBe('unavailable');
  await known({ answer: 'unavailable' });
  expect(await check('张三', CARD, PHONE)).toBe('unavailable');
});
