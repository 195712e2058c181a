import { formatYuan } from '../../money';
import { fail, pass, type ReleaseFacts, type Rule } from '../facts';
import { missingItems } from './publicity';

/**
 * ROUTE's state: raised > ¥300,000, or > ¥50,000 with incomplete publicity, goes to the hospital or in batches; once restricted, stays restricted.
 * @returns true when single releases are closed to this campaign.
 */
export function isRestricted({
  edition,
  raisedFen,
  published,
  restrictedBefore,
}: Pick<ReleaseFacts, 'edition' | 'raisedFen' | 'published' | 'restrictedBefore'>): boolean {
  if (!edition.rules.has('ROUTE')) return false;
  const complete = missingItems(edition, published).length === 0;
  return restrictedBefore || raisedFen > edition.route.restrictedAboveFen || (!complete && raisedFen > edition.route.restrictedIfIncompleteAboveFen);
}

/** ROUTE: which way the money may go. Convention 2.0, computed from all money raised to date at every request. */
export const route: Rule<ReleaseFacts> = (f) => {
  const restricted = isRestricted(f);
  const complete = missingItems(f.edition, f.published).length === 0;
  const facts = {
    mode: f.mode,
    payeeKind: f.payeeKind,
    raisedFen: f.raisedFen.toString(),
    publicityComplete: complete,
    restricted,
    plan: f.documents.has('medical-plan'),
    list: f.documents.has('expense-list'),
    hospitalContact: f.hospitalContactRecorded,
    signed: f.planSignedByBoth,
  };
  if (f.mode === 'hospital-direct') {
    return f.payeeKind === 'institution'
      ? pass('ROUTE', facts, { zh: '资金直接拨付就诊医院。', en: 'The money goes straight to the treating hospital.' })
      : fail('ROUTE', facts, {
          zh: '收款人不是医疗机构，不能直拨医院。',
          en: 'The payee is no institution: the money cannot go straight to the hospital.',
        });
  }
  if (f.mode === 'single') {
    if (restricted)
      return fail('ROUTE', facts, {
        zh: '筹款金额较大或公示不完整，不得一次性拨付，须直拨医院或分批拨付。',
        en: 'The amount is high or publicity incomplete: hospital-direct or in batches, not at once.',
      });
    const limitFen = complete ? f.edition.route.restrictedAboveFen : f.edition.route.restrictedIfIncompleteAboveFen;
    return f.raiseOpen && f.singleReleasedFen + f.requestedFen > limitFen
      ? fail('ROUTE', facts, {
          zh: `筹款期间一次性拨付合计不得超过 ${formatYuan(limitFen)}。`,
          en: `While the raise is open, single releases together stay within ${formatYuan(limitFen)}.`,
        })
      : pass('ROUTE', facts, {
          zh: '可一次性拨付，仍须审核、公示和审批。',
          en: 'A single release is allowed; it is still reviewed, publicised and approved.',
        });
  }
  if (!restricted) return pass('ROUTE', facts, { zh: '可分批拨付。', en: 'Batches are allowed.' });
  if (!facts.plan || !facts.list)
    return fail('ROUTE', facts, {
      zh: '分批拨付须先审核并公示医疗方案和费用清单。',
      en: 'Batches need the medical plan and the expense list, reviewed and publicised.',
    });
  if (f.payeeKind !== 'institution' && !f.hospitalContactRecorded)
    return fail('ROUTE', facts, {
      zh: '向个人分批拨付前须先与医院联系并记录结果。',
      en: 'Batches to a person need a recorded contact with the hospital and its outcome.',
    });
  if (f.payeeKind !== 'institution' && !f.planSignedByBoth)
    return fail('ROUTE', facts, {
      zh: '医疗方案和费用清单须由发起人和求助人共同签字。',
      en: 'Sponsor and help-seeker must both have signed the plan and the list.',
    });
  return pass('ROUTE', facts, { zh: '方案和清单齐备，可分批拨付。', en: 'Plan and list stand: batches are allowed.' });
};
