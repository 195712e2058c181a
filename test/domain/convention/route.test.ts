import fc from 'fast-check';
import type { ReleaseFacts } from '../../../src/domain/convention/facts';
import { isRestricted, route } from '../../../src/domain/convention/rules/route';
import { PAYEE_KINDS, PUBLICITY_ITEMS, RELEASE_MODES } from '../../../src/domain/convention/terms';
import { ALL_DOCUMENTS, ALL_ITEMS, CONVENTION_1, CONVENTION_2, requesting, without, yuan } from '../../support/facts';
import { fenAround, holds } from '../../support/property';

const INCOMPLETE = without(ALL_ITEMS, 'cars');
const BATCHED = { mode: 'batched', batchesBp: [5_000, 5_000], raisedFen: yuan('300000.01') } as const;

describe('ROUTE: which raises are restricted', () => {
  test.each([
    ['one fen below ¥300,000.00', '299999.99', false],
    ['¥300,000.00 exactly', '300000.00', false],
    ['one fen above ¥300,000.00', '300000.01', true],
  ])('%s with complete publicity', (_what, raised, restricted) => {
    expect(isRestricted(requesting({ raisedFen: yuan(raised) }))).toBe(restricted);
  });

  test.each([
    ['one fen below ¥50,000.00', '49999.99', false],
    ['¥50,000.00 exactly', '50000.00', false],
    ['one fen above ¥50,000.00', '50000.01', true],
  ])('%s with one item unpublished', (_what, raised, restricted) => {
    expect(isRestricted(requesting({ raisedFen: yuan(raised), published: INCOMPLETE }))).toBe(restricted);
  });

  test('restricted iff the edition has ROUTE and the raise is above ¥300,000, or above ¥50,000 with an item missing, or was restricted before', () => {
    const facts = fc.record({
      edition: fc.constantFrom(CONVENTION_1, CONVENTION_2),
      raisedFen: fenAround(yuan('50000'), yuan('300000')),
      restrictedBefore: fc.boolean(),
      published: fc.subarray([...PUBLICITY_ITEMS]).map((items) => new Set(items)),
    });
    holds(
      fc.oneof(
        facts,
        facts.map((f) => ({ ...f, published: ALL_ITEMS })),
      ),
      (f) => {
        const yuanRaised = Number(f.raisedFen) / 100;
        const itemsMissing = PUBLICITY_ITEMS.some((item) => !f.published.has(item));
        const expected = f.edition.id !== 'convention-1.0' && (f.restrictedBefore || yuanRaised > 300_000 || (itemsMissing && yuanRaised > 50_000));
        expect(isRestricted(f)).toBe(expected);
      },
      2_000,
    );
  });

  test('once restricted, stays restricted: neither money going back nor publishing the rest lifts it', () => {
    expect(isRestricted(requesting({ restrictedBefore: true, raisedFen: 1n, published: ALL_ITEMS }))).toBe(true);
  });
});

describe('ROUTE: single releases', () => {
  test('one fen above ¥300,000 may not be released at once, whoever the payee', () => {
    for (const payeeKind of PAYEE_KINDS)
      expect(route(requesting({ raisedFen: yuan('300000.01'), payeeKind }))).toMatchObject({
        rule: 'ROUTE',
        verdict: 'fail',
        facts: { restricted: true },
      });
  });

  test.each([
    ['together exactly ¥300,000.00', '100000', '200000', ALL_ITEMS, 'pass'],
    ['together one fen above ¥300,000.00', '100000.01', '200000', ALL_ITEMS, 'fail'],
    ['together exactly ¥50,000.00, an item missing', '20000', '30000', INCOMPLETE, 'pass'],
    ['together one fen above ¥50,000.00, an item missing', '20000.01', '30000', INCOMPLETE, 'fail'],
  ])('while the raise is open, %s', (_what, before, now, published, verdict) => {
    // The sum is judged, so a refund between the two requests changes nothing.
    const facts = { raiseOpen: true, raisedFen: yuan('50000'), singleReleasedFen: yuan(before), requestedFen: yuan(now), published };
    expect(route(requesting(facts)).verdict).toBe(verdict);
    expect(route(requesting({ ...facts, raiseOpen: false })).verdict).toBe('pass');
  });
});

