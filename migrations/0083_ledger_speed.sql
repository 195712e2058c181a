-- Speed of the one way in, the same to the byte in what it writes (digests and request hashes of before hold):
-- a gift costs 2.4 times less in ledger.post. See docs/decisions/0017-ledger-speed.md.

-- Without a search path of its own and no more than stable, Postgres puts the expression into the statement that calls it. Every name is whole instead.
create or replace function ledger.canonical(t ledger.transfer) returns text
language sql stable as $$
  select pg_catalog.jsonb_build_array(t.id, t.key, pg_catalog.encode(t.request_hash, 'hex'), t.kind, t.debit_account, t.credit_account, t.amount_fen::pg_catalog.text, t.subject,
    pg_catalog.to_char(t.business_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::pg_catalog.text
$$;
alter function ledger.canonical(ledger.transfer) reset all;
create or replace function audit.canonical(e audit.event) returns text
language sql stable as $$
  select pg_catalog.jsonb_build_array(e.seq, pg_catalog.to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    pg_catalog.to_char(e.business_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.tenant_id, e.campaign_id, e.actor, e.action, e.subject, e.data)::pg_catalog.text
$$;
alter function audit.canonical(audit.event) reset all;

-- Three foreign keys asked, for every gift, for rows that ledger.post has just locked (the accounts) or writes itself (the posting). Nobody but that function
-- and the owner can write here; what the keys still kept from happening is kept so: an account never goes, and verify names a transfer without its rows.
alter table ledger.transfer drop constraint transfer_debit_account_fkey, drop constraint transfer_credit_account_fkey, drop constraint transfer_posting_id_fkey;
create function ledger.refuse_removal() returns trigger language plpgsql as $$
begin
  raise exception '% is never removed', tg_table_schema || '.' || tg_table_name using errcode = 'AL003';
end $$;
create trigger never_removed before delete or truncate on ledger.account for each statement execute function ledger.refuse_removal();

-- As in 0001, in fewer looks: unknown accounts are found while reading, keys used before by one join, and the accounts of a call are gathered once.
create or replace function ledger.post(p_transfers jsonb, p_actor text) returns integer
language plpgsql security definer set search_path = pg_catalog, ledger as $$
declare
  v_lines ledger.line[];
  v_accounts bigint[];
  v_moved bigint[];
  v_posting bigint;
  v_count integer;
  v_keys integer;
  v_seen integer;
  v_total numeric;
  v_digest bytea;
  v_bad text;
begin
  -- The time is when, not what: a retry of the same movement a second later is the same request.
  select array_agg(row(x.n, e->>'key', e->>'kind', d.id, c.id, (e->>'amountFen')::bigint, e->>'subject', (e->>'businessAt')::timestamptz,
      sha256(convert_to((e - 'businessAt')::text, 'UTF8')))::ledger.line order by x.n),
    string_agg(e->>'key', ', ') filter (where d.id is null or c.id is null)
  into v_lines, v_bad
  from jsonb_array_elements(p_transfers) with ordinality as x(e, n)
  left join ledger.account d on d.tenant_id = e->>'tenantId' and coalesce(d.campaign_id, '') = coalesce(e->'debit'->>'campaignId', '') and d.kind = e->'debit'->>'kind'
  left join ledger.account c on c.tenant_id = e->>'tenantId' and coalesce(c.campaign_id, '') = coalesce(e->'credit'->>'campaignId', '') and c.kind = e->'credit'->>'kind';
  if v_lines is null then return 0; end if;
  if v_bad is not null then raise exception 'ledger: no such account for %', v_bad using errcode = 'AL002'; end if;

  select array_agg(id order by id) into v_accounts from (select l.debit_account id from unnest(v_lines) l union select l.credit_account from unnest(v_lines) l) a;
  perform 1 from ledger.account a where a.id = any(v_accounts) order by a.id for update;

  -- One look at the keys serves the usual case, in which none was used before; only then is anything left out.
  select count(*), count(distinct l.key), count(t.key), string_agg(distinct l.key, ', ') filter (where t.request_hash <> l.request_hash)
  into v_count, v_keys, v_seen, v_bad
  from unnest(v_lines) l left join ledger.transfer t on t.key = l.key;
  if v_bad is null and v_keys < v_count then
    select string_agg(key, ', ') into v_bad from (select l.key from unnest(v_lines) l group by l.key having count(distinct l.request_hash) > 1) other;
  end if;
  if v_bad is not null then raise exception 'ledger: key used before with other content: %', v_bad using errcode = 'AL001'; end if;
  if v_seen > 0 or v_keys < v_count then
    select array_agg(l order by l.n) into v_lines from (
      select distinct on (u.key) u.* from unnest(v_lines) u where not exists (select from ledger.transfer t where t.key = u.key) order by u.key, u.n
    ) l;
    if v_lines is null then return 0; end if;
  end if;

  select array_agg(distinct id) into v_moved from (select l.debit_account id from unnest(v_lines) l union select l.credit_account from unnest(v_lines) l) a;
  v_posting := nextval('ledger.posting_id');
  with written as (
    insert into ledger.transfer (posting_id, key, request_hash, kind, debit_account, credit_account, amount_fen, subject, business_at)
    select v_posting, l.key, l.request_hash, l.kind, l.debit_account, l.credit_account, l.amount_fen, l.subject, l.business_at
    from unnest(v_lines) l order by l.n
    returning *
  )
  select count(*), sum(w.amount_fen), sha256(convert_to(string_agg(ledger.canonical(w), E'\n' order by w.id), 'UTF8'))
  into v_count, v_total, v_digest from written w;
  insert into ledger.posting (id, transfers, total_fen, digest) values (v_posting, v_count, v_total, v_digest);

  update ledger.account a set debits_fen = a.debits_fen + m.debits, credits_fen = a.credits_fen + m.credits
  from (select id, sum(debits) debits, sum(credits) credits from (
          select l.debit_account id, l.amount_fen debits, 0 credits from unnest(v_lines) l
          union all select l.credit_account, 0, l.amount_fen from unnest(v_lines) l) moves group by id) m
  where a.id = m.id;

  insert into audit.event (business_at, tenant_id, campaign_id, actor, action, subject, data)
  select (select min(l.business_at) from unnest(v_lines) l), min(a.tenant_id), min(a.campaign_id), p_actor, 'ledger.posted', 'posting/' || v_posting,
    jsonb_build_object('transfers', v_count, 'totalFen', v_total::text, 'digest', encode(v_digest, 'hex'),
      'kinds', (select jsonb_agg(distinct l.kind) from unnest(v_lines) l))
  from ledger.account a where a.id = any(v_moved);
  return v_count;
end $$;
