import { type Connection, rows } from '../database/connect';

/** One thing that does not hold, named so that a person finds the row. */
export interface Difference {
  readonly what: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

interface Check {
  readonly what: string;
  /** Selects subject, expected, found of each row that does not hold. `:tenant` is null for all tenants. */
  readonly sql: string;
}

/** Every number that is kept twice is made once more from the rows and compared. */
const CHECKS: readonly Check[] = [
  {
    what: 'account.balance',
    sql: `select 'account/' || a.id || ' (' || a.kind || coalesce(' of ' || a.campaign_id, '') || ')' as subject,
            coalesce(m.debits, 0) || ' debits, ' || coalesce(m.credits, 0) || ' credits' as expected, a.debits_fen || ' debits, ' || a.credits_fen || ' credits' as found
          from ledger.account a left join (
            select id, sum(debits) debits, sum(credits) credits from (
              select debit_account id, amount_fen debits, 0 credits from ledger.transfer union all select credit_account, 0, amount_fen from ledger.transfer) x group by id) m on m.id = a.id
          where (:tenant::text is null or a.tenant_id = :tenant) and (coalesce(m.debits, 0) <> a.debits_fen or coalesce(m.credits, 0) <> a.credits_fen)`,
  },
  {
    what: 'account.guard',
    sql: `select 'account/' || id as subject, '>= 0' as expected, (case normal when 'debit' then debits_fen - credits_fen else credits_fen - debits_fen end)::text as found
          from ledger.account where kind not in ('clearing', 'clearing-alipay') and (:tenant::text is null or tenant_id = :tenant) and (case normal when 'debit' then debits_fen - credits_fen else credits_fen - debits_fen end) < 0`,
  },
  {
    what: 'posting.digest',
    sql: `select 'posting/' || p.id as subject, encode(p.digest, 'hex') || ' over ' || p.transfers as expected, coalesce(encode(t.digest, 'hex'), 'none') || ' over ' || coalesce(t.n, 0) as found
          from ledger.posting p left join (
            select posting_id, count(*) n, sum(amount_fen) total, sha256(convert_to(string_agg(ledger.canonical(t), E'\\n' order by t.id), 'UTF8')) digest from ledger.transfer t group by posting_id) t on t.posting_id = p.id
          where :tenant::text is null and (t.digest is distinct from p.digest or t.n is distinct from p.transfers or t.total is distinct from p.total_fen)`,
  },
  {
    what: 'transfer.rows',
    sql: `select 'transfer/' || t.id as subject, 'its posting and both accounts' as expected, concat_ws(', ', case when p.id is null then 'no posting/' || t.posting_id end,
            case when d.id is null then 'no account/' || t.debit_account end, case when c.id is null then 'no account/' || t.credit_account end) as found
          from ledger.transfer t left join ledger.posting p on p.id = t.posting_id left join ledger.account d on d.id = t.debit_account left join ledger.account c on c.id = t.credit_account
          where :tenant::text is null and (p.id is null or d.id is null or c.id is null)`,
  },
  {
    what: 'posting.audit',
    sql: `select 'posting/' || p.id as subject, 'an audit row with its digest' as expected, coalesce(e.data->>'digest', 'none') as found
          from ledger.posting p left join audit.event e on e.subject = 'posting/' || p.id and e.action = 'ledger.posted'
          where :tenant::text is null and e.data->>'digest' is distinct from encode(p.digest, 'hex')`,
  },
  {
    what: 'posting.missing',
    sql: `select e.subject, 'the posting that audit event ' || e.seq || ' tells of' as expected, 'nothing' as found
          from audit.event e where :tenant::text is null and e.action = 'ledger.posted' and not exists (select from ledger.posting p where 'posting/' || p.id = e.subject)`,
  },
  {
    what: 'campaign.raised',
    sql: `select 'campaign/' || c.id as subject, c.raised_fen::text as expected, 'gifts ' || g.credited || ', ledger ' || l.credited as found
          from campaign c cross join lateral (select coalesce(sum(credited_fen), 0) credited from gift where campaign_id = c.id) g
          cross join lateral (select coalesce(sum(t.amount_fen), 0) credited from ledger.transfer t join ledger.account a on a.id = t.credit_account where a.campaign_id = c.id and t.kind = 'gift-credited') l
          where (:tenant::text is null or c.tenant_id = :tenant) and (g.credited <> c.raised_fen or l.credited <> c.raised_fen)`,
  },
  {
    what: 'campaign.identity',
    sql: `select 'campaign/' || c.id as subject, c.raised_fen::text as expected, coalesce(s.total, 0)::text as found
          from campaign c left join (select campaign_id, sum(credits_fen - debits_fen) total from ledger.account where campaign_id is not null group by campaign_id) s on s.campaign_id = c.id
          where (:tenant::text is null or c.tenant_id = :tenant) and coalesce(s.total, 0) <> c.raised_fen`,
  },
  {
    what: 'gift.posted',
    sql: `select 'gift/' || g.id as subject, g.credited_fen || ' credited, ' || g.excess_fen || ' due back' as expected, coalesce(c.amount_fen, 0) || ' credited, ' || coalesce(x.amount_fen, 0) || ' due back' as found
          from gift g left join ledger.transfer c on c.key = 'gift/' || g.id || '/credited' left join ledger.transfer x on x.key = 'gift/' || g.id || '/excess'
          where (:tenant::text is null or g.tenant_id = :tenant) and (g.credited_fen <> coalesce(c.amount_fen, 0) or g.excess_fen <> coalesce(x.amount_fen, 0))`,
  },
  {
    what: 'payout.posted',
    sql: `select 'payout/' || p.id as subject, p.state || ' ' || p.net_fen as expected, 'paid ' || coalesce(t.amount_fen, 0) || ', returned ' || coalesce(b.amount_fen, 0) as found
          from payout p left join ledger.transfer t on t.key = 'payout/' || p.id || '/paid' left join ledger.transfer b on b.key = 'payout/' || p.id || '/returned'
          where (:tenant::text is null or p.tenant_id = :tenant) and (coalesce(t.amount_fen, 0) <> (case when p.state in ('succeeded', 'returned') then p.net_fen else 0 end)
            or coalesce(b.amount_fen, 0) <> (case when p.state = 'returned' then p.net_fen else 0 end))`,
  },
  {
    what: 'payout.channel',
    sql: `select 'payout/' || p.id as subject, p.rail || ' ' || p.state || ' ' || p.net_fen as expected, 'by the channel ' || coalesce(t.amount_fen, 0) || ', back ' || coalesce(b.amount_fen, 0) as found
          from payout p left join ledger.transfer t on t.key = 'payout/' || p.id || '/channel' left join ledger.transfer b on b.key = 'payout/' || p.id || '/channel-back'
          where (:tenant::text is null or p.tenant_id = :tenant) and p.wallet_id is not null and (coalesce(t.amount_fen, 0) <> (case when p.state in ('succeeded', 'returned') then p.net_fen else 0 end)
            or coalesce(b.amount_fen, 0) <> (case when p.state = 'returned' then p.net_fen else 0 end))`,
  },
  {
    what: 'payout.approved',
    sql: `select 'payout/' || p.id as subject, 'two checkers on one digest' as expected, count(distinct s.checker_id)::text as found
          from payout p left join approval_signature s on s.approval_id = p.approval_id and s.decision = 'approve' and s.checker_id <> s.maker_id
          where (:tenant::text is null or p.tenant_id = :tenant) and p.submits > 0 group by p.id having count(distinct s.checker_id) < 2`,
  },
  {
    what: 'tenant.custody',
    sql: `select 'tenant/' || t.id as subject, coalesce(b.booked, 0)::text as expected, (a.debits_fen - a.credits_fen)::text as found
          from tenant t join ledger.account a on a.tenant_id = t.id and a.kind = 'custody'
          left join (select tenant_id, sum(case when sign = 'CRDT' and applied_at is not null then amount_fen when applied_at is not null then -amount_fen when sign = 'DBIT' then -allocated_fen else 0 end) booked
            from bank_line group by tenant_id) b on b.tenant_id = t.id
          where (:tenant::text is null or t.id = :tenant) and coalesce(b.booked, 0) <> a.debits_fen - a.credits_fen
            and not exists (select from payout p where p.tenant_id = t.id and p.state = 'succeeded' and p.wallet_id is null and not exists (select from bank_line l where l.payout_id = p.id and l.kind = 'payout' and l.applied_at is not null)
              and not exists (select from bank_match m where m.payout_id = p.id and m.target = 'payout-debit' and m.undone_at is null))`,
  },
  {
    what: 'campaign.cap',
    sql: `select 'campaign/' || id as subject, 'at most ' || ask_fen as expected, raised_fen::text as found
          from campaign where (:tenant::text is null or tenant_id = :tenant) and raised_fen > ask_fen`,
  },
  {
    what: 'release.paid_once',
    sql: `select 'release/' || release_id as subject, 'one debit that stands' as expected, count(*)::text as found
          from payout where (:tenant::text is null or tenant_id = :tenant) and state = 'succeeded' group by release_id having count(*) > 1`,
  },
  {
    what: 'payout.debited_once',
    sql: `select 'payout/' || p.id as subject, 'one debit of ' || p.net_fen as expected, count(l.reference) || ' of ' || sum(l.amount_fen) as found
          from payout p join bank_line l on l.payout_id = p.id and l.kind = 'payout'
          where (:tenant::text is null or p.tenant_id = :tenant) group by p.id having count(*) > 1 or sum(l.amount_fen) <> p.net_fen`,
  },
  {
    what: 'return.posted',
    sql: `select 'return/' || r.id as subject, r.status || ' ' || r.amount_fen as expected, 'given back ' || coalesce(t.amount_fen, 0) || ' by the channel, ' || coalesce(m.amount_fen, 0) || ' by bank' as found
          from gift_return r join campaign c on c.id = r.campaign_id left join ledger.transfer t on t.key = 'return/' || r.id
          left join bank_match m on m.return_id = r.id and m.undone_at is null
          where (:tenant::text is null or c.tenant_id = :tenant) and coalesce(t.amount_fen, 0) + coalesce(m.amount_fen, 0) <> (case r.status when 'returned' then r.amount_fen else 0 end)`,
  },
  {
    what: 'gift.returned',
    sql: `select 'gift/' || g.id as subject, 'at most ' || g.amount_fen as expected, sum(r.amount_fen)::text as found
          from gift g join gift_return r on r.gift_id = g.id where (:tenant::text is null or g.tenant_id = :tenant) group by g.id having sum(r.amount_fen) > g.amount_fen`,
  },
  {
    what: 'bank_line.owned',
    sql: `select 'bank-line/' || l.account_number || '/' || l.reference || '/' || l.sign as subject, 'in the books, awaited, or somebody''s task' as expected, 'nobody''s' as found
          from bank_line l left join payout p on p.id = l.payout_id
          where (:tenant::text is null or l.tenant_id = :tenant) and l.applied_at is null
            and not coalesce(case l.kind when 'payout' then p.state in ('submitted', 'unknown') when 'return' then p.state in ('submitted', 'unknown', 'succeeded') end, false)
            and not exists (select from money_exception e where e.subject = l.account_number || '/' || l.reference || '/' || l.sign)`,
  },
  {
    what: 'tenant.suspense',
    sql: `select 'tenant/' || t.id as subject, coalesce(l.open, 0)::text as expected, (a.credits_fen - a.debits_fen)::text as found
          from tenant t join ledger.account a on a.tenant_id = t.id and a.kind = 'suspense'
          left join (select tenant_id, sum(unexplained_fen - allocated_fen) open from bank_line where sign = 'CRDT' group by tenant_id) l on l.tenant_id = t.id
          where (:tenant::text is null or t.id = :tenant) and coalesce(l.open, 0) <> a.credits_fen - a.debits_fen`,
  },
  {
    what: 'tenant.chargeback',
    sql: `select 'tenant/' || t.id as subject, coalesce(e.open, 0)::text as expected, (a.debits_fen - a.credits_fen)::text as found
          from tenant t join ledger.account a on a.tenant_id = t.id and a.kind = 'chargeback'
          left join (select tenant_id, sum(booked_fen - made_good_fen) open from money_exception group by tenant_id) e on e.tenant_id = t.id
          where (:tenant::text is null or t.id = :tenant) and coalesce(e.open, 0) <> a.debits_fen - a.credits_fen`,
  },
  {
    // What a channel owes, from its own gifts, returns, sweeps and collections. Not of a platform with a line of before that nobody has read yet (custody/apart.ts).
    what: 'tenant.clearing',
    sql: `select 'tenant/' || t.id || ' (' || k.channel || ')' as subject, x.fen::text as expected, (a.debits_fen - a.credits_fen)::text as found
          from tenant t cross join (values ('wechat', 'clearing', 'channel'), ('alipay', 'clearing-alipay', 'channel-alipay')) k(channel, account, target)
          join ledger.account a on a.tenant_id = t.id and a.kind = k.account
          left join (select tenant_id, channel, sum(credited_fen + excess_fen) fen from gift where status = 'paid' group by 1, 2) g on g.tenant_id = t.id and g.channel = k.channel
          left join (select o.tenant_id, o.channel, sum(r.amount_fen) fen from gift_return r join gift o on o.id = r.gift_id
            where r.status = 'returned' and r.last_outcome is distinct from 'CHARGED_BACK' and not exists (select from bank_match m where m.return_id = r.id and m.undone_at is null)
            group by 1, 2) r on r.tenant_id = t.id and r.channel = k.channel
          left join (select e.tenant_id, coalesce(o.channel, 'wechat') channel, sum(e.booked_fen) fen from money_exception e left join gift o on o.id = e.data->>'orderId'
            where e.booked_fen > 0 group by 1, 2) e on e.tenant_id = t.id and e.channel = k.channel
          left join (select tenant_id, channel, sum(case kind when 'collection' then amount_fen - unexplained_fen else -amount_fen end) fen from bank_line
            where kind in ('collection', 'refund-funding') and applied_at is not null group by 1, 2) l on l.tenant_id = t.id and l.channel = k.channel
          left join (select tenant_id, rail as channel, sum(net_fen) fen from payout where wallet_id is not null and state = 'succeeded' group by 1, 2) w on w.tenant_id = t.id and w.channel = k.channel
          left join (select m.tenant_id, case when p.id is null then m.target else 'channel-alipay' end as target, sum(m.amount_fen) fen from bank_match m
            left join ledger.transfer p on p.key = 'match/' || m.id || '/apart' where m.target in ('channel', 'channel-alipay') and m.undone_at is null group by 1, 2) m on m.tenant_id = t.id and m.target = k.target
          cross join lateral (select coalesce(g.fen, 0) - coalesce(r.fen, 0) - coalesce(e.fen, 0) - coalesce(l.fen, 0) - coalesce(m.fen, 0) - coalesce(w.fen, 0) as fen) x
          where (:tenant::text is null or t.id = :tenant) and x.fen <> a.debits_fen - a.credits_fen
            and not exists (select from bank_line u where u.tenant_id = t.id and u.channel is null and u.kind in ('collection', 'refund-funding'))`,
  },
  {
    what: 'bank_line.allocated',
    sql: `select 'bank-line/' || l.account_number || '/' || l.reference || '/' || l.sign as subject, coalesce(m.fen, 0)::text as expected, l.allocated_fen::text as found
          from bank_line l left join (
            select account_number, reference, sign, sum(amount_fen) fen from (
              select account_number, reference, sign, amount_fen from bank_match where undone_at is null
              union all select account_number, credit_reference, 'CRDT', amount_fen from bank_match where undone_at is null and credit_reference is not null) x group by 1, 2, 3) m
            on m.account_number = l.account_number and m.reference = l.reference and m.sign = l.sign
          where (:tenant::text is null or l.tenant_id = :tenant) and coalesce(m.fen, 0) <> l.allocated_fen`,
  },
  {
    what: 'payout.given_back',
    sql: `select 'payout/' || p.id as subject, coalesce(m.fen, 0)::text as expected, p.given_back_fen::text as found
          from payout p left join (select payout_id, sum(amount_fen) fen from bank_match where target = 'payout-return' and undone_at is null group by 1) m on m.payout_id = p.id
          where (:tenant::text is null or p.tenant_id = :tenant) and coalesce(m.fen, 0) <> p.given_back_fen`,
  },
  {
    what: 'payout.confirmed',
    sql: `select 'payout/' || p.id as subject, (coalesce(x.fen, 0) - coalesce(m.fen, 0))::text as expected, p.confirmed_fen::text as found
          from payout p left join (select payout_id, max(amount_fen) fen from receipt where outcome = 'confirm' group by 1) x on x.payout_id = p.id
          left join (select payout_id, sum(of_confirmed_fen) fen from bank_match where target = 'payout-return' and undone_at is null group by 1) m on m.payout_id = p.id
          where (:tenant::text is null or p.tenant_id = :tenant) and coalesce(x.fen, 0) - coalesce(m.fen, 0) <> p.confirmed_fen`,
  },
  {
    what: 'match.posted',
    sql: `select 'match/' || m.id as subject, m.amount_fen || case when m.undone_at is null then '' else ', undone' end as expected,
            coalesce(t.amount_fen, 0) || case when u.id is null then '' else ', undone' end as found
          from bank_match m left join ledger.transfer t on t.key = 'match/' || m.id || '/line' left join ledger.transfer u on u.key = 'match/' || m.id || '/line/undone'
          where m.target <> 'payout-debit' and (:tenant::text is null or m.tenant_id = :tenant)
            and (t.amount_fen is distinct from m.amount_fen or (u.amount_fen is not distinct from m.amount_fen) <> (m.undone_at is not null))`,
  },
];

/** How many invariants a look at the books holds. */
export const BOOK_CHECKS = CHECKS.length;

/** Rebuilds every balance and status from the rows. @param tenantId one tenant, or null for all. @returns each difference, named. */
export async function verifyLedger(connection: Connection, tenantId: string | null): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const check of CHECKS) {
    const found = await rows<{ subject: string; expected: string; found: string }>(connection, check.sql, { tenant: tenantId });
    differences.push(...found.map((f) => ({ what: check.what, ...f })));
  }
  return differences;
}
