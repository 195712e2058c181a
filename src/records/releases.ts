import type { Clearing } from '../domain/routing';
import type { Wallet } from '../domain/wallets';
import { type Connection, row, rows } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { PayeeKind, ReleaseMode } from '../domain/convention/terms';

export type ReleaseStage =
  | 'planned'
  | 'review'
  | 'publicity'
  | 'approval'
  | 'transfer'
  | 'correction'
  | 'receipt'
  | 'evidence'
  | 'watch'
  | 'closed'
  | 'refused'
  | 'cancelled';

export interface ReleaseRow {
  readonly id: string;
  readonly campaign_id: string;
  readonly tenant_id: string;
  readonly request_id: string;
  readonly seq: number;
  readonly batch: number;
  readonly batches: number;
  readonly mode: ReleaseMode;
  readonly basis_points: number;
  readonly purpose: string;
  readonly due_on: string | null;
  readonly gross_fen: bigint;
  readonly urgent: boolean;
  readonly stage: ReleaseStage;
  readonly stage_since: Date;
  readonly reviewed_by: string | null;
  readonly review: 'approve' | 'refuse' | null;
  readonly publicity_ends_at: Date | null;
  readonly paid_at: Date | null;
  readonly receipt: 'awaited' | 'part' | 'signed' | 'overdue' | 'denied' | null;
  readonly receipt_due_at: Date | null;
  readonly unlocked_at: Date | null;
  readonly closed_at: Date | null;
  /** DEATH: pays proven debt at the hospital, past the hold that the death placed. */
  readonly settles_debt: boolean;
}

/** @param options.lock takes campaign, then release, for the transaction. @throws {DomainError} object.not_found, also for another tenant's. */
export async function releaseRow(
  connection: Connection,
  id: string,
  options: { readonly lock?: boolean; readonly tenantId?: string } = {},
): Promise<ReleaseRow> {
  // Locks are taken campaign first, everywhere, so that two changes queue instead of meeting head-on.
  if (options.lock) await connection.raw('select 1 from campaign where id = (select campaign_id from release where id = ?) for update', [id]);
  const release = await row<ReleaseRow>(
    connection,
    'select r.*, c.tenant_id from release r join campaign c on c.id = r.campaign_id where r.id = ?' + (options.lock ? ' for update of r' : ''),
    [id],
  );
  if (!release || (options.tenantId !== undefined && release.tenant_id !== options.tenantId))
    throw new DomainError('object.not_found', { zh: '没有该笔拨付', en: 'There is no such release' });
  return release;
}

/** @returns releases by their ids; one that is not there is not among them. */
export async function releaseRows(connection: Connection, ids: readonly string[]): Promise<Map<string, ReleaseRow>> {
  const found = await rows<ReleaseRow>(
    connection,
    'select r.*, c.tenant_id from release r join campaign c on c.id = r.campaign_id where r.id = any(?)',
    [[...ids]] as never,
  );
  return new Map(found.map((release) => [release.id, release]));
}

/** Moves releases on, each if it still stands where it should. @returns how many moved. */
export async function moveStages(
  tx: Connection,
  releaseIds: readonly string[],
  from: readonly ReleaseStage[],
  to: ReleaseStage,
  at: Date,
): Promise<number> {
  return tx('release')
    .whereIn('id', [...releaseIds])
    .whereIn('stage', [...from])
    .update({ stage: to, stage_since: at });
}

/** Moves a release on, if it still stands where it should. @returns whether it moved. */
export async function moveStage(
  tx: Connection,
  releaseId: string,
  from: readonly ReleaseStage[],
  to: ReleaseStage,
  at: Date,
  more: Record<string, unknown> = {},
): Promise<boolean> {
  const moved = await tx('release')
    .where('id', releaseId)
    .whereIn('stage', [...from])
    .update({ stage: to, stage_since: at, ...more });
  return moved === 1;
}

