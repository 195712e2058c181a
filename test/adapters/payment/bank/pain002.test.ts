import { MessageError } from '../../../../src/adapters/errors';
import { readStatusReport, statusOf, type TransactionStatus } from '../../../../src/adapters/payment/bank/pain002';
import { statusOutcome, submitOutcome } from '../../../../src/adapters/payment/bank/status';
import { sample } from '../../support';

const BASE: TransactionStatus = { endToEndId: 'A', status: 'ACSC', reasonCode: null, reasonText: '', reference: null, amountFen: null };

test('cn-chain-2: one settled, one refused for its name', async () => {
  const report = await readStatusReport(sample('cn-chain-2-pain.002.001.10'));
  expect(report).toMatchObject({ messageId: 'BANK-STS-0001', originalMessageId: 'ALM-20260105-B01' });
  const first = statusOf(report, 'DISB-20260105-0001', 'ALM-20260105-B01');
  const second = statusOf(report, 'DISB-20260105-0002', 'ALM-20260105-B01');
  expect(first && statusOutcome(first)).toEqual({ kind: 'PENDING', code: 'ACSC' });
  expect(second && statusOutcome(second)).toEqual({ kind: 'FAILED', code: 'BE01', text: '户名与账号不符' });
  expect(statusOf(report, 'DISB-20260105-0003', 'ALM-20260105-B01')).toBeNull();
});

test('a report about the whole file counts only for that file', async () => {
  const report = await readStatusReport(sample('pain.002.001.10-adapted-group-accepted'));
  const ours = statusOf(report, 'ANY', 'CLIENT NAME_2023-09-06:04');
  expect(ours && submitOutcome(ours, 'M')).toEqual({ kind: 'ACCEPTED', reference: 'M' });
  expect(statusOf(report, 'ANY', 'ANOTHER FILE')).toBeNull();
});

test('a batch that is refused with a reason we do not know is UNKNOWN', async () => {
  const report = await readStatusReport(sample('pain.002.001.10-adapted-payment-rejected'));
  const ours = statusOf(report, 'ANY', 'MSGID-COM-SCE25-1707-01');
  expect(ours).toMatchObject({ status: 'RJCT', reasonCode: 'NARR' });
  expect(ours && statusOutcome(ours)).toMatchObject({ kind: 'UNKNOWN' });
});

test('the other samples', async () => {
  expect((await readStatusReport(sample('pain.002.001.10-adapted-payment-accepted'))).whole).toMatchObject({ status: 'ACCP' });
  expect((await readStatusReport(sample('pain.002.001.10-adapted-transaction-rejected'))).transactions).toHaveLength(2);
  expect((await readStatusReport(sample('pain.002.001.10-adapted-minimal'))).whole).toBeNull();
  const named = await readStatusReport(sample('pain.002.001.10-verification-of-payee'));
  expect(named.transactions[0] && statusOutcome(named.transactions[0])).toMatchObject({ kind: 'UNKNOWN' });
});

test('a message that breaks the schema is refused, even a real bank’s', async () => {
  await expect(readStatusReport(sample('pain.002.001.10-message-id-too-long'))).rejects.toThrow(MessageError);
});

test.each(['RCVD', 'ACTC', 'ACCP', 'ACWC', 'PDNG', 'ACSP', 'PATC', 'ACSC', 'ACCC'])('%s: accepted, and not yet done', (status) => {
  expect(submitOutcome({ ...BASE, status }, 'M').kind).toBe('ACCEPTED');
  expect(statusOutcome({ ...BASE, status })).toEqual({ kind: 'PENDING', code: status });
});

test.each(['AC01', 'AC04', 'BE01', 'AM04', 'AM14', 'RC01', 'AGNT', 'DT01'])('RJCT %s: final', (reasonCode) => {
  expect(submitOutcome({ ...BASE, status: 'RJCT', reasonCode }, 'M')).toMatchObject({ kind: 'REJECTED', code: reasonCode, final: true });
  expect(statusOutcome({ ...BASE, status: 'RJCT', reasonCode }).kind).toBe('FAILED');
});

test.each([
  ['RJCT', 'AM05'],
  ['RJCT', 'XX99'],
  ['RJCT', null],
  ['CANC', null],
  ['ZZZZ', 'AC01'],
  ['PART', null],
  ['acsc', null],
])('%s %s: UNKNOWN', (status, reasonCode) => {
  expect(submitOutcome({ ...BASE, status, reasonCode }, 'M').kind).toBe('UNKNOWN');
  expect(statusOutcome({ ...BASE, status, reasonCode }).kind).toBe('UNKNOWN');
});

test.each([
  ['a document type', '<!DOCTYPE Document [<!ENTITY x "y">]>'],
  ['an external entity', '<!doctype Document SYSTEM "file:///etc/passwd">'],
])('%s is refused before it is parsed', async (_what, doctype) => {
  const xml = sample('cn-chain-2-pain.002.001.10').toString('utf8').replace('?>', `?>${doctype}`);
  await expect(readStatusReport(Buffer.from(xml))).rejects.toThrow(/document type/);
});

test('bytes that are not UTF-8, and XML that is cut off', async () => {
  const whole = sample('cn-chain-2-pain.002.001.10');
  await expect(readStatusReport(Buffer.concat([whole, Buffer.from([0xff])]))).rejects.toThrow(MessageError);
  for (let end = 0; end < whole.length; end += 97) await expect(readStatusReport(whole.subarray(0, end))).rejects.toThrow(MessageError);
});
