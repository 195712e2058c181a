import fc from 'fast-check';
import { askCap } from '../../../src/domain/convention/rules/askCap';
import { askCert, needsCertificate } from '../../../src/domain/convention/rules/askCert';
import { ALL_DOCUMENTS, CONVENTION_1, CONVENTION_2, opening, without, yuan } from '../../support/facts';
import { fenAround, holds } from '../../support/property';

const HOSPITAL = { registered: true, qualified: true, whitelisted: true };

test.each([
  ['499999.99', 'pass'],
  ['500000.00', 'pass'],
  ['500000.01', 'fail'],
])('ASK-CAP: ¥%s under Convention 1.0: %s', (ask, verdict) => {
  expect(askCap(opening({ edition: CONVENTION_1, askFen: yuan(ask) })).verdict).toBe(verdict);
});

test.each([
  ['499999.99', false],
  ['500000.00', false],
  ['500000.01', true],
])('ASK-CERT: ¥%s needs a certificate under 2.0: %s', (ask, needed) => {
  expect(needsCertificate({ askFen: yuan(ask), edition: CONVENTION_2 })).toBe(needed);
  expect(needsCertificate({ askFen: yuan(ask), edition: CONVENTION_1 })).toBe(false);
});

describe('ASK-CERT: one fen above ¥500,000', () => {
  const asking = (over: Parameters<typeof opening>[0]): string => askCert(opening({ askFen: yuan('500000.01'), ...over })).verdict;

  test('passes with a certificate of a registered, qualified institution', () => {
    expect(asking({})).toBe('pass');
  });

  test.each([
    ['no certificate', { documents: without(ALL_DOCUMENTS, 'certificate') }],
    ['an institution outside the registry', { hospital: { ...HOSPITAL, registered: false } }],
    ['an institution not qualified for the diagnosis', { hospital: { ...HOSPITAL, qualified: false } }],
  ])('fails with %s', (_what, over) => {
    expect(asking(over)).toBe('fail');
  });

  test('asks for no whitelisted account: that is PAYEE’s', () => {
    expect(asking({ hospital: { ...HOSPITAL, whitelisted: false } })).toBe('pass');
  });
});

test('ASK-CERT: fails iff above the cap and the certificate, the registration or the qualification is missing', () => {
  const facts = fc.record({ askFen: fenAround(yuan('500000')), certificate: fc.boolean(), registered: fc.boolean(), qualified: fc.boolean() });
  holds(
    facts,
    ({ askFen, certificate, registered, qualified }) => {
      const documents = certificate ? ALL_DOCUMENTS : without(ALL_DOCUMENTS, 'certificate');
      const found = askCert(opening({ askFen, documents, hospital: { registered, qualified, whitelisted: true } }));
      const complaints = [askFen >= 50_000_001n, [certificate, registered, qualified].includes(false)];
      expect(found.verdict).toBe(complaints.every(Boolean) ? 'fail' : 'pass');
      expect(found.facts).toMatchObject({ askFen: askFen.toString(), capFen: '50000000' });
    },
    1_000,
  );
});

test('ASK-CAP: fails iff the ask is a fen or more above ¥500,000', () => {
  holds(
    fenAround(yuan('500000')),
    (askFen) => {
      expect(askCap(opening({ edition: CONVENTION_1, askFen })).verdict).toBe(askFen >= 50_000_001n ? 'fail' : 'pass');
    },
    1_000,
  );
});
