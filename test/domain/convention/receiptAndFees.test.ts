import fc from 'fast-check';
import { fees } from '../../../src/domain/convention/rules/fees';
import { receipt } from '../../../src/domain/convention/rules/receipt';
import { PAYEE_KINDS } from '../../../src/domain/convention/terms';
import { receiving, yuan } from '../../support/facts';
import { holds } from '../../support/property';

test.each([
  ['signed', {}, 'pass'],
  ['signed, however late', { nowMs: 99_999 }, 'pass'],
  ['denied', { receipt: 'denied' }, 'fail'],
  ['awaited one millisecond before the seventh working day ends', { receipt: 'awaited', nowMs: 999 }, 'needs'],
  ['awaited when the seventh working day ends', { receipt: 'awaited', nowMs: 1_000 }, 'fail'],
] as const)('RECEIPT: %s', (_what, over, verdict) => {
  expect(receipt(receiving(over))).toMatchObject({ rule: 'RECEIPT', verdict });
});

test('RECEIPT: a person signs none: the evidence of use closes the loop', () => {
  const facts = fc.record({
    payeeKind: fc.constantFrom(...PAYEE_KINDS),
    receipt: fc.constantFrom('awaited' as const, 'signed' as const, 'denied' as const),
    nowMs: fc.integer({ min: 998, max: 1_002 }),
  });
  holds(facts, (f) => {
    const person = f.payeeKind !== 'institution';
    const score = { signed: 'pass', denied: 'fail', awaited: f.nowMs < 1_000 ? 'needs' : 'fail' }[f.receipt];
    expect(receipt(receiving(f)).verdict).toBe(person ? 'pass' : score);
  });
});

const SCHEDULE = { serviceBp: 300, serviceCapFen: yuan('5000'), channelBp: 60 };
const CHARGE = {
  schedule: SCHEDULE,
  shownVersion: 1,
  chargedVersion: 1,
  grossFen: yuan('10000'),
  serviceChargedFen: 0n,
  chargedBefore: false,
  feeFen: yuan('360'),
};

test.each([
  ['as shown', {}, 'pass'],
  ['one fen more than shown', { feeFen: yuan('360.01') }, 'fail'],
  ['one fen less than shown', { feeFen: yuan('359.99') }, 'fail'],
  ['another version than the one shown', { chargedVersion: 2 }, 'fail'],
  ['the cap is used up, the service fee charged all the same', { serviceChargedFen: yuan('5000') }, 'fail'],
  ['the payment came back, the replacement is charged again', { chargedBefore: true }, 'fail'],
  ['the payment came back, the replacement is charged nothing', { chargedBefore: true, feeFen: 0n }, 'pass'],
  ['the cap is used up, only the channel charged', { serviceChargedFen: yuan('5000'), feeFen: yuan('60') }, 'pass'],
])('FEES: %s', (_what, over, verdict) => {
  expect(fees({ ...CHARGE, ...over })).toMatchObject({ rule: 'FEES', verdict });
});
