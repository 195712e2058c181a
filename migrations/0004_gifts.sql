-- Gifts: an order per gift, posted in groups when the channel's callback proves the payment.
create table gift (
  id             text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id      text not null references tenant (id),
  campaign_id    text not null references campaign (id),
  amount_fen     bigint not null check (amount_fen > 0),
  status         text not null default 'ordered' check (status in ('ordered', 'refused', 'paid')),
  code_url       text,
  -- The request that asked for it, so that the same request asked again finds its orders.
  order_key      text not null,
  ordered_at     timestamptz not null,
  transaction_id text unique,
  payer_hash     bytea,
  paid_at        timestamptz,
  credited_fen   bigint not null default 0,
  excess_fen     bigint not null default 0,
  constraint exact check (case status when 'paid' then credited_fen + excess_fen = amount_fen else credited_fen = 0 and excess_fen = 0 end),
  constraint paid_is_proven check ((status = 'paid') = (transaction_id is not null and paid_at is not null))
);
create index on gift (campaign_id, status);
create index on gift (order_key);

-- Money that goes back to a donor by the original route; id is the channel's refund number for ever.
create table gift_return (
  id           text primary key check (id ~ '^[0-9A-Z]{26}$'),
  gift_id      text not null references gift (id),
  campaign_id  text not null references campaign (id),
  cause        text not null check (cause in ('above-target', 'after-close')),
  amount_fen   bigint not null check (amount_fen > 0),
  status       text not null default 'due' check (status in ('due', 'processing', 'returned', 'owed')),
  reference    text,
  due_at       timestamptz not null,
  returned_at  timestamptz,
  attempts     integer not null default 0,
  last_outcome text,
  unique (gift_id, cause)
);
create index on gift_return (campaign_id, status);

-- Money events that fit nowhere: each with an owner, until a person resolves it. Nothing is posted for them.
create table money_exception (
  id          text primary key,
  tenant_id   text not null,
  campaign_id text,
  kind        text not null,
  owner       text not null default 'operator',
  subject     text not null,
  data        jsonb not null,
  opened_at   timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by text,
  unique (kind, subject)
);

-- Posts a group of proven payments: [{giftId, transactionId, amountFen, payerHash (hex), paidAt, businessAt}].
-- Each gift is credited up to what the ask still allows, in the order given; what crosses it, and what comes after the close, is due back whole.
-- Answers one row per gift: posted | duplicate | unknown | mismatch. Locks campaigns in id order.
create type gift_line as (
  gift_id text, tenant_id text, campaign_id text, amount_fen bigint, transaction_id text, payer_hash bytea, paid_at timestamptz,
  outcome text, credited_fen bigint, excess_fen bigint, cause text
);
create function post_gifts(p_gifts jsonb) returns table (gift_id text, outcome text)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  v_lines gift_line[];
begin
  perform 1 from campaign c
  where c.id in (select g.campaign_id from gift g join jsonb_array_elements(p_gifts) e on g.id = e->>'giftId')
  order by c.id for update;

  with told as (
    select distinct on (e->>'giftId') x.n, e->>'giftId' as id, e->>'transactionId' as transaction_id, (e->>'amountFen')::bigint as amount_fen,
      decode(e->>'payerHash', 'hex') as payer_hash, (e->>'paidAt')::timestamptz as paid_at
    from jsonb_array_elements(p_gifts) with ordinality as x(e, n) order by e->>'giftId', x.n
  ), judged as (
    select t.*, g.tenant_id, g.campaign_id, c.phase, c.ask_fen - c.raised_fen as room_fen,
      case when g.id is null then 'unknown'
           when g.amount_fen <> t.amount_fen then 'mismatch'
           when g.status = 'paid' and g.transaction_id = t.transaction_id then 'duplicate'
           when g.status = 'ordered' then 'posted'
           else 'mismatch' end as outcome
    from told t left join gift g on g.id = t.id left join campaign c on c.id = g.campaign_id
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

  return query select l.gift_id, l.outcome from unnest(v_lines) l;
end $$;
