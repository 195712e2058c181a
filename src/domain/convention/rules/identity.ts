import { fail, needs, pass, type OpeningFacts, type PartyFacts, type Rule } from '../facts';
import type { Relation } from '../terms';

const WITHOUT_PROOF: ReadonlySet<Relation> = new Set(['self', 'friend']);

const confirmed = (party: PartyFacts): boolean => party.verdict === 'match' || (party.verdict !== 'mismatch' && party.resolution === 'confirmed');
const refused = (party: PartyFacts): boolean => party.verdict === 'mismatch' || party.resolution === 'not-confirmed';

/** IDENTITY: sponsor and help-seeker are verified by name; a minor or incapable patient with a guardian's proof, and a sponsor who is a relative or guardian with proof of the relation. Convention 2.0. */
export const identity: Rule<OpeningFacts> = ({ patient, sponsor, documents }) => {
  const guardianNeeded = patient.minor || patient.incapable === true;
  const proofNeeded = guardianNeeded || !WITHOUT_PROOF.has(sponsor.relation);
  const facts = {
    patient: patient.verdict,
    patientResolution: patient.resolution ?? 'none',
    sponsor: sponsor.verdict,
    sponsorResolution: sponsor.resolution ?? 'none',
    relation: sponsor.relation,
    minor: patient.minor,
    incapable: patient.incapable ?? false,
    idCards: documents.has('id-cards'),
    relationProof: documents.has('relation-proof'),
  };
  if (refused(patient)) return fail('IDENTITY', facts, { zh: '求助人实名认证未通过。', en: "The help-seeker's real name could not be confirmed." });
  if (refused(sponsor)) return fail('IDENTITY', facts, { zh: '发起人实名认证未通过。', en: "The sponsor's real name could not be confirmed." });
  if (!documents.has('id-cards')) return fail('IDENTITY', facts, { zh: '缺少身份证件。', en: 'The identity cards are missing.' });
  if (guardianNeeded && !documents.has('relation-proof'))
    return fail('IDENTITY', facts, {
      zh: `求助人${patient.minor ? '未成年' : '无完全民事行为能力'}，须有监护人及监护关系证明。`,
      en: `The help-seeker is ${patient.minor ? 'a minor' : 'not able to act'}: a guardian with proof of guardianship is needed.`,
    });
  if (proofNeeded && !documents.has('relation-proof'))
    return fail('IDENTITY', facts, { zh: '缺少亲属或监护关系证明。', en: 'Proof of the relation or guardianship is missing.' });
  if (!confirmed(patient) || !confirmed(sponsor))
    return needs('IDENTITY', facts, { zh: '实名库无记录，须由审核人员认定。', en: 'The identity service has no record: a reviewer must decide.' });
  return pass('IDENTITY', facts, { zh: '发起人与求助人均已实名认证。', en: 'Sponsor and help-seeker are verified by name.' });
};
