import { type Connection, rows } from '../database/connect';

/** A platform in figures: what a regulator begins with. */
export interface PlatformFigures {
  readonly id: string;
  readonly [figure: string]: unknown;
}

/**
 * Every platform with its money by where it is (fen), and what is open there. `today` is the civil day of its own clock.
 * @param page.id one platform alone. @param page.after the last id of the page before. @returns newest first.
 */
export function platformFigures(
  connection: Connection,
  page: { readonly id?: string | undefined; readonly after?: string | undefined; readonly limit: number },
): Promise<PlatformFigures[]> {
  return rows<PlatformFigures>(
    connection,
    `select t.id, t.platform, t.kind, t.name_zh as "nameZh", t.name_en as "nameEn",
       to_char(coalesce(clock.now, now()) at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as today,
       c.campaigns, c.open as "openCampaigns", c.raised as "raisedFen", m.pending as "pendingFen", m.paid as "paidFen", m.refunded as "refundedFen",
       k.open as "openComplaints", k.overdue as "overdueComplaints", h.standing as "standingHolds", e.open as "openExceptions"
     from tenant t left join test_clock clock on clock.id = t.clock_id
     cross join lateral (select count(*)::int as campaigns, (count(*) filter (where ended_at is null))::int as open,
       coalesce(sum(raised_fen), 0)::text as raised from campaign where tenant_id = t.id) c
     cross join lateral (select coalesce(sum(credits_fen - debits_fen) filter (where kind in ('held', 'reserved')), 0)::text as pending,
       coalesce(sum(credits_fen - debits_fen) filter (where kind in ('paid', 'fees')), 0)::text as paid,
       coalesce(sum(credits_fen - debits_fen) filter (where kind = 'refunded'), 0)::text as refunded from ledger.account where tenant_id = t.id) m
     cross join lateral (select (count(*) filter (where ${OPEN}))::int as open, (count(*) filter (where ${OPEN} and ${OVERDUE}))::int as overdue
       from complaint c where c.tenant_id = t.id) k
     cross join lateral (select count(*)::int as standing from hold h join campaign g on g.id = h.campaign_id
       where g.tenant_id = t.id and h.lifted_at is null) h
     cross join lateral (select count(*)::int as open from money_exception where tenant_id = t.id and resolved_at is null) e
     where (:after::text is null or t.id < :after) and (:id::text is null or t.id = :id) order by t.id desc limit :limit`,
    { id: page.id ?? null, after: page.after ?? null, limit: page.limit } as never,
  );
}

/** A complaint that somebody still has to decide, first or on appeal. */
const OPEN = '(c.decided_at is null or exists (select from complaint_appeal a where a.complaint_id = c.id and a.decided_at is null))';
/** A duty of it was not done in time. */
const OVERDUE = 'exists (select from complaint_overdue o where o.complaint_id = c.id)';
const STATES = { open: OPEN, overdue: `${OPEN} and ${OVERDUE}`, decided: `not ${OPEN}` } as const;

/** What complaints are narrowed to. */
export const OVERSEEN_STATES = ['open', 'overdue', 'decided'] as const satisfies readonly (keyof typeof STATES)[];

interface OverseenRow {
  readonly id: string;
  readonly tenantId: string;
  readonly campaignId: string;
  readonly title: string;
  readonly subject: string;
  readonly state: string;
  readonly filed_at: Date;
  readonly answer_due_at: Date;
  readonly decided_at: Date | null;
  readonly appealed: boolean;
  readonly overdue: readonly string[];
  readonly holds: boolean;
  readonly reported_at: Date | null;
}

/**
 * Complaints of every platform, newest first: times, duties missed, whether payouts are held, when public security was told. No text, no name, no receipt number.
 * @param which.after the last id of the page before.
 */
export async function overseenComplaints(
  connection: Connection,
  which: {
    readonly tenantId?: string | undefined;
    readonly state?: (typeof OVERSEEN_STATES)[number] | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
) {
  const found = await rows<OverseenRow>(
    connection,
    `select c.id, c.tenant_id as "tenantId", c.campaign_id as "campaignId", g.title, c.subject, c.state, c.filed_at, c.answer_due_at, c.decided_at,
       exists (select from complaint_appeal a where a.complaint_id = c.id and a.decided_at is null) as appealed,
       array(select o.duty from complaint_overdue o where o.complaint_id = c.id order by o.duty) as overdue,
       exists (select from hold h where h.campaign_id = c.campaign_id and h.lifted_at is null and h.rule = 'COMPLAINT') as holds,
       (select min(p.reported_at) from police_report p where p.complaint_id = c.id) as reported_at
     from complaint c join campaign g on g.id = c.campaign_id
     where (:tenant::text is null or c.tenant_id = :tenant) and (:after::text is null or c.id < :after) and ${which.state ? STATES[which.state] : 'true'}
     order by c.id desc limit :limit`,
    { tenant: which.tenantId ?? null, after: which.after ?? null, limit: which.limit } as never,
  );
  return found.map(({ filed_at, answer_due_at, decided_at, reported_at, ...complaint }) => ({
    ...complaint,
    filedAt: filed_at.toISOString(),
    answerBy: answer_due_at.toISOString(),
    decidedAt: decided_at?.toISOString() ?? null,
    reportedAt: reported_at?.toISOString() ?? null,
  }));
}
