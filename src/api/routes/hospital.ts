import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { businessNow } from '../../database/clock';
import { row, rows, type Transaction } from '../../database/connect';
import { chineseCapitals } from '../../domain/chineseCapitals';
import { DomainError } from '../../domain/errors';
import { RECEIPT_REASON_CODES } from '../../domain/receiptReasons';
import { keyOf } from '../../records/people';
import { recordReceipt } from '../../records/receipts';
import { payoutRow } from '../../records/releases';
import type { PersonalData } from '../../security/personalData';
import { type Actor, auditName } from '../../access/actors';
import { hospitalPayoutAnswer } from '../answers';
import { route } from '../route';
import { amount, id, recordText, timeText } from '../schemas';

export const receiptBody = z.strictObject({
  outcome: z.enum(['confirm', 'deny']),
  amountFen: amount.openapi({
    description: 'What the hospital has received of this payment in all, integer fen; less than was paid needs a reason.',
  }),
  reason: z.enum(RECEIPT_REASON_CODES).optional(),
  signedAt: timeText,
  note: recordText(500).optional(),
  signature: z.base64().max(200).optional(),
});

export interface HospitalPayout {
  readonly id: string;
  readonly releaseId: string;
  readonly campaignId: string;
  readonly title: string;
  readonly netFen: bigint;
  /** What stands signed for, what came back, and what is neither, fen. */
  readonly confirmedFen: bigint;
  readonly givenBackFen: bigint;
  readonly openFen: bigint;
  /** What can be signed for in all, fen: `netFen` less what came back of it unconfirmed. */
  readonly mostFen: bigint;
  /** In the capitals of a receipt, 人民币 before them. */
  readonly netCapitals: string;
  readonly bookedAt: string;
  readonly bankReference: string | null;
  readonly admissionNumber: string;
  readonly receipt: 'awaited' | 'part' | 'signed' | 'overdue' | 'denied';
  readonly receiptDueAt: string | null;
}

/** RECEIPT: routes by which a hospital sees what was paid to it and signs for it. */
export function hospitalRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'get',
      path: '/v1/hospital/payouts',
      tag: 'Hospital',
      summary: 'Lists what was paid to the hospital',
      act: 'payout.read',
      input: {},
      answers: { 200: { description: 'Payouts, newest first.', schema: z.object({ payouts: z.array(hospitalPayoutAnswer) }) } },
      handler: async ({ tx, actor }) => ({ status: 200, body: { payouts: await hospitalPayouts(tx, personalData, actor) } }),
    }),
    route({
      method: 'post',
      path: '/v1/payouts/{id}/receipt',
      tag: 'Hospital',
      summary: 'Signs for money received, in full or in part, or denies it',
      act: 'payout.sign-for',
      idempotencyKey: true,
      input: { params: id, body: receiptBody },
      answers: { 201: { description: 'Recorded and matched with the bank line.' } },
      handler: async ({ tx, params, body, actor }) => ({ status: 201, body: { id: await giveReceipt(tx, params.id, actor, body) } }),
    }),
  ];
}

/**
 * @param payoutId asks for one payment, also when the bank has taken it back since.
 * @returns payouts of the actor's own institution that the bank has booked, newest first.
 */
