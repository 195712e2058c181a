import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DAY_MS, HOUR_MS } from '../domain/calendar';
import { editionOf } from '../domain/convention/editions';
import { DomainError } from '../domain/errors';
import { receiptNumber } from '../domain/receiptNumber';
import type { PersonalData } from '../security/personalData';
import type { CampaignRow } from './campaigns';
import { tell, tellReleases } from './outbox';
import { liftHold, placeHold } from './releases';

export const COMPLAINT_SUBJECTS = ['plea', 'assets', 'use-of-funds', 'certificate', 'payout', 'conduct', 'content', 'other'] as const;
export type ComplaintSubject = (typeof COMPLAINT_SUBJECTS)[number];
export const GROUNDS = ['invented-or-exaggerated', 'hidden-assets', 'forged-records', 'misuse-of-money'] as const;
export type Ground = (typeof GROUNDS)[number];
export type ComplaintState = 'received' | 'acknowledged' | 'investigating' | 'inadmissible' | 'dismissed' | 'upheld';

export interface ComplaintRow {
  readonly id: string;
  readonly receipt_number: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly subject: ComplaintSubject;
  readonly channel: 'public-page' | 'platform';
  readonly wrapped_key: Buffer | null;
  readonly text_enc: Buffer;
  readonly name_enc: Buffer | null;
  readonly contact_enc: Buffer | null;
  readonly filed_at: Date;
  readonly acknowledge_due_at: Date;
  readonly answer_due_at: Date;
  readonly state: ComplaintState;
  readonly acknowledged_at: Date | null;
  readonly admissible: boolean | null;
  readonly admissible_reason_enc: Buffer | null;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
  readonly ground: Ground | null;
  readonly reply: string | null;
}

export interface NewComplaint {
  readonly subject: ComplaintSubject;
  readonly text: string;
  /** Absent: the complaint is anonymous. */
  readonly name?: string | undefined;
  readonly contact?: string | undefined;
}

/** Takes a complaint in: COMPLAINT's times begin to run. @returns the stored row, with the number that its status is looked up by. */
export async function fileComplaint(
  tx: Transaction,
  personalData: PersonalData,
  campaign: CampaignRow,
  filed: NewComplaint & { readonly channel: 'public-page' | 'platform'; readonly actor: string; readonly at: Date },
): Promise<ComplaintRow> {
  const { windows } = editionOf(campaign.edition);
  const after = (ms: number): Date => new Date(filed.at.getTime() + ms / campaign.window_speed);
  const { key, wrapped } = personalData.newPersonKey();
  const id = ulid();
  await tx('complaint').insert({
    id,
    receipt_number: receiptNumber(randomBytes(12)),
    tenant_id: campaign.tenant_id,
    campaign_id: campaign.id,
    subject: filed.subject,
    channel: filed.channel,
    wrapped_key: wrapped,
    text_enc: key.seal(filed.text, 'complaint.text'),
    name_enc: filed.name === undefined ? null : key.seal(filed.name, 'complaint.name'),
    contact_enc: filed.contact === undefined ? null : key.seal(filed.contact, 'complaint.contact'),
    filed_at: filed.at,
    acknowledge_due_at: after(windows.complaintAcknowledgedHours * HOUR_MS),
    answer_due_at: after(windows.complaintAnsweredDays * DAY_MS),
  });
  const complaint = await complaintRow(tx, id);
  await audit(tx, happened(complaint, 'complaint.filed', filed.actor, filed.at, { subject: filed.subject, anonymous: filed.name === undefined }));
  await tell(tx, { workflow: 'complaint', tenantId: campaign.tenant_id, id, notice: 'filed', cause: 'filed' });
  return complaint;
}

/** @throws {DomainError} object.not_found, also for another tenant's. */
export async function complaintRow(connection: Connection, id: string, tenantId?: string): Promise<ComplaintRow> {
  const complaint = await row<ComplaintRow>(connection, 'select * from complaint where id = ?', [id]);
  if (!complaint || (tenantId !== undefined && complaint.tenant_id !== tenantId))
    throw new DomainError('object.not_found', { zh: '没有该投诉', en: 'There is no such complaint' });
  return complaint;
}

/** An audit row about a complaint: never its text, name or contact. */
export function happened(
  complaint: Pick<ComplaintRow, 'id' | 'tenant_id' | 'campaign_id'>,
  action: string,
  actor: string,
  businessAt: Date,
  data: Record<string, unknown> = {},
) {
  return { action, subject: `complaint/${complaint.id}`, actor, tenantId: complaint.tenant_id, campaignId: complaint.campaign_id, businessAt, data };
}

const OPEN = `(c.decided_at is null or exists (select from complaint_appeal a where a.complaint_id = c.id and a.by_party = 'complainant' and a.decided_at is null))`;

/** @returns whether somebody objects to what is being publicised, and nobody has decided on it: then its publicity is not over. */
export async function objectionStands(connection: Connection, campaignId: string, subject: 'certificate' | 'payout'): Promise<boolean> {
  const open = await row(
    connection,
    `select 1 from complaint c where c.campaign_id = ? and c.subject = ? and ${OPEN} and c.admissible is distinct from false limit 1`,
    [campaignId, subject],
  );
  return open !== null;
}

/** @returns whether any complaint about the campaign still waits for a person's decision. */
export async function complaintsAreOpen(connection: Connection, campaignId: string): Promise<boolean> {
  return (await row(connection, `select 1 from complaint c where c.campaign_id = ? and ${OPEN} limit 1`, [campaignId])) !== null;
}

/**
 * COMPLAINT: an open admissible complaint holds the campaign's payouts; the last one's end lifts the hold, unless it was upheld.
 * @param campaign locked by the caller.
 */
export async function holdWhileOpen(tx: Transaction, campaign: CampaignRow, cause: string, actor: string, at: Date): Promise<void> {
  const open = await rows<{ id: string }>(tx, `select c.id from complaint c where c.campaign_id = ? and c.admissible and ${OPEN}`, [campaign.id]);
  const upheld = await row(tx, `select 1 from complaint where campaign_id = ? and state = 'upheld' limit 1`, [campaign.id]);
  const common = { subject: `campaign/${campaign.id}`, actor, tenantId: campaign.tenant_id, campaignId: campaign.id, businessAt: at };
  if (open.length > 0) {
    const reason = 'an admissible complaint is open';
    const placed = await placeHold(tx, { id: ulid(), campaignId: campaign.id, releaseId: null, rule: 'COMPLAINT', reason, at });
    if (placed) await audit(tx, { action: 'hold.placed', ...common, data: { rule: 'COMPLAINT', reason } });
  } else if (!upheld && (await liftHold(tx, { campaignId: campaign.id, rule: 'COMPLAINT', by: actor, at }))) {
    await audit(tx, { action: 'hold.lifted', ...common, data: { rule: 'COMPLAINT' } });
  }
  await tellReleases(tx, { id: campaign.id, tenantId: campaign.tenant_id }, ['publicity', 'approval'], 'hold-changed', cause);
  if (campaign.ended_at === null)
    await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'hold-changed', cause });
}
