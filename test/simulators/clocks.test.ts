import { aSandbox, control, type Sandbox } from './support/sandbox';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await aSandbox();
});
afterAll(() => sandbox.close());

test('a clock is made, moves, stays, and never goes back', async () => {
  const put = (now: string) => sandbox.control('PUT', '/clocks/a', { now });
  expect(await put('2018-03-01T09:00:00+08:00')).toEqual({
    status: 200,
    body: { now: '2018-03-01T09:00:00+08:00', nextDueAt: null, undelivered: 0 },
  });
  expect((await put('2018-03-01T01:00:00Z')).body.now).toBe('2018-03-01T09:00:00+08:00');
  expect((await put('2018-03-02T01:00:00.250Z')).body.now).toBe('2018-03-02T09:00:00.250+08:00');
  expect(await put('2018-03-01T09:00:00+08:00')).toMatchObject({ status: 409, body: { code: 'clock_backwards' } });
  expect(await put('yesterday')).toMatchObject({ status: 400 });
  expect((await sandbox.control('GET', '/clocks/a')).body.now).toBe('2018-03-02T09:00:00.250+08:00');
  expect(await sandbox.control('GET', '/clocks/b')).toMatchObject({ status: 404, body: { code: 'no_clock' } });
});

test('nothing lives on a clock that was never set', async () => {
  const account = { accountNumber: '1100100000000000001', name: '施助', bankCode: '102100099996', kind: 'custody', clockId: 'never' };
  expect(await sandbox.control('POST', '/bank/accounts', account)).toMatchObject({ status: 404, body: { code: 'no_clock' } });
});

test('the controls want their token', async () => {
  expect((await control(sandbox.url, 'GET', '/clocks/a', undefined, 'wrong')).status).toBe(401);
  expect((await control(sandbox.url, 'GET', '/clocks/a', undefined, '')).status).toBe(401);
  expect(await sandbox.control('GET', '/nothing')).toMatchObject({ status: 404, body: { code: 'no_control' } });
});

test('health', async () => {
  expect((await fetch(`${sandbox.url}/healthz`)).status).toBe(200);
});
