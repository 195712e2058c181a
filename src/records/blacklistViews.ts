import { type Connection, rows } from '../database/connect';
import type { PersonalData } from '../security/personalData';
import type { ListingRow, Realm } from './blacklist';
import { personInTheClear } from './people';

const PAGE = 100;
/** How a listing stands. */
export const LISTING_STATES = ['listed', 'appealed', 'lifted', 'expired'] as const;
type ListingState = (typeof LISTING_STATES)[number];

/** @returns a person's name as the public sees it: the first character and a star for each further one. */
export function maskedName(name: string): string {
  const [first = '', ...rest] = [...name];
  return first + '*'.repeat(rest.length);
}

/** A listing with its newest appeal. */
interface ShownRow extends ListingRow {
  readonly standing: ListingState;
  readonly appeal_id: string | null;
  readonly appealed_at: Date;
  readonly appeal_outcome: 'upheld' | 'dismissed' | null;
  readonly appeal_reason: string | null;
  readonly appeal_decided_at: Date | null;
}

/** An expired listing needs nobody to end it: how it stands is read off the clock of the platform that listed. */
const STANDING = `case when l.state <> 'lifted' and l.expires_at <= coalesce(c.now, :wall) then 'expired' else l.state end`;

const SELECT = `select l.*, t.platform, t.kind, i.name as institution_name, ${STANDING} as standing, a.id as appeal_id, a.filed_at as appealed_at,
    a.outcome as appeal_outcome, a.reason as appeal_reason, a.decided_at as appeal_decided_at
  from blacklist_listing l join tenant t on t.id = l.tenant_id left join test_clock c on c.id = t.clock_id left join institution i on i.id = l.institution_id
  left join lateral (select * from blacklist_appeal where listing_id = l.id order by id desc limit 1) a on true`;

/** Who looks: only those of the platform that listed see how an appeal stands. */
export interface Looker {
  readonly tenantId: string;
  /** The person's id: who listed does not decide. */
  readonly staffId: string;
  /** Whether their role decides appeals. */
  readonly decides: boolean;
}

interface Which {
  readonly realm: Realm;
  readonly before?: string | undefined;
  readonly looker: Looker | null;
  readonly id?: string | undefined;
  readonly whose?: 'own' | 'others' | undefined;
  readonly state?: ListingState | undefined;
}

/** @returns one listing as the platforms see it. */
export async function listingOf(connection: Connection, data: PersonalData, listingId: string, looker: Looker): Promise<Record<string, unknown>> {
  const [found] = await rows<ShownRow>(connection, `${SELECT} where l.id = :id`, { id: listingId, wall: new Date() } as never);
  return platformView(connection, data, found!, looker);
}

/**
 * @param which.looker null for the public: only what stands now, without the decision's words. @param which.before the last id of the page before.
 * @param which.whose those that the looker's platform made, or those of others. @param which.id one alone; none where it is not of the realm.
 * @returns up to 100 listings of a realm, newest first, and where the next page begins.
 */
export async function listings(
  connection: Connection,
  data: PersonalData,
  which: Which,
): Promise<{ listings: Record<string, unknown>[]; next: string | null }> {
  const standing = which.looker === null ? `and l.state <> 'lifted' and l.expires_at > coalesce(c.now, :wall)` : '';
  const found = await rows<ShownRow>(
    connection,
    `${SELECT} where t.kind = :realm and (:before::text is null or l.id < :before) and (:id::text is null or l.id = :id)
       and (:whose::text is null or (l.tenant_id = :tenant) = (:whose = 'own')) and (:state::text is null or ${STANDING} = :state) ${standing}
       order by l.id desc limit ${PAGE}`,
    {
      ...{ realm: which.realm, before: which.before ?? null, id: which.id ?? null, whose: which.whose ?? null, state: which.state ?? null },
      ...{ tenant: which.looker?.tenantId ?? null, wall: new Date() },
    } as never,
  );
  const views: Record<string, unknown>[] = [];
  for (const listing of found)
    views.push(which.looker === null ? await publicView(connection, data, listing) : await platformView(connection, data, listing, which.looker));
  return { listings: views, next: found.length === PAGE ? found.at(-1)!.id : null };
}

async function publicView(connection: Connection, data: PersonalData, l: ShownRow): Promise<Record<string, unknown>> {
  const name = l.person_id === null ? l.institution_name : maskedName((await personInTheClear(connection, data, l.person_id)).name);
  return {
    id: l.id,
    name,
    ground: l.ground,
    platform: l.platform,
    publishedAt: l.published_at.toISOString(),
    expiresAt: l.expires_at.toISOString(),
    state: l.standing,
  };
}

async function platformView(connection: Connection, data: PersonalData, l: ShownRow, looker: Looker): Promise<Record<string, unknown>> {
  const own = l.tenant_id === looker.tenantId;
  const decides = own && looker.decides && l.appeal_outcome === null && l.listed_by !== looker.staffId;
  return {
    ...(await publicView(connection, data, l)),
    reason: l.reason,
    evidence: l.evidence,
    listedAt: l.listed_at.toISOString(),
    own,
    appeal:
      !own || l.appeal_id === null
        ? null
        : {
            id: l.appeal_id,
            filedAt: l.appealed_at.toISOString(),
            outcome: l.appeal_outcome,
            reason: l.appeal_reason,
            decidedAt: l.appeal_decided_at?.toISOString() ?? null,
            acts: decides ? ['decide'] : [],
          },
  };
}
