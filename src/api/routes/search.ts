import { z } from 'zod';
import type { Actor } from '../../access/actors';
import { type Act, may } from '../../access/policy';
import { FOUND_KINDS, type FoundKind, search } from '../../records/searching';
import { foundAnswer } from '../answers';
import { route } from '../route';
import { personText } from '../schemas';

/** Nothing is found that could not be opened: each kind rests on the act that shows it. */
const SHOWN_BY: Readonly<Record<FoundKind, Act>> = {
  campaign: 'campaign.read',
  batch: 'payout-batch.read',
  payout: 'payout.list',
  exception: 'exception.read',
};

/** The one search over what a person works with. */
export const searchRoutes = [
  route({
    method: 'get',
    path: '/v1/search',
    tag: 'Search',
    summary: 'Finds cases, payout batches, payouts and money events: by id, a bank’s reference, an amount in yuan, or words of a title',
    act: 'search.use',
    input: { query: z.strictObject({ q: personText(80) }) },
    answers: {
      200: {
        description: 'At most six of each kind, the newest first; only of the own platform, and only kinds that the role may open.',
        schema: z.object({ found: z.array(foundAnswer) }),
      },
    },
    handler: async ({ tx, query, actor }) => ({
      status: 200,
      body: { found: await search(tx, actor.tenantId ?? '', query.q, kindsFor(actor)) },
    }),
  }),
];

const kindsFor = (actor: Actor): FoundKind[] => FOUND_KINDS.filter((kind) => may(actor, SHOWN_BY[kind]));
