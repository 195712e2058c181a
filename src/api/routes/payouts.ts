import { z } from 'zod';
import { listPayouts, payoutTotals } from '../../records/payoutLists';
import { listedPayoutAnswer, payoutTotalsAnswer } from '../answers';
import { cursor, cursorAt, pageLimit } from '../cursor';
import { route } from '../route';
import { dateText, ulidText } from '../schemas';
import { tenantAsked } from './audit';

export const payoutFilter = {
  tenantId: ulidText.optional(),
  state: z.enum(['reserved', 'submitted', 'unknown', 'succeeded', 'failed', 'returned']).optional(),
  campaignId: ulidText.optional(),
  from: dateText.optional(),
  to: dateText.optional(),
};

/** Finance's list of what was and is paid. */
export const payoutRoutes = [
  route({
    method: 'get',
    path: '/v1/payouts',
    tag: 'Finance',
    summary: 'Lists payouts, oldest first',
    act: 'payout.list',
    input: { query: z.strictObject({ ...payoutFilter, after: cursor(/^[0-9A-HJKMNP-TV-Z]{26}$/).optional(), limit: pageLimit }) },
    answers: {
      200: {
        description: 'Payouts with state and amounts, no name and no account; `next` leads on. `totals` are of all that the filter lets through.',
        schema: z.object({ payouts: z.array(listedPayoutAnswer), totals: payoutTotalsAnswer, next: z.string().nullable() }),
      },
    },
    handler: async ({ tx, query, actor }) => {
      const tenantId = tenantAsked(actor, query.tenantId)!;
      const page = await listPayouts(tx, tenantId, query);
      const totals = await payoutTotals(tx, tenantId, query);
      return { status: 200, body: { payouts: page, totals, next: cursorAt(page.length === query.limit ? page.at(-1)!.id : undefined) } };
    },
  }),
];
