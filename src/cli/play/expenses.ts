import { randomInt } from 'node:crypto';
import type { Campaign } from './answers';
import { type Deed, once, type Story } from './story';

type Expenses = { earlierRaises: { id: string; status: string; paidFen: string }[] };

const dayMs = 86_400_000;

/**
 * SECOND-ASK: the sponsor has the expense list of a later ask; its lines are play's own, one for what each earlier raise paid out and one that
 * none covered. The reviewer reconciles them when the finding says that somebody must.
 */
export async function reconcileExpenses(story: Story, { id, report, decision, phase }: Campaign): Promise<Deed> {
  const waits = report?.findings.some(({ rule, verdict }) => rule === 'SECOND-ASK' && verdict === 'needs');
  if (phase !== 'prior-audit' || decision !== null || report?.verdict !== 'needs' || !waits) return 'nothing';
  return once(story, 'reconcile expenses', async () => {
    const reviewer = await story.staff.as('reviewer');
    const { earlierRaises } = await reviewer.get<Expenses>(`/v1/campaigns/${id}/expense-lines`);
    const paid = earlierRaises.filter(({ status, paidFen }) => status !== 'refunded' && paidFen !== '0');
    const date = new Date(story.clock.nowMs - 30 * dayMs).toISOString().slice(0, 10);
    const line = (amountFen: string, nth: number) => ({
      date,
      item: `Course ${nth + 1} of the treatment`,
      hospital: story.hospital.institution.name,
      amountFen,
      invoiceNumber: String(randomInt(1e9, 1e10)),
    });
    const amounts = [...paid.map(({ paidFen }) => paidFen), '100000'];
    const { ids } = await story.platform.post<{ ids: string[] }>(`/v1/campaigns/${id}/expense-lines`, { lines: amounts.map(line) });
    const lines = ids.map((lineId, nth) => {
      const raise = paid[nth];
      return { lineId, covered: raise ? [{ raiseId: raise.id, amountFen: raise.paidFen }] : [] };
    });
    await reviewer.post(`/v1/campaigns/${id}/expense-reconciliation`, { lines });
    story.progress.say(`the reviewer reconciles ${lines.length} expenses with ${paid.length} earlier raises`);
  });
}
