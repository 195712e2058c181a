import { z } from 'zod';
import type { Actor } from '../../access/actors';
import { useStepUp } from '../../access/stepUp';
import type { Banks, RailName } from '../../adapters/payment/port';
import type { Transaction } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { RECALL_REASONS, RECALL_STATES } from '../../domain/recall';
import { isWallet, type Wallet } from '../../domain/wallets';
import { askRecall, confirmRecall, listRecalls, recallView, withdrawRecall } from '../../records/recallActs';
import { recallRow } from '../../records/recalls';
import { payoutRow } from '../../records/releases';
import { recallAnswer } from '../answers';
import { cursor, cursorAt, pageLimit } from '../cursor';
import { route } from '../route';
import { id, recordText, ulidText } from '../schemas';
import { tenantAsked } from './audit';
import { acting } from './exceptions';

/** Asking a payout back from the bank: one person of finance asks, another confirms, and the bank decides. */
export function recallRoutes(banks: Banks) {
  return [
    route({
      method: 'get',
      path: '/v1/recalls',
      tag: 'Finance',
      summary: 'Lists recalls, oldest first',
      act: 'recall.read',
      input: {
        query: z.strictObject({
          tenantId: ulidText.optional(),
          state: z.enum(RECALL_STATES).optional(),
          payoutId: ulidText.optional(),
          after: cursor(/^[0-9A-HJKMNP-TV-Z]{26}$/).optional(),
          limit: pageLimit,
        }),
      },
      answers: {
        200: {
          description: 'Recalls as they stand; `next` leads on.',
          schema: z.object({ recalls: z.array(recallAnswer), next: z.string().nullable() }),
        },
      },
      handler: async ({ tx, query, actor }) => {
        const page = await listRecalls(tx, tenantAsked(actor, query.tenantId)!, query);
        return { status: 200, body: { recalls: page, next: cursorAt(page.length === query.limit ? page.at(-1)!.id : undefined) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/payouts/{id}/recalls',
      tag: 'Finance',
      summary: 'Asks for a sent payout back; its campaign pays nothing from now on, and the bank hears of it once another has confirmed it',
      act: 'recall.ask',
      input: { params: id, body: z.strictObject({ reason: z.enum(RECALL_REASONS), words: recordText(500) }) },
      answers: { 201: { description: 'Asked; `digest` is what another person confirms.', schema: recallAnswer } },
      handler: async ({ tx, params, body, actor }) => {
        mustOffer(banks, (await payoutRow(tx, params.id)).rail);
        const recallId = await askRecall(tx, params.id, body, await person(tx, actor));
        return { status: 201, body: await recallView(tx, recallId) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/recalls/{id}/confirmation',
      tag: 'Finance',
      summary: 'Confirms a recall that another person asked for: the bank is asked, once the payout is booked',
      act: 'recall.confirm',
      input: { params: id, body: z.strictObject({ stepUp: z.string().min(1).max(200) }) },
      answers: {
        200: {
          description: 'Confirmed. `stepUp` is the token of `POST /v1/step-ups` for act `recall.confirm` on the recall’s digest.',
          schema: recallAnswer,
        },
      },
      handler: async ({ tx, params, body, actor }) => {
        mustOffer(banks, (await payoutRow(tx, (await recallRow(tx, params.id)).payout_id)).rail);
        await confirmRecall(tx, params.id, await person(tx, actor), (digest) => useStepUp(tx, actor, 'recall.confirm', digest, body.stepUp));
        return { status: 200, body: await recallView(tx, params.id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/recalls/{id}/withdrawal',
      tag: 'Finance',
      summary: 'Takes a recall back that nobody has confirmed; its campaign goes on',
      act: 'recall.ask',
      input: { params: id },
      answers: { 200: { description: 'Withdrawn.', schema: recallAnswer } },
      handler: async ({ tx, params, actor }) => {
        await withdrawRecall(tx, params.id, await acting(tx, actor));
        return { status: 200, body: await recallView(tx, params.id) };
      },
    }),
  ];
}

/** @throws {DomainError} recall.not_offered where the payout's link to the bank has no recall, or no keys are there for it. */
function mustOffer(banks: Banks, rail: RailName | Wallet): void {
  if (!isWallet(rail) && banks.names.includes(rail) && banks.of(rail).recalls) return;
  throw new DomainError('recall.not_offered', {
    zh: `经 ${rail} 渠道的付款不能由系统追回；请直接联系银行或收款方，退回的款项到账后与该付款匹配`,
    en: `A payout that went by ${rail} cannot be recalled from here; ask the bank or the payee, and match what comes back with the payout`,
  });
}

const person = async (tx: Transaction, actor: Actor) => ({ staffId: actor.id, ...(await acting(tx, actor)) });
