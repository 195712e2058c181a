import { createPublicKey, verify } from 'node:crypto';
import { ulid } from 'ulid';
import { z } from 'zod';
import { audit } from '../../audit/append';
import { businessNow } from '../../database/clock';
import { row, rows, type Transaction } from '../../database/connect';
import { chineseCapitals } from '../../domain/chineseCapitals';
import { DomainError } from '../../domain/errors';
import { keyOf } from '../../records/people';
import { tell, tellReleases } from '../../records/outbox';
import { payoutRow } from '../../records/releases';
import type { PersonalData } from '../../security/personalData';
import { type Actor, auditName } from '../../access/actors';
import { hospitalPayoutAnswer } from '../answers';
import { route } from '../route';
import { amount, id, recordText, timeText } from '../schemas';

export const receiptBody = z.strictObject({
  outcome: z.enum(['confirm', 'deny']),
  amountFen: amount,
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
  /** In the capitals of a receipt, 人民币 before them. */
  readonly netCapitals: string;
  readonly bookedAt: string;
  readonly bankReference: string | null;
  readonly admissionNumber: string;
  readonly receipt: 'awaited' | 'signed' | 'overdue' | 'denied';
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
      summary: 'Signs for money received, or denies it',
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
    booked_at: Date;
    bank_reference: string | null;
    patient_id: string;
    admission_number_enc: Buffer;
    receipt: HospitalPayout['receipt'];
    receipt_due_at: Date | null;
  }>(
    tx,
    `select p.id, p.release_id, p.campaign_id, c.title, p.net_fen, p.booked_at, p.bank_reference, c.patient_id, c.admission_number_enc, coalesce(r.receipt, 'awaited') as receipt, r.receipt_due_at
     from payout p join release r on r.id = p.release_id join campaign c on c.id = p.campaign_id
     where p.payee_kind = 'institution' and c.hospital_id = :hospital and (p.state = 'succeeded' and :payout::text is null or p.state in ('succeeded', 'returned') and p.id = :payout)
     order by p.booked_at desc limit 200`,
    { hospital: actor.institutionId ?? '', payout: payoutId as string },
  );
  const list: HospitalPayout[] = [];
  for (const p of payouts)
    list.push({
      id: p.id,
      releaseId: p.release_id,
      campaignId: p.campaign_id,
      title: p.title,
      netFen: p.net_fen,
      netCapitals: `人民币${chineseCapitals(p.net_fen)}`,
      bookedAt: p.booked_at.toISOString(),
      bankReference: p.bank_reference,
      admissionNumber: (await keyOf(tx, personalData, p.patient_id)).open(p.admission_number_enc, 'campaign.admission-number'),
      receipt: p.receipt,
      receiptDueAt: p.receipt_due_at?.toISOString() ?? null,
    });
  return list;
}

/**
 * Takes a receipt: signed by the hospital's Ed25519 key, or by a person who is logged in. It must fit the bank's booked line.
 * @returns its id. @throws {DomainError} receipt.bad_signature, receipt.not_credited, receipt.wrong_amount, receipt.already_given.
 */
export async function giveReceipt(tx: Transaction, payoutId: string, actor: Actor, body: z.infer<typeof receiptBody>): Promise<string> {
  const payout = await payoutRow(tx, payoutId, { lock: true });
  const campaign = (await row<{ hospital_id: string | null }>(tx, 'select hospital_id from campaign where id = ?', [payout.campaign_id]))!;
  if (payout.payee_kind !== 'institution' || campaign.hospital_id !== actor.institutionId)
    throw new DomainError('object.not_found', { zh: '没有该笔付款', en: 'There is no such payout' });
  await mustBeSigned(tx, payoutId, actor, body);
  if (payout.state !== 'succeeded')
    throw new DomainError(
      'receipt.not_credited',
      { zh: '银行尚未入账，或款项已被退回；不能签收', en: 'The bank has not booked this payment, or has taken it back; nothing can be signed for' },
      {
        rules: ['RECEIPT'],
      },
    );
  if (body.outcome === 'confirm' && body.amountFen !== payout.net_fen)
    throw new DomainError(
      'receipt.wrong_amount',
      {
        zh: `已付 ${payout.net_fen} 分；请按此金额签收，或否认收款`,
        en: `${payout.net_fen} fen were paid; sign for that amount, or deny the receipt`,
      },
      {
        field: '/amountFen',
        rules: ['RECEIPT'],
      },
    );
  if (await row(tx, `select 1 from receipt where payout_id = ? and outcome = 'confirm'`, [payoutId]))
    throw new DomainError('receipt.already_given', { zh: '该笔付款已签收', en: 'This payment is signed for already' });
  const release = (await row<{ stage: string }>(tx, 'select stage from release where id = ? for update', [payout.release_id]))!;
  if (release.stage !== 'receipt')
    throw new DomainError('release.wrong_stage', {
      zh: '该笔拨付尚未到签收步骤；请稍后再试',
      en: 'The release does not wait for a receipt yet; try again in a moment',
    });
  const at = await businessNow(tx, payout.tenant_id);
  const receiptId = ulid();
  await tx('receipt').insert({
    id: receiptId,
    release_id: payout.release_id,
    payout_id: payoutId,
    institution_id: actor.institutionId,
    outcome: body.outcome,
    amount_fen: body.amountFen.toString(),
    signed_at: body.signedAt,
    signature: body.signature ?? null,
    staff_id: actor.role === 'hospital-person' ? actor.id : null,
    note: body.note ?? null,
    received_at: at,
  });
  await tx('release')
    .where('id', payout.release_id)
    .update({ receipt: body.outcome === 'confirm' ? 'signed' : 'denied' });
  if (body.outcome === 'confirm') await liftReceiptHold(tx, payout.campaign_id, payout.release_id, at, auditName(actor), payout.tenant_id);
  await audit(tx, {
    action: body.outcome === 'confirm' ? 'receipt.confirmed' : 'receipt.denied',
    subject: `payout/${payoutId}`,
    actor: auditName(actor),
    tenantId: payout.tenant_id,
    campaignId: payout.campaign_id,
    businessAt: at,
    data: { receiptId, amountFen: body.amountFen },
  });
  await tell(tx, { workflow: 'release', tenantId: payout.tenant_id, id: payout.release_id, notice: 'receipt-given', cause: receiptId });
  return receiptId;
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
  const text = `almoner-receipt\n${payoutId}\n${body.outcome}\n${body.amountFen}\n${body.signedAt}\n`;
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

async function liftReceiptHold(tx: Transaction, campaignId: string, releaseId: string, at: Date, by: string, tenantId: string): Promise<void> {
  const lifted = await tx('hold')
    .where({ campaign_id: campaignId, release_id: releaseId, rule: 'RECEIPT' })
    .whereNull('lifted_at')
    .update({ lifted_at: at, lifted_by: by });
  if (lifted === 0) return;
  await audit(tx, {
    action: 'hold.lifted',
    subject: `release/${releaseId}`,
    actor: by,
    tenantId,
    campaignId,
    businessAt: at,
    data: { rule: 'RECEIPT' },
  });
  await tellReleases(tx, { id: campaignId, tenantId }, ['approval', 'transfer'], 'hold-changed', `${releaseId}-${at.getTime()}`);
}
