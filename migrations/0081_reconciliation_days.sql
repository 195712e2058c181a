-- A day on which a platform's money moved is reconciled on the next, by a workflow of its own: bank statement and channel bill against the books.
create table reconciliation_day (
  id           text primary key,
  tenant_id    text not null references tenant (id),
  day          date not null,
  attempts     integer not null default 0,
  -- What did not answer at the last attempt.
  unanswered   text[] not null default '{}',
  bank_lines   integer check (bank_lines >= 0),
  finished_at  timestamptz,
  unique (tenant_id, day),
  constraint id_names_tenant_and_day check (id = tenant_id || '/' || to_char(day, 'YYYY-MM-DD')),
  constraint finished_whole check (finished_at is null or (unanswered = '{}' and bank_lines is not null))
);
create index unreconciled on reconciliation_day (day) where finished_at is null;
grant select, insert, update on reconciliation_day to almoner_app;

alter table outbox drop constraint outbox_workflow_type_check;
alter table outbox add constraint outbox_workflow_type_check
  check (workflow_type in ('campaign', 'release', 'transfer', 'refund', 'complaint', 'supervision', 'reconciliation'));

-- Tells the reconciliation of that day, once a day and platform: whoever comes after finds the row.
create function money_moved(p_tenant text, p_at timestamptz) returns void language sql set search_path = pg_catalog, public as $$
  with opened as (
    insert into reconciliation_day (id, tenant_id, day)
    select p_tenant || '/' || to_char(d, 'YYYY-MM-DD'), p_tenant, d from (select (p_at at time zone 'Asia/Shanghai')::date as d) as of
    on conflict do nothing returning id
  )
  insert into outbox (id, tenant_id, workflow_type, workflow_id, subject_id, notice)
  select 'moved/reconciliation/' || id, p_tenant, 'reconciliation', 'reconciliation/' || id, id, 'moved' from opened on conflict (id) do nothing
$$;
grant execute on function money_moved(text, timestamptz) to almoner_app;

-- As before, and each day with a new gift is told of.
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
      decode(e->>'payerHash', 'hex') as payer_hash, (e->>'paidAt')::timestamptz as paid_at, e->>'merchantId' as merchant_id
    from jsonb_array_elements(p_gifts) with ordinality as x(e, n) order by e->>'giftId', x.n
  ), judged as (
    select t.*, g.tenant_id, g.campaign_id, c.phase, c.ask_fen - c.raised_fen as room_fen,
      case when g.id is null then 'unknown'
           when t.merchant_id <> n.merchant_id then 'mismatch'
           when g.amount_fen <> t.amount_fen then 'mismatch'
           when g.status = 'paid' and g.transaction_id = t.transaction_id then 'duplicate'
           when g.status = 'ordered' then 'posted'
           else 'mismatch' end as outcome
    from told t left join gift g on g.id = t.id left join campaign c on c.id = g.campaign_id left join tenant n on n.id = g.tenant_id
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
