import { fail, pass, type OpeningFacts, type Rule } from '../facts';

/** PRE-AUDIT: the illness and its hospital are evidenced before anything is public. Convention 1.0 and 2.0. */
export const preAudit: Rule<OpeningFacts> = ({ documents, hospital }) => {
  const missing = (['diagnosis', 'admission-record'] as const).filter((kind) => !documents.has(kind));
  const facts = { missing, registered: hospital.registered };
  if (missing.length > 0)
    return fail('PRE-AUDIT', facts, {
      zh: `缺少材料：${missing.map((m) => (m === 'diagnosis' ? '诊断证明' : '入院记录')).join('、')}。`,
      en: `Missing evidence: ${missing.join(', ')}.`,
    });
  if (!hospital.registered) return fail('PRE-AUDIT', facts, { zh: '就诊医院不在登记名录中。', en: 'The hospital is not in the registry.' });
  return pass('PRE-AUDIT', facts, {
    zh: '诊断与入院记录齐全，医院已登记。',
    en: 'Diagnosis and admission record are on file, and the hospital is registered.',
  });
};
