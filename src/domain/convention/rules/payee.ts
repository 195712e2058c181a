import { fail, pass, type OpeningFacts, type Rule } from '../facts';
import { CLOSE_RELATIVES } from '../terms';

/** PAYEE: help-seeker, guardian, close relative (Civil Code 1045) with proof, or a registered institution with a whitelisted account; nobody else. Convention 2.0. */
export const payee: Rule<OpeningFacts> = ({ payeeKind, documents, hospital }) => {
  const facts = { payeeKind, relationProof: documents.has('relation-proof'), registered: hospital.registered, whitelisted: hospital.whitelisted };
  if (payeeKind === 'institution') {
    if (!hospital.registered) return fail('PAYEE', facts, { zh: '收款机构不在登记名录中。', en: 'The payee institution is not in the registry.' });
    if (!hospital.whitelisted)
      return fail('PAYEE', facts, { zh: '收款机构没有经核验的对公账户。', en: 'The payee institution has no whitelisted corporate account.' });
    return pass('PAYEE', facts, { zh: '收款人为登记机构的对公账户。', en: "The payee is a registered institution's corporate account." });
  }
  if (payeeKind === 'seeker') return pass('PAYEE', facts, { zh: '收款人为求助人本人。', en: 'The payee is the help-seeker.' });
  if (payeeKind !== 'guardian' && !CLOSE_RELATIVES.has(payeeKind)) {
    return fail('PAYEE', facts, {
      zh: '收款人不是求助人、监护人、近亲属或医疗机构。',
      en: 'The payee is neither help-seeker, guardian, close relative nor medical institution.',
    });
  }
  return documents.has('relation-proof')
    ? pass('PAYEE', facts, { zh: '收款人与求助人的关系已证明。', en: "The payee's relation is proven." })
    : fail('PAYEE', facts, { zh: '缺少收款人与求助人的关系证明。', en: "Proof of the payee's relation is missing." });
};
