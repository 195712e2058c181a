import { z } from 'zod';
import { type Actor, auditName } from '../../access/actors';
import { businessNow } from '../../database/clock';
import type { Transaction } from '../../database/connect';
import { EXCEPTION_KINDS } from '../../domain/moneyExceptions';
import { matchesOf, matchLine, undoMatch } from '../../records/bankMatches';
import { takeAsBounce } from '../../records/bounces';
import { cardRefundsOf } from '../../records/cardRefunds';
import { bookChargeback } from '../../records/chargebacks';
import { assignException, escalateException, listExceptions, NOBODYS, putExceptionAside } from '../../records/exceptionLists';
import { exceptionRow, exceptionView } from '../../records/exceptionStanding';
import { MATCH_TARGETS } from '../../records/matchTargets';
import { confirmSettlement, settleException, withdrawSettlement } from '../../records/settlements';
import { exceptionAnswer } from '../answers';
import { cursor, cursorAt, pageLimit } from '../cursor';
import { route } from '../route';
import { amount, dateText, id, recordText, ulidText } from '../schemas';
import { say } from '../text/say';
import { tenantAsked } from './audit';

export const exceptionFilter = {
  tenantId: ulidText.optional(),
  kind: z.enum(EXCEPTION_KINDS).optional(),
  state: z.enum(['open', 'resolved']).optional(),
  olderThanHours: z
    .string()
    .regex(/^[0-9]{1,5}$/, say({ zh: '须为整数小时', en: 'whole hours' }))
    .transform(Number)
    .optional(),
  owner: z.union([z.literal('nobody'), ulidText]).optional(),
  aside: z.enum(['no', 'only']).optional(),
};

/** Returns to donors have numbers of their own form. */
export const targetId = z.string().regex(/^[0-9A-Z]{26}$/, say({ zh: '不是本系统的编号', en: 'not an id of this system' }));

const answered = { description: 'The money event as it stands now.', schema: exceptionAnswer };

