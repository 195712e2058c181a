import { type Connection, row, rows } from '../database/connect';
import { DAY_MS } from '../domain/calendar';

/** Civil days in Asia/Shanghai, both within. */
export interface Days {
  /** `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
}

/** Whose accounts: a campaign's, or all of a platform with its campaigns'. */
export type Scope = { readonly campaignId: string } | { readonly tenantId: string };

/** One kind of account over a period, on its normal side, fen. */
export interface AccountPeriod {
  readonly account: string;
  readonly openingFen: bigint;
  readonly inFen: bigint;
  readonly outFen: bigint;
  readonly closingFen: bigint;
}

/** All movements of one kind between the same two accounts. */
export interface MovementSum {
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly movements: number;
  readonly amountFen: bigint;
}

/** What came into a day after its close. */
export interface LateMovement extends Omit<MovementSum, 'movements'> {
  readonly id: bigint;
  readonly subject: string;
  readonly businessAt: Date;
  readonly day: string;
  readonly closedAt: Date;
}

/** raised = paid out + fees + refunded + held + reserved: the left side from the gifts that were credited, the right from the accounts. */
export interface Identity {
  readonly raisedFen: bigint;
  readonly paidFen: bigint;
  readonly feesFen: bigint;
  readonly refundedFen: bigint;
  readonly heldFen: bigint;
  readonly reservedFen: bigint;
  readonly holds: boolean;
}

export interface PeriodStatement {
  readonly accounts: readonly AccountPeriod[];
  readonly movements: readonly MovementSum[];
  readonly opening: Identity;
  readonly closing: Identity;
  /** What the closed days of the period got after their close; the figures above hold it. */
  readonly late: readonly LateMovement[];
  /** The last movement that is counted. */
  readonly lastTransfer: bigint;
}

/** The most late movements that are named one by one. */
const LATE_SHOWN = 500;

const [startOf, endOf] = [
  (day: string): Date => new Date(`${day}T00:00:00+08:00`),
  (day: string): Date => new Date(Date.parse(`${day}T00:00:00+08:00`) + DAY_MS),
];

/** Which rows of the ledger a scope is, as SQL over the bindings below. */
interface Reach {
  /** The scope's accounts: `own`. */
  readonly own: string;
  /** Whether a column holds one of them. */
  readonly isOwn: (column: string) => string;
  readonly bindings: {
    readonly campaign: string | null;
    readonly tenant: string | null;
    readonly start: Date;
    readonly end: Date;
    readonly ids: string[];
  };
}

/**
 * A campaign's accounts are named one by one: so its movements are found by index, however many others the ledger holds. A platform's are nearly all there are.
 * @returns how to find a scope's accounts, and its period's ends.
 */
export async function reachOf(connection: Connection, scope: Scope, { from, to }: Days): Promise<Reach> {
  const ends = { start: startOf(from), end: endOf(to) };
  const columns = 'select id, kind, normal, debits_fen, credits_fen from ledger.account';
  if ('tenantId' in scope) {
    const own = `own as (${columns} where tenant_id = :tenant)`;
    return { own, isOwn: (column) => `${column} in (select id from own)`, bindings: { campaign: null, tenant: scope.tenantId, ...ends, ids: [] } };
  }
  const found = await rows<{ id: bigint }>(connection, 'select id from ledger.account where campaign_id = ?', [scope.campaignId]);
  return {
    own: `own as (${columns} where campaign_id = :campaign)`,
    isOwn: (column) => `${column} = any(:ids::bigint[])`,
    bindings: { campaign: scope.campaignId, tenant: null, ...ends, ids: found.map(({ id }) => id.toString()) },
  };
}

/** Each side of each movement since the period began, by account. Balances of before are today's less what came since: so a late day is read from its own rows on. */
const sides = ({ isOwn }: Reach): string => `sides as (
  select t.debit_account as id, t.amount_fen as debit, 0::bigint as credit, t.business_at, t.kind from ledger.transfer t where t.business_at >= :start and ${isOwn('t.debit_account')}
  union all select t.credit_account, 0, t.amount_fen, t.business_at, t.kind from ledger.transfer t where t.business_at >= :start and ${isOwn('t.credit_account')})`;

/** @returns opening, movements by kind and closing of a scope over whole days, from the ledger's own rows, in one look. */
export async function periodStatement(connection: Connection, scope: Scope, days: Days): Promise<PeriodStatement> {
  const reach = await reachOf(connection, scope, days);
  const { own, isOwn, bindings } = reach;
  const accounts = await accountPeriods(connection, reach);
  const movements = await rows<MovementSum>(
    connection,
    `with ${own} select t.kind, d.kind as debit, c.kind as credit, count(*)::int as movements, sum(t.amount_fen)::bigint as "amountFen"
     from ledger.transfer t join ledger.account d on d.id = t.debit_account join ledger.account c on c.id = t.credit_account
     where t.business_at >= :start and t.business_at < :end and (${isOwn('t.debit_account')} or ${isOwn('t.credit_account')})
     group by 1, 2, 3 order by 1, 2, 3`,
    bindings as never,
  );
  const raised = (await row<{ before: bigint; until: bigint; last: bigint }>(
    connection,
    `with ${own} select coalesce(sum(t.amount_fen) filter (where t.business_at < :start), 0)::bigint as before, coalesce(sum(t.amount_fen) filter (where t.business_at < :end), 0)::bigint as until,
       (select coalesce(max(id), 0) from ledger.transfer) as last
     from ledger.transfer t where t.kind = 'gift-credited' and ${isOwn('t.credit_account')}`,
    bindings as never,
  ))!;
  return {
    accounts,
    movements,
    opening: identityOf(raised.before, accounts, (a) => a.openingFen),
    closing: identityOf(raised.until, accounts, (a) => a.closingFen),
    late: await lateMovements(connection, reach),
    lastTransfer: raised.last,
  };
}

async function accountPeriods(connection: Connection, reach: Reach): Promise<AccountPeriod[]> {
  const found = await rows<{
    kind: string;
    normal: 'debit' | 'credit';
    debits: bigint;
    credits: bigint;
    in_debits: bigint;
    in_credits: bigint;
    later: bigint;
  }>(
    connection,
    `with ${reach.own}, ${sides(reach)}, moved as (
       select id, sum(debit) filter (where business_at < :end) as in_debits, sum(credit) filter (where business_at < :end) as in_credits,
         sum(debit - credit) filter (where business_at >= :end) as later from sides group by id)
     select o.kind, o.normal, sum(o.debits_fen)::bigint as debits, sum(o.credits_fen)::bigint as credits, coalesce(sum(m.in_debits), 0)::bigint as in_debits,
       coalesce(sum(m.in_credits), 0)::bigint as in_credits, coalesce(sum(m.later), 0)::bigint as later
     from own o left join moved m on m.id = o.id group by o.kind, o.normal order by min(o.id)`,
    reach.bindings as never,
  );
  return found.map((a) => {
    const sign = a.normal === 'debit' ? 1n : -1n;
    const [inFen, outFen] = a.normal === 'debit' ? [a.in_debits, a.in_credits] : [a.in_credits, a.in_debits];
    const closingFen = sign * (a.debits - a.credits - a.later);
    return { account: a.kind, openingFen: closingFen - inFen + outFen, inFen, outFen, closingFen };
  });
}

function identityOf(raisedFen: bigint, accounts: readonly AccountPeriod[], of: (a: AccountPeriod) => bigint): Identity {
  const fen = (kind: string): bigint => accounts.filter((a) => a.account === kind).reduce((sum, a) => sum + of(a), 0n);
  const [paidFen, feesFen, refundedFen, heldFen, reservedFen] = ['paid', 'fees', 'refunded', 'held', 'reserved'].map(fen) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return {
    raisedFen,
    paidFen,
    feesFen,
    refundedFen,
    heldFen,
    reservedFen,
    holds: raisedFen === paidFen + feesFen + refundedFen + heldFen + reservedFen,
  };
}

async function lateMovements(connection: Connection, { own, isOwn, bindings }: Reach): Promise<LateMovement[]> {
  return rows<LateMovement>(
    connection,
    `with ${own} select t.id, t.kind, d.kind as debit, c.kind as credit, t.amount_fen as "amountFen", t.subject, t.business_at as "businessAt", k.day::text as day, k.closed_at as "closedAt"
     from day_close k join ledger.transfer t on t.business_at >= greatest(k.day::timestamp at time zone 'Asia/Shanghai', :start)
       and t.business_at < least((k.day + 1)::timestamp at time zone 'Asia/Shanghai', :end) and t.id > k.last_transfer
     join ledger.account d on d.id = t.debit_account join ledger.account c on c.id = t.credit_account
     where k.tenant_id = coalesce(:tenant, (select tenant_id from campaign where id = :campaign)) and k.day >= (:start at time zone 'Asia/Shanghai')::date and k.day < (:end at time zone 'Asia/Shanghai')::date
       and (${isOwn('t.debit_account')} or ${isOwn('t.credit_account')}) order by t.id limit ${LATE_SHOWN}`,
    bindings as never,
  );
}
