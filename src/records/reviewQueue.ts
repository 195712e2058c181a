import { type Connection, row, rows, type Transaction } from '../database/connect';
import type { Finding, Verdict } from '../domain/convention/terms';
import type { Signal } from '../domain/convention/signals';
import type { ReviewKind } from '../domain/reviewTargets';
import { DomainError } from '../domain/errors';

/** How long a claim lasts, minutes of the wall's clock: it is about a person at a screen. */
const CLAIM_MINUTES = 30;
/** How many candidates a claim tries before it says that nothing is free: each is lost to somebody who was quicker. */
const TRIES = 20;

/** One thing that waits for a reviewer. */
export interface WaitingRow {
  readonly kind: ReviewKind;
  readonly subject_id: string;
  readonly campaign_id: string;
  readonly title: string;
  readonly amount_fen: bigint;
  readonly since: Date;
  /** `since` in microseconds, as the cursor says it. */
  readonly since_us: string;
  readonly verdict: Verdict | null;
  readonly findings: Finding[] | null;
  readonly signals: Signal[] | null;
  readonly claimed_by: string | null;
  readonly claimed_name: string | null;
  readonly claim_ends: Date | null;
}

/** Who asks for the queue. */
export interface Reviewer {
  readonly tenantId: string;
  readonly staffId: string;
}

export interface QueueFilter {
  readonly kind?: ReviewKind | undefined;
  readonly verdict?: Verdict | undefined;
  readonly claimed?: 'mine' | 'nobody' | undefined;
}

/**
 * What waits: audits whose machine has reported on the evidence as it stands and that asked for nothing more, releases in review, evidence of use that
 * nobody decided. What waits for the platform's answer is not the reviewer's, and stands in no queue of theirs.
 */
const WAITING = `(
  select 'prior-audit' as kind, c.id as subject_id, c.id as campaign_id, c.title, c.ask_fen as amount_fen, m.reported_at as since, m.verdict, m.findings, m.signals
  from campaign c
  join lateral (select * from machine_report x where x.campaign_id = c.id order by x.reported_at desc, x.id desc limit 1) m on m.evidence_version = c.evidence_version
  where c.tenant_id = :tenant and c.phase = 'prior-audit'
    and not exists (select from audit_decision d where d.campaign_id = c.id) and not exists (select from evidence_request q where q.campaign_id = c.id and q.closed_as is null)
  union all
  select 'release-review', r.id, c.id, c.title, r.gross_fen, r.stage_since, null, null, null
  from release r join campaign c on c.id = r.campaign_id where c.tenant_id = :tenant and r.stage = 'review' and r.review is null
  union all
  select 'use-evidence', u.id, c.id, c.title, u.amount_fen, u.filed_at, null, null, null
  from use_evidence u join campaign c on c.id = u.campaign_id where c.tenant_id = :tenant and u.decision is null
) w left join review_claim k on k.kind = w.kind and k.subject_id = w.subject_id and k.expires_at > now() left join staff s on s.id = k.staff_id`;

const CHOSEN = `(:kind::text is null or w.kind = :kind) and (:verdict::text is null or w.verdict = :verdict)
  and (:claimed::text is null or (:claimed = 'mine' and k.staff_id = :staff) or (:claimed = 'nobody' and k.staff_id is null))`;

const COLUMNS = `w.*, (extract(epoch from w.since) * 1000000)::bigint::text as since_us, k.staff_id as claimed_by, s.display_name as claimed_name, k.expires_at as claim_ends`;

const bindings = (who: Reviewer, f: QueueFilter) => ({
  tenant: who.tenantId,
  staff: who.staffId,
  kind: f.kind ?? null,
  verdict: f.verdict ?? null,
  claimed: f.claimed ?? null,
});

