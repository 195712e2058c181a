import { Writable } from 'node:stream';
import { createLogger } from '../../src/logging';

function logged(value: object): string {
  let text = '';
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  createLogger('test', destination).info(value, 'something happened');
  return text;
}

test.each([
  [{ name: '张三' }],
  [{ patient: { idNumber: '张三' } }],
  [{ payout: { payee: { account: '张三' } } }],
  [{ a: { b: { c: { phone: '张三' } } } }],
  [{ req: { headers: { authorization: '张三' } } }],
])('%j never reaches a log', (value) => {
  expect(logged(value)).not.toContain('张三');
  expect(logged(value)).toContain('[private]');
});

test('ids and fen do', () => {
  expect(JSON.parse(logged({ payoutId: 'po_1', amountFen: '100' }))).toMatchObject({
    from: 'test',
    payoutId: 'po_1',
    amountFen: '100',
    msg: 'something happened',
  });
});
