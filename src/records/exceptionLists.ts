import { type Connection, rows, type Transaction } from '../database/connect';
import { audit } from '../audit/append';
import { row } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { ExceptionKind } from '../domain/moneyExceptions';
import { asideUntil, exceptionAsideLimitMs } from '../domain/asides';
import { escalate, putAside, type Said } from './asides';
import { EXCEPTIONS, type ExceptionRow, exceptionRow, mustAllow } from './exceptionStanding';

/** Which exceptions are looked at. */
export interface ExceptionFilter {
  readonly kind?: ExceptionKind;
  readonly state?: 'open' | 'resolved';
  /** At least this old, hours of business time. */
  readonly olderThanHours?: number;
  /** A person's id; `nobody` for those that nobody was given. */
  readonly owner?: string;
  /** What is put aside: left out, or nothing else. */
  readonly aside?: 'no' | 'only';
  readonly after?: string;
  readonly limit: number;
}

/** Whose a money event is that no platform can be named for: a line of an account that nobody has, a notice of a merchant that nobody is, the books themselves. */
export const NOBODYS = 'unknown';

/** @returns a platform's exceptions that the filter lets through, oldest first. */
export async function listExceptions(connection: Connection, tenantId: string, filter: ExceptionFilter): Promise<ExceptionRow[]> {
  return rows<ExceptionRow>(
    connection,
    `select * from (${EXCEPTIONS} where e.tenant_id = :tenant and (:kind::text is null or e.kind = :kind)
       and (:state::text is null or (e.resolved_at is null) = (:state = 'open'))
       and (:owner::text is null or coalesce(e.owner_staff_id, 'nobody') = :owner) and (:after::text is null or e.id > :after)) e
     where (:aside::text is null or (e.aside_until is not null) = (:aside = 'only')) and (:hours::int is null or coalesce(e.resolved_at, e.now) - e.arisen_at >= make_interval(hours => :hours)) order by e.id limit :limit`,
    {
      tenant: tenantId,
      kind: filter.kind ?? null,
      state: filter.state ?? null,
      owner: filter.owner ?? null,
      after: filter.after ?? null,
      aside: filter.aside ?? null,
      hours: filter.olderThanHours ?? null,
      limit: filter.limit,
    } as never,
  );
}

/**
 * Gives an exception to a person of finance, or back to the operator. @param staffId null: the operator.
 * @throws {DomainError} exception.wrong_act; request.invalid unless it is a person of finance of the same platform.
 */
export async function assignException(
  tx: Transaction,
  id: string,
  staffId: string | null,
  { by, at }: { readonly by: string; readonly at: Date },
): Promise<void> {
  const e = await exceptionRow(tx, id, { lock: true });
  mustAllow(e, 'assign');
  const fits =
    staffId === null ||
    (await row(
      tx,
      `select 1 from staff where id = ? and tenant_id = ? and disabled_at is null and role in ('finance-maker', 'finance-checker', 'operator')`,
      [staffId, e.tenant_id],
    ));
  if (!fits)
    throw new DomainError(
      'request.invalid',
      { zh: 'staffId：须为本平台在岗的财务或运营人员', en: 'staffId: somebody of finance or operations of this platform who is in office' },
      { field: '/staffId' },
    );
  await tx('money_exception').where('id', id).update({ owner_staff_id: staffId });
  const common = { actor: by, tenantId: e.tenant_id, campaignId: e.campaign_id ?? undefined, businessAt: at };
  await audit(tx, { action: 'exception.assigned', subject: `exception/${id}`, ...common, data: { staffId } });
}

/** Puts an open exception of one's own aside until a working day, five of them at most. @throws {DomainError} exception.wrong_act; request.invalid. */
export async function putExceptionAside(tx: Transaction, id: string, said: Said & { readonly until: string }): Promise<void> {
  const e = await ownOpen(tx, id, said.staffId);
  const until = asideUntil(said.until, said.at.getTime(), exceptionAsideLimitMs(said.at.getTime()));
  await putAside(tx, subjectOf(e), { ...said, until });
}

/** Hands an open exception of one's own up to another role: it is theirs of that role to take. @throws {DomainError} exception.wrong_act. */
export async function escalateException(tx: Transaction, id: string, said: Said & { readonly to: string }): Promise<void> {
  const e = await ownOpen(tx, id, said.staffId);
  await tx('money_exception').where('id', id).update({ owner_staff_id: null });
  await escalate(tx, subjectOf(e), said);
}

/** @returns the exception, locked, while it is open and this person's. */
async function ownOpen(tx: Transaction, id: string, staffId: string): Promise<ExceptionRow> {
  const e = await exceptionRow(tx, id, { lock: true });
  mustAllow(e, 'assign');
  if (e.owner_staff_id !== staffId)
    throw new DomainError('exception.wrong_act', {
      zh: '该款项例外不由您负责；请先由自己负责',
      en: 'This money event is not yours: take it first',
    });
  return e;
}

const subjectOf = (e: ExceptionRow) => ({ kind: 'exception' as const, subjectId: e.id, tenantId: e.tenant_id, campaignId: e.campaign_id });
