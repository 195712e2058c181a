-- What a channel owes is an account of its own: `clearing` is WeChat Pay's, as every order of before is, `clearing-alipay` Alipay's. So a channel's bill, its sweeps and
-- what is outstanding agree by themselves. See docs/decisions/0038-clearing-by-channel.md.
alter table ledger.account drop constraint account_kind_check;
alter table ledger.account add constraint account_kind_check check (kind in
  ('custody', 'clearing', 'clearing-alipay', 'disbursed', 'returned', 'excess', 'suspense', 'interest', 'chargeback', 'held', 'reserved', 'paid', 'fees', 'refunded'));
-- Either is a current account with its channel and may stand on either side (0009).
alter table ledger.account drop constraint balance_not_negative;
alter table ledger.account add constraint balance_not_negative check (kind in ('clearing', 'clearing-alipay') or
  case normal when 'debit' then debits_fen - credits_fen else credits_fen - debits_fen end >= 0);
create or replace function ledger.open_accounts(p_tenant text, p_campaign text, p_kinds text[]) returns void
language sql security definer set search_path = pg_catalog, ledger as $$
  insert into ledger.account (tenant_id, campaign_id, kind, normal)
  select p_tenant, p_campaign, k, case when k in ('custody', 'clearing', 'clearing-alipay', 'disbursed', 'returned', 'chargeback') then 'debit' else 'credit' end
  from unnest(p_kinds) k
  on conflict do nothing
$$;
select ledger.open_accounts(id, null, '{clearing-alipay}') from tenant;
create function ledger.clearing_of(p_channel text) returns text language sql immutable as $$
  select case p_channel when 'wechat' then 'clearing' when 'alipay' then 'clearing-alipay' end
$$;
grant execute on function ledger.clearing_of(text) to almoner_app;

-- Which channel a line is the settlement of, or its collection. Null: of none, or written before a line said it.
alter table bank_line add column channel text check (channel in ('wechat', 'alipay'));
-- A platform that never took a gift at Alipay had nothing else than WeChat Pay's. Of the others the words say it, which are sealed: the house reads them (src/custody/apart.ts).
update bank_line l set channel = 'wechat'
where (l.kind in ('collection', 'refund-funding')) and not exists (select from gift g where g.tenant_id = l.tenant_id and g.channel = 'alipay');
create index bank_line_channel_unsaid on bank_line (tenant_id) where channel is null and kind in ('collection', 'refund-funding');

-- What stands on the one account of before goes to the channel of its gift, exactly: gifts, what went back of them, and what was taken back of them. Sweeps follow as
-- their words are read. A movement of its own, so that no closed day changes.
select ledger.post(jsonb_build_array(jsonb_build_object('key', 'tenant/' || m.tenant_id || '/clearing-apart', 'kind', 'clearing-apart', 'tenantId', m.tenant_id,
    'subject', 'tenant/' || m.tenant_id, 'debit', jsonb_build_object('kind', case when m.fen > 0 then 'clearing-alipay' else 'clearing' end),
    'credit', jsonb_build_object('kind', case when m.fen > 0 then 'clearing' else 'clearing-alipay' end), 'amountFen', abs(m.fen)::text,
    'businessAt', coalesce((select k.now from tenant t join test_clock k on k.id = t.clock_id where t.id = m.tenant_id), now()))), 'migration:0208')
from (
  select a.tenant_id, sum(case when t.debit_account = a.id then t.amount_fen else -t.amount_fen end) as fen
  from ledger.account a join ledger.transfer t on a.id in (t.debit_account, t.credit_account)
    left join money_exception e on t.kind = 'chargeback' and e.id = substr(t.subject, 11)
    join gift g on g.id = case when t.kind = 'chargeback' then e.data->>'orderId' else substr(t.subject, 6) end and g.channel = 'alipay'
  where a.kind = 'clearing' and t.kind in ('gift-credited', 'gift-excess', 'excess-returned', 'channel-refunded', 'chargeback')
  group by a.tenant_id having sum(case when t.debit_account = a.id then t.amount_fen else -t.amount_fen end) <> 0) m;

-- A line that names no channel, or that a person places, is matched with what one of the two owes: `channel` is WeChat Pay, as before.
alter table bank_match drop constraint bank_match_target_check;
alter table bank_match add constraint bank_match_target_check
  check (target in ('payout-debit', 'payout-return', 'back-to-payer', 'owed-back', 'chargeback', 'channel', 'channel-alipay'));
alter table bank_match drop constraint target_named;
alter table bank_match add constraint target_named check (case target
  when 'payout-debit' then payout_id is not null and sign = 'DBIT'
  when 'payout-return' then payout_id is not null and sign = 'CRDT'
  when 'back-to-payer' then credit_reference is not null and sign = 'DBIT'
  when 'owed-back' then return_id is not null and sign = 'DBIT'
  when 'channel' then sign = 'CRDT'
  when 'channel-alipay' then sign = 'CRDT'
  else chargeback_id is not null and sign = 'CRDT' end);
