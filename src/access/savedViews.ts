import { ulid } from 'ulid';
import { row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';

/** A screen of the console with its filters, under a person's own name for it. */
interface SavedView {
  readonly id: string;
  readonly name: string;
  /** Below `/console`: path and search. */
  readonly address: string;
}

/** How many a person keeps. */
const MOST_VIEWS = 50;

/** @returns a person's views by name. */
export function savedViews(tx: Transaction, staffId: string): Promise<SavedView[]> {
  return rows<SavedView>(tx, 'select id, name, address from saved_view where staff_id = ? order by name, id', [staffId]);
}

/** Keeps an address under a name. @throws {DomainError} request.invalid for a name that is taken, or one view too many. */
export async function saveView(tx: Transaction, staffId: string, name: string, address: string): Promise<SavedView> {
  // Held, so that two at once are counted one after the other.
  await tx.raw('select 1 from staff where id = ? for update', [staffId]);
  const kept = (await row<{ n: number; taken: boolean }>(
    tx,
    'select count(*)::int as n, coalesce(bool_or(name = ?), false) as taken from saved_view where staff_id = ?',
    [name, staffId],
  ))!;
  if (kept.taken)
    throw new DomainError(
      'request.invalid',
      { zh: `已有名为“${name}”的视图`, en: `There is a view of the name “${name}” already` },
      { field: '/name' },
    );
  if (kept.n >= MOST_VIEWS)
    throw new DomainError(
      'request.invalid',
      { zh: `至多保存 ${MOST_VIEWS} 个视图；请先删去一个`, en: `${MOST_VIEWS} views are kept at most: take one away first` },
      { field: '/name' },
    );
  const id = ulid();
  await tx('saved_view').insert({ id, staff_id: staffId, name, address });
  return { id, name, address };
}

/** Takes a view away. @throws {DomainError} object.not_found, also for a colleague's. */
export async function removeView(tx: Transaction, staffId: string, id: string): Promise<void> {
  if ((await tx('saved_view').where({ id, staff_id: staffId }).delete()) === 0)
    throw new DomainError('object.not_found', { zh: '没有该视图', en: 'There is no such view' });
}
