import { z } from 'zod';
import { type Actor, auditName } from '../../access/actors';
import { useStepUp } from '../../access/stepUp';
import type { Transaction } from '../../database/connect';
import { MOST_LINES } from '../../domain/payoutBatch';
import { cancelBatch } from '../../records/payoutBatches/cancelling';
import { checkAnswers } from '../../records/payoutBatches/checking';
import { declareBatch } from '../../records/payoutBatches/declaring';
import { giveAllPayable, giveLines, type Taken } from '../../records/payoutBatches/intake';
import { previewAllPayable, previewLines } from '../../records/payoutBatches/previewing';
import { proposeBatch, retryBatch } from '../../records/payoutBatches/proposing';
import { batchRow, type FinancePerson } from '../../records/payoutBatches/rows';
import { signBatch } from '../../records/payoutBatches/signing';
import { batchRows, batchView, lineViews } from '../../records/payoutBatches/standing';
import { LINE_STATES } from '../../records/payoutBatches/states';
import { batchAnswer, batchLineAnswer, checkAnswer, payableAnswer, previewAnswer, takenAnswer } from '../answers';
import { cursor, cursorAt, pageLimit } from '../cursor';
import { LINE_FILES, readLines } from '../lineFiles/read';
import { route } from '../route';
import { amount, id, recordText } from '../schemas';
import { say } from '../text/say';

const TAG = 'Payout batches';
/** How many left-out lines the answer to giving them names; the list of lines has all. */
const NAMED = 100;
const LISTED = 30;

const declaration = z.strictObject({
  count: z.int().min(1).max(MOST_LINES),
  totalFen: amount,
  controlSum: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,10})$/, say({ zh: '须为整数的十进制字符串', en: 'a decimal string of a whole number' }))
    .openapi({
      example: '1234567',
      description:
        'Over all lines: the last four characters of the release’s id, read to the base 36, times the amount in fen, modulo 999983; summed. In a spreadsheet with the release’s id in B and the amount in C, a line’s part is `=MOD(DECIMAL(RIGHT(B2,4),36)*C2,999983)`.',
    })
    .transform((text) => BigInt(text)),
  emergency: z
    .strictObject({ reason: recordText(500) })
    .optional()
    .openapi({ description: 'Shown first everywhere, and promised within 6 hours.' }),
});

const digest = z.string().regex(/^[0-9a-f]{64}$/, say({ zh: '须为所展示的摘要', en: 'the digest that was shown' }));

