import { formatYuan } from '../../money';
import { fail, pass, type OpeningFacts, type Rule } from '../facts';

/** @returns whether ASK-CERT wants a certificate: the ask is above the edition's cap. */
export function needsCertificate({ askFen, edition }: Pick<OpeningFacts, 'askFen' | 'edition'>): boolean {
  return edition.rules.has('ASK-CERT') && askFen > edition.capFen;
}

/** ASK-CERT: an ask above ¥500,000 needs the written certificate of a registered institution qualified for the diagnosis. Convention 2.0. */
export const askCert: Rule<OpeningFacts> = ({ askFen, edition, documents, hospital }) => {
  const facts = {
    askFen: askFen.toString(),
    capFen: edition.capFen.toString(),
    certificate: documents.has('certificate'),
    registered: hospital.registered,
    qualified: hospital.qualified,
  };
  if (!needsCertificate({ askFen, edition }))
    return pass('ASK-CERT', facts, { zh: '筹款目标未超过上限，无需医疗机构证明。', en: 'The ask is within the cap: no certificate is needed.' });
  const cap = formatYuan(edition.capFen);
  if (!documents.has('certificate'))
    return fail('ASK-CERT', facts, {
      zh: `筹款目标超过 ${cap}，缺少医疗机构出具的书面证明。`,
      en: `The ask is above ${cap} and no certificate of a medical institution is on file.`,
    });
  if (!hospital.registered)
    return fail('ASK-CERT', facts, { zh: '出具证明的医疗机构不在登记名录中。', en: 'The certifying institution is not in the registry.' });
  if (!hospital.qualified)
    return fail('ASK-CERT', facts, {
      zh: '出具证明的医疗机构不具备该疾病的相关资质。',
      en: 'The certifying institution has no qualification that covers the diagnosis.',
    });
  return pass('ASK-CERT', facts, {
    zh: '证明由具备资质的登记机构出具，须先公示再开放筹款。',
    en: 'A qualified, registered institution certified the ask; it is publicised before the raise opens.',
  });
};
