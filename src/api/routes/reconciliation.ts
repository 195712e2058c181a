import { z } from 'zod';
import { businessNow } from '../../database/clock';
import { shanghaiDate } from '../../domain/calendar';
import { matchesOf } from '../../records/bankMatches';
import { exceptionRow, exceptionView } from '../../records/exceptionStanding';
import { matchWithMany } from '../../records/manyMatches';
import { proposalsFor } from '../../records/matchProposals';
import { MATCH_TARGETS } from '../../records/matchTargets';
import { linesToMatch, reconciliationDays } from '../../records/reconciliationDays';
import { exceptionAnswer, linesToMatchAnswer, proposalsAnswer, reconciliationDayAnswer } from '../answers';
import { route } from '../route';
import { amount, dateText, id, ulidText } from '../schemas';
import { say } from '../text/say';
import { tenantAsked } from './audit';
import { acting, targetId } from './exceptions';

const TAG = 'Finance';
/** How many days are shown at once. */
const DAYS = 14;
const MOST_AT_ONCE = 50;

/** What reconciliation is worked by: the days with their statement's totals and close, the lines that nobody explained, what each could be, and many matches in one act. */
export const reconciliationRoutes = [
  route({
    method: 'get',
    path: '/v1/reconciliation-days',
    tag: TAG,
    summary: 'The days of a platform’s custody account, the last first: what the bank booked, what of it is unmatched, and the close',
    act: 'exception.read',
    input: { query: z.strictObject({ tenantId: ulidText.optional(), to: dateText.optional() }) },
    answers: {
      200: {
        description: `${DAYS} days; \`before\` is the \`to\` of those before. \`closedAt\` is null while a day is open.`,
        schema: z.object({ days: z.array(reconciliationDayAnswer), before: z.string() }),
      },
    },
    handler: async ({ tx, query, actor }) => {
      const tenantId = tenantAsked(actor, query.tenantId)!;
      const to = query.to ?? shanghaiDate((await businessNow(tx, tenantId)).getTime());
      const days = await reconciliationDays(tx, tenantId, to, DAYS);
      const before = shanghaiDate(Date.parse(`${to}T12:00:00+08:00`) - DAYS * 86_400_000);
      return { status: 200, body: { days: days.map((day) => ({ ...day, closedAt: day.closedAt?.toISOString() ?? null })), before } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/lines-to-match',
    tag: TAG,
    summary: 'Lines of bank and channels that no machine placed, the largest first, with the totals of what is open',
    act: 'exception.read',
    input: {
      query: z.strictObject({ tenantId: ulidText.optional(), day: dateText.optional(), state: z.enum(['open', 'resolved']).default('open') }),
    },
    answers: { 200: { description: 'At most 200 lines; `count` and the sums are of all that the filter lets through.', schema: linesToMatchAnswer } },
    handler: async ({ tx, query, actor }) => {
      const found = await linesToMatch(tx, tenantAsked(actor, query.tenantId)!, { day: query.day ?? null, state: query.state });
      return { status: 200, body: { ...found, lines: found.lines.map((line) => ({ ...line, at: line.at.toISOString() })) } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/exceptions/{id}/proposals',
    tag: TAG,
    summary: 'What a bank line could be, ranked: what it names, what comes to exactly its amount, then the largest',
    act: 'exception.read',
    input: { params: id },
    answers: {
      200: {
        description: '`chosen` are those that explain it alone. Advice: nothing is matched by it. `amountFen` is what of the line would be matched.',
        schema: proposalsAnswer,
      },
    },
    handler: async ({ tx, params }) => {
      const { openFen, proposals } = await proposalsFor(tx, await exceptionRow(tx, params.id));
      const view = proposals.map(({ kind, id: target, at, ...each }) => ({ target: { kind, id: target }, at: at?.toISOString() ?? null, ...each }));
      return { status: 200, body: { openFen, proposals: view } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/exceptions/{id}/match-sets',
    tag: TAG,
    summary: 'Matches a bank line with several things in one act: all or none; each is undone alone',
    act: 'exception.act',
    idempotencyKey: true,
    input: {
      params: id,
      body: z.strictObject({
        matches: z
          .array(z.strictObject({ target: z.strictObject({ kind: z.enum(MATCH_TARGETS), id: targetId }), amountFen: amount }))
          .min(1)
          .max(MOST_AT_ONCE, say({ zh: `每次至多 ${MOST_AT_ONCE} 项`, en: `at most ${MOST_AT_ONCE} at once` })),
      }),
    },
    answers: { 201: { description: 'The money event as it stands now.', schema: exceptionAnswer } },
    handler: async ({ tx, params, body, actor }) => {
      const wanted = body.matches.map(({ target, amountFen }) => ({ target: target.kind, id: target.id, amountFen }));
      await matchWithMany(tx, params.id, wanted, await acting(tx, actor));
      return { status: 201, body: { ...exceptionView(await exceptionRow(tx, params.id)), matches: await matchesOf(tx, params.id) } };
    },
  }),
];
