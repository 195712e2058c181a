import { z } from 'zod';
import { type Actor, auditName } from '../../access/actors';
import { businessNow } from '../../database/clock';
import type { Transaction } from '../../database/connect';
import { REVIEW_KINDS, reviewDueMs, workingDaysPassed } from '../../domain/reviewTargets';
import { asideView } from '../../records/asides';
import {
  claimNext,
  claimOne,
  escalateReview,
  giveBack,
  putReviewAside,
  reviewQueue,
  reviewQueueLength,
  type Reviewer,
  type WaitingRow,
} from '../../records/reviewQueue';
import { cursor, cursorAt, pageLimit } from '../cursor';
import { route } from '../route';
import { asideAnswer } from '../answers';
import { dateText, fenText, recordText, ulidText } from '../schemas';

const TAG = 'Review';
const PLACE = /^([0-9]{1,17})\.([0-9A-Z]{26})$/;

const kind = z.enum(REVIEW_KINDS);
const verdict = z.enum(['pass', 'fail', 'needs']);
const filter = z.strictObject({
  kind: kind.optional(),
  verdict: verdict.optional(),
  claimed: z.enum(['mine', 'nobody']).optional(),
  aside: z.enum(['no', 'only', 'any']).optional(),
  subjectId: ulidText.optional(),
  after: cursor(PLACE).optional(),
  limit: pageLimit,
});
const subject = z.strictObject({ kind, subjectId: ulidText });

const item = z
  .object({
    kind,
    subjectId: z.string(),
    campaignId: z.string(),
    title: z.string(),
    amountFen: fenText,
    since: z.string(),
    dueAt: z.string(),
    workingDays: z.int(),
    overdue: z.boolean(),
    verdict: verdict.nullable(),
    top: z.object({ rule: z.string().nullable(), zh: z.string(), en: z.string() }).nullable(),
    claim: z.object({ mine: z.boolean(), by: z.string(), endsAt: z.string() }).nullable(),
    ...asideAnswer,
  })
  .openapi('WaitingForReview');

