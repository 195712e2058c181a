import { readResolution } from '../../../../src/adapters/payment/bank/camt029';
import { buildCamt056 } from '../../../../src/adapters/payment/bank/camt056';
import { idsOf } from '../../../../src/adapters/payment/bank/pain001';
import { assertValid } from '../../../../src/adapters/payment/bank/schemas';
import type { RecallOrder, RecallReason } from '../../../../src/adapters/payment/port';
import { readRecall } from '../../../../src/simulators/bank/camt056';
import { sample } from '../../support';

const RECALL: RecallOrder = {
  recallId: '01JGT2M6Q3W8ZK5N7P9R1T3R01',
  payoutId: '01JGT2M6Q3W8ZK5N7P9R1T3V5X',
  amountFen: 3_865_000n,
  custody: { accountNumber: '1100100000000000001', name: '施助筹款专用账户（测试）', bankCode: '102100099996' },
  bookedOn: '2026-01-05',
  reason: 'fraud',
};
const PARTY = { name: '施助基金 & 合作方', uscc: '53100000500021676K' };
const NOW_MS = Date.parse('2026-01-05T10:00:00+08:00');

test.each<[RecallReason, string]>([
  ['duplicate', 'DUPL'],
  ['fraud', 'FRAD'],
  ['wrong-account', 'AC03'],
  ['wrong-amount', 'AM09'],
  ['not-due', 'UPAY'],
])('a recall for %s is a valid camt.056, and the bank’s own reader finds the same fields', async (reason, code) => {
  const xml = await buildCamt056({ ...RECALL, reason }, PARTY, NOW_MS);
  const { recallId, payoutId, custody } = RECALL;
  expect(await readRecall(Buffer.from(xml))).toEqual({
    ...{ recallId, endToEndId: payoutId, accountNumber: custody.accountNumber, amount: '38650.00', reason: code },
  });
  expect(xml).toContain(`<OrgnlUETR>${idsOf(payoutId).uetr}</OrgnlUETR>`);
  // The request of before again: the same, but for the time at which it was made.
  expect((await buildCamt056({ ...RECALL, reason }, PARTY, NOW_MS + 60_000)).replace('10:01:00', '10:00:00')).toBe(xml);
});

test('what has no form is not built', async () => {
  for (const change of [{ recallId: 'x' }, { payoutId: '' }, { amountFen: 0n }])
    await expect(buildCamt056({ ...RECALL, ...change }, PARTY, NOW_MS)).rejects.toThrow(RangeError);
  await expect(buildCamt056({ ...RECALL, bookedOn: 'yesterday' }, PARTY, NOW_MS)).rejects.toThrow(/not a valid camt.056/);
});

test('the sample request is valid, and the sample answer is a refusal for no response', async () => {
  await assertValid('camt.056.001.09', sample('cn-chain-6-camt.056.001.09').toString());
  const refusal = sample('cn-chain-7-camt.029.001.10');
  const of = { recallId: 'CXL-0001-1', payoutId: 'DISB-20260105-0001' };
  expect(await readResolution(refusal, of)).toEqual({ kind: 'REFUSED', code: 'NOAS' });
  expect(await readResolution(refusal, { ...of, recallId: 'CXL-0001-2' })).toMatchObject({ kind: 'UNKNOWN' });
  expect(await readResolution(refusal, { ...of, payoutId: 'DISB-20260105-0002' })).toMatchObject({ kind: 'UNKNOWN' });
  const saying = (conf: string, one = ''): Buffer =>
    Buffer.from(
      refusal
        .toString()
        .replace('<Conf>RJCR', `<Conf>${conf}`)
        .replace(/(<\/OrgnlUETR>)/, `$1${one && `<TxCxlSts>${one}</TxCxlSts>`}`),
    );
  expect(await readResolution(saying('CNCL', 'ACCR'), of)).toEqual({ kind: 'ACCEPTED' });
  for (const code of ['PDCR', 'PDNG', 'FTNA', 'CWFW']) expect(await readResolution(saying(code), of)).toEqual({ kind: 'PENDING' });
  // Partly cancelled, unable to apply, and two words that contradict each other are no answer.
  for (const [conf, one] of [['PECR'], ['UWFW'], ['CNCL', 'RJCR'], ['RJCR', 'ACCR']] as const)
    expect(await readResolution(saying(conf, one), of)).toMatchObject({ kind: 'UNKNOWN' });
  await expect(readResolution(Buffer.from('<x/>'), of)).rejects.toThrow(/not a valid camt.029/);
});
