import { formatYuan } from '../../money';
import { fail, needs, type OpeningFacts, pass, type Rule } from '../facts';

/**
 * SECOND-ASK: a later raise for the same patient above ¥500,000 needs the list of medical expenses, reconciled line by line with what the earlier
 * raises paid out. Convention 2.0. Raises that were settled or run count; one refunded whole does not. The edition says what is compared with the
 * cap: this ask alone, or all asks together.
 */
export const secondAsk: Rule<OpeningFacts> = ({ askFen, edition, earlierRaises, documents, expensesReconciled }) => {
  const earlier = earlierRaises.filter((r) => r.status !== 'refunded');
  const beforeFen = edition.secondAskBasis === 'cumulative' ? earlier.reduce((sum, r) => sum + r.askFen, 0n) : 0n;
  const comparedFen = askFen + beforeFen;
  const facts = {
    earlierRaises: earlier.length,
    basis: edition.secondAskBasis,
    comparedFen: comparedFen.toString(),
    capFen: edition.capFen.toString(),
    expenseList: documents.has('expense-list'),
    reconciled: expensesReconciled,
  };
  if (earlier.length === 0) return pass('SECOND-ASK', facts, { zh: '没有此前的筹款。', en: 'There is no earlier raise.' });
  if (comparedFen <= edition.capFen)
    return pass('SECOND-ASK', facts, { zh: '再次筹款未超过上限，无需费用清单。', en: 'The later ask is within the cap: no expense list is needed.' });
  if (!documents.has('expense-list'))
    return fail('SECOND-ASK', facts, {
      zh: `再次筹款超过 ${formatYuan(edition.capFen)}，缺少医疗费用清单。`,
      en: `A later ask above ${formatYuan(edition.capFen)} needs the list of medical expenses, and none is on file.`,
    });
  return expensesReconciled
    ? pass('SECOND-ASK', facts, { zh: '费用清单已与此前拨付逐项核对。', en: 'The expense list is reconciled with what earlier raises paid out.' })
    : needs('SECOND-ASK', facts, {
        zh: '费用清单须由审核人员与此前拨付逐项核对。',
        en: 'A reviewer must reconcile the expense list, line by line, with what earlier raises paid out.',
      });
};
