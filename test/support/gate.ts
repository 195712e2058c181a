import { AsyncLocalStorage } from 'node:async_hooks';

/** The process that ran a task died. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** One call, as one process runs it: each query and each call to the outside is a numbered point of it. */
export interface Task {
  readonly name: string;
  /** Dies at this point, before or after it happened. */
  readonly killAt: { readonly point: number; readonly side: 'before' | 'after' } | null;
  points: number;
  dead: boolean;
}

const running = new AsyncLocalStorage<Task>();

/** Runs `work` as that task. */
export const inTask = <T>(task: Task, work: () => Promise<T>): Promise<T> => running.run(task, work);

/** One numbered point: here the task may die, before or after it happened. Outside of every task it only happens. @param undo what a death before it leaves behind. */
export async function point<T>(act: () => Promise<T>, undo: () => Promise<unknown> = async () => undefined): Promise<T> {
  const task = running.getStore();
  if (!task) return act();
  if (task.dead) throw new Killed(task.name);
  task.points += 1;
  const dies = task.killAt?.point === task.points ? task.killAt.side : null;
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

interface KnexClient {
  _query(connection: unknown, query: { readonly sql: string }): Promise<unknown>;
}

/** Makes every query of every pool a point. A dead task's rollback goes through: it stands for the connection that the server sees ending. */
export function gateQueries(client: object): void {
  const prototype = client.constructor.prototype as KnexClient;
  const query = prototype._query;
  prototype._query = function (this: KnexClient, connection, what) {
    if (/^\s*rollback/i.test(what.sql)) return query.call(this, connection, what);
    const undo = async (): Promise<unknown> =>
      /^\s*commit/i.test(what.sql) ? query.call(this, connection, { ...what, sql: 'rollback' }) : undefined;
    return point(() => query.call(this, connection, what), undo);
  };
}