alter table bank_match drop constraint bank_match_made_by_check;
alter table bank_match add constraint bank_match_made_by_check check (made_by ~ '^(finance-maker|finance-checker|operator)(:|$)'
  or (made_by = 'machine' and (target in ('channel', 'channel-alipay') or (target = 'payout-return' and surplus_id is not null))));

-- As in 0090, on the account of the order's channel.
alter type gift_line add attribute channel text;
create or replace function post_gifts(p_gifts jsonb) returns table (gift_id text, outcome text)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  v_lines gift_line[];
begin
  perform 1 from campaign c
  where c.id in (select g.campaign_id from gift g join jsonb_array_elements(p_gifts) e on g.id = e->>'giftId')
  order by c.id for update;

  with told as (
    select distinct on (e->>'giftId') x.n, e->>'giftId' as id, e->>'transactionId' as transaction_id, (e->>'amountFen')::bigint as amount_fen,
      decode(e->>'payerHash', 'hex') as payer_hash, (e->>'paidAt')::timestamptz as paid_at, e->>'merchantId' as merchant_id, coalesce(e->>'channel', 'wechat') as channel
    from jsonb_array_elements(p_gifts) with ordinality as x(e, n) order by e->>'giftId', x.n
  ), judged as (
    select t.*, g.tenant_id, g.campaign_id, c.phase, c.ask_fen - c.raised_fen as room_fen,
      case when g.id is null then 'unknown'
           when t.channel <> g.channel or t.merchant_id <> merchant_of(o, g.channel) then 'mismatch'
           when g.amount_fen <> t.amount_fen then 'mismatch'
           when g.status = 'paid' and g.transaction_id = t.transaction_id then 'duplicate'
           when g.status = 'ordered' then 'posted'
           else 'mismatch' end as outcome
    from told t left join gift g on g.id = t.id left join campaign c on c.id = g.campaign_id left join tenant o on o.id = g.tenant_id
  ), placed as (
    select j.*, case when j.outcome = 'posted' and j.phase = 'fundraising'
      then greatest(0, least(j.amount_fen, j.room_fen - coalesce(sum(j.amount_fen) filter (where j.outcome = 'posted')
        over (partition by j.campaign_id order by j.n rows between unbounded preceding and 1 preceding), 0))) else 0 end as credited_fen
    from judged j
  )
  select array_agg(row(p.id, p.tenant_id, p.campaign_id, p.amount_fen, p.transaction_id, p.payer_hash, p.paid_at, p.outcome, p.credited_fen,
    p.amount_fen - p.credited_fen, case when p.phase = 'fundraising' then 'above-target' else 'after-close' end, p.channel)::gift_line order by p.n)
  into v_lines from placed p;

  update gift g set status = 'paid', transaction_id = l.transaction_id, payer_hash = l.payer_hash, paid_at = l.paid_at,
    credited_fen = l.credited_fen, excess_fen = l.excess_fen
  from unnest(v_lines) l where g.id = l.gift_id and l.outcome = 'posted';

  insert into gift_return (id, gift_id, campaign_id, cause, amount_fen, due_at)
  select 'R' || substr(l.gift_id, 2), l.gift_id, l.campaign_id, l.cause, l.excess_fen, l.paid_at
  from unnest(v_lines) l where l.outcome = 'posted' and l.excess_fen > 0;

  perform ledger.post(coalesce(jsonb_agg(t), '[]'), 'channel') from (
    select jsonb_build_object('key', 'gift/' || l.gift_id || '/credited', 'kind', 'gift-credited', 'tenantId', l.tenant_id, 'subject', 'gift/' || l.gift_id,
      'debit', jsonb_build_object('kind', ledger.clearing_of(l.channel)), 'credit', jsonb_build_object('kind', 'held', 'campaignId', l.campaign_id),
      'amountFen', l.credited_fen::text, 'businessAt', l.paid_at) t
    from unnest(v_lines) l where l.outcome = 'posted' and l.credited_fen > 0
    union all
    select jsonb_build_object('key', 'gift/' || l.gift_id || '/excess', 'kind', 'gift-excess', 'tenantId', l.tenant_id, 'subject', 'gift/' || l.gift_id,
      'debit', jsonb_build_object('kind', ledger.clearing_of(l.channel)), 'credit', jsonb_build_object('kind', 'excess'),
      'amountFen', l.excess_fen::text, 'businessAt', l.paid_at)
    from unnest(v_lines) l where l.outcome = 'posted' and l.excess_fen > 0
  ) movements;

  update campaign c set raised_fen = c.raised_fen + m.credited
  from (select l.campaign_id, sum(l.credited_fen) credited from unnest(v_lines) l where l.outcome = 'posted' group by l.campaign_id) m
  where c.id = m.campaign_id and m.credited > 0;

  insert into outbox (id, tenant_id, workflow_type, workflow_id, subject_id, notice)
  select distinct 'target-reached/' || c.id, c.tenant_id, 'campaign', 'campaign/' || c.id, c.id, 'target-reached'
  from campaign c join unnest(v_lines) l on l.campaign_id = c.id
  where l.outcome = 'posted' and c.phase = 'fundraising' and c.raised_fen = c.ask_fen
  on conflict (id) do nothing;
  -- One word about returns is enough while it is still on its way.
  insert into outbox (id, tenant_id, workflow_type, workflow_id, subject_id, notice)
  select 'return-due/' || min(l.gift_id), min(l.tenant_id), 'campaign', 'campaign/' || l.campaign_id, l.campaign_id, 'return-due'
  from unnest(v_lines) l where l.outcome = 'posted' and l.excess_fen > 0
    and not exists (select from outbox o where o.subject_id = l.campaign_id and o.notice = 'return-due' and o.delivered_at is null)
  group by l.campaign_id
  on conflict (id) do nothing;

  perform money_moved(l.tenant_id, l.paid_at) from (select distinct on (x.tenant_id, (x.paid_at at time zone 'Asia/Shanghai')::date) x.tenant_id, x.paid_at
    from unnest(v_lines) x where x.outcome = 'posted') l;

  return query select l.gift_id, l.outcome from unnest(v_lines) l;
