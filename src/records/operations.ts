import { audit } from '../audit/append';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { tell, type Told } from './outbox';

/** A story that Temporal conducts, by its kind and the id of what it is about. */
export interface Work {
  readonly workflow: Told['workflow'];
  readonly id: string;
}

/** Every kind of story. */
export const WORKFLOWS = [
  'campaign',
  'release',
  'transfer',
  'payoutBatch',
  'refund',
  'complaint',
  'supervision',
  'reconciliation',
  'recall',
] as const satisfies readonly Told['workflow'][];

const OPEN = `select 'campaign' as workflow, id, tenant_id, id as campaign_id, phase as stands, phase_since as since from campaign where ended_at is null
  union all select 'release', r.id, c.tenant_id, c.id, r.stage, r.stage_since from release r join campaign c on c.id = r.campaign_id where r.started_at is not null and r.closed_at is null
  union all select 'transfer', p.id, p.tenant_id, p.campaign_id, p.state, coalesce(p.submitted_at, p.reserved_at) from payout p where p.state in ('reserved', 'submitted', 'unknown') and not p.conducted
  union all select 'payoutBatch', b.batch_id, b.tenant_id, null, 'open', b.begun_at from payout_batch_run b where b.finished_at is null
  union all select 'refund', d.id, d.tenant_id, d.campaign_id, d.cause, d.begun_at from refund_round d where d.finished_at is null
  union all select 'supervision', s.id, s.tenant_id, s.id, s.phase, s.phase_since from campaign s where s.opened_at is not null and s.ended_at is null
  union all select 'reconciliation', n.id, n.tenant_id, null, n.day::text, (n.day + 1)::timestamp at time zone 'Asia/Shanghai' from reconciliation_day n where n.finished_at is null
  union all select 'recall', x.id, x.tenant_id, x.campaign_id, x.state, coalesce(x.accepted_at, x.sent_at, x.confirmed_at) from recall x where x.state in ('confirmed', 'sent', 'accepted')
  union all select 'complaint', k.id, k.tenant_id, k.campaign_id, k.state, k.filed_at from complaint k where k.decided_at is null
    or exists (select from complaint_appeal a where a.complaint_id = k.id and a.decided_at is null)`;

/** An open story as Postgres knows it, whatever Temporal has of it. Times are of the platform's own clock. */
export interface OpenWork extends Work {
  readonly tenant_id: string;
  readonly campaign_id: string | null;
  readonly stands: string;
  readonly since: Date;
}

/** @returns every open story, of all platforms. */
export function openWork(connection: Connection): Promise<OpenWork[]> {
  return rows<OpenWork>(connection, OPEN);
}

/** @returns one open story of a platform; null when there is none, or it is another's. */
export function openWorkOf(connection: Connection, tenantId: string, { workflow, id }: Work): Promise<OpenWork | null> {
  return row<OpenWork>(connection, `select * from (${OPEN}) o where o.workflow = ? and o.id = ? and o.tenant_id = ?`, [workflow, id, tenantId]);
}

/** Why a story is on the list of what is stuck. */
type StuckCause = 'word-waits' | 'bank-silent' | 'bank-unknown' | 'refund-open' | 'day-open' | 'batch-open';

export interface Stuck extends Work {
  readonly cause: StuckCause;
  readonly campaignId: string | null;
  readonly since: string;
  /** By the clock that `since` is of: the wall's for a word that waits, else the platform's. */
  readonly ageSeconds: number;
  readonly attempts: number;
  /** The name of the last error; never a message. */
  readonly error: string | null;
}

/** How long each may take before somebody looks, seconds: a bank's answer and a day's reconciliation come later than a word. */
const PATIENCE = { word: 30, bank: 600, open: 3_600 } as const;

