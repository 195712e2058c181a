import { formatYuan } from '../../money';
import { fail, pass, type OpeningFacts, type Rule } from '../facts';

/** ASK-CAP: a single ask is at most ¥500,000 in an edition without ASK-CERT. Convention 1.0. */
export const askCap: Rule<OpeningFacts> = ({ askFen, edition }) => {
  const facts = { askFen: askFen.toString(), capFen: edition.capFen.toString() };
  return askFen > edition.capFen
    ? fail('ASK-CAP', facts, {
        zh: `筹款目标 ${formatYuan(askFen)} 超过上限 ${formatYuan(edition.capFen)}。`,
        en: `The ask of ${formatYuan(askFen)} is above the cap of ${formatYuan(edition.capFen)}.`,
      })
    : pass('ASK-CAP', facts, { zh: '筹款目标未超过上限。', en: 'The ask is within the cap.' });
};
