import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import { type AsideColumns, asideJoins, asideView } from './asides';
import { actsAllowed, type ExceptionAct, type ExceptionKind, MONEY_EXCEPTIONS } from '../domain/moneyExceptions';

export interface ExceptionRow extends AsideColumns {
  readonly id: string;
  readonly tenant_id: string;
  readonly campaign_id: string | null;
  readonly kind: ExceptionKind;
  readonly subject: string;
  readonly data: Readonly<Record<string, string | null>>;
  readonly owner: string;
  readonly owner_staff_id: string | null;
  readonly owner_name: string | null;
  readonly owner_role: string | null;
  readonly arisen_at: Date;
  readonly now: Date;
  readonly resolved_at: Date | null;
  readonly resolved_by: string | null;
  readonly resolution: 'settled' | 'matched' | 'machine' | null;
  readonly reason: string | null;
  /** Who asked to settle it, where that takes two. */
  readonly asked_staff_id: string | null;
  readonly asked_name: string | null;
  readonly asked_reason: string | null;
  readonly asked_at: Date | null;
  readonly booked_fen: bigint;
  readonly made_good_fen: bigint;
  /** Of the bank line behind it; null where there is none. */
  readonly account_number: string | null;
  readonly reference: string | null;
  readonly sign: 'CRDT' | 'DBIT' | null;
  readonly line_fen: bigint | null;
  readonly unexplained_fen: bigint | null;
  readonly allocated_fen: bigint | null;
  readonly end_to_end_id: string | null;
  /** Whose settlement it is; null where its words name no channel. */
  readonly channel: 'wechat' | 'alipay' | null;
  /** Of the return that is owed, or on its way to a card. */
  readonly owed_fen: bigint | null;
  readonly takes_card: boolean;
  /** Of a payment that a hospital confirmed in part: what is neither confirmed nor came back. */
  readonly short_fen: bigint | null;
}

/** An exception with the money behind it: its bank line, its return. `now` is its platform's business time. */
export const EXCEPTIONS = `select e.*, s.display_name as owner_name, s.role as owner_role, q.display_name as asked_name, coalesce(k.now, clock_timestamp()) as now,
    l.account_number, l.reference, l.sign, l.amount_fen as line_fen, l.unexplained_fen, l.allocated_fen, l.end_to_end_id, l.channel,
    case when r.status <> 'returned' then r.amount_fen end as owed_fen,
    coalesce(r.status = 'owed' and r.last_outcome = 'ABNORMAL' and g.channel = 'wechat' and not exists (
      select from card_refund k where k.return_id = r.id and k.state in ('asked', 'confirmed')), false) as takes_card,
    p.net_fen - p.confirmed_fen - p.given_back_fen as short_fen, z.*, y.*
  from money_exception e left join staff s on s.id = e.owner_staff_id left join staff q on q.id = e.asked_staff_id left join tenant t on t.id = e.tenant_id left join test_clock k on k.id = t.clock_id
  left join bank_line l on l.tenant_id = e.tenant_id and e.subject = l.account_number || '/' || l.reference || '/' || l.sign
  left join gift_return r on e.kind = 'owed-back' and r.id = e.subject left join gift g on g.id = r.gift_id
  left join payout p on e.kind = 'receipt-short' and p.id = e.subject
  ${asideJoins("'exception'", 'e.id', 'coalesce(k.now, clock_timestamp())')}`;

/** @param options.lock takes the exception for the transaction. @throws {DomainError} object.not_found. */
export async function exceptionRow(connection: Connection, id: string, options: { readonly lock?: boolean } = {}): Promise<ExceptionRow> {
  if (options.lock) await connection.raw('select 1 from money_exception where id = ? for update', [id]);
  const found = await row<ExceptionRow>(connection, `${EXCEPTIONS} where e.id = ?`, [id]);
  if (!found) throw new DomainError('object.not_found', { zh: '没有该款项例外', en: 'There is no such money event' });
  return found;
}

