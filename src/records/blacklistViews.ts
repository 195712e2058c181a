import { type Connection, rows } from '../database/connect';
import type { PersonalData } from '../security/personalData';
import type { ListingRow, Realm } from './blacklist';
import { personInTheClear } from './people';

const PAGE = 100;

/** @returns a person's name as the public sees it: the first character and a star for each further one. */
export function maskedName(name: string): string {
  const [first = '', ...rest] = [...name];
  return first + '*'.repeat(rest.length);
}

const SELECT = `select l.*, t.platform, t.kind, i.name as institution_name, coalesce(c.now, :wall) as now
  from blacklist_listing l join tenant t on t.id = l.tenant_id left join test_clock c on c.id = t.clock_id left join institution i on i.id = l.institution_id`;

/** @returns one listing as the platforms see it. */
export async function listingOf(connection: Connection, data: PersonalData, listingId: string): Promise<Record<string, unknown>> {
  const [found] = await rows<ListingRow & { now: Date }>(connection, `${SELECT} where l.id = :id`, { id: listingId, wall: new Date() } as never);
  return platformView(connection, data, found!);
}

/**
 * @param which.publicOnly only what stands now, without the decision's words. @param which.before the last id of the page before.
 * @returns up to 100 listings of a realm, newest first, and where the next page begins.
 */
export async function listings(
  connection: Connection,
  data: PersonalData,
  which: { readonly realm: Realm; readonly before: string | undefined; readonly publicOnly: boolean },
): Promise<{ listings: Record<string, unknown>[]; next: string | null }> {
  const standing = which.publicOnly ? `and l.state <> 'lifted' and l.expires_at > coalesce(c.now, :wall)` : '';
  const found = await rows<ListingRow & { now: Date }>(
    connection,
    `${SELECT} where t.kind = :realm and (:before::text is null or l.id < :before) ${standing} order by l.id desc limit ${PAGE}`,
    { realm: which.realm, before: which.before ?? null, wall: new Date() } as never,
  );
  const view = which.publicOnly ? publicView : platformView;
  const views: Record<string, unknown>[] = [];
  for (const listing of found) views.push(await view(connection, data, listing));
  return { listings: views, next: found.length === PAGE ? found.at(-1)!.id : null };
}

async function publicView(connection: Connection, data: PersonalData, l: ListingRow & { now: Date }): Promise<Record<string, unknown>> {
  const name = l.person_id === null ? l.institution_name : maskedName((await personInTheClear(connection, data, l.person_id)).name);
  return {
    id: l.id,
    name,
    ground: l.ground,
    platform: l.platform,
    publishedAt: l.published_at.toISOString(),
    expiresAt: l.expires_at.toISOString(),
    // An expired listing needs nobody to end it: its state is read off the clock of the platform that listed.
    state: l.state !== 'lifted' && l.expires_at <= l.now ? 'expired' : l.state,
  };
}

async function platformView(connection: Connection, data: PersonalData, l: ListingRow & { now: Date }): Promise<Record<string, unknown>> {
  return { ...(await publicView(connection, data, l)), reason: l.reason, evidence: l.evidence, listedAt: l.listed_at.toISOString() };
}
