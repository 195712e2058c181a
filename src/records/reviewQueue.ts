import { type Connection, row, rows, type Transaction } from '../database/connect';
import type { Finding, Verdict } from '../domain/convention/terms';
import type { Signal } from '../domain/convention/signals';
import { asideUntil } from '../domain/asides';
import { type ReviewKind, reviewDueMs } from '../domain/reviewTargets';
import { DomainError } from '../domain/errors';
import { type AsideColumns, asideJoins, escalate, putAside } from './asides';

/** How long a claim lasts, minutes of the wall's clock: it is about a person at a screen. */
const CLAIM_MINUTES = 30;
/** How many candidates a claim tries before it says that nothing is free: each is lost to somebody who was quicker. */
const TRIES = 20;

/** One thing that waits for a reviewer. */
export interface WaitingRow extends AsideColumns {
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
  /** What is put aside: left out, only it, or as well. */
  readonly aside?: 'no' | 'only' | 'any' | undefined;
  readonly subjectId?: string | undefined;
  /** Leaves out what this reviewer handed to another. */
  readonly notOwnEscalated?: boolean | undefined;
}

/**
 * What waits: audits whose machine has reported on the evidence as it stands and that asked for nothing more, releases in review, evidence of use that
 * nobody decided. What waits for the platform's answer is not the reviewer's, and stands in no queue of theirs. Each kind is read by itself and narrow, so that the
 * longest-waiting come out of an index; what a page shows is read for its own rows alone.
 */
interface Source {
  readonly kind: ReviewKind;
  readonly from: string;
  readonly id: string;
  readonly since: string;
  readonly verdict: string;
  readonly waits: string;
}
const SOURCES: readonly Source[] = [
  {
    kind: 'prior-audit',
    from: 'campaign c',
    id: 'c.id',
    since: 'c.reported_at',
    verdict: 'c.reported_verdict',
    waits: `c.phase = 'prior-audit' and c.reported_current
      and not exists (select from audit_decision d where d.campaign_id = c.id) and not exists (select from evidence_request q where q.campaign_id = c.id and q.closed_as is null)`,
  },
  {
    kind: 'release-review',
    from: 'release r join campaign c on c.id = r.campaign_id',
    id: 'r.id',
    since: 'r.stage_since',
    verdict: 'null::text',
    waits: `r.stage = 'review' and r.review is null`,
  },
  {
    kind: 'use-evidence',
    from: 'use_evidence u join campaign c on c.id = u.campaign_id',
    id: 'u.id',
    since: 'u.filed_at',
    verdict: 'null::text',
    waits: 'u.decision is null',
  },
];

/** Business time of the platform that asks. */
const NOW = '(select coalesce(x.now, clock_timestamp()) from tenant o left join test_clock x on x.id = o.clock_id where o.id = :tenant)';

/** What a source's row says of itself by the latest of an act. */
const latest = (s: Source, act: 'aside' | 'escalated', column: string): string =>
  `(select a.${column} from case_aside a where a.kind = '${s.kind}' and a.subject_id = ${s.id} and a.act = '${act}' order by a.id desc limit 1)`;

/** @param tail how a source's rows are ordered and cut, or `null` for all of them. @returns a statement of what waits and was asked for, of every kind. */
function waitingOf(tail: ((source: Source) => string) | null): string {
  return SOURCES.map(
    (
      s,
    ) => `(select '${s.kind}' as kind, ${s.id} as subject_id, c.id as campaign_id, ${s.since} as since, k.staff_id as claimed_by, k.expires_at as claim_ends
      from ${s.from} left join review_claim k on k.kind = '${s.kind}' and k.subject_id = ${s.id} and k.expires_at > now()
      where c.tenant_id = :tenant and ${s.waits} and (:kind::text is null or :kind = '${s.kind}') and (:verdict::text is null or ${s.verdict} = :verdict)
        and (:subject::text is null or ${s.id} = :subject)
        and (:claimed::text is null or (:claimed = 'mine' and k.staff_id = :staff) or (:claimed = 'nobody' and k.staff_id is null))
        and (:aside = 'any' or coalesce(${latest(s, 'aside', 'until')} > ${NOW}, false) = (:aside = 'only'))
        and (not :others or ${latest(s, 'escalated', 'staff_id')} is distinct from :staff) ${tail?.(s) ?? ''})`,
  ).join('\n    union all\n    ');
}

/** A page of one kind holds every row of that kind which a page of all kinds can hold. */
const PAGE = `select * from (
    ${waitingOf(
      (
        s,
      ) => `and (${s.since}, ${s.id}) > (coalesce('epoch'::timestamptz + :us::bigint * interval '1 microsecond', '-infinity'), coalesce(:id::text, ''))
        order by ${s.since}, ${s.id} limit :limit`,
    )}
  ) every order by since, subject_id limit :limit`;

