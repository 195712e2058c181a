import fc from 'fast-check';
import { type FeeSchedule, feeOf } from '../../src/domain/fees';
import { yuan } from '../support/facts';
import { holds } from '../support/property';

const PUBLISHED: FeeSchedule = { serviceBp: 300, serviceCapFen: yuan('5000'), channelBp: 60 };

const schedules = fc
  .tuple(fc.integer({ min: 0, max: 5_000 }), fc.bigInt(0n, yuan('20000')), fc.integer({ min: 0, max: 4_999 }))
  .map(([serviceBp, serviceCapFen, channelBp]): FeeSchedule => ({ serviceBp, serviceCapFen, channelBp }));

test('FEES: 3 % and 0.6 % of ¥10,000.00 leave ¥9,640.00', () => {
  expect(feeOf(yuan('10000'), PUBLISHED, 0n)).toEqual({ serviceFen: yuan('300'), channelFen: yuan('60'), feeFen: yuan('360'), netFen: yuan('9640') });
});

test.each([
  ['one fen below the cap', yuan('166666.33'), yuan('4999.98')],
  ['exactly at the cap', yuan('166666.67'), yuan('5000')],
  ['one yuan more is charged no more', yuan('166667.67'), yuan('5000')],
])('FEES: the service fee %s', (_what, grossFen, serviceFen) => {
  expect(feeOf(grossFen, PUBLISHED, 0n).serviceFen).toBe(serviceFen);
});

test('FEES: what earlier payouts were charged counts against the cap; beyond it only the channel is paid', () => {
  expect(feeOf(yuan('10000'), PUBLISHED, yuan('4999.99')).serviceFen).toBe(1n);
  expect(feeOf(yuan('10000'), PUBLISHED, yuan('5000')).serviceFen).toBe(0n);
  expect(feeOf(yuan('10000'), PUBLISHED, yuan('9999'))).toMatchObject({ serviceFen: 0n, feeFen: yuan('60') });
});

test('FEES: rounding is down on each fee by itself', () => {
  // 99 fen: 3 % is 2.97, 0.6 % is 0.594; together 3.564 would round to 3.
  expect(feeOf(99n, PUBLISHED, 0n)).toEqual({ serviceFen: 2n, channelFen: 0n, feeFen: 2n, netFen: 97n });
  expect(feeOf(1n, PUBLISHED, 0n).netFen).toBe(1n);
});

test('FEES: over any sequence of payouts the service fee never passes the cap, and net + fee = gross each time', () => {
  holds(fc.tuple(schedules, fc.array(fc.bigInt(1n, yuan('300000')), { minLength: 1, maxLength: 12 })), ([schedule, payouts]) => {
    let chargedFen = 0n;
    let uncappedFen = 0n;
    for (const grossFen of payouts) {
      const fee = feeOf(grossFen, schedule, chargedFen);
      chargedFen += fee.serviceFen;
      uncappedFen += (grossFen * BigInt(schedule.serviceBp)) / 10_000n;
      expect(fee.netFen + fee.feeFen).toBe(grossFen);
      expect(fee.serviceFen + fee.channelFen).toBe(fee.feeFen);
      expect(fee.netFen > 0n && fee.serviceFen >= 0n && fee.channelFen >= 0n).toBe(true);
      // Rounded down: never more than the exact fraction.
      expect(fee.channelFen * 10_000n <= grossFen * BigInt(schedule.channelBp)).toBe(true);
      expect(fee.serviceFen * 10_000n <= grossFen * BigInt(schedule.serviceBp)).toBe(true);
      // Oracle: charging in parts is capping the running sum.
      expect(chargedFen).toBe(uncappedFen < schedule.serviceCapFen ? uncappedFen : schedule.serviceCapFen);
    }
  });
});
