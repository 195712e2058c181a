import { type Connection, rows } from '../database/connect';
import { type Days, reachOf, type Scope } from './period';

/** One day in Asia/Shanghai on which money came or went, fen. */
export interface DayMoney {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly inFen: bigint;
  readonly outFen: bigint;
  /** What was there at the day's end. */
  readonly closingFen: bigint;
}

/** What is followed by day: of a campaign the money that is there, free or reserved; of a platform what is at the bank. */
const FOLLOWED = { campaign: ['held', 'reserved'], platform: ['custody'] } as const;

/** @returns the days of a period on which money came in or went out, the first one first. What only moves between the accounts that are followed is neither. */
export async function dailyMoney(connection: Connection, scope: Scope, days: Days): Promise<DayMoney[]> {
  const { isOwn, bindings } = await reachOf(connection, scope, days);
  return rows<DayMoney>(
    connection,
    `with own as (
       select id, normal = 'credit' as credit, case normal when 'credit' then credits_fen - debits_fen else debits_fen - credits_fen end as fen
       from ledger.account where kind = any(:kinds) and ((:campaign::text is not null and campaign_id = :campaign) or (:tenant::text is not null and tenant_id = :tenant))),
     moved as (
       select t.business_at, o.credit as comes, t.amount_fen as fen from ledger.transfer t join own o on o.id = t.credit_account
       where t.business_at >= :start and ${isOwn('t.credit_account')} and t.debit_account not in (select id from own)
       union all
       select t.business_at, not o.credit, t.amount_fen from ledger.transfer t join own o on o.id = t.debit_account
       where t.business_at >= :start and ${isOwn('t.debit_account')} and t.credit_account not in (select id from own)),
     daily as (
       select (business_at at time zone 'Asia/Shanghai')::date as day, coalesce(sum(fen) filter (where comes), 0) as came, coalesce(sum(fen) filter (where not comes), 0) as went
       from moved group by 1),
     -- Balances of before are today's less what came since.
     closed as (
       select day, came, went, (select sum(fen) from own) - coalesce(sum(came - went) over (order by day desc rows between unbounded preceding and 1 preceding), 0) as closing from daily)
     select day::text as day, came::bigint as "inFen", went::bigint as "outFen", closing::bigint as "closingFen" from closed where day <= :last::date order by day`,
    { ...bindings, kinds: [...FOLLOWED['campaignId' in scope ? 'campaign' : 'platform']], last: days.to } as never,
  );
}