export async function hospitalPayouts(
  tx: Transaction,
  personalData: PersonalData,
  actor: Actor,
  payoutId: string | null = null,
): Promise<HospitalPayout[]> {
  const payouts = await rows<{
    id: string;
    release_id: string;
    campaign_id: string;
    title: string;
    net_fen: bigint;
    confirmed_fen: bigint;
    given_back_fen: bigint;
    said_fen: bigint;
    booked_at: Date;
    bank_reference: string | null;
    patient_id: string;
    admission_number_enc: Buffer;
    receipt: HospitalPayout['receipt'];
    receipt_due_at: Date | null;
  }>(
    tx,
    `select p.id, p.release_id, p.campaign_id, c.title, p.net_fen, p.confirmed_fen, p.given_back_fen, p.booked_at, p.bank_reference,
       coalesce((select max(amount_fen) from receipt x where x.payout_id = p.id and x.outcome = 'confirm'), 0)::bigint as said_fen, c.patient_id, c.admission_number_enc, coalesce(r.receipt, 'awaited') as receipt, r.receipt_due_at
     from payout p join release r on r.id = p.release_id join campaign c on c.id = p.campaign_id
     where p.payee_kind = 'institution' and c.hospital_id = :hospital and (p.state = 'succeeded' and :payout::text is null or p.state in ('succeeded', 'returned') and p.id = :payout)
     order by p.booked_at desc limit 200`,
    { hospital: actor.institutionId ?? '', payout: payoutId as string },
  );
  const list: HospitalPayout[] = [];
  for (const p of payouts) {
    const openFen = p.net_fen - p.confirmed_fen - p.given_back_fen;
    list.push({
      id: p.id,
      releaseId: p.release_id,
      campaignId: p.campaign_id,
      title: p.title,
      netFen: p.net_fen,
      confirmedFen: p.confirmed_fen,
      givenBackFen: p.given_back_fen,
      openFen,
      mostFen: p.said_fen + openFen,
      netCapitals: `人民币${chineseCapitals(p.net_fen)}`,
      bookedAt: p.booked_at.toISOString(),
      bankReference: p.bank_reference,
      admissionNumber: (await keyOf(tx, personalData, p.patient_id)).open(p.admission_number_enc, 'campaign.admission-number'),
      receipt: p.receipt,
      receiptDueAt: p.receipt_due_at?.toISOString() ?? null,
    });
  }
  return list;
}

/**
 * Takes a receipt: signed by the hospital's Ed25519 key, or by a person who is logged in. It must fit the bank's booked line.
 * @returns its id. @throws {DomainError} receipt.bad_signature, and what `recordReceipt` refuses.
 */
export async function giveReceipt(tx: Transaction, payoutId: string, actor: Actor, body: z.infer<typeof receiptBody>): Promise<string> {
  const payout = await payoutRow(tx, payoutId, { lock: true });
  const campaign = (await row<{ hospital_id: string | null }>(tx, 'select hospital_id from campaign where id = ?', [payout.campaign_id]))!;
  if (payout.payee_kind !== 'institution' || campaign.hospital_id !== actor.institutionId)
    throw new DomainError('object.not_found', { zh: '没有该笔付款', en: 'There is no such payout' });
  await mustBeSigned(tx, payoutId, actor, body);
  const answer = {
    outcome: body.outcome,
    amountFen: body.amountFen,
    reason: body.reason ?? null,
    note: body.note ?? null,
    signedAt: body.signedAt,
    signature: body.signature ?? null,
    institutionId: actor.institutionId!,
    staffId: actor.role === 'hospital-person' ? actor.id : null,
  };
  return recordReceipt(tx, payout, answer, { by: auditName(actor), at: await businessNow(tx, payout.tenant_id) });
}

async function mustBeSigned(tx: Transaction, payoutId: string, actor: Actor, body: z.infer<typeof receiptBody>): Promise<void> {
  if (actor.role === 'hospital-person') {
    if (body.signature !== undefined)
      throw new DomainError(
        'request.invalid',
        { zh: 'signature：个人以登录身份签收，不附签名', en: 'signature: a person signs by being logged in' },
        { field: '/signature' },
      );
    return;
  }
  const institution = await row<{ receipt_public_key: string | null }>(tx, 'select receipt_public_key from institution where id = ?', [
    actor.institutionId ?? '',
  ]);
  const text = `almoner-receipt\n${payoutId}\n${body.outcome}\n${body.amountFen}\n${body.signedAt}\n${body.reason === undefined ? '' : `${body.reason}\n`}`;
  const holds =
    institution?.receipt_public_key &&
    body.signature &&
    verify(null, Buffer.from(text), createPublicKey(institution.receipt_public_key), Buffer.from(body.signature, 'base64'));
  if (!holds)
    throw new DomainError(
      'receipt.bad_signature',
      { zh: '该签名不是本医院对此回执的签名', en: "The signature is not this hospital's over this receipt" },
      {
        field: '/signature',
        rules: ['RECEIPT'],
      },
    );
}
