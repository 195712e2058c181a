import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, rows, type Transaction } from '../database/connect';
import { addWorkingDays, DAY_MS } from '../domain/calendar';
import { editionOf } from '../domain/convention/editions';
import type { DutyStep, OpenDuty } from '../domain/supervision';
import type { PersonalData } from '../security/personalData';
import type { CampaignRow } from './campaigns';
import { tell, tellReleases } from './outbox';
import { keyOf } from './people';
import { liftHold } from './releases';

export type DutyKind = 'progress' | 'use-of-funds';
export const UPDATE_KINDS = ['progress', 'use-of-funds', 'completion', 'surplus'] as const;
export type UpdateKind = (typeof UPDATE_KINDS)[number];

export interface DutyRow {
  readonly id: string;
  readonly kind: DutyKind;
  readonly release_id: string | null;
  readonly due_at: Date;
  readonly reminded_at: Date | null;
  readonly marked_at: Date | null;
  readonly held_at: Date | null;
  readonly done_at: Date | null;
}

/** A report that the treatment is complete is the last word on its progress. */
const FULFILS: Readonly<Record<UpdateKind, DutyKind | null>> = {
  progress: 'progress',
  completion: 'progress',
  'use-of-funds': 'use-of-funds',
  surplus: null,
};

/** @returns every duty of a campaign, in the order in which they fall due. */
export async function dutiesOf(connection: Connection, campaignId: string): Promise<DutyRow[]> {
  return rows<DutyRow>(connection, 'select * from duty where campaign_id = ? order by due_at, id', [campaignId]);
}

/** @returns the last step that was taken about a duty. */
function stepTaken(duty: DutyRow): DutyStep | null {
  return duty.held_at ? 'held' : duty.marked_at ? 'marked' : duty.reminded_at ? 'reminded' : null;
}

/** @returns the duties not done, as the pure rule looks at them. */
export function openDuties(duties: readonly DutyRow[]): (OpenDuty & { readonly id: string; readonly kind: DutyKind })[] {
  return duties.filter((d) => d.done_at === null).map((d) => ({ id: d.id, kind: d.kind, dueAtMs: d.due_at.getTime(), taken: stepTaken(d) }));
}

function dutyOf(campaign: CampaignRow, kind: DutyKind, releaseId: string | null, dueAtMs: number): Record<string, unknown> {
  return { id: ulid(), tenant_id: campaign.tenant_id, campaign_id: campaign.id, kind, release_id: releaseId, due_at: new Date(dueAtMs) };
}

/** The regular update, every `progressDays`. @param from the opening, or the last update. */
async function oweProgress(tx: Connection, campaign: CampaignRow, from: Date): Promise<void> {
  const dueAtMs = from.getTime() + (editionOf(campaign.edition).windows.progressDays * DAY_MS) / campaign.window_speed;
  await tx('duty')
    .insert(dutyOf(campaign, 'progress', null, dueAtMs))
    .onConflict()
    .ignore();
}

/** SUPERVISE begins with the raise. In the transaction that opens it. */
export async function beginSupervision(tx: Connection, campaign: CampaignRow, at: Date): Promise<void> {
  await oweProgress(tx, campaign, at);
  await tell(tx, { workflow: 'supervision', tenantId: campaign.tenant_id, id: campaign.id, notice: 'opened', cause: 'opened' });
}

/** After each paid release the public hears how the patient is and what the money was used for. In the transaction that records the payments. */
export async function oweAfterPayments(
  tx: Connection,
  paid: readonly { readonly campaign: CampaignRow; readonly releaseId: string }[],
  at: Date,
): Promise<void> {
  const duties = paid.flatMap(({ campaign, releaseId }) => {
    const dueAtMs = addWorkingDays(at.getTime(), editionOf(campaign.edition).windows.dutyAfterPaymentWorkingDays, campaign.window_speed);
    return (['progress', 'use-of-funds'] as const).map((kind) => dutyOf(campaign, kind, releaseId, dueAtMs));
  });
  if (duties.length === 0) return;
  await tx.raw(
    `insert into duty (id, tenant_id, campaign_id, kind, release_id, due_at)
     select x.id, x.tenant_id, x.campaign_id, x.kind, x.release_id, x.due_at
     from jsonb_to_recordset(?::jsonb) as x (id text, tenant_id text, campaign_id text, kind text, release_id text, due_at timestamptz) on conflict do nothing`,
    [JSON.stringify(duties)],
  );
}

