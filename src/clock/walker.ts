import { type Client, isGrpcServiceError, WorkflowNotFoundError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { type Database, row, rows } from '../database/connect';
import { DomainError } from '../domain/errors';
import { advanceUpdate, type Idle } from '../messages/messages';
import type { SimulatorControls } from '../sandbox/simulatorControls';

export interface ClockState {
  readonly clockId: string;
  readonly now: string;
  readonly status: 'ready' | 'advancing';
  readonly nextDueAt: string | null;
}

interface SimulatorClock {
  readonly now: string;
  readonly nextDueAt: string | null;
  readonly undelivered: number;
}

interface Rest {
  /** Of each open workflow, when it next wants to act on its own. */
  readonly deadlines: Map<string, number | null>;
  /** Outbox rows whose workflow was visited after their delivery. A number is taken before its row is committed, so a high-water mark would miss some. */
  readonly heard: Set<bigint>;
}

/** How long outbox rows may stay undelivered before an advance gives up, ms: a worker's death and return fit well inside. */
const PATIENCE_MS = 60_000;

/**
 * Moves a test clock: walks to each next due deadline of the campaigns on it, their releases and transfers, and of the simulators; waits there until
 * all are idle and no word is on its way; then goes on.
 */
export class ClockWalker {
  /** What is known of each clock since it last came to rest. Lost with the process; then everything is visited once more. */
  readonly #rest = new Map<string, Rest>();

  constructor(
    private readonly db: Database,
    private readonly temporal: Client,
    private readonly simulators: SimulatorControls,
  ) {}

  /** @returns where a clock stands. @throws {DomainError} object.not_found. */
  async state(clockId: string): Promise<ClockState> {
    const clock = await row<{ now: Date; status: 'ready' | 'advancing'; next_due_at: Date | null }>(
      this.db,
      'select now, status, next_due_at from test_clock where id = ?',
      [clockId],
    );
    if (!clock) throw new DomainError('object.not_found', { zh: '没有该测试时钟', en: 'There is no such clock' });
    return { clockId, now: clock.now.toISOString(), status: clock.status, nextDueAt: clock.next_due_at?.toISOString() ?? null };
  }

  /**
   * Advances to `to` and returns when all is idle there. The present itself only settles what is under way.
   * @throws {DomainError} clock.backwards, clock.busy when another advance is at work, system.unavailable when it does not come to rest in time.
   */
  async advance(clockId: string, to: Date): Promise<ClockState> {
    const connection = (await this.db.client.acquireConnection()) as {
      query: (sql: string, values: unknown[]) => Promise<{ rows: { locked: boolean }[] }>;
    };
    try {
      const lock = await connection.query('select pg_try_advisory_lock(hashtextextended($1, 7)) as locked', [clockId]);
      if (!lock.rows[0]!.locked)
        throw new DomainError('clock.busy', { zh: '该时钟正在另一次前进中；请等待', en: 'Another advance of this clock is at work; wait for it' });
      try {
        return await this.#walk(clockId, to.getTime());
      } finally {
        await connection.query('select pg_advisory_unlock(hashtextextended($1, 7)) as locked', [clockId]);
      }
    } finally {
      await this.db.client.releaseConnection(connection);
    }
  }

  async #walk(clockId: string, toMs: number): Promise<ClockState> {
    let nowMs = Date.parse((await this.state(clockId)).now);
    if (toMs < nowMs)
      throw new DomainError(
        'clock.backwards',
        { zh: `该时钟已在 ${new Date(nowMs).toISOString()}`, en: `The clock stands at ${new Date(nowMs).toISOString()} already` },
        { field: '/to' },
      );
    await this.db('test_clock').where('id', clockId).update({ status: 'advancing' });
    for (;;) {
      const nextMs = await this.#settle(clockId, nowMs);
      if (nextMs === null || nextMs > toMs) {
        if (nowMs < toMs) {
          // Nothing falls due before the goal: go there, and look once more.
          nowMs = toMs;
          await this.#moveTo(clockId, nowMs);
          continue;
        }
        await this.db('test_clock')
          .where('id', clockId)
          .update({ status: 'ready', next_due_at: nextMs === null ? null : new Date(nextMs) });
        return this.state(clockId);
      }
      nowMs = Math.max(nextMs, nowMs);
      await this.#moveTo(clockId, nowMs);
    }
  }

  async #moveTo(clockId: string, nowMs: number): Promise<void> {
    await this.db('test_clock')
      .where('id', clockId)
      .update({ now: new Date(nowMs) });
  }

  /**
   * Waits until everything on the clock has come to rest at `nowMs`. Visited are only workflows whose deadline is due, that were told something, or that
   * are new; the others have no reason to move. @returns the next deadline of any of it.
   */
  async #settle(clockId: string, nowMs: number): Promise<number | null> {
    const rest = this.#rest.get(clockId) ?? { deadlines: new Map<string, number | null>(), heard: new Set<bigint>() };
    this.#rest.set(clockId, rest);
    for (;;) {
      const outside = await this.simulators.call<SimulatorClock>('PUT', `/clocks/${clockId}`, { now: new Date(nowMs).toISOString() });
      // Only a word that was delivered can have been acted on: what the simulators just caused is waited for before anybody is visited.
      await this.#outboxIsEmpty(clockId);
      const words = await rows<{ workflow_id: string; seq: bigint; delivered: boolean }>(
        this.db,
        'select o.workflow_id, o.seq, o.delivered_at is not null as delivered from outbox o join tenant t on t.id = o.tenant_id where t.clock_id = ?',
        [clockId],
      );
      if (words.some((word) => !word.delivered)) continue;
      const told = words.filter((word) => !rest.heard.has(word.seq));
      const open = await this.#openWorkflows(clockId);
      const due = open.filter((id) => {
        const deadlineMs = rest.deadlines.get(id);
        return deadlineMs === undefined || (deadlineMs !== null && deadlineMs <= nowMs) || told.some((t) => t.workflow_id === id);
      });
      if (due.length === 0 && told.length === 0) {
        const deadlines = open.flatMap((id) => rest.deadlines.get(id) ?? []);
        if (outside.nextDueAt) deadlines.push(Date.parse(outside.nextDueAt));
        return deadlines.length === 0 ? null : Math.min(...deadlines);
      }
      for (const { seq } of told) rest.heard.add(seq);
      for (const id of rest.deadlines.keys()) if (!open.includes(id)) rest.deadlines.delete(id);
      await Promise.all(
        due.map(async (id) => {
          const idle = await this.#advanceOne(id, nowMs);
          if (idle) rest.deadlines.set(id, idle.nextDeadlineMs);
          else rest.deadlines.delete(id);
        }),
      );
    }
  }

  async #outboxIsEmpty(clockId: string): Promise<void> {
    for (const startedMs = Date.now(); ; await pause(5)) {
      const left = await row(
        this.db,
        'select 1 from outbox o join tenant t on t.id = o.tenant_id where t.clock_id = ? and o.delivered_at is null limit 1',
        [clockId],
      );
      if (!left) return;
      if (Date.now() - startedMs > PATIENCE_MS) throw noAnswer();
    }
  }

  async #openWorkflows(clockId: string): Promise<string[]> {
    const open = await rows<{ id: string }>(
      this.db,
      `with mine as (select c.id, c.ended_at from campaign c join tenant t on t.id = c.tenant_id where t.clock_id = :clock)
       select 'campaign/' || id as id from mine where ended_at is null
       union all select 'release/' || r.id from release r join mine on mine.id = r.campaign_id where r.started_at is not null and r.closed_at is null
       union all select 'transfer/' || p.id from payout p join mine on mine.id = p.campaign_id where not p.conducted and (p.state in ('submitted', 'unknown')
         or p.state = 'reserved' and exists (select from outbox o where o.workflow_id = 'transfer/' || p.id))
       union all select 'payoutBatch/' || b.batch_id from payout_batch_run b join tenant t on t.id = b.tenant_id where t.clock_id = :clock and b.finished_at is null
       union all select 'refund/' || d.id from refund_round d join mine on mine.id = d.campaign_id where d.finished_at is null
       union all select 'complaint/' || k.id from complaint k join mine on mine.id = k.campaign_id where k.decided_at is null and mine.ended_at is null
       union all select 'supervision/' || c.id from campaign c join mine on mine.id = c.id where c.opened_at is not null and c.ended_at is null
       union all select 'reconciliation/' || d.id from reconciliation_day d join tenant t on t.id = d.tenant_id where t.clock_id = :clock and d.finished_at is null
       union all select 'recall/' || x.id from recall x join tenant t on t.id = x.tenant_id where t.clock_id = :clock and x.state in ('confirmed', 'sent', 'accepted')
       order by id`,
      { clock: clockId },
    );
    return open.map((w) => w.id);
  }

  async #advanceOne(workflowId: string, nowMs: number): Promise<Idle | null> {
    try {
      return await this.temporal.workflow.getHandle(workflowId).executeUpdate(advanceUpdate, { args: [nowMs] });
    } catch (error) {
      // It ended between the look and the word: its last rows are already written, the next round sees them.
      if (error instanceof WorkflowNotFoundError || /completed/.test(String((error as Error).cause ?? error))) return null;
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcServiceError(error)) throw noAnswer();
      throw error;
    }
  }
}

/** Temporal or the worker is slow or away: the advance is asked for again and goes on from where the clock stands. */
const noAnswer = (): DomainError =>
  new DomainError('system.unavailable', { zh: '工作流没有响应；请确认 worker 正在运行', en: 'The workflows do not answer; is a worker running?' });