end $$;

-- As in 0009, off the account of the gift's channel.
create or replace function settle_returns(p_returns jsonb, p_at timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  v_ids text[];
begin
  perform 1 from campaign c where c.id in (
    select r.campaign_id from gift_return r join jsonb_array_elements(p_returns) e on r.id = e->>'id') order by c.id for update;
  with settled as (
    update gift_return r set status = 'returned', reference = e->>'reference', returned_at = p_at, last_outcome = 'SUCCEEDED'
    from jsonb_array_elements(p_returns) e where r.id = e->>'id' and r.status in ('due', 'processing') returning r.id
  ) select array_agg(id order by id) into v_ids from settled;
  if v_ids is null then return 0; end if;

  perform ledger.post(jsonb_agg(t), 'channel') from (
    select jsonb_build_object('key', 'return/' || r.id, 'kind', 'excess-returned', 'tenantId', g.tenant_id, 'subject', 'gift/' || g.id,
      'debit', jsonb_build_object('kind', 'excess'), 'credit', jsonb_build_object('kind', ledger.clearing_of(g.channel)), 'amountFen', r.amount_fen::text, 'businessAt', p_at) t
    from gift_return r join gift g on g.id = r.gift_id where r.id = any(v_ids) and r.round_id is null
    union all
    select jsonb_build_object('key', 'return/' || r.id, 'kind', 'gift-refunded', 'tenantId', g.tenant_id, 'subject', 'gift/' || g.id,
      'debit', jsonb_build_object('kind', 'reserved', 'campaignId', r.campaign_id), 'credit', jsonb_build_object('kind', 'refunded', 'campaignId', r.campaign_id),
      'amountFen', r.amount_fen::text, 'businessAt', p_at)
    from gift_return r join gift g on g.id = r.gift_id where r.id = any(v_ids) and r.round_id is not null
    union all
    select jsonb_build_object('key', 'return/' || r.id || '/channel', 'kind', 'channel-refunded', 'tenantId', g.tenant_id, 'subject', 'gift/' || g.id,
      'debit', jsonb_build_object('kind', 'returned'), 'credit', jsonb_build_object('kind', ledger.clearing_of(g.channel)), 'amountFen', r.amount_fen::text, 'businessAt', p_at)
    from gift_return r join gift g on g.id = r.gift_id where r.id = any(v_ids) and r.round_id is not null
  ) movements;

  perform audit.append(jsonb_agg(jsonb_build_object('action', 'gift.returned', 'subject', 'gift/' || r.gift_id, 'actor', 'channel', 'tenantId', c.tenant_id,
    'campaignId', r.campaign_id, 'businessAt', p_at, 'data', jsonb_build_object('returnId', r.id, 'amountFen', r.amount_fen::text, 'cause', r.cause))))
  from gift_return r join campaign c on c.id = r.campaign_id where r.id = any(v_ids);

  -- A round whose last return came home is told so; the campaign's lock makes the last one see all others.
  insert into outbox (id, tenant_id, workflow_type, workflow_id, subject_id, notice)
  select distinct 'returns-settled/' || d.id, d.tenant_id, 'refund', 'refund/' || d.id, d.id, 'returns-settled'
  from refund_round d join gift_return r on r.round_id = d.id
  where r.id = any(v_ids) and not exists (select from gift_return o where o.round_id = d.id and o.status in ('due', 'processing'))
  on conflict (id) do nothing;
  return cardinality(v_ids);
end $$;