/** The campaign has ended: nothing falls due any more. */
export async function endSupervision(tx: Connection, campaign: CampaignRow): Promise<void> {
  if (campaign.opened_at !== null)
    await tell(tx, { workflow: 'supervision', tenantId: campaign.tenant_id, id: campaign.id, notice: 'ended', cause: 'ended' });
}

/**
 * DISCLOSE: publishes an update with its time and fulfils every duty it answers; the last held duty's end lifts the hold.
 * @param campaign locked by the caller. @returns the update's id.
 */
export async function postUpdate(
  tx: Transaction,
  personalData: PersonalData,
  campaign: CampaignRow,
  update: { readonly kind: UpdateKind; readonly text: string; readonly actor: string; readonly at: Date },
): Promise<string> {
  const id = ulid();
  const { kind, actor, at } = update;
  const fulfils = FULFILS[kind];
  const open = (await dutiesOf(tx, campaign.id)).filter((d) => d.done_at === null);
  const done = open.filter((d) => d.kind === fulfils);
  const dueAt = done[0]?.due_at ?? null;
  const key = await keyOf(tx, personalData, campaign.patient_id);
  await tx('progress_update').insert({
    id,
    tenant_id: campaign.tenant_id,
    campaign_id: campaign.id,
    kind,
    text_enc: key.seal(update.text, 'update.text'),
    posted_at: at,
    posted_by: actor,
    due_at: dueAt,
  });
  if (done.length > 0)
    await tx('duty')
      .whereIn(
        'id',
        done.map((d) => d.id),
      )
      .update({ done_at: at, done_by: id });
  if (fulfils === 'progress' && campaign.ended_at === null) await oweProgress(tx, campaign, at);
  const common = { subject: `campaign/${campaign.id}`, actor, tenantId: campaign.tenant_id, campaignId: campaign.id, businessAt: at };
  await audit(tx, { action: 'update.posted', ...common, data: { update: id, kind, dueAt, fulfilled: done.length } });
  const stillHeld = open.some((d) => d.held_at !== null && !done.includes(d));
  if (!stillHeld && (await liftHold(tx, { campaignId: campaign.id, rule: 'SUPERVISE', by: actor, at }))) {
    await audit(tx, { action: 'hold.lifted', ...common, data: { rule: 'SUPERVISE' } });
    await tellReleases(tx, { id: campaign.id, tenantId: campaign.tenant_id }, ['publicity', 'approval', 'transfer'], 'hold-changed', id);
  }
  if (campaign.ended_at === null)
    await tell(tx, { workflow: 'supervision', tenantId: campaign.tenant_id, id: campaign.id, notice: 'updated', cause: id });
  return id;
}

export interface UpdateView {
  readonly id: string;
  readonly kind: UpdateKind;
  readonly text: string;
  readonly postedAt: string;
  readonly dueAt: string | null;
  /** DISCLOSE: how late it was, whole hours; null where nothing was due. */
  readonly delayHours: number | null;
}

/** @returns what was published, newest first. */
export async function updatesOf(connection: Connection, personalData: PersonalData, campaign: CampaignRow): Promise<UpdateView[]> {
  const updates = await rows<{ id: string; kind: UpdateKind; text_enc: Buffer; posted_at: Date; due_at: Date | null }>(
    connection,
    'select id, kind, text_enc, posted_at, due_at from progress_update where campaign_id = ? order by posted_at desc, id desc',
    [campaign.id],
  );
  if (updates.length === 0) return [];
  const key = await keyOf(connection, personalData, campaign.patient_id);
  return updates.map((u) => ({
    id: u.id,
    kind: u.kind,
    text: key.open(u.text_enc, 'update.text'),
    postedAt: u.posted_at.toISOString(),
    dueAt: u.due_at?.toISOString() ?? null,
    delayHours: u.due_at && Math.max(0, Math.floor((u.posted_at.getTime() - u.due_at.getTime()) / 3_600_000)),
  }));
}

/** A duty as platform and staff see it. */
export function dutyView(d: DutyRow): Record<string, unknown> {
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    id: d.id,
    kind: d.kind,
    releaseId: d.release_id,
    dueAt: iso(d.due_at),
    remindedAt: iso(d.reminded_at),
    markedAt: iso(d.marked_at),
    heldAt: iso(d.held_at),
    doneAt: iso(d.done_at),
  };
}
