-- A campaign may be stopped by a verdict or a death; its unspent money then goes back to the donors.
alter table campaign drop constraint campaign_phase_check;
alter table campaign add constraint campaign_phase_check check (phase in
  ('prior-audit', 'certificate-publicity', 'fundraising', 'settlement', 'release', 'refunding', 'settled', 'refused', 'refunded'));
alter table campaign drop constraint ends_together;
alter table campaign add constraint ends_together check ((ended_at is not null) = (phase in ('settled', 'refused', 'refunded')));
alter table campaign drop constraint campaign_closed_by_check;
alter table campaign add constraint campaign_closed_by_check check (closed_by in ('target', 'deadline', 'sponsor', 'stopped'));
-- Stopped for good, and by what; once stopped, always stopped.
alter table campaign add column stopped_at timestamptz;
-- SURPLUS: a person declared what is left to be surplus.
alter table campaign add column surplus_declared_at timestamptz;
alter table campaign add column surplus_reason text;

create table campaign_stop (
  campaign_id text not null references campaign (id),
  rule        text not null check (rule in ('COMPLAINT', 'DEATH')),
  cause       text not null,
  stopped_at  timestamptz not null,
  stopped_by  text not null,
  primary key (campaign_id, rule, cause)
);

create function stop_is_for_good() returns trigger language plpgsql as $$
begin
  if old.stopped_at is not null and new.stopped_at is distinct from old.stopped_at then
    raise exception 'campaign %: stopped is stopped', old.id using errcode = 'AL004';
  end if;
  if old.ended_at is not null and new.phase is distinct from old.phase then
    raise exception 'campaign %: % is an end', old.id, old.phase using errcode = 'AL004';
  end if;
  if new.stopped_at is not null and new.phase in ('fundraising', 'certificate-publicity') and new.phase is distinct from old.phase then
    raise exception 'campaign %: a stopped campaign raises nothing', old.id using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger stop_is_for_good before update on campaign for each row execute function stop_is_for_good();
revoke all on function stop_is_for_good() from public;

alter table release drop constraint release_stage_check;
alter table release add constraint release_stage_check check (stage in
  ('planned', 'review', 'publicity', 'approval', 'transfer', 'correction', 'receipt', 'evidence', 'watch', 'closed', 'refused', 'cancelled'));
alter table release drop constraint closed_when_over;
alter table release add constraint closed_when_over check ((closed_at is not null) = (stage in ('closed', 'refused', 'cancelled')));
-- DEATH: proven debt at the hospital is paid though the patient died; such a release passes the hold that DEATH placed.
alter table release add column settles_debt boolean not null default false;

-- A refund round gives one amount back: pro rata over what is left of each gift, or one donor's share at their own request.
create table refund_round (
  id          text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id   text not null references tenant (id),
  campaign_id text not null references campaign (id),
  cause       text not null check (cause in ('stopped', 'surplus', 'request')),
  amount_fen  bigint not null check (amount_fen > 0),
  gifts       integer not null check (gifts > 0),
  decided_by  text not null,
  begun_at    timestamptz not null,
  finished_at timestamptz
);
create index on refund_round (campaign_id);
create unique index one_pro_rata_round_at_a_time on refund_round (campaign_id) where finished_at is null and cause <> 'request';

alter table gift_return add column round_id text references refund_round (id);
alter table gift_return drop constraint gift_return_cause_check;
alter table gift_return add constraint gift_return_cause_check check (cause in ('above-target', 'after-close', 'stopped', 'surplus', 'request'));
alter table gift_return add constraint rounds_give_back_credit check ((round_id is null) = (cause in ('above-target', 'after-close')));
alter table gift_return drop constraint gift_return_gift_id_cause_key;
create unique index one_return_per_round on gift_return (gift_id, cause, coalesce(round_id, ''));
create index on gift_return (round_id, status);

-- The channel's account is a current account: refunds may run ahead of what it still owes us, and it then collects from custody.
alter table ledger.account drop constraint balance_not_negative;
alter table ledger.account add constraint balance_not_negative check (kind = 'clearing' or
  case normal when 'debit' then debits_fen - credits_fen else credits_fen - debits_fen end >= 0);
alter table bank_line drop constraint bank_line_kind_check;
alter table bank_line add constraint bank_line_kind_check check (kind in ('payout', 'return', 'collection', 'refund-funding', 'unknown'));

