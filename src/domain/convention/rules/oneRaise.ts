import { fail, type OpeningFacts, pass, type Rule } from '../facts';

/** ONE-RAISE: one running raise per patient and illness (ICD-10 category) across the platforms. Convention 2.0. */
export const oneRaise: Rule<OpeningFacts> = ({ earlierRaises }) => {
  const running = earlierRaises.filter((r) => r.status === 'running' && r.sameIllness).map((r) => r.platform);
  const facts = { running };
  return running.length > 0
    ? fail('ONE-RAISE', facts, {
        zh: `该求助人就同一疾病已有进行中的筹款（${running.join('、')}）。`,
        en: `A raise for this patient and illness is running already (${running.join(', ')}).`,
      })
    : pass('ONE-RAISE', facts, { zh: '该求助人就同一疾病没有其他进行中的筹款。', en: 'No other raise for this patient and illness is running.' });
};
