import { timingSafeEqual } from 'node:crypto';
import { type Connection, row } from '../database/connect';
import type { PersonalData } from '../security/personalData';

type KeyedPage = 'gift-page' | 'sponsor-page';

/** @returns the key in the address of a page without log-in: who holds it may see the page and act on it. 24 hex digits. */
export function pageKey(personalData: PersonalData, page: KeyedPage, id: string): string {
  return personalData.lookup(page, id).toString('hex').slice(0, 24);
}

/** @returns whether a key opens the page of this id; the time that it takes says nothing. */
export function opensPage(personalData: PersonalData, page: KeyedPage, id: string, key: string): boolean {
  return areSame(pageKey(personalData, page, id), key);
}

/** @returns the key of a campaign's sponsor page; null while it is revoked. */
async function sponsorKey(connection: Connection, personalData: PersonalData, campaignId: string): Promise<string | null> {
  const standing = await row<{ version: number; revoked_at: Date | null }>(connection, 'select * from sponsor_key where campaign_id = ?', [
    campaignId,
  ]);
  if (standing?.revoked_at) return null;
  return pageKey(personalData, 'sponsor-page', standing && standing.version > 1 ? `${campaignId}/${standing.version}` : campaignId);
}

/** @returns whether a key opens the sponsor's page of a campaign now. */
export async function opensSponsorPage(connection: Connection, personalData: PersonalData, campaignId: string, key: string): Promise<boolean> {
  const standing = await sponsorKey(connection, personalData, campaignId);
  return standing !== null && areSame(standing, key);
}

/** Closes every earlier address of a sponsor's page. @param campaignId locked. @returns the new key. */
export async function renewSponsorKey(tx: Connection, personalData: PersonalData, campaignId: string): Promise<string> {
  await tx.raw(
    `insert into sponsor_key (campaign_id, version) values (?, 2)
     on conflict (campaign_id) do update set version = sponsor_key.version + 1, revoked_at = null`,
    [campaignId],
  );
  return (await sponsorKey(tx, personalData, campaignId))!;
}

/** Closes a sponsor's page until a new key is made. @param at when. */
export async function revokeSponsorKey(tx: Connection, campaignId: string, at: Date): Promise<void> {
  await tx.raw(
    `insert into sponsor_key (campaign_id, version, revoked_at) values (?, 1, ?)
     on conflict (campaign_id) do update set revoked_at = coalesce(sponsor_key.revoked_at, excluded.revoked_at)`,
    [campaignId, at],
  );
}

function areSame(held: string, given: string): boolean {
  const [a, b] = [Buffer.from(held), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