/** @param now the platform's business time. @returns what stands still that should not, the oldest first, at most 200. */
export async function stuckWork(connection: Connection, tenantId: string, now: Date): Promise<Stuck[]> {
  const found = await rows<{
    workflow: Stuck['workflow'];
    id: string;
    cause: StuckCause;
    campaign_id: string | null;
    since: Date;
    age: number;
    attempts: number;
    error: string | null;
  }>(
    connection,
    `select s.*, extract(epoch from case when cause = 'word-waits' then clock_timestamp() else :now::timestamptz end - since)::int as age from (
       select o.workflow_type as workflow, o.subject_id as id, 'word-waits' as cause,
         case when o.workflow_type in ('campaign', 'supervision') then o.subject_id end as campaign_id, min(o.created_at) as since, max(o.attempts) as attempts, max(o.last_error) as error
       from outbox o where o.tenant_id = :tenant and o.delivered_at is null and o.created_at < clock_timestamp() - make_interval(secs => :word) group by 1, 2
       union all
       select 'transfer', p.id, case p.state when 'unknown' then 'bank-unknown' else 'bank-silent' end, p.campaign_id, p.submitted_at, p.submits, p.failure_code
       from payout p where p.tenant_id = :tenant and (p.state = 'unknown' or p.state = 'submitted' and p.submitted_at < :now::timestamptz - make_interval(secs => :bank))
       union all
       select w.workflow, w.id, case w.workflow when 'refund' then 'refund-open' when 'payoutBatch' then 'batch-open' else 'day-open' end, w.campaign_id, w.since, 0, null
       from (${OPEN}) w where w.tenant_id = :tenant and w.workflow in ('refund', 'payoutBatch', 'reconciliation') and w.since < :now::timestamptz - make_interval(secs => :open)
     ) s order by age desc, id limit 200`,
    { tenant: tenantId, now, ...PATIENCE } as never,
  );
  return found.map(({ campaign_id, since, age, ...rest }) => ({
    ...rest,
    campaignId: campaign_id,
    since: since.toISOString(),
    ageSeconds: Math.max(0, age),
  }));
}

/** How far the words to the workflows and the sealing of the audit chain are behind. Of the platform, and of the whole house. */
export interface Lag {
  readonly words: number;
  readonly oldestWordSeconds: number;
  readonly unsealed: number;
  readonly oldestUnsealedSeconds: number;
}

/** @returns the lag at this moment, by the wall's clock. */
export async function lagOf(connection: Connection, tenantId: string): Promise<Lag> {
  return (await row<Lag>(
    connection,
    `select (select count(*)::int from outbox where tenant_id = :tenant and delivered_at is null) as words,
       (select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::int from outbox where tenant_id = :tenant and delivered_at is null) as "oldestWordSeconds",
       count(*)::int as unsealed, coalesce(extract(epoch from clock_timestamp() - min(recorded_at)), 0)::int as "oldestUnsealedSeconds"
     from audit.event where seq > coalesce((select event_seq from audit.link order by position desc limit 1), 0)`,
    { tenant: tenantId },
  ))!;
}

/** A word to a workflow, and what became of it. */
export interface Word {
  readonly notice: string;
  readonly createdAt: string;
  readonly deliveredAt: string | null;
  readonly attempts: number;
  readonly error: string | null;
}

/** @returns the last twenty words to a story, newest first. */
export async function wordsTo(connection: Connection, tenantId: string, { workflow, id }: Work): Promise<Word[]> {
  const found = await rows<{ notice: string; created_at: Date; delivered_at: Date | null; attempts: number; last_error: string | null }>(
    connection,
    'select notice, created_at, delivered_at, attempts, last_error from outbox where tenant_id = ? and workflow_type = ? and subject_id = ? order by seq desc limit 20',
    [tenantId, workflow, id],
  );
  return found.map((word) => ({
    notice: word.notice,
    createdAt: word.created_at.toISOString(),
    deliveredAt: word.delivered_at?.toISOString() ?? null,
    attempts: word.attempts,
    error: word.last_error,
  }));
}

/** Who has a story looked at again, when, and under which request. */
export interface Redriving {
  readonly tenantId: string;
  readonly by: string;
  readonly at: Date;
  readonly cause: string;
}

/**
 * Tells one open story to look at itself again, and has the words that wait for it go out now. One that Temporal has lost is begun anew and goes on from Postgres. A
 * payment is not repeated: its transfer asks the bank about the id on record before anything else.
 * @returns how many words were waiting. @throws {DomainError} object.not_found when no such story is open.
 */
export async function redrive(tx: Transaction, work: Work, { tenantId, by, at, cause }: Redriving): Promise<number> {
  const open = await openWorkOf(tx, tenantId, work);
  if (!open) throw noSuchWork();
  const waiting = await tx('outbox')
    .where({ tenant_id: tenantId, workflow_type: work.workflow, subject_id: work.id })
    .whereNull('delivered_at')
    .update({ not_before: tx.raw('clock_timestamp()') });
  await tell(tx, { workflow: work.workflow, tenantId, id: work.id, notice: 'repaired', cause });
  const subject = `${work.workflow}/${work.id}`;
  const campaignId = open.campaign_id ?? undefined;
  await audit(tx, { action: 'workflow.redriven', subject, actor: by, tenantId, campaignId, businessAt: at, data: { cause } });
  return waiting;
}

/** Nothing of that name is open on this platform. */
export const noSuchWork = (): DomainError =>
  new DomainError('object.not_found', { zh: '没有这一进行中的流程', en: 'No such story is open' }, { field: '/id' });