/** Routes by which finance pays many releases in one act (付款批次): declared, filled, proposed by one, signed by two others. */
export const payoutBatchRoutes = [
  route({
    method: 'get',
    path: '/v1/payable-releases',
    tag: TAG,
    summary: 'What may be paid now and is in no batch: count, total and control sum to declare for it',
    act: 'payout-batch.make',
    input: {},
    answers: { 200: { description: 'The figures that a batch of all of it is declared with.', schema: payableAnswer } },
    handler: async ({ tx, actor }) => ({ status: 200, body: await previewAllPayable(tx, person(actor)) }),
  }),
  route({
    method: 'post',
    path: '/v1/payout-line-previews',
    tag: TAG,
    summary: 'Looks at lines, as JSON, CSV or XLSX, before there is a batch: what may be paid now, what is left out and why. Changes nothing',
    act: 'payout-batch.make',
    input: {},
    upload: LINE_FILES,
    answers: {
      200: {
        description:
          'The figures that a batch of what may be paid is declared with, and those of all that was given. `alike` warns of payments of before.',
        schema: previewAnswer,
      },
    },
    handler: async ({ tx, upload, actor }) => ({ status: 200, body: await previewLines(tx, person(actor), readLines(upload)) }),
  }),
  route({
    method: 'get',
    path: '/v1/payout-batches',
    tag: TAG,
    summary: 'Payout batches: emergencies first, then the oldest; what is over comes last',
    act: 'payout-batch.read',
    input: {},
    answers: { 200: { description: `At most ${LISTED} batches.`, schema: z.object({ batches: z.array(batchAnswer) }) } },
    handler: async ({ tx, actor }) => {
      const batches = [];
      for (const batch of await batchRows(tx, actor.tenantId ?? '', LISTED)) batches.push(await batchView(tx, batch));
      return { status: 200, body: { batches } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/payout-batches',
    tag: TAG,
    summary: 'Declares a payout batch: count, total and control sum, before any line is there',
    act: 'payout-batch.make',
    idempotencyKey: true,
    input: { body: declaration },
    answers: { 201: { description: 'The batch, without lines.', schema: batchAnswer } },
    handler: async ({ tx, body, actor }) => {
      const batchId = await declareBatch(tx, person(actor), { ...body, emergency: body.emergency?.reason ?? null });
      return { status: 201, body: await shown(tx, actor, batchId) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/payout-batches/{id}',
    tag: TAG,
    summary: 'Shows a payout batch: its lines by state in count and fen, what is to be signed, who signed',
    act: 'payout-batch.read',
    input: { params: id },
    answers: {
      200: {
        description: 'The batch. It is `terminal` when every line is, and `reconciled` when bank and books agree about every line.',
        schema: batchAnswer,
      },
    },
    handler: async ({ tx, params, actor }) => ({ status: 200, body: await shown(tx, actor, params.id) }),
  }),
  route({
    method: 'get',
    path: '/v1/payout-batches/{id}/check',
    tag: TAG,
    summary: 'What a checker compares before signing: totals in figures and capitals, largest and unusual lines, who made it, who may still sign',
    act: 'payout-batch.read',
    input: { params: id },
    answers: { 200: { description: 'As it stands now: the digest that is signed is the proposal’s.', schema: checkAnswer } },
    handler: async ({ tx, params, actor }) => ({ status: 200, body: await checkAnswers(tx, await batchRow(tx, params.id, actor.tenantId ?? '')) }),
  }),
  route({
    method: 'get',
    path: '/v1/payout-batches/{id}/lines',
    tag: TAG,
    summary: 'Lists the lines of a payout batch, each left-out one with its reason',
    act: 'payout-batch.read',
    input: {
      params: id,
      query: z.strictObject({ state: z.enum(LINE_STATES).optional(), after: cursor(/^[1-9][0-9]{0,4}$/).optional(), limit: pageLimit }),
    },
    answers: {
      200: {
        description: 'Lines in the order in which they were given, and `next`: the cursor of the next page.',
        schema: z.object({ lines: z.array(batchLineAnswer), next: z.string().nullable() }),
      },
    },
    handler: async ({ tx, params, query, actor }) => {
      const batch = await batchRow(tx, params.id, actor.tenantId ?? '');
      const lines = await lineViews(tx, batch.id, query.state ?? null, Number(query.after ?? 0), query.limit);
      const next = cursorAt(lines.length === query.limit ? String(lines.at(-1)!.seq) : undefined);
      return { status: 200, body: { lines: lines.map((line) => line.view), next } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/payout-batches/{id}/lines',
    tag: TAG,
    summary: 'Gives lines, as JSON, CSV or XLSX: columns lineId, releaseId, amountFen, and control if wanted',
    act: 'payout-batch.make',
    idempotencyKey: true,
    input: { params: id },
    upload: LINE_FILES,
    answers: {
      201: { description: 'How many lines are in, and how many are out; the first left-out ones with their reasons.', schema: takenAnswer },
    },
    handler: async ({ tx, params, upload, actor }) => {
      const taken = await giveLines(tx, person(actor), params.id, readLines(upload));
      return { status: 201, body: await takenView(tx, actor, params.id, taken) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/payout-batches/{id}/lines/all-payable',
    tag: TAG,
    summary: 'Gives every release that waits for finance in no batch as a line; its id is the line’s',
    act: 'payout-batch.make',
    idempotencyKey: true,
    input: { params: id },
    answers: { 201: { description: 'As for lines that are given.', schema: takenAnswer } },
    handler: async ({ tx, params, actor }) => {
      const taken = await giveAllPayable(tx, person(actor), params.id);
      return { status: 201, body: await takenView(tx, actor, params.id, taken) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/payout-batches/{id}/proposal',
    tag: TAG,
    summary: 'Proposes the batch, if its lines are what was declared: makes the digest that the checkers sign',
    act: 'payout-batch.make',
    input: { params: id },
    answers: {
      201: {
        description: 'The batch, to be signed. After a change of any line the maker proposes it anew; earlier signatures are void.',
        schema: batchAnswer,
      },
    },
    handler: async ({ tx, params, actor }) => {
      await proposeBatch(tx, person(actor), params.id);
      return { status: 201, body: await shown(tx, actor, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/payout-batches/{id}/signatures',
    tag: TAG,
    summary: 'Signs, or rejects, exactly the batch that was shown, and with it the sheet of every release in it',
    act: 'payout-batch.sign',
    idempotencyKey: true,
    input: {
      params: id,
      body: z.strictObject({
        digest,
        decision: z.enum(['approve', 'reject']),
        reason: recordText(500).optional(),
        stepUp: z.string().min(1).max(200),
      }),
    },
    answers: {
      201: {
        description: 'Signed. `stepUp` is the token of `POST /v1/step-ups` for act `batch.sign` on this digest: one for the whole batch.',
        schema: batchAnswer,
      },
    },
    handler: async ({ tx, params, body, actor }) => {
      const stepUpId = await useStepUp(tx, actor, 'batch.sign', body.digest, body.stepUp);
      await signBatch(tx, person(actor), params.id, { digest: body.digest, decision: body.decision, reason: body.reason ?? null, stepUpId });
      return { status: 201, body: await shown(tx, actor, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/payout-batches/{id}/retry',
    tag: TAG,
    summary: 'Proposes what failed, came back or lost its signatures once more; never what is unknown at the bank',
    act: 'payout-batch.make',
    input: { params: id },
    answers: { 201: { description: 'The batch with a further proposal of those lines alone.' } },
    handler: async ({ tx, params, actor }) => {
      await retryBatch(tx, person(actor), params.id);
      return { status: 201, body: await shown(tx, actor, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/payout-batches/{id}/cancellation',
    tag: TAG,
    summary: 'Withdraws what the bank has not heard of; the rest is recalled one by one, if at all',
    act: 'payout-batch.make',
    input: { params: id, body: z.strictObject({ reason: recordText(500) }) },
    answers: { 200: { description: 'The batch; `withdrawn` says how many lines were.' } },
    handler: async ({ tx, params, body, actor }) => {
      const withdrawn = await cancelBatch(tx, person(actor), params.id, body.reason);
      return { status: 200, body: { ...(await shown(tx, actor, params.id)), withdrawn } };
    },
  }),
];

function person(actor: Actor): FinancePerson {
  return { id: actor.id, tenantId: actor.tenantId ?? '', name: auditName(actor) };
}

async function shown(tx: Transaction, actor: Actor, batchId: string): Promise<Record<string, unknown>> {
  return batchView(tx, await batchRow(tx, batchId, actor.tenantId ?? ''));
}

async function takenView(tx: Transaction, actor: Actor, batchId: string, { included, excluded, after }: Taken): Promise<Record<string, unknown>> {
  const leftOut = await lineViews(tx, batchId, 'excluded', after, NAMED);
  return { included, excluded, leftOut: leftOut.map((line) => line.view), batch: await shown(tx, actor, batchId) };
}
