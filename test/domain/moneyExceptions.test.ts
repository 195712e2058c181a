import { actsAllowed, EXCEPTION_KINDS, type ExceptionStanding, MONEY_EXCEPTIONS } from '../../src/domain/moneyExceptions';

const standing = (over: Partial<ExceptionStanding>): ExceptionStanding => ({
  kind: 'bank-line-unknown',
  isOpen: true,
  sign: null,
  hasPaymentId: false,
  openFen: 0n,
  onAccountFen: 0n,
  isBooked: false,
  takesCard: false,
  isAsked: false,
  ...over,
});

test.each(EXCEPTION_KINDS)('%s has cause and guidance in both languages, can be given to somebody, and has a way to end', (kind) => {
  const { cause, guidance, acts } = MONEY_EXCEPTIONS[kind];
  for (const { zh, en } of [cause, guidance]) {
    expect(zh).toMatch(/\p{Script=Han}.*。$/u);
    expect(en).toMatch(/^[A-Z].*\.$/);
  }
  expect(acts).toContain('assign');
  expect(acts.length).toBeGreaterThan(1);
});

test('what is resolved allows nothing; money on an account is not settled away', () => {
  for (const kind of EXCEPTION_KINDS) {
    expect(actsAllowed(standing({ kind, isOpen: false, sign: 'CRDT', openFen: 5n }))).toEqual([]);
    expect(actsAllowed(standing({ kind, onAccountFen: 1n }))).not.toContain('settle');
  }
});

test('a debit is matched as a debit, a credit as a credit, and neither once it is whole', () => {
  expect(actsAllowed(standing({ sign: 'DBIT', openFen: 5n }))).toEqual([
    'assign',
    'settle',
    'match-payout-debit',
    'match-back-to-payer',
    'match-owed-back',
  ]);
  expect(actsAllowed(standing({ sign: 'DBIT', openFen: 5n, hasPaymentId: true }))).toContain('claim-release');
  expect(actsAllowed(standing({ sign: 'CRDT', openFen: 5n, onAccountFen: 5n }))).toEqual([
    'assign',
    'match-payout-return',
    'take-as-bounce',
    'match-chargeback',
    'match-channel',
  ]);
  expect(actsAllowed(standing({ sign: 'CRDT', openFen: 0n }))).toEqual(['assign', 'settle']);
});
