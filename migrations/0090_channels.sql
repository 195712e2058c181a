-- A second channel: Alipay beside WeChat Pay. An order is made at one of them and keeps it for ever; every order of before is WeChat Pay's.
alter table gift add column channel text not null default 'wechat' check (channel in ('wechat', 'alipay'));
create function keep_gift_channel() returns trigger language plpgsql as $$
begin
  raise exception 'gift %: the channel of an order never changes', old.id using errcode = 'AL004';
end $$;
create trigger channel_is_for_ever before update of channel on gift for each row when (old.channel is distinct from new.channel) execute function keep_gift_channel();

-- Two channels number their payments each by itself.
alter table gift drop constraint gift_transaction_id_key;
alter table gift add constraint gift_transaction_id_key unique (channel, transaction_id);

-- The platform's account at Alipay (PID); null: it takes no gifts there. `merchant_id` stays its account at WeChat Pay.
alter table tenant add column alipay_seller_id text unique check (alipay_seller_id ~ '^2088[0-9]{12}$');
create function merchant_of(t tenant, p_channel text) returns text language sql immutable as $$
  select case p_channel when 'wechat' then t.merchant_id when 'alipay' then t.alipay_seller_id end
$$;
grant execute on function merchant_of(tenant, text) to almoner_app;

-- A bill is a channel's.
alter table channel_bill add column channel text not null default 'wechat' check (channel in ('wechat', 'alipay'));
alter table channel_bill drop constraint channel_bill_pkey, add primary key (tenant_id, channel, day);

-- As before; and a payment that another channel tells of, or that went to another account than the platform's at the order's channel, is a mismatch.
-- Elements may name `channel`; a process of before does not, and is WeChat Pay.
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
    p.amount_fen - p.credited_fen, case when p.phase = 'fundraising' then 'above-target' else 'after-close' end)::gift_line order by p.n)
  into v_lines from placed p;

  update gift g set status = 'paid', transaction_id = l.transaction_id, payer_hash = l.payer_hash, paid_at = l.paid_at,
    credited_fen = l.credited_fen, excess_fen = l.excess_fen
  from unnest(v_lines) l where g.id = l.gift_id and l.outcome = 'posted';

  insert into gift_return (id, gift_id, campaign_id, cause, amount_fen, due_at)
  select 'R' || substr(l.gift_id, 2), l.gift_id, l.campaign_id, l.cause, l.excess_fen, l.paid_at
  from unnest(v_lines) l where l.outcome = 'posted' and l.excess_fen > 0;

  perform ledger.post(coalesce(jsonb_agg(t), '[]'), 'channel') from (
    select jsonb_build_object('key', 'gift/' || l.gift_id || '/credited', 'kind', 'gift-credited', 'tenantId', l.tenant_id, 'subject', 'gift/' || l.gift_id,
      'debit', jsonb_build_object('kind', 'clearing'), 'credit', jsonb_build_object('kind', 'held', 'campaignId', l.campaign_id),
      'amountFen', l.credited_fen::text, 'businessAt', l.paid_at) t
    from unnest(v_lines) l where l.outcome = 'posted' and l.credited_fen > 0
    union all
    select jsonb_build_object('key', 'gift/' || l.gift_id || '/excess', 'kind', 'gift-excess', 'tenantId', l.tenant_id, 'subject', 'gift/' || l.gift_id,
      'debit', jsonb_build_object('kind', 'clearing'), 'credit', jsonb_build_object('kind', 'excess'),
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