describe('ROUTE: hospital-direct', () => {
  test('goes to an institution however much was raised, and to nobody else', () => {
    for (const payeeKind of PAYEE_KINDS) {
      const { verdict } = route(requesting({ mode: 'hospital-direct', payeeKind, raisedFen: yuan('2000000') }));
      expect([payeeKind, verdict]).toEqual([payeeKind, payeeKind === 'institution' ? 'pass' : 'fail']);
    }
  });
});

describe('ROUTE: batches of a restricted raise', () => {
  test.each([
    ['a person, all in place', {}, 'pass'],
    ['without a medical plan', { documents: without(ALL_DOCUMENTS, 'medical-plan') }, 'fail'],
    ['without an expense list', { documents: without(ALL_DOCUMENTS, 'expense-list') }, 'fail'],
    ['a person, no contact with the hospital', { hospitalContactRecorded: false }, 'fail'],
    ['a person, plan signed by one', { planSignedByBoth: false }, 'fail'],
    ['an institution, no contact and no signatures', { payeeKind: 'institution', hospitalContactRecorded: false, planSignedByBoth: false }, 'pass'],
    ['an institution without a plan', { payeeKind: 'institution', documents: without(ALL_DOCUMENTS, 'medical-plan') }, 'fail'],
  ] as [string, Partial<ReleaseFacts>, string][])('to %s', (_what, over, verdict) => {
    expect(route(requesting({ ...BATCHED, ...over })).verdict).toBe(verdict);
  });

  test('an unrestricted raise may go in batches without a plan', () => {
    expect(
      route(requesting({ ...BATCHED, raisedFen: yuan('300000'), documents: new Set(), hospitalContactRecorded: false, planSignedByBoth: false }))
        .verdict,
    ).toBe('pass');
  });
});

test('ROUTE: every combination of facts gets the verdict of the Convention read as one sentence', () => {
  const facts = fc.record({
    edition: fc.constant(CONVENTION_2),
    mode: fc.constantFrom(...RELEASE_MODES),
    payeeKind: fc.constantFrom(...PAYEE_KINDS),
    raisedFen: fenAround(yuan('50000'), yuan('300000')),
    published: fc.constantFrom(ALL_ITEMS, INCOMPLETE),
    restrictedBefore: fc.boolean(),
    raiseOpen: fc.boolean(),
    requestedFen: fenAround(yuan('50000'), yuan('300000')),
    documents: fc.subarray(['medical-plan', 'expense-list'] as const).map((kinds) => new Set(kinds)),
    hospitalContactRecorded: fc.boolean(),
    planSignedByBoth: fc.boolean(),
    singleReleasedFen: fc.constantFrom(0n, 1n, yuan('1000')),
    batchesBp: fc.constant([5_000, 5_000]),
  });
  holds(
    facts,
    (f) => {
      const complete = f.published.size === PUBLICITY_ITEMS.length;
      const limitFen = complete ? 30_000_000n : 5_000_000n;
      const restricted = f.restrictedBefore || f.raisedFen > limitFen;
      const togetherFen = f.singleReleasedFen + f.requestedFen;
      const allowed = {
        'hospital-direct': f.payeeKind === 'institution',
        single: !restricted && (!f.raiseOpen || togetherFen <= limitFen),
        batched: !restricted || (f.documents.size === 2 && (f.payeeKind === 'institution' || (f.hospitalContactRecorded && f.planSignedByBoth))),
      };
      expect(route(f).verdict).toBe(allowed[f.mode] ? 'pass' : 'fail');
    },
    3_000,
  );
});