-- Begins a round: shares the amount out exactly, writes a return per gift, and reserves the money, all or nothing.
-- p_gift null: pro rata over what is left of every gift, rounded down, the lost fen to the largest remainders (then by gift id). Returns the number of gifts.
create type refund_share as (gift_id text, amount_fen bigint);
create function begin_refund(p_round text, p_campaign text, p_cause text, p_gift text, p_amount_fen bigint, p_decided_by text, p_at timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  v_tenant text;
  v_shares refund_share[];
  v_count integer;
begin
  select tenant_id into strict v_tenant from campaign where id = p_campaign for update;
  with remaining as (
    select g.id, g.credited_fen - coalesce((select sum(r.amount_fen) from gift_return r where r.gift_id = g.id and r.round_id is not null), 0) as fen
    from gift g where g.campaign_id = p_campaign and g.status = 'paid' and g.credited_fen > 0 and (p_gift is null or g.id = p_gift)
  ), whole as (
    select sum(fen) as fen from remaining
  ), shared as (
    select r.id, r.fen, div(r.fen::numeric * p_amount_fen, w.fen)::bigint as down, mod(r.fen::numeric * p_amount_fen, w.fen) as rest
    from remaining r cross join whole w where w.fen >= p_amount_fen and r.fen > 0
  ), ranked as (
    select s.*, row_number() over (order by s.rest desc, s.id) as rank, p_amount_fen - sum(s.down) over () as lost from shared s
  )
  select array_agg(row(id, down + case when rank <= lost then 1 else 0 end)::refund_share) into v_shares
  from ranked where down + case when rank <= lost then 1 else 0 end > 0;
  if (select coalesce(sum(s.amount_fen), 0) from unnest(v_shares) s) <> p_amount_fen then
    raise exception 'refund %: % fen are more than is left of the gifts', p_round, p_amount_fen using errcode = 'AL006';
  end if;
  v_count := cardinality(v_shares);
  insert into refund_round (id, tenant_id, campaign_id, cause, amount_fen, gifts, decided_by, begun_at)
  values (p_round, v_tenant, p_campaign, p_cause, p_amount_fen, v_count, p_decided_by, p_at);
  -- The channel's refund number follows from round and gift: the same round can never ask twice under two numbers.
  insert into gift_return (id, gift_id, campaign_id, cause, amount_fen, due_at, round_id)
  select upper(substr(encode(sha256(convert_to(p_round || '/' || s.gift_id, 'UTF8')), 'hex'), 1, 26)), s.gift_id, p_campaign, p_cause, s.amount_fen, p_at, p_round
  from unnest(v_shares) s;
  perform ledger.post(jsonb_build_array(jsonb_build_object('key', 'refund/' || p_round || '/reserve', 'kind', 'refund-reserved', 'tenantId', v_tenant,
    'subject', 'refund/' || p_round, 'debit', jsonb_build_object('kind', 'held', 'campaignId', p_campaign),
    'credit', jsonb_build_object('kind', 'reserved', 'campaignId', p_campaign), 'amountFen', p_amount_fen::text, 'businessAt', p_at)), p_decided_by);
  return v_count;
end $$;

-- Records that the channel gave these returns back: [{id, reference}]. One balance change a group and account; a return counted before is skipped.
create function settle_returns(p_returns jsonb, p_at timestamptz) returns integer
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
      'debit', jsonb_build_object('kind', 'excess'), 'credit', jsonb_build_object('kind', 'clearing'), 'amountFen', r.amount_fen::text, 'businessAt', p_at) t
    from gift_return r join gift g on g.id = r.gift_id where r.id = any(v_ids) and r.round_id is null
    union all
    select jsonb_build_object('key', 'return/' || r.id, 'kind', 'gift-refunded', 'tenantId', g.tenant_id, 'subject', 'gift/' || g.id,
      'debit', jsonb_build_object('kind', 'reserved', 'campaignId', r.campaign_id), 'credit', jsonb_build_object('kind', 'refunded', 'campaignId', r.campaign_id),
      'amountFen', r.amount_fen::text, 'businessAt', p_at)
    from gift_return r join gift g on g.id = r.gift_id where r.id = any(v_ids) and r.round_id is not null
    union all
    select jsonb_build_object('key', 'return/' || r.id || '/channel', 'kind', 'channel-refunded', 'tenantId', g.tenant_id, 'subject', 'gift/' || g.id,
      'debit', jsonb_build_object('kind', 'returned'), 'credit', jsonb_build_object('kind', 'clearing'), 'amountFen', r.amount_fen::text, 'businessAt', p_at)
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

revoke all on function begin_refund(text, text, text, text, bigint, text, timestamptz), settle_returns(jsonb, timestamptz) from public;
grant execute on function begin_refund(text, text, text, text, bigint, text, timestamptz), settle_returns(jsonb, timestamptz) to almoner_app;
grant select, insert on campaign_stop to almoner_app;
grant select on refund_round to almoner_app;
grant update (finished_at) on refund_round to almoner_app;