const COUNT = `select count(*)::int as n from (
    ${waitingOf(null)}
  ) every`;

/** What a page shows of its own rows. */
const SHOWN = `select w.*, c.title, coalesce(r.gross_fen, u.amount_fen, c.ask_fen) as amount_fen, m.verdict, m.findings, m.signals,
    (extract(epoch from w.since) * 1000000)::bigint::text as since_us, s.display_name as claimed_name, z.*, y.*
  from (${PAGE}) w join campaign c on c.id = w.campaign_id
    left join machine_report m on w.kind = 'prior-audit' and m.id = c.report_id
    left join release r on w.kind = 'release-review' and r.id = w.subject_id
    left join use_evidence u on w.kind = 'use-evidence' and u.id = w.subject_id
    left join staff s on s.id = w.claimed_by ${asideJoins('w.kind', 'w.subject_id', NOW)}
  order by w.since, w.subject_id`;

const bindings = (who: Reviewer, f: QueueFilter, subject: string | null = null) => ({
  tenant: who.tenantId,
  subject: subject ?? f.subjectId ?? null,
  staff: who.staffId,
  kind: f.kind ?? null,
  verdict: f.verdict ?? null,
  claimed: f.claimed ?? null,
  aside: f.aside ?? 'no',
  others: f.notOwnEscalated ?? false,
});

/** @param after place of the last one of the page before: microseconds and id. @returns what waits for a tenant's reviewers, the longest first. */
export function reviewQueue(
  connection: Connection,
  who: Reviewer,
  filter: QueueFilter,
  { after, limit }: { readonly after: readonly [string, string] | null; readonly limit: number },
): Promise<WaitingRow[]> {
  return rows<WaitingRow>(connection, SHOWN, { ...bindings(who, filter), us: after?.[0] ?? null, id: after?.[1] ?? null, limit } as never);
}

/** @returns how much waits in all. */
export async function reviewQueueLength(connection: Connection, who: Reviewer, filter: QueueFilter): Promise<number> {
  return (await row<{ n: number }>(connection, COUNT, bindings(who, filter) as never))!.n;
}

/**
 * Takes the longest-waiting thing that nobody has. Two who ask at once get different ones: the claim's key decides, and who lost tries the next.
 * @returns it, with the claim; null when nothing is free.
 */
export async function claimNext(tx: Transaction, who: Reviewer, filter: Omit<QueueFilter, 'claimed'>): Promise<WaitingRow | null> {
  for (const next of await reviewQueue(tx, who, { ...filter, claimed: 'nobody', notOwnEscalated: true }, { after: null, limit: TRIES }))
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

/**
 * Puts aside what one has in hand, or takes in hand for it, until a working day within its own time; it is free again then.
 * @param said.until civil day. @throws {DomainError} review.claimed, object.not_found; request.invalid for a day that will not do.
 */
export async function putReviewAside(
  tx: Transaction,
  who: Reviewer,
  subject: { readonly kind: ReviewKind; readonly subjectId: string },
  said: { readonly until: string; readonly words: string; readonly by: string; readonly at: Date },
): Promise<WaitingRow> {
  const item = await claimOne(tx, who, subject);
  const until = asideUntil(said.until, said.at.getTime(), reviewDueMs(item.kind, item.since.getTime()));
  await putAside(tx, subjectOf(who, item), { ...said, staffId: who.staffId, until });
  return returned(tx, who, item);
}

/** Hands what one has in hand to another reviewer, with a note; it is free for everybody but who handed it over. @throws {DomainError} review.claimed, object.not_found. */
export async function escalateReview(
  tx: Transaction,
  who: Reviewer,
  subject: { readonly kind: ReviewKind; readonly subjectId: string },
  said: { readonly words: string; readonly by: string; readonly at: Date },
): Promise<WaitingRow> {
  const item = await claimOne(tx, who, subject);
  await escalate(tx, subjectOf(who, item), { ...said, staffId: who.staffId, to: 'reviewer' });
  return returned(tx, who, item);
}

/** Gives it back. @returns it as it is once this transaction is over: the claim ends with it. */
async function returned(tx: Transaction, who: Reviewer, item: WaitingRow): Promise<WaitingRow> {
  await giveBack(tx, who.staffId, { kind: item.kind, subjectId: item.subject_id });
  return { ...(await waiting(tx, who, item))!, claimed_by: null, claimed_name: null, claim_ends: null };
}

const subjectOf = (who: Reviewer, item: WaitingRow) => ({
  kind: item.kind,
  subjectId: item.subject_id,
  tenantId: who.tenantId,
  campaignId: item.campaign_id,
});

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
  const one = bindings(who, { kind: subject.kind, aside: 'any' }, subject.subject_id);
  return row<WaitingRow>(connection, SHOWN, { ...one, us: null, id: null, limit: 1 } as never);
}
