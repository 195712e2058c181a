import fc from 'fast-check';
import { flow } from '../../../src/api/pages/campaign/flow';
import { texts } from '../../../src/api/pages/text/catalogue';
import { parseYuan } from '../../../src/domain/money';

type Money = Parameters<typeof flow>[1];
const visit = { t: texts('zh') } as Parameters<typeof flow>[0];
const drawn = (money: Record<string, bigint>): string => flow(visit, { receiptConfirmedFen: 0n, ...money } as unknown as Money)?.markup ?? '';
/** The amounts that the picture says it shows. */
const amounts = (picture: string): bigint[] => {
  const said = /aria-label="[^:]*: ([^"]*)"/.exec(picture)![1]!;
  return said.split(' · ').map((part) => parseYuan(part.split('¥')[1]!));
};

test('what is drawn is all that was raised, whatever became of it', () => {
  const fen = fc.bigInt(0n, 10n ** 11n);
  fc.assert(
    fc.property(fen, fen, fen, fen, fen, (netFen, feesFen, pendingFen, refundedFen, receiptConfirmedFen) => {
      const raisedFen = netFen + feesFen + pendingFen + refundedFen;
      fc.pre(raisedFen > 0n);
      const picture = drawn({ raisedFen, paidFen: netFen + feesFen, feesFen, pendingFen, refundedFen, receiptConfirmedFen });
      expect(amounts(picture).reduce((a, b) => a + b, 0n)).toBe(raisedFen);
      expect(picture).not.toMatch(/NaN|Infinity|undefined/);
    }),
  );
});

test('nothing raised, nothing drawn', () => {
  expect(drawn({ raisedFen: 0n, paidFen: 0n, feesFen: 0n, pendingFen: 0n, refundedFen: 0n })).toBe('');
});
