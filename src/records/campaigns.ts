import { type Connection, row, rows } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { FeeSchedule } from '../domain/fees';
import type { PayeeKind, Relation } from '../domain/convention/terms';

export type CampaignPhase =
  | 'prior-audit'
  | 'certificate-publicity'
  | 'fundraising'
  | 'settlement'
  | 'release'
  | 'refunding'
  | 'settled'
  | 'refused'
  | 'refunded';

/** A campaign's row, with what its tenant adds. */
export interface CampaignRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly edition: string;
  readonly fee_version: number;
  readonly title: string;
  readonly story_enc: Buffer;
  readonly ask_fen: bigint;
  readonly raised_fen: bigint;
  readonly phase: CampaignPhase;
  readonly phase_since: Date;
  readonly submitted_at: Date;
  readonly certificate_publicity_ends_at: Date | null;
  readonly opened_at: Date | null;
  readonly closes_at: Date | null;
  readonly closed_at: Date | null;
  readonly close_asked_at: Date | null;
  readonly closed_by: 'target' | 'deadline' | 'sponsor' | 'stopped' | null;
  readonly ended_at: Date | null;
  readonly stopped_by: string[];
  readonly stopped_at: Date | null;
  readonly surplus_declared_at: Date | null;
  readonly route_restricted: boolean;
  readonly route_at_close: 'single' | 'restricted' | null;
  readonly evidence_version: number;
  readonly patient_id: string;
  readonly patient_minor: boolean;
  readonly patient_incapable: boolean;
  readonly sponsor_id: string;
  readonly sponsor_relation: Relation;
  readonly payee_kind: PayeeKind;
  readonly payee_person_id: string | null;
  readonly hospital_name: string;
  readonly hospital_id: string | null;
  readonly admission_number_enc: Buffer;
  readonly diagnosis_code: string;
  readonly diagnosis_enc: Buffer;
  readonly window_speed: number;
  readonly clock_id: string | null;
}

const FROM = 'select c.*, t.window_speed, t.clock_id from campaign c join tenant t on t.id = c.tenant_id where';

/** @param options.lock takes the row for the transaction: every change of a campaign queues here. @throws {DomainError} object.not_found, also for another tenant's. */
export async function campaignRow(
  connection: Connection,
  id: string,
  options: { readonly lock?: boolean; readonly tenantId?: string } = {},
): Promise<CampaignRow> {
  const campaign = await row<CampaignRow>(connection, `${FROM} c.id = ?` + (options.lock ? ' for update of c' : ''), [id]);
  if (!campaign || (options.tenantId !== undefined && campaign.tenant_id !== options.tenantId))
    throw new DomainError('object.not_found', { zh: '没有该求助活动', en: 'There is no such campaign' });
  return campaign;
}

/** @returns campaigns by their ids; one that is not there is not among them. */
export async function campaignRows(connection: Connection, ids: readonly string[]): Promise<Map<string, CampaignRow>> {
  const found = await rows<CampaignRow>(connection, `${FROM} c.id = any(?)`, [[...ids]] as never);
  return new Map(found.map((campaign) => [campaign.id, campaign]));
}

/** @returns the fee schedule that the campaign was submitted under. */
export async function feeScheduleOf(
  connection: Connection,
  campaign: Pick<CampaignRow, 'tenant_id' | 'fee_version'>,
): Promise<FeeSchedule & { version: number }> {
  const schedule = await row<{ service_bp: number; service_cap_fen: bigint; channel_bp: number }>(
    connection,
    'select service_bp, service_cap_fen, channel_bp from fee_schedule where tenant_id = ? and version = ?',
    [campaign.tenant_id, campaign.fee_version],
  );
  return {
    version: campaign.fee_version,
    serviceBp: schedule!.service_bp,
    serviceCapFen: schedule!.service_cap_fen,
    channelBp: schedule!.channel_bp,
  };
}

/** Evidence or payee changed: what was signed on the old state no longer stands. */
export async function evidenceChanged(tx: Connection, campaignId: string, at: Date, why: string): Promise<void> {
  await tx.raw('update campaign set evidence_version = evidence_version + 1 where id = ?', [campaignId]);
  await tx.raw(
    `update approval set voided_at = ?, void_reason = ? where voided_at is null and release_id in (select id from release where campaign_id = ? and stage in ('approval', 'correction', 'publicity', 'review'))`,
    [at, why, campaignId],
  );
}

/** Moves a campaign on, if it still stands where it should. @returns whether it moved. */
export async function movePhase(
  tx: Connection,
  campaignId: string,
  from: readonly CampaignPhase[],
  to: CampaignPhase,
  at: Date,
  more: Record<string, unknown> = {},
): Promise<boolean> {
  const moved = await tx('campaign')
    .where('id', campaignId)
    .whereIn('phase', [...from])
    .update({ phase: to, phase_since: at, ...more });
  return moved === 1;
}