export interface PayoutRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly release_id: string;
  readonly attempt: number;
  readonly approval_id: string;
  readonly account_id: string;
  readonly payee_kind: PayeeKind;
  readonly gross_fen: bigint;
  readonly fee_fen: bigint;
  readonly net_fen: bigint;
  /** The link that it goes by, and is asked about on, for ever. */
  readonly rail: 'iso20022' | 'cmb' | Wallet;
  /** Where its rail is a wallet's: which one. */
  readonly wallet_id: string | null;
  /** Until when its receiver may confirm, and what the receiver's client confirms with; null where nobody has to, or it is not known yet. */
  readonly confirm_by: Date | null;
  readonly confirmation_enc: Buffer | null;
  /** How it is cleared, for ever; null: made up by a process of before. */
  readonly clearing: Clearing | null;
  /** When its clearing opened, where that was closed as it was made up. */
  readonly waits_until: Date | null;
  readonly state: 'reserved' | 'submitted' | 'unknown' | 'succeeded' | 'failed' | 'returned';
  readonly reserved_at: Date;
  readonly submitted_at: Date | null;
  readonly submits: number;
  readonly bank_reference: string | null;
  readonly booked_at: Date | null;
  /** While its payout batch is on its way to the bank, the batch's conductor pays it, and no transfer of its own. */
  readonly conducted: boolean;
}

/** @throws {DomainError} object.not_found. */
export async function payoutRow(connection: Connection, id: string, options: { readonly lock?: boolean } = {}): Promise<PayoutRow> {
  if (options.lock) await connection.raw('select 1 from campaign where id = (select campaign_id from payout where id = ?) for update', [id]);
  const payout = await row<PayoutRow>(connection, 'select * from payout where id = ?' + (options.lock ? ' for update' : ''), [id]);
  if (!payout) throw new DomainError('object.not_found', { zh: '没有该笔付款', en: 'There is no such payout' });
  return payout;
}

/** @returns payouts by their ids. @param options.lock takes their campaigns, then them, each in the order of their ids. */
export async function payoutRows(
  connection: Connection,
  ids: readonly string[],
  options: { readonly lock?: boolean } = {},
): Promise<Map<string, PayoutRow>> {
  if (options.lock)
    await connection.raw('select 1 from campaign where id in (select campaign_id from payout where id = any(?)) order by id for update', [
      [...ids],
    ] as never);
  const found = await rows<PayoutRow>(connection, `select * from payout where id = any(?) order by id${options.lock ? ' for update' : ''}`, [
    [...ids],
  ] as never);
  return new Map(found.map((payout) => [payout.id, payout]));
}

/** The rule of the hold that a restore places on every campaign, until bank and channel have been asked what moved since the backup. */
export const RESTORED = 'RESTORED';

/** @returns holds that stand on the campaign's payouts now. */
export async function standingHolds(connection: Connection, campaignId: string): Promise<{ rule: string; reason: string }[]> {
  return connection('hold').where('campaign_id', campaignId).whereNull('lifted_at').select('rule', 'reason');
}

/** @returns which of the releases are held now. One that settles the dead patient's debt passes the hold of DEATH. */
export async function heldReleases(connection: Connection, releaseIds: readonly string[]): Promise<Set<string>> {
  const held = await rows<{ id: string }>(
    connection,
    `select r.id from release r where r.id = any(?)
       and exists (select from hold h where h.campaign_id = r.campaign_id and h.lifted_at is null and not (r.settles_debt and h.rule = 'DEATH'))`,
    [[...releaseIds]] as never,
  );
  return new Set(held.map(({ id }) => id));
}

/** Lifts the standing hold of a rule on a whole campaign, or on one release. @returns whether one stood. */
export async function liftHold(
  tx: Connection,
  hold: { readonly campaignId: string; readonly releaseId?: string; readonly rule: string; readonly by: string; readonly at: Date },
): Promise<boolean> {
  const lifted = await tx('hold')
    .where({ campaign_id: hold.campaignId, rule: hold.rule, release_id: hold.releaseId ?? null })
    .whereNull('lifted_at')
    .update({ lifted_at: hold.at, lifted_by: hold.by });
  return lifted > 0;
}

/** RECEIPT and other rules: payouts stand still until the hold is lifted. Placed once per rule and release. */
export async function placeHold(
  tx: Connection,
  hold: {
    readonly id: string;
    readonly campaignId: string;
    readonly releaseId: string | null;
    readonly rule: string;
    readonly reason: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const placed = (await tx.raw(
    `insert into hold (id, campaign_id, release_id, rule, reason, placed_at) values (?, ?, ?, ?, ?, ?)
     on conflict (campaign_id, rule, coalesce(release_id, '')) where lifted_at is null do nothing returning id`,
    [hold.id, hold.campaignId, hold.releaseId, hold.rule, hold.reason, hold.at],
  )) as { rows: unknown[] };
  return placed.rows.length === 1;
}
