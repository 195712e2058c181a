import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { masked, type PersonalData } from '../security/personalData';
import { campaignRow } from './campaigns';
import { exceptionRow, mustAllow } from './exceptionStanding';
import { tell } from './outbox';

const PURPOSE = 'card-refund.card';

/** A donor's debit card: its bank as the channel names it, its number, and whose it is. */
interface DonorCard {
  readonly bank: string;
  readonly number: string;
  readonly holder: string;
}

interface CardRefundRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly return_id: string;
  readonly bank: string;
  readonly card_mask: string;
  readonly card_enc: Buffer | null;
  readonly state: 'asked' | 'confirmed' | 'taken' | 'refused' | 'withdrawn';
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly confirmed_by: string | null;
  readonly confirmed_at: Date | null;
  readonly refusal: string | null;
}

interface Acting {
  /** `role:id` of the person. */
  readonly by: string;
  /** Business time. */
  readonly at: Date;
}

/**
 * REFUND: somebody writes down the card to which a donor wants what their own account takes no more. Nothing moves before another has written it down as well.
 * @returns the card refund's id. @throws {DomainError} exception.wrong_act unless the channel can still send this return to a card, and no other card is open.
 */
export async function askCardRefund(
  tx: Transaction,
  personalData: PersonalData,
  exceptionId: string,
  card: DonorCard,
  { by, at }: Acting,
): Promise<string> {
  const e = await exceptionRow(tx, exceptionId, { lock: true });
  mustAllow(e, 'refund-to-card');
  const id = ulid();
  const [tenantId, campaignId] = [e.tenant_id, e.campaign_id!];
  await tx('card_refund').insert({
    id,
    tenant_id: tenantId,
    campaign_id: campaignId,
    return_id: e.subject,
    bank: card.bank,
    card_mask: masked(card.number),
    card_enc: personalData.sealForHouse(textOf(card), PURPOSE),
    asked_by: by,
    asked_at: at,
  });
  const data = { returnId: e.subject };
  await audit(tx, { action: 'card-refund.asked', subject: `card-refund/${id}`, actor: by, tenantId, campaignId, businessAt: at, data });
  return id;
}

/**
 * Another person writes the card down again, from the donor's own words; where both say the same, the return is on its way again and the channel is asked.
 * @throws {DomainError} card_refund.same_person, card_refund.differs, card_refund.not_now.
 */
export async function confirmCardRefund(tx: Transaction, personalData: PersonalData, id: string, card: DonorCard, { by, at }: Acting): Promise<void> {
  const { campaign_id: campaignId, tenant_id: tenantId } = await cardRefundRow(tx, id);
  // Campaign before return, as everywhere.
  await campaignRow(tx, campaignId, { lock: true });
  const refund = await cardRefundRow(tx, id, true);
  if (refund.state !== 'asked' || refund.card_enc === null) throw notNow();
  if (refund.asked_by === by)
    throw new DomainError('card_refund.same_person', {
      zh: '填写卡号的人不能自己确认，请另一位财务人员确认',
      en: 'Whoever wrote the card down cannot confirm it: another person of finance does',
    });
  if (personalData.openForHouse(refund.card_enc, PURPOSE) !== textOf(card))
    throw new DomainError(
      'card_refund.differs',
      { zh: '与先前填写的银行、卡号或姓名不一致', en: 'Bank, number or name is not what was written down before' },
      { field: '/' },
    );
  const owed = await row<{ round_id: string | null }>(tx, `select round_id from gift_return where id = ? and status = 'owed' for update`, [
    refund.return_id,
  ]);
  if (owed === null) throw notNow();
  await tx('card_refund').where('id', id).update({ state: 'confirmed', confirmed_by: by, confirmed_at: at });
  await tx('gift_return').where('id', refund.return_id).update({ status: 'processing', last_outcome: 'TO_CARD' });
  const data = { returnId: refund.return_id };
  await audit(tx, { action: 'card-refund.confirmed', subject: `card-refund/${id}`, actor: by, tenantId, campaignId, businessAt: at, data });
  if (owed.round_id === null) await tell(tx, { workflow: 'campaign', tenantId, id: campaignId, notice: 'return-due', cause: `card-${id}` });
  else await tell(tx, { workflow: 'refund', tenantId, id: owed.round_id, notice: 'return-retried', cause: `card-${id}` });
}

/** Takes a card back that nobody has confirmed. @throws {DomainError} card_refund.not_now. */
export async function withdrawCardRefund(tx: Transaction, id: string, { by, at }: Acting): Promise<void> {
  const { state, tenant_id: tenantId, campaign_id: campaignId, return_id: returnId } = await cardRefundRow(tx, id, true);
  if (state !== 'asked') throw notNow();
  await tx('card_refund').where('id', id).update({ state: 'withdrawn', card_enc: null });
  const data = { returnId };
  await audit(tx, { action: 'card-refund.withdrawn', subject: `card-refund/${id}`, actor: by, tenantId, campaignId, businessAt: at, data });
}

/** @returns the card that a confirmed card refund goes to; null once the channel took it. */
export function cardOf(personalData: PersonalData, sealed: Buffer | null): DonorCard | null {
  if (sealed === null) return null;
  const [bank, number, holder] = personalData.openForHouse(sealed, PURPOSE).split('\n') as [string, string, string];
  return { bank, number, holder };
}

/** Records what the channel said of the card, which is forgotten with it. @param refusal the channel's code; null: it took the card. */
export async function endCardRefund(connection: Connection, id: string, refusal: string | null): Promise<void> {
  await connection('card_refund')
    .where({ id, state: 'confirmed' })
    .update({ state: refusal === null ? 'taken' : 'refused', card_enc: null, refusal });
}

/** @returns whether a card was confirmed for a return: what a callback says of it may be of before. */
export async function wentToCard(connection: Connection, returnId: string): Promise<'no' | 'confirmed' | 'taken'> {
  const states = await rows<{ state: 'confirmed' | 'taken' }>(
    connection,
    `select state from card_refund where return_id = ? and state in ('confirmed', 'taken') order by state`,
    [returnId],
  );
  return states[0]?.state ?? 'no';
}

/** @returns the cards that were named for a return, oldest first, as people of finance are shown them. */
export async function cardRefundsOf(connection: Connection, returnId: string) {
  const found = await rows<CardRefundRow>(connection, 'select * from card_refund where return_id = ? order by id', [returnId]);
  return found.map((r) => ({
    id: r.id,
    bank: r.bank,
    card: r.card_mask,
    state: r.state,
    askedBy: r.asked_by,
    askedAt: r.asked_at.toISOString(),
    confirmedBy: r.confirmed_by,
    confirmedAt: r.confirmed_at?.toISOString() ?? null,
    refusal: r.refusal,
  }));
}

const textOf = ({ bank, number, holder }: DonorCard): string => [bank, number, holder].join('\n');

async function cardRefundRow(tx: Transaction, id: string, lock = false): Promise<CardRefundRow> {
  const found = await row<CardRefundRow>(tx, `select * from card_refund where id = ?${lock ? ' for update' : ''}`, [id]);
  if (!found) throw new DomainError('object.not_found', { zh: '没有该退款卡', en: 'There is no such card refund' });
  return found;
}

function notNow(): DomainError {
  return new DomainError('card_refund.not_now', {
    zh: '该退款卡已确认、已撤回，或这笔款项已不再应退',
    en: 'The card is confirmed or withdrawn already, or the money is owed no more',
  });
}