/** @param after place of the last one of the page before: microseconds and id. @returns what waits for a tenant's reviewers, the longest first. */
export function reviewQueue(
  connection: Connection,
  who: Reviewer,
  filter: QueueFilter,
  { after, limit }: { readonly after: readonly [string, string] | null; readonly limit: number },
): Promise<WaitingRow[]> {
  return rows<WaitingRow>(
    connection,
    `select ${COLUMNS} from ${WAITING} where ${CHOSEN}
       and (:us::bigint is null or ((extract(epoch from w.since) * 1000000)::bigint, w.subject_id) > (:us::bigint, :id::text))
     order by w.since, w.subject_id limit :limit`,
    { ...bindings(who, filter), us: after?.[0] ?? null, id: after?.[1] ?? null, limit } as never,
  );
}

/** @returns how much waits in all. */
export async function reviewQueueLength(connection: Connection, who: Reviewer, filter: QueueFilter): Promise<number> {
  return (await row<{ n: number }>(connection, `select count(*)::int as n from ${WAITING} where ${CHOSEN}`, bindings(who, filter) as never))!.n;
}

/**
 * Takes the longest-waiting thing that nobody has. Two who ask at once get different ones: the claim's key decides, and who lost tries the next.
 * @returns it, with the claim; null when nothing is free.
 */
export async function claimNext(tx: Transaction, who: Reviewer, filter: Omit<QueueFilter, 'claimed'>): Promise<WaitingRow | null> {
  for (const next of await reviewQueue(tx, who, { ...filter, claimed: 'nobody' }, { after: null, limit: TRIES }))
    if (await take(tx, who, next)) return (await waiting(tx, who, next))!;
  return null;
}

/** Takes one thing. @throws {DomainError} review.claimed when somebody else has it; object.not_found when it waits for nobody. */
export async function claimOne(
  tx: Transaction,
  who: Reviewer,
  subject: { readonly kind: ReviewKind; readonly subjectId: string },
): Promise<WaitingRow> {
  const wanted = { kind: subject.kind, subject_id: subject.subjectId };
  if (!(await waiting(tx, who, wanted)))
    throw new DomainError('object.not_found', { zh: '该事项不在待审队列中', en: 'That does not wait for a reviewer' }, { field: '/subjectId' });
  const taken = await take(tx, who, wanted);
  const now = (await waiting(tx, who, wanted))!;
  if (!taken)
    throw new DomainError('review.claimed', {
      zh: `${now.claimed_name ?? '另一位审核人'}正在审核此事项`,
      en: `${now.claimed_name ?? 'Another reviewer'} is looking at this now`,
    });
  return now;
}

/** Gives back what one has; what one has not is left as it is. */
export async function giveBack(tx: Transaction, staffId: string, subject: { readonly kind: ReviewKind; readonly subjectId: string }): Promise<void> {
  await tx.raw(
    `update review_claim set expires_at = greatest(now(), claimed_at + interval '1 microsecond') where kind = ? and subject_id = ? and staff_id = ? and expires_at > now()`,
    [subject.kind, subject.subjectId, staffId],
  );
}

type Subject = Pick<WaitingRow, 'kind' | 'subject_id'>;

async function take(tx: Transaction, who: Reviewer, subject: Subject): Promise<boolean> {
  const taken = await row(
    tx,
    `insert into review_claim as k (kind, subject_id, tenant_id, staff_id, claimed_at, expires_at)
     values (?, ?, ?, ?, now(), now() + make_interval(mins => ${CLAIM_MINUTES}))
     on conflict (kind, subject_id) do update set staff_id = excluded.staff_id, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at
       where k.expires_at <= now() or k.staff_id = excluded.staff_id returning 1 as taken`,
    [subject.kind, subject.subject_id, who.tenantId, who.staffId],
  );
  return taken !== null;
}

async function waiting(connection: Connection, who: Reviewer, subject: Subject): Promise<WaitingRow | null> {
  return row<WaitingRow>(connection, `select ${COLUMNS} from ${WAITING} where w.kind = :kind and w.subject_id = :subject`, {
    tenant: who.tenantId,
    kind: subject.kind,
    subject: subject.subject_id,
  });
}
