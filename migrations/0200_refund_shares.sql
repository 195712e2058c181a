-- The sum over all gifts is taken once: written in line, it was taken again for every gift, and to begin the refund of 12,000 donors took a quarter of a minute.
create or replace function begin_refund(p_round text, p_campaign text, p_cause text, p_gift text, p_amount_fen bigint, p_decided_by text, p_at timestamptz) returns integer
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
  ), whole as materialized (
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