/** The reviewers' queue: what waits, its clock in working days, and who has it in hand. */
export const reviewQueueRoutes = [
  route({
    method: 'get',
    path: '/v1/review-queue',
    tag: TAG,
    summary: 'Lists what waits for a reviewer, the longest first: audits, releases in review, evidence of use',
    act: 'review-queue.read',
    input: { query: filter },
    answers: {
      200: {
        description:
          'A page, `total` over all pages, and `next`. `dueAt` is the house’s target in working days; `top` is the first reason not to pass. What is put aside is left out unless `aside` says otherwise.',
        schema: z.object({ waiting: z.array(item), total: z.int(), now: z.string(), next: z.string().nullable() }),
      },
    },
    handler: async ({ tx, query, actor }) => {
      const who = reviewer(actor);
      const { after, limit, ...chosen } = query;
      const place = after === undefined ? null : PLACE.exec(after)!;
      const page = await reviewQueue(tx, who, chosen, { after: place && [place[1]!, place[2]!], limit });
      const now = await businessNow(tx, who.tenantId);
      const last = page.length === limit ? page.at(-1)! : null;
      return {
        status: 200,
        body: {
          waiting: page.map((each) => view(each, who, now)),
          total: await reviewQueueLength(tx, who, chosen),
          now: now.toISOString(),
          next: cursorAt(last ? `${last.since_us}.${last.subject_id}` : undefined),
        },
      };
    },
  }),
  route({
    method: 'post',
    path: '/v1/review-queue/next',
    tag: TAG,
    summary: 'Takes the longest-waiting thing that nobody has in hand, for half an hour',
    act: 'review-queue.claim',
    input: { body: z.strictObject({ kind: kind.optional(), verdict: verdict.optional() }) },
    answers: {
      200: {
        description: 'What was taken; `item` is null when nothing is free. Two who ask at once get different ones.',
        schema: z.object({ item: item.nullable() }),
      },
    },
    handler: async ({ tx, body, actor }) => {
      const taken = await claimNext(tx, reviewer(actor), body);
      return { status: 200, body: { item: taken && (await shown(tx, actor, taken)) } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/review-queue/claims',
    tag: TAG,
    summary: 'Takes one thing in hand for half an hour; one’s own claim begins anew',
    act: 'review-queue.claim',
    input: { body: subject },
    answers: { 200: { description: 'Taken. `review.claimed` names who has it instead.', schema: z.object({ item }) } },
    handler: async ({ tx, body, actor }) => ({ status: 200, body: { item: await shown(tx, actor, await claimOne(tx, reviewer(actor), body)) } }),
  }),
  route({
    method: 'post',
    path: '/v1/review-queue/asides',
    tag: TAG,
    summary: 'Puts aside until a working day within its own time what one has in hand; it comes back by itself',
    act: 'review-queue.claim',
    input: { body: subject.extend({ until: dateText, words: recordText(500) }) },
    answers: { 200: { description: 'Put aside; no clock of the campaign stops.', schema: z.object({ item }) } },
    handler: async ({ tx, body, actor }) => {
      const at = await businessNow(tx, actor.tenantId ?? '');
      const put = await putReviewAside(tx, reviewer(actor), body, { until: body.until, words: body.words, by: auditName(actor), at });
      return { status: 200, body: { item: view(put, reviewer(actor), at) } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/review-queue/escalations',
    tag: TAG,
    summary: 'Hands what one has in hand to another reviewer, with a note; it is not offered to oneself again',
    act: 'review-queue.claim',
    input: { body: subject.extend({ words: recordText(500) }) },
    answers: { 200: { description: 'Handed over, and free to take.', schema: z.object({ item }) } },
    handler: async ({ tx, body, actor }) => {
      const at = await businessNow(tx, actor.tenantId ?? '');
      const handed = await escalateReview(tx, reviewer(actor), body, { words: body.words, by: auditName(actor), at });
      return { status: 200, body: { item: view(handed, reviewer(actor), at) } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/review-queue/returns',
    tag: TAG,
    summary: 'Gives back what one has in hand',
    act: 'review-queue.claim',
    input: { body: subject },
    answers: { 204: { description: 'It is free again; what was not in hand is left as it is.' } },
    handler: async ({ tx, body, actor }) => {
      await giveBack(tx, actor.id, body);
      return { status: 204 };
    },
  }),
];

const reviewer = (actor: Actor): Reviewer => ({ tenantId: actor.tenantId ?? '', staffId: actor.id });

async function shown(tx: Transaction, actor: Actor, taken: WaitingRow): Promise<z.infer<typeof item>> {
  return view(taken, reviewer(actor), await businessNow(tx, actor.tenantId ?? ''));
}

function view(w: WaitingRow, who: Reviewer, now: Date): z.infer<typeof item> {
  const dueMs = reviewDueMs(w.kind, w.since.getTime());
  const finding = w.findings?.find((f) => f.verdict === 'fail') ?? w.findings?.find((f) => f.verdict === 'needs');
  const signal = w.signals?.[0];
  return {
    kind: w.kind,
    subjectId: w.subject_id,
    campaignId: w.campaign_id,
    title: w.title,
    amountFen: w.amount_fen.toString(),
    since: w.since.toISOString(),
    dueAt: new Date(dueMs).toISOString(),
    workingDays: workingDaysPassed(w.since.getTime(), now.getTime()),
    overdue: now.getTime() > dueMs,
    verdict: w.verdict,
    top: finding ? { rule: finding.rule, zh: finding.zh, en: finding.en } : signal ? { rule: null, zh: signal.zh, en: signal.en } : null,
    claim: w.claimed_by === null ? null : { mine: w.claimed_by === who.staffId, by: w.claimed_name!, endsAt: w.claim_ends!.toISOString() },
    ...asideView(w),
  };
}
