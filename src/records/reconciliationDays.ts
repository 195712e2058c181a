import { type Connection, rows } from '../database/connect';
import { EXCEPTION_KINDS, type ExceptionKind } from '../domain/moneyExceptions';

/** A day of a platform's custody account: what the bank's statement comes to, what of it nobody has explained, and whether the day is closed. */
interface ReconciliationDay {
  readonly day: string;
  readonly lines: number;
  readonly creditedFen: bigint;
  readonly debitedFen: bigint;
  readonly unmatched: number;
  readonly unmatchedFen: bigint;
  readonly closedAt: Date | null;
}

const CIVIL = `at time zone 'Asia/Shanghai'`;
/** A bank line with the money event that it is parked as. */
const LINE_EVENT = `join money_exception e on e.tenant_id = l.tenant_id and e.subject = l.account_number || '/' || l.reference || '/' || l.sign`;

/** @param to the last day, `YYYY-MM-DD` in Asia/Shanghai. @returns that day and those before it, the last first. */
export function reconciliationDays(connection: Connection, tenantId: string, to: string, count: number): Promise<ReconciliationDay[]> {
  return rows<ReconciliationDay>(
    connection,
    `with bank as (
       select (l.booked_at ${CIVIL})::date as day, count(*)::int as lines, coalesce(sum(amount_fen) filter (where sign = 'CRDT'), 0)::bigint as credited,
         coalesce(sum(amount_fen) filter (where sign = 'DBIT'), 0)::bigint as debited
       from bank_line l where l.tenant_id = :tenant and l.booked_at >= (:to::date - :count::int + 1)::timestamp ${CIVIL} and l.booked_at < (:to::date + 1)::timestamp ${CIVIL} group by 1
     ), open as (
       select (l.booked_at ${CIVIL})::date as day, count(*)::int as lines, sum(l.unexplained_fen - l.allocated_fen)::bigint as fen
       from bank_line l ${LINE_EVENT} where l.tenant_id = :tenant and e.resolved_at is null and l.unexplained_fen > l.allocated_fen group by 1
     )
     select d::date as day, coalesce(b.lines, 0) as lines, coalesce(b.credited, 0) as "creditedFen", coalesce(b.debited, 0) as "debitedFen",
       coalesce(o.lines, 0) as unmatched, coalesce(o.fen, 0) as "unmatchedFen", k.closed_at as "closedAt"
     from generate_series(:to::date - :count::int + 1, :to::date, interval '1 day') d
       left join bank b on b.day = d::date left join open o on o.day = d::date left join day_close k on k.tenant_id = :tenant and k.day = d::date
     order by d desc`,
    { tenant: tenantId, to, count },
  );
}

/** A line that somebody has or had to explain: the bank's, or the channel's. */
interface UnmatchedLine {
  readonly source: 'bank' | 'channel';
  readonly exceptionId: string;
  readonly kind: ExceptionKind;
  readonly reference: string;
  readonly direction: 'in' | 'out' | null;
  readonly amountFen: bigint | null;
  /** What of it is matched with nothing. */
  readonly openFen: bigint;
  readonly at: Date;
}

/** Lines are shown so many at once; the totals are of all. */
const SHOWN = 200;

/** What the channels' bills and notices say otherwise than the books. */
const OF_CHANNELS = EXCEPTION_KINDS.filter((kind) => /^(bill|gift|refund)-/.test(kind));

/** Lines that nobody has explained, or that somebody has, with their totals. */
interface LinesOfDay {
  readonly lines: UnmatchedLine[];
  readonly count: number;
  readonly inFen: bigint;
  readonly outFen: bigint;
}

/** @param filter.day of the bank's booking or the channel's notice; null: any. @returns the largest first, with count and sums of what is open over all of them. */
export async function linesToMatch(
  connection: Connection,
  tenantId: string,
  filter: { readonly day: string | null; readonly state: 'open' | 'resolved' },
): Promise<LinesOfDay> {
  const found = await rows<UnmatchedLine & { count: number; in: bigint; out: bigint }>(
    connection,
    `with line as (
       select 'bank' as source, e.id, e.kind, l.reference, case l.sign when 'CRDT' then 'in' else 'out' end as direction, l.amount_fen as amount,
         l.unexplained_fen - l.allocated_fen as open, l.booked_at as at, e.resolved_at
       from bank_line l ${LINE_EVENT} where l.tenant_id = :tenant and l.unexplained_fen > 0
       union all
       select 'channel', e.id, e.kind, split_part(e.subject, '/', 1), null, (e.data->>'amountFen')::bigint, 0, e.arisen_at, e.resolved_at
       from money_exception e where e.tenant_id = :tenant and e.kind = any(:channels)
     )
     select source, id as "exceptionId", kind, reference, direction, amount as "amountFen", open as "openFen", at,
       (count(*) over ())::int as count, coalesce(sum(open) filter (where direction = 'in') over (), 0)::bigint as in,
       coalesce(sum(open) filter (where direction = 'out') over (), 0)::bigint as out
     from line where (resolved_at is null) = :open and (:day::date is null or (at ${CIVIL})::date = :day::date)
     order by source, greatest(open, coalesce(amount, 0)) desc, id limit ${SHOWN}`,
    { tenant: tenantId, channels: OF_CHANNELS, open: filter.state === 'open', day: filter.day } as never,
  );
  const [first] = found;
  return {
    lines: found.map(({ count: _count, in: _in, out: _out, ...line }) => line),
    count: first?.count ?? 0,
    inFen: first?.in ?? 0n,
    outFen: first?.out ?? 0n,
  };
}