/** @returns what lies on an account for it and cannot be settled away, fen: suspense, a chargeback, or a return that is owed. */
function onAccountFen(e: ExceptionRow): bigint {
  const suspense = e.sign === 'CRDT' ? openFen(e) : 0n;
  return suspense + (e.booked_fen - e.made_good_fen) + (e.owed_fen ?? 0n);
}

const openFen = (e: ExceptionRow): bigint => (e.unexplained_fen ?? 0n) - (e.allocated_fen ?? 0n);

/** @returns the only acts that are allowed on it now. */
function actsOn(e: ExceptionRow): ExceptionAct[] {
  return actsAllowed({
    kind: e.kind,
    isOpen: e.resolved_at === null,
    sign: e.sign,
    hasPaymentId: e.end_to_end_id !== null && (e.allocated_fen ?? 0n) === 0n,
    openFen: openFen(e),
    onAccountFen: onAccountFen(e),
    isBooked: e.booked_fen > 0n,
    takesCard: e.takes_card,
    isAsked: e.asked_staff_id !== null,
  });
}

/** @throws {DomainError} exception.wrong_act, with what is allowed, unless the act is. */
export function mustAllow(e: ExceptionRow, act: ExceptionAct): void {
  const allowed = actsOn(e);
  if (allowed.includes(act)) return;
  throw new DomainError(
    'exception.wrong_act',
    e.resolved_at !== null
      ? { zh: '该款项例外已了结', en: 'This money event is resolved already' }
      : {
          zh: `该款项例外目前不允许 ${act}；允许：${allowed.join('、')}`,
          en: `${act} is not allowed on this money event now; ${allowed.join(', ')} is`,
        },
    { allowed },
  );
}

/** @returns the exception as finance is shown it: cause, owner, age, money position, and only the acts that are allowed now. */
export function exceptionView(e: ExceptionRow) {
  const { cause, guidance } = MONEY_EXCEPTIONS[e.kind];
  return {
    id: e.id,
    tenantId: e.tenant_id,
    campaignId: e.campaign_id,
    kind: e.kind,
    cause,
    guidance,
    subject: e.subject,
    facts: e.data,
    owner: { role: e.owner_role ?? e.owner, staffId: e.owner_staff_id, name: e.owner_name },
    state: e.resolved_at === null ? 'open' : 'resolved',
    arisenAt: e.arisen_at.toISOString(),
    ageHours: Math.max(0, Math.floor(((e.resolved_at ?? e.now).getTime() - e.arisen_at.getTime()) / 3_600_000)),
    ...asideView(e),
    money: moneyOf(e),
    acts: actsOn(e),
    settlement:
      e.asked_at === null ? null : { staffId: e.asked_staff_id!, name: e.asked_name!, reason: e.asked_reason!, askedAt: e.asked_at.toISOString() },
    resolvedAt: e.resolved_at?.toISOString() ?? null,
    resolvedBy: e.resolved_by,
    resolution: e.resolution,
    reason: e.reason,
  };
}

/** The amount that it is about, which way it went, and on which account it lies until somebody ends it. */
function moneyOf(e: ExceptionRow) {
  const told = e.data.amountFen ?? e.data.bookedFen ?? e.data.returnedFen ?? e.data.toldFen ?? e.data.paidFen;
  const amountFen = e.line_fen ?? e.owed_fen ?? e.short_fen ?? (told === undefined || told === null ? null : BigInt(told));
  const account = e.owed_fen !== null ? 'owed-back' : e.booked_fen > 0n ? 'chargeback' : e.sign === 'CRDT' ? 'suspense' : null;
  return {
    amountFen,
    expectedFen: e.data.netFen ?? e.data.expectedFen ?? null,
    channel: e.channel,
    direction: e.sign === 'CRDT' ? 'in' : e.sign === 'DBIT' ? 'out' : null,
    account: onAccountFen(e) > 0n ? account : null,
    onAccountFen: onAccountFen(e),
    matchedFen: e.allocated_fen ?? e.made_good_fen,
    openFen: openFen(e),
  };
}

/** An exception for who reads it. */
export type ExceptionView = ReturnType<typeof exceptionView>;
