import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTencentIdentity } from '../../../../src/adapters/verification/tencent/tencentIdentity';

// Every result code of the three actions, from the table in the 2018-03-01 API; what is not in it is unavailable too.
let server: Server;
let result = '';
let asked: { action: string; body: unknown };
beforeAll(async () => {
  server = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk: Buffer) => (text += chunk.toString()));
    req.on('end', () => {
      asked = { action: String(req.headers['x-tc-action']), body: JSON.parse(text) as unknown };
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ Response: { Result: result, Description: '', RequestId: 'r' } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const service = () =>
  createTencentIdentity({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secretId: 'i', secretKey: 'k', timeoutMs: 2_000 });
const codes = Array.from({ length: 23 }, (_none, i) => String(0 - i)).concat('1', '', 'x');

test('IdCardVerification: 0, −1 and −5 speak of the person', async () => {
  for (result of codes) {
    const said = { '0': 'match', '-1': 'mismatch', '-5': 'no-record' }[result] ?? 'unavailable';
    expect([result, await service().checkTwoElements('张三', '1')]).toEqual([result, said]);
  }
  expect(asked).toEqual({ action: 'IdCardVerification', body: { IdCard: '1', Name: '张三' } });
});

test('PhoneVerification: 0, −4 and −9 speak of the person', async () => {
  for (result of codes) {
    const said = { '0': 'match', '-4': 'mismatch', '-9': 'no-record' }[result] ?? 'unavailable';
    expect([result, await service().checkThreeElements('张三', '1', '2')]).toEqual([result, said]);
  }
  expect(asked).toEqual({ action: 'PhoneVerification', body: { IdCard: '1', Name: '张三', Phone: '2' } });
});

test('BankCard4EVerification: 0, −1 and −6 speak of the person', async () => {
  for (result of codes) {
    const said = { '0': 'match', '-1': 'mismatch', '-6': 'mismatch' }[result] ?? 'unavailable';
    expect([result, await service().checkFourElements('张三', '1', '3', '2')]).toEqual([result, said]);
  }
  expect(asked).toEqual({ action: 'BankCard4EVerification', body: { IdCard: '1', Name: '张三', BankCard: '3', Phone: '2' } });
});