/** Finance's list of what fits nowhere: each with its cause, owner, age, money position, and only the acts that are allowed now. */
export const exceptionRoutes = [
  route({
    method: 'get',
    path: '/v1/exceptions',
    tag: 'Finance',
    summary: 'Lists money events that fit nowhere, oldest first',
    act: 'exception.read',
    input: { query: z.strictObject({ ...exceptionFilter, after: cursor(/^[0-9A-HJKMNP-TV-Z]{26}$/).optional(), limit: pageLimit }) },
    answers: {
      200: {
        description: 'Each with cause, guidance, owner, age, money position and the acts that are allowed now; `next` leads on.',
        schema: z.object({ exceptions: z.array(exceptionAnswer), next: z.string().nullable() }),
      },
    },
    handler: async ({ tx, query, actor }) => {
      const page = await listExceptions(tx, tenantAsked(actor, query.tenantId)!, query);
      return {
        status: 200,
        body: { exceptions: page.map(exceptionView), next: cursorAt(page.length === query.limit ? page.at(-1)!.id : undefined) },
      };
    },
  }),
  route({
    method: 'get',
    path: '/v1/unowned-exceptions',
    tag: 'Audit',
    summary: 'Lists money events that belong to no platform, oldest first; they are settled at the command line',
    act: 'exception.oversee',
    input: {
      query: z.strictObject({
        kind: exceptionFilter.kind,
        state: exceptionFilter.state,
        after: cursor(/^[0-9A-HJKMNP-TV-Z]{26}$/).optional(),
        limit: pageLimit,
      }),
    },
    answers: {
      200: {
        description: 'Each with cause, guidance, age and money position; `next` leads on.',
        schema: z.object({ exceptions: z.array(exceptionAnswer), next: z.string().nullable() }),
      },
    },
    handler: async ({ tx, query }) => {
      const page = await listExceptions(tx, NOBODYS, query);
      return {
        status: 200,
        body: { exceptions: page.map(exceptionView), next: cursorAt(page.length === query.limit ? page.at(-1)!.id : undefined) },
      };
    },
  }),
  route({
    method: 'get',
    path: '/v1/exceptions/{id}',
    tag: 'Finance',
    summary: 'Shows one money event with its matches',
    act: 'exception.read',
    input: { params: id },
    answers: { 200: answered },
    handler: async ({ tx, params }) => ({ status: 200, body: await shown(tx, params.id) }),
  }),
  route({
    method: 'post',
    path: '/v1/exceptions/{id}/owner',
    tag: 'Finance',
    summary: 'Gives a money event to a person of finance; null: back to the operator',
    act: 'exception.act',
    input: { params: id, body: z.strictObject({ staffId: ulidText.nullable() }) },
    answers: { 200: answered },
    handler: async ({ tx, params, body, actor }) => {
      await assignException(tx, params.id, body.staffId, await acting(tx, actor));
      return { status: 200, body: await shown(tx, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/exceptions/{id}/aside',
    tag: 'Finance',
    summary: 'Puts a money event of one’s own aside until a working day, five working days at most; it comes back by itself',
    act: 'exception.act',
    input: { params: id, body: z.strictObject({ until: dateText, words: recordText(500) }) },
    answers: { 200: answered },
    handler: async ({ tx, params, body, actor }) => {
      await putExceptionAside(tx, params.id, { ...body, staffId: actor.id, ...(await acting(tx, actor)) });
      return { status: 200, body: await shown(tx, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/exceptions/{id}/escalation',
    tag: 'Finance',
    summary: 'Hands a money event of one’s own up to another role, with a note; nobody has it until somebody takes it',
    act: 'exception.act',
    input: { params: id, body: z.strictObject({ to: z.enum(['operator', 'finance-maker', 'finance-checker']), words: recordText(500) }) },
    answers: { 200: answered },
    handler: async ({ tx, params, body, actor }) => {
      await escalateException(tx, params.id, { ...body, staffId: actor.id, ...(await acting(tx, actor)) });
      return { status: 200, body: await shown(tx, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/exceptions/{id}/settlement',
    tag: 'Finance',
    summary:
      'Settles a money event that was dealt with outside of the books, asks for it where that gives money up, or claims a lost debit for its release',
    act: 'exception.act',
    input: { params: id, body: z.strictObject({ reason: recordText(1_000), releaseId: ulidText.optional() }) },
    answers: { 200: answered },
    handler: async ({ tx, params, body, actor }) => {
      await settleException(tx, params.id, {
        releaseId: body.releaseId ?? null,
        reason: body.reason,
        staffId: actor.id,
        ...(await acting(tx, actor)),
      });
      return { status: 200, body: await shown(tx, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/exceptions/{id}/settlement/confirmation',
    tag: 'Finance',
    summary: 'Confirms a settlement that gives money up and that another person asked for',
    act: 'exception.act',
    input: { params: id },
    answers: { 200: answered },
    handler: async ({ tx, params, actor }) => {
      await confirmSettlement(tx, params.id, { staffId: actor.id, ...(await acting(tx, actor)) });
      return { status: 200, body: await shown(tx, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/exceptions/{id}/settlement/withdrawal',
    tag: 'Finance',
    summary: 'Turns a settlement down that was asked for, or takes it back',
    act: 'exception.act',
    input: { params: id },
    answers: { 200: answered },
    handler: async ({ tx, params, actor }) => {
      await withdrawSettlement(tx, params.id, await acting(tx, actor));
      return { status: 200, body: await shown(tx, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/exceptions/{id}/matches',
    tag: 'Finance',
    summary: 'Matches a bank line, in whole or in part, with what it is: a payout, a return, a credit on suspense or a chargeback',
    act: 'exception.act',
    idempotencyKey: true,
    input: {
      params: id,
      body: z.strictObject({ target: z.strictObject({ kind: z.enum(MATCH_TARGETS), id: targetId }), amountFen: amount }),
    },
    answers: { 201: answered },
    handler: async ({ tx, params, body, actor }) => {
      await matchLine(tx, params.id, { target: body.target.kind, id: body.target.id, amountFen: body.amountFen }, await acting(tx, actor));
      return { status: 201, body: await shown(tx, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/exceptions/{id}/bounce',
    tag: 'Finance',
    summary: 'Takes a credit on suspense as the bank’s return of a whole payout: its release begins its payment anew',
    act: 'exception.act',
    input: { params: id, body: z.strictObject({ payoutId: ulidText }) },
    answers: { 200: answered },
    handler: async ({ tx, params, body, actor }) => {
      await takeAsBounce(tx, params.id, body.payoutId, await acting(tx, actor));
      return { status: 200, body: await shown(tx, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/exceptions/{id}/chargeback',
    tag: 'Finance',
    summary: 'Books what the channel took back of its own accord, as a receivable',
    act: 'exception.act',
    input: { params: id },
    answers: { 200: answered },
    handler: async ({ tx, params, actor }) => {
      await bookChargeback(tx, params.id, await acting(tx, actor));
      return { status: 200, body: await shown(tx, params.id) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/bank-matches/{id}/reversal',
    tag: 'Finance',
    summary: 'Undoes exactly one match, by entries of its own',
    act: 'exception.act',
    input: { params: id, body: z.strictObject({ reason: recordText(1_000) }) },
    answers: { 200: { description: 'Undone; what the match had ended is open again.', schema: z.looseObject({ id: z.string() }) } },
    handler: async ({ tx, params, body, actor }) => {
      await undoMatch(tx, params.id, body.reason, await acting(tx, actor));
      return { status: 200, body: { id: params.id } };
    },
  }),
];

/** Who acts, and when in the business time of their platform. */
export async function acting(tx: Transaction, actor: Actor): Promise<{ readonly by: string; readonly at: Date }> {
  return { by: auditName(actor), at: await businessNow(tx, actor.tenantId!) };
}

async function shown(tx: Transaction, exceptionId: string) {
  const e = await exceptionRow(tx, exceptionId);
  const cardRefunds = e.kind === 'owed-back' ? await cardRefundsOf(tx, e.subject) : [];
  return { ...exceptionView(e), matches: await matchesOf(tx, exceptionId), cardRefunds };
}
