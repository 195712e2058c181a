import { feeOf } from '../../fees';
import { formatYuan } from '../../money';
import { fail, pass, type FeeFacts, type Rule } from '../facts';

/** FEES: charged only as shown: the published version, to the fen, capped per campaign, once per release. Convention 1.0 and 2.0. */
export const fees: Rule<FeeFacts> = ({ schedule, shownVersion, chargedVersion, grossFen, serviceChargedFen, chargedBefore, feeFen }) => {
  const dueFen = chargedBefore ? 0n : feeOf(grossFen, schedule, serviceChargedFen).feeFen;
  const facts = { shownVersion, chargedVersion, grossFen: grossFen.toString(), feeFen: feeFen.toString(), dueFen: dueFen.toString() };
  return shownVersion === chargedVersion && feeFen === dueFen
    ? pass('FEES', facts, { zh: `费用 ${formatYuan(feeFen)} 与公示标准一致。`, en: `The fee of ${formatYuan(feeFen)} is as shown.` })
    : fail('FEES', facts, { zh: '费用与公示标准不一致。', en: 'The fee is not as shown.' });
};
