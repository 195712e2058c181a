import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { Client as PgClient } from 'pg';
import type { Logger } from 'pino';
import { type Database, rows } from '../database/connect';
import { inTraceOf } from '../observability/trace';
import { type Notice, noticeUpdate, QUEUES, type WorkflowInput } from '../messages/messages';

interface OutboxRow {
  readonly seq: bigint;
  readonly id: string;
  readonly workflow_type: string;
  readonly workflow_id: string;
  readonly subject_id: string;
  readonly notice: Notice['notice'];
  readonly attempts: number;
  readonly traceparent: string | null;
  readonly clock_now: Date | null;
}

/** How long a row is leased to the relay that took it; a relay that dies leaves it to the next after this. */
const LEASE_S = 15;
const BATCH = 40;
/** The fallback to notifications: a lost one costs at most this. */
const POLL_MS = 1_000;

/**
 * Delivers the outbox: each row is an Update under the row's id, with start, so a workflow that is not there is begun (it reads its story from
 * Postgres) and one that is hears it once. Several relays may run; rows are leased, not locked.
 */
export class OutboxRelay {
  #timer: NodeJS.Timeout | undefined;
  #listener: PgClient | undefined;
  #draining: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(
    private readonly db: Database,
    private readonly databaseUrl: string,
    private readonly temporal: Client,
    private readonly log: Logger,
  ) {}

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.kick(), POLL_MS);
    await this.#listen();
    this.kick();
  }

  /** Stops taking rows and waits for those under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#listener?.end().catch(() => undefined);
    await this.#draining;
  }

  /** Looks for rows now. */
  kick(): void {
    if (this.#stopped) return;
    if (this.#draining) {
      this.#again = true;
      return;
    }
    this.#draining = this.#drain()
      .catch((error: unknown) =>
        this.log.warn({ error: (error as Error).name, code: (error as { code?: string }).code }, 'the outbox could not be read; trying again'),
      )
      .finally(() => {
        this.#draining = undefined;
        if (this.#again) {
          this.#again = false;
          this.kick();
        }
      });
  }

  async #drain(): Promise<void> {
    for (;;) {
      const taken = await this.#take();
      if (taken.length === 0) return;
      // Rows for one workflow go in order; different workflows at the same time.
      const byWorkflow = new Map<string, OutboxRow[]>();
      for (const r of taken) byWorkflow.set(r.workflow_id, [...(byWorkflow.get(r.workflow_id) ?? []), r]);
      await Promise.all(
        [...byWorkflow.values()].map(async (queue) => {
          for (const r of queue) await this.#deliver(r);
        }),
      );
    }
  }

  async #take(): Promise<OutboxRow[]> {
    const taken = await rows<OutboxRow>(
      this.db,
      `update outbox o set attempts = o.attempts + 1, not_before = clock_timestamp() + make_interval(secs => ${LEASE_S})
       from (select seq from outbox where delivered_at is null and not_before <= clock_timestamp() order by crowd, seq limit ${BATCH} for update skip locked) due
       where o.seq = due.seq
       returning o.seq, o.id, o.workflow_type, o.workflow_id, o.subject_id, o.notice, o.attempts, o.traceparent,
         (select c.now from tenant t join test_clock c on c.id = t.clock_id where t.id = o.tenant_id) as clock_now`,
    );
    return taken.sort((a, b) => (a.seq < b.seq ? -1 : 1));
  }

  async #deliver(r: OutboxRow): Promise<void> {
    const clockMs = r.clock_now?.getTime() ?? null;
    try {
      const input: WorkflowInput = { id: r.subject_id, clockMs };
      // In the trace of what it tells of.
      await inTraceOf(r.traceparent, () =>
        this.temporal.workflow.executeUpdateWithStart(noticeUpdate, {
          updateId: r.id,
          args: [{ id: r.id, notice: r.notice, clockMs }],
          startWorkflowOperation: new WithStartWorkflowOperation(r.workflow_type, {
            workflowId: r.workflow_id,
            taskQueue: QUEUES.orchestration,
            args: [input],
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowTaskTimeout: '3 seconds',
          }),
        }),
      );
      await this.db.raw('update outbox set delivered_at = clock_timestamp(), last_error = null where seq = ?', [r.seq.toString()]);
    } catch (error) {
      // Undelivered rows are tried for ever, further and further apart: what they tell stands in Postgres and must be heard.
      const delayS = Math.min(60, 0.25 * 2 ** Math.min(r.attempts, 8));
      const name = (error as Error).name;
      this.log.warn({ outbox: r.id, attempts: r.attempts, error: name }, 'a notice was not delivered; trying again');
      await this.db.raw('update outbox set not_before = clock_timestamp() + make_interval(secs => ?), last_error = ? where seq = ?', [
        delayS,
        name,
        r.seq.toString(),
      ]);
    }
  }

  async #listen(): Promise<void> {
    if (this.#stopped) return;
    const client = new PgClient({ connectionString: this.databaseUrl, application_name: 'almoner-outbox' });
    client.on('notification', () => this.kick());
    client.on('error', () => void this.#listenAgain(client));
    client.on('end', () => void this.#listenAgain(client));
    try {
      await client.connect();
      await client.query('listen almoner_outbox');
      this.#listener = client;
    } catch {
      // The poll carries on alone until the server is back.
      this.#listenAgain(client);
    }
  }

  #listenAgain(client: PgClient): void {
    if (this.#stopped || (this.#listener !== client && this.#listener !== undefined)) return;
    client.removeAllListeners();
    client.on('error', () => undefined);
    this.#listener = undefined;
    setTimeout(() => void this.#listen(), POLL_MS);
  }
}
