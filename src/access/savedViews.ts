import { ulid } from 'ulid';
import { row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { Actor } from './actors';

/** A screen of the console with its filters, under a person's own name for it. */
interface SavedView {
  readonly id: string;
  readonly name: string;
  /** Below `/console`: path and search. */
  readonly address: string;
  readonly shared: Sharing;
  /** Whether it is the reader's own: nobody else changes it. */
  readonly mine: boolean;
  /** The owner's name. */
  readonly by: string;
}

/** With whom a view is shared: nobody, colleagues of one's role, everybody of one's platform or hospital. */
export const SHARINGS = ['none', 'role', 'platform'] as const;
type Sharing = (typeof SHARINGS)[number];

/** How many a person keeps. */
const MOST_VIEWS = 50;

/** @returns a person's own views by name, then those that colleagues who are in office share with them. */
export function savedViews(tx: Transaction, { id, role, tenantId, institutionId }: Actor): Promise<SavedView[]> {
  return rows<SavedView>(
    tx,
    `select v.id, v.name, v.address, v.shared, v.staff_id = :me as mine, s.display_name as by from saved_view v join staff s on s.id = v.staff_id
     where v.staff_id = :me or (v.shared <> 'none' and s.disabled_at is null and (s.role = :role or v.shared = 'platform')
       and s.tenant_id is not distinct from :tenant and s.institution_id is not distinct from :institution)
     order by mine desc, v.name, v.id limit 300`,
    { me: id, role, tenant: tenantId, institution: institutionId } as never,
  );
}

/** Keeps an address under a name. @throws {DomainError} request.invalid for a name that is taken, or one view too many. */
export async function saveView(tx: Transaction, { id: staffId, name: by }: Actor, name: string, address: string): Promise<SavedView> {
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
  return { id, name, address, shared: 'none', mine: true, by };
}

/** Takes a view away. @throws {DomainError} object.not_found, also for a colleague's. */
export async function removeView(tx: Transaction, staffId: string, id: string): Promise<void> {
  if ((await tx('saved_view').where({ id, staff_id: staffId }).delete()) === 0)
    throw new DomainError('object.not_found', { zh: '没有该视图', en: 'There is no such view' });
}

/** Shares a view or takes it back. @returns whether that changed anything. @throws {DomainError} object.not_found, also for a colleague's. */
export async function shareView(tx: Transaction, staffId: string, id: string, shared: Sharing): Promise<boolean> {
  const view = await row<{ shared: Sharing }>(tx, 'select shared from saved_view where id = ? and staff_id = ? for update', [id, staffId]);
  if (!view) throw new DomainError('object.not_found', { zh: '没有该视图', en: 'There is no such view' });
  await tx('saved_view').where('id', id).update({ shared });
  return view.shared !== shared;
}
