import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { businessNow } from '../database/clock';
import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { PersonalData } from '../security/personalData';
import type { ListingRow } from './blacklist';
import { keyOf } from './people';

export interface AppealRow {
  readonly id: string;
  readonly listing_id: string;
  readonly tenant_id: string;
  readonly listed_by: string | null;
  readonly outcome: 'upheld' | 'dismissed' | null;
  readonly person_id: string | null;
  readonly text_enc: Buffer;
  readonly filed_at: Date;
}

interface NewAppeal {
  readonly listingId: string;
  readonly tenantId: string;
  /** What the person says; stored under the listed person's own key. */
  readonly text: string;
  readonly by: string;
}

/**
 * Files an appeal with the platform that listed. The listing stands until the decision. @returns the appeal's id.
 * @throws {DomainError} object.not_found for another platform's listing; blacklist.not_appealable when it is over or under appeal already.
 */
export async function fileAppeal(tx: Connection, data: PersonalData, a: NewAppeal): Promise<string> {
  const listing = await row<ListingRow>(tx, 'select * from blacklist_listing where id = ? and tenant_id = ? for update', [a.listingId, a.tenantId]);
  if (!listing) throw new DomainError('object.not_found', { zh: '没有该名单记录', en: 'There is no such listing' });
  const at = await businessNow(tx, a.tenantId);
  if (listing.state !== 'listed' || listing.expires_at <= at)
    throw new DomainError(
      'blacklist.not_appealable',
      { zh: '只有仍然有效且未在申诉中的名单记录可以申诉', en: 'Only a listing that stands and is not under appeal can be appealed' },
      { rules: ['BLACKLIST'] },
    );
  const id = ulid();
  const sealed =
    listing.person_id === null ? data.sealForHouse(a.text, 'appeal.text') : (await keyOf(tx, data, listing.person_id)).seal(a.text, 'appeal.text');
  await tx('blacklist_appeal').insert({
    id,
    listing_id: listing.id,
    listed_by: listing.listed_by,
    text_enc: sealed,
    filed_at: at,
    filed_by: a.by,
  });
  await tx('blacklist_listing').where('id', listing.id).update({ state: 'appealed' });
  await audit(tx, { action: 'blacklist.appealed', subject: `blacklist/${listing.id}`, actor: a.by, tenantId: a.tenantId, businessAt: at });
  return id;
}

/** @param options.lock takes appeal and listing for the transaction. @throws {DomainError} object.not_found, also for another platform's. */
export async function appealRow(tx: Connection, id: string, tenantId: string, options: { readonly lock?: boolean } = {}): Promise<AppealRow> {
  const appeal = await row<AppealRow>(
    tx,
    'select a.*, l.tenant_id, l.person_id from blacklist_appeal a join blacklist_listing l on l.id = a.listing_id where a.id = ? and l.tenant_id = ?' +
      (options.lock ? ' for update' : ''),
    [id, tenantId],
  );
  if (!appeal) throw new DomainError('object.not_found', { zh: '没有该申诉', en: 'There is no such appeal' });
  return appeal;
}

/** @returns what the listed person says, in the clear; the look is put on record. */
export async function readAppeal(tx: Connection, data: PersonalData, appeal: AppealRow, by: string): Promise<string> {
  await audit(tx, {
    action: 'blacklist.appeal_read',
    subject: `blacklist/${appeal.listing_id}`,
    actor: by,
    tenantId: appeal.tenant_id,
    businessAt: await businessNow(tx, appeal.tenant_id),
  });
  return appeal.person_id === null
    ? data.openForHouse(appeal.text_enc, 'appeal.text')
    : (await keyOf(tx, data, appeal.person_id)).open(appeal.text_enc, 'appeal.text');
}

/** Decides an appeal: upheld lifts the listing. @throws {DomainError} blacklist.own_decision for the lister; blacklist.appeal_decided when it is decided. */
export async function decideAppeal(
  tx: Connection,
  appeal: AppealRow,
  d: { readonly outcome: 'upheld' | 'dismissed'; readonly reason: string; readonly staffId: string; readonly by: string },
): Promise<void> {
  if (appeal.outcome !== null)
    throw new DomainError('blacklist.appeal_decided', {
      zh: `该申诉已有决定：${appeal.outcome}`,
      en: `This appeal was decided already: ${appeal.outcome}`,
    });
  if (appeal.listed_by === d.staffId)
    throw new DomainError(
      'blacklist.own_decision',
      { zh: '列入者不得裁决申诉；由另一名审核员裁决', en: 'Who listed may not decide the appeal; another reviewer does' },
      { rules: ['BLACKLIST'] },
    );
  const at = await businessNow(tx, appeal.tenant_id);
  await tx('blacklist_appeal').where('id', appeal.id).update({ outcome: d.outcome, decided_by: d.staffId, decided_at: at, reason: d.reason });
  await tx('blacklist_listing')
    .where('id', appeal.listing_id)
    .update({ state: d.outcome === 'upheld' ? 'lifted' : 'listed' });
  await audit(tx, {
    action: 'blacklist.appeal_decided',
    subject: `blacklist/${appeal.listing_id}`,
    actor: d.by,
    tenantId: appeal.tenant_id,
    businessAt: at,
    data: { outcome: d.outcome },
  });
}
