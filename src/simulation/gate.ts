import { AsyncLocalStorage } from 'node:async_hooks';
import type { Turnstile } from './turnstile';

/** The process that ran a task died. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** One call of an activity, as one worker runs it: each query and each call to the outside is a numbered point of it. */
export interface Task {
  readonly name: string;
  /** The step of the simulation in which it began. */
  readonly beganAt: number;
  /** Dies at this point, before or after it happened. */
  readonly killAt: { readonly point: number; readonly side: 'before' | 'after' } | null;
  /** Stands still at this point of those outside of transactions, until it is woken: a worker that the world takes for dead. */
  readonly parkAt: number | null;
  points: number;
  outside: number;
  dead: boolean;
  /** Called when it stands still. */
  parked: ((wake: () => void) => void) | null;
  turnstile: Turnstile | null;
}

const running = new AsyncLocalStorage<Task>();

/** @returns the task that the caller runs in; null outside of all. */
export const currentTask = (): Task | null => running.getStore() ?? null;

/** Runs `work` as that task. */
export const inTask = <T>(task: Task, work: () => Promise<T>): Promise<T> => running.run(task, work);

/** One numbered point: a turn is waited for, and here the task may die. @param pid of the database connection; null outside of the database. */
export async function point<T>(pid: number | null, act: () => Promise<T>, undo: () => Promise<unknown> = async () => undefined): Promise<T> {
  const task = running.getStore();
  if (!task) return act();
  if (pid === null) await standsStill(task);
  const pass = (): Promise<T> => passed(task, act, undo);
  return task.turnstile ? task.turnstile.through(task, pid, pass) : pass();
}

/** Before the turn, so that whatever else the task does at once goes on: no transaction stays open while it stands still. */
async function standsStill(task: Task): Promise<void> {
  task.outside += 1;
  const { parked } = task;
  if (parked && task.parkAt === task.outside) await new Promise<void>((wake) => parked(wake));
}

async function passed<T>(task: Task, act: () => Promise<T>, undo: () => Promise<unknown>): Promise<T> {
  if (task.dead) {
    // Something else that it did at once died first: what it holds open here ends with it.
    await undo();
    throw new Killed(task.name);
  }
  task.points += 1;
  const number = task.points;
  const dies = task.killAt?.point === number ? task.killAt.side : null;
  if (dies === 'before') {
    task.dead = true;
    await undo();
    throw new Killed(task.name);
  }
  const done = await act();
  if (dies === 'after') {
    task.dead = true;
    throw new Killed(task.name);
  }
  return done;
}

interface Query {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  readonly options?: object;
}

interface KnexClient {
  _query(connection: { readonly processID: number }, query: Query): Promise<unknown>;
}

const statements = new Map<string, string>();

/** The same query as a prepared statement of its connection: a run asks the same few hundred thousands of times, and reading and planning them anew was a quarter of its work. */
function prepared(query: Query): Query {
  if (!query.bindings?.length) return query;
  const name = statements.get(query.sql) ?? `s${statements.size}`;
  statements.set(query.sql, name);
  return { ...query, options: { ...query.options, name } };
}

/**
 * Makes every query of every pool a point. A dead task's rollback goes through: it stands for the connection that the server sees ending.
 * @param prepares whether statements stay prepared on their connection; not where tables change meanwhile
 */
export function gateQueries(client: object, prepares = false): void {
  const prototype = client.constructor.prototype as KnexClient;
  const query = prototype._query;
  prototype._query = function (this: KnexClient, connection, what) {
    if (/^\s*rollback/i.test(what.sql)) {
      const rollBack = (): Promise<unknown> => query.call(this, connection, what);
      return running.getStore()?.turnstile?.during(connection.processID, rollBack) ?? rollBack();
    }
    const undo = async (): Promise<unknown> =>
      /^\s*commit/i.test(what.sql) ? query.call(this, connection, { ...what, sql: 'rollback' }) : undefined;
    return point(connection.processID, () => query.call(this, connection, prepares ? prepared(what) : what), undo);
  };
}
