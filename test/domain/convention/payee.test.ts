import fc from 'fast-check';
import { payee } from '../../../src/domain/convention/rules/payee';
import { PAYEE_KINDS, type PayeeKind } from '../../../src/domain/convention/terms';
import { ALL_DOCUMENTS, opening, without } from '../../support/facts';
import { holds } from '../../support/property';

const HOSPITAL = { registered: true, qualified: true, whitelisted: true };
// Civil Code 1045, first sentence of paragraph 2.
const CLOSE_RELATIVES = ['spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild'];

test.each(['seeker', 'guardian', ...CLOSE_RELATIVES, 'institution'] as PayeeKind[])('PAYEE: %s may be paid', (payeeKind) => {
  expect(payee(opening({ payeeKind })).verdict).toBe('pass');
});

test.each(['friend', 'company', 'other'] as const)('PAYEE: %s may not, whatever is proven', (payeeKind) => {
  expect(payee(opening({ payeeKind })).verdict).toBe('fail');
});

test.each(['guardian', ...CLOSE_RELATIVES] as PayeeKind[])('PAYEE: %s without proof of the relation is refused', (payeeKind) => {
  expect(payee(opening({ payeeKind, documents: without(ALL_DOCUMENTS, 'relation-proof') })).verdict).toBe('fail');
});

test('PAYEE: an institution must be in the registry and have a whitelisted account', () => {
  expect(payee(opening({ payeeKind: 'institution', hospital: { ...HOSPITAL, registered: false, whitelisted: false } })).verdict).toBe('fail');
  expect(payee(opening({ payeeKind: 'institution', hospital: { ...HOSPITAL, whitelisted: false } })).verdict).toBe('fail');
});

test('PAYEE: allowed iff in the closed list with its proof', () => {
  const facts = fc.record({ payeeKind: fc.constantFrom(...PAYEE_KINDS), proven: fc.boolean(), registered: fc.boolean(), whitelisted: fc.boolean() });
  holds(facts, ({ payeeKind, proven, registered, whitelisted }) => {
    const documents = proven ? ALL_DOCUMENTS : without(ALL_DOCUMENTS, 'relation-proof');
    const allowed =
      payeeKind === 'seeker' ||
      (payeeKind === 'institution' && registered && whitelisted) ||
      (proven && (payeeKind === 'guardian' || CLOSE_RELATIVES.includes(payeeKind)));
    expect(payee(opening({ payeeKind, documents, hospital: { registered, qualified: false, whitelisted } })).verdict).toBe(allowed ? 'pass' : 'fail');
  });
});
