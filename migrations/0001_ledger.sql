-- Double-entry ledger: append-only transfers between two accounts, guarded balances, one set-based way in.
-- The application role may execute ledger.post and ledger.open_accounts and read; it can write nothing here directly.
create schema ledger;
create schema audit;

-- Audit rows: written in the transaction of what they tell; sealed into a chain later, off the hot path.
create table audit.event (
  seq          bigint generated always as identity primary key,
  recorded_at  timestamptz not null default clock_timestamp(),
  business_at  timestamptz,
  tenant_id    text,
  campaign_id  text,
  actor        text not null,
  action       text not null check (action ~ '^[a-z][a-z0-9_.-]{2,63}$'),
  subject      text not null,
  data         jsonb not null default '{}'
);
create index on audit.event (campaign_id, seq);

-- One link per sealed event, in the order of sealing. hash = sha256(previous hash || canonical event).
create table audit.link (
  position  bigint primary key,
  event_seq bigint not null unique references audit.event (seq),
  hash      bytea not null check (octet_length(hash) = 32)
);

create function audit.append(p_events jsonb) returns void
language sql security definer set search_path = pg_catalog, audit as $$
  insert into audit.event (business_at, tenant_id, campaign_id, actor, action, subject, data)
  select (e->>'businessAt')::timestamptz, e->>'tenantId', e->>'campaignId', e->>'actor', e->>'action', e->>'subject', coalesce(e->'data', '{}')
  from jsonb_array_elements(p_events) with ordinality as x(e, n) order by n
$$;

-- The canonical text of an event that the chain binds. Times in UTC to the microsecond, so that no session setting changes it.
create function audit.canonical(e audit.event) returns text
language sql immutable set search_path = pg_catalog as $$
  select jsonb_build_array(e.seq, to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    to_char(e.business_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.tenant_id, e.campaign_id, e.actor, e.action, e.subject, e.data)::text
$$;

-- Seals at most p_limit committed events. One sealer at a time; returns how many were sealed.
create function audit.seal(p_limit integer) returns integer
language plpgsql security definer set search_path = pg_catalog, audit as $$
declare
  v_event audit.event;
  v_position bigint;
  v_hash bytea;
  v_count integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('almoner.audit.seal')) then return 0; end if;
  select position, hash into v_position, v_hash from audit.link order by position desc limit 1;
  v_position := coalesce(v_position, 0);
  v_hash := coalesce(v_hash, sha256('almoner'::bytea));
  for v_event in
    -- A transaction may commit after later numbers were sealed: look back far enough to take its events too. Older strays are named by verify.
    select e.* from audit.event e
    where e.seq > (select coalesce(max(l.event_seq), 0) - 20000 from audit.link l) and not exists (select from audit.link l where l.event_seq = e.seq)
    order by e.seq limit p_limit
  loop
    v_position := v_position + 1;
    v_hash := sha256(v_hash || convert_to(audit.canonical(v_event), 'UTF8'));
    insert into audit.link values (v_position, v_event.seq, v_hash);
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;

-- ── Ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────────
create table ledger.account (
  id          bigint generated always as identity primary key,
  tenant_id   text not null,
  campaign_id text,
  kind        text not null check (kind in
    ('custody', 'clearing', 'disbursed', 'returned', 'excess', 'suspense', 'interest',
     'held', 'reserved', 'paid', 'fees', 'refunded')),
  normal      text not null check (normal in ('debit', 'credit')),
  debits_fen  bigint not null default 0 check (debits_fen >= 0),
  credits_fen bigint not null default 0 check (credits_fen >= 0),
  -- Guard: no account may stand on the wrong side, whoever posts.
  constraint balance_not_negative check (case normal when 'debit' then debits_fen - credits_fen else credits_fen - debits_fen end >= 0)
);
create unique index account_key on ledger.account (tenant_id, coalesce(campaign_id, ''), kind);

-- One posting is one call: its transfers stand or fall together. digest binds them into the audit chain.
create sequence ledger.posting_id;
create table ledger.posting (
  id         bigint primary key,
  posted_at  timestamptz not null default clock_timestamp(),
  transfers  integer not null check (transfers > 0),
  total_fen  numeric(30) not null check (total_fen > 0),
  digest     bytea not null
);

create table ledger.transfer (
  id             bigint generated always as identity primary key,
  posting_id     bigint not null references ledger.posting (id) deferrable initially deferred,
  key            text not null unique,
  request_hash   bytea not null,
  kind           text not null check (kind ~ '^[a-z][a-z0-9-]{2,31}$'),
  debit_account  bigint not null references ledger.account (id),
  credit_account bigint not null references ledger.account (id),
  amount_fen     bigint not null check (amount_fen > 0),
  subject        text not null,
  business_at    timestamptz not null,
  constraint two_accounts check (debit_account <> credit_account)
);
create index on ledger.transfer (debit_account, id);
create index on ledger.transfer (credit_account, id);
create index on ledger.transfer (posting_id);

create function ledger.open_accounts(p_tenant text, p_campaign text, p_kinds text[]) returns void
language sql security definer set search_path = pg_catalog, ledger as $$
  insert into ledger.account (tenant_id, campaign_id, kind, normal)
  select p_tenant, p_campaign, k, case when k in ('custody', 'clearing', 'disbursed', 'returned') then 'debit' else 'credit' end
  from unnest(p_kinds) k
  on conflict do nothing
$$;

-- The text of a transfer that its posting's digest binds.
create function ledger.canonical(t ledger.transfer) returns text
language sql immutable set search_path = pg_catalog as $$
  select jsonb_build_array(t.id, t.key, encode(t.request_hash, 'hex'), t.kind, t.debit_account, t.credit_account, t.amount_fen::text, t.subject,
    to_char(t.business_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text
$$;

-- One movement of a posting, as it travels inside ledger.post.
create type ledger.line as (
  n bigint, key text, kind text, debit_account bigint, credit_account bigint, amount_fen bigint, subject text, business_at timestamptz, request_hash bytea
);

-- Posts many transfers at once: [{key, kind, tenantId, debit: {campaignId?, kind}, credit: {campaignId?, kind}, amountFen, subject, businessAt}].
-- A key seen before with the same content is skipped (its money has moved); with other content the whole call fails with code AL001.
-- Balances change once per account; accounts are locked in id order, so that concurrent postings queue instead of deadlocking.
-- Returns how many transfers were new.
create function ledger.post(p_transfers jsonb, p_actor text) returns integer
language plpgsql security definer set search_path = pg_catalog, ledger as $$
declare
  v_lines ledger.line[];
  v_posting bigint;
  v_count integer;
  v_total numeric;
  v_digest bytea;
  v_bad text;
begin
  -- The time is when, not what: a retry of the same movement a second later is the same request.
  select array_agg(row(x.n, e->>'key', e->>'kind', d.id, c.id, (e->>'amountFen')::bigint, e->>'subject', (e->>'businessAt')::timestamptz,
      sha256(convert_to((e - 'businessAt')::text, 'UTF8')))::ledger.line order by x.n)
  into v_lines
  from jsonb_array_elements(p_transfers) with ordinality as x(e, n)
  left join ledger.account d on d.tenant_id = e->>'tenantId' and coalesce(d.campaign_id, '') = coalesce(e->'debit'->>'campaignId', '') and d.kind = e->'debit'->>'kind'
  left join ledger.account c on c.tenant_id = e->>'tenantId' and coalesce(c.campaign_id, '') = coalesce(e->'credit'->>'campaignId', '') and c.kind = e->'credit'->>'kind';
  if v_lines is null then return 0; end if;

  select string_agg(l.key, ', ') into v_bad from unnest(v_lines) l where l.debit_account is null or l.credit_account is null;
  if v_bad is not null then raise exception 'ledger: no such account for %', v_bad using errcode = 'AL002'; end if;

  perform 1 from ledger.account a
  where a.id in (select l.debit_account from unnest(v_lines) l union select l.credit_account from unnest(v_lines) l)
  order by a.id for update;

  select string_agg(distinct l.key, ', ') into v_bad
  from unnest(v_lines) l
  where exists (select from ledger.transfer t where t.key = l.key and t.request_hash <> l.request_hash)
     or exists (select from unnest(v_lines) o where o.key = l.key and o.request_hash <> l.request_hash);
  if v_bad is not null then raise exception 'ledger: key used before with other content: %', v_bad using errcode = 'AL001'; end if;
  select array_agg(l order by l.n) into v_lines from (
    select distinct on (u.key) u.* from unnest(v_lines) u where not exists (select from ledger.transfer t where t.key = u.key) order by u.key, u.n
  ) l;
  if v_lines is null then return 0; end if;

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
  select min(l.business_at), min(a.tenant_id), min(a.campaign_id), p_actor, 'ledger.posted', 'posting/' || v_posting,
    jsonb_build_object('transfers', v_count, 'totalFen', v_total::text, 'digest', encode(v_digest, 'hex'), 'kinds', jsonb_agg(distinct l.kind))
  from unnest(v_lines) l join ledger.account a on a.id in (l.debit_account, l.credit_account);
  return v_count;
end $$;

-- Not even the owner changes history by accident: corrections are new transfers, and new events.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_schema || '.' || tg_table_name using errcode = 'AL003';
end $$;
create trigger append_only before update or delete or truncate on ledger.transfer for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on ledger.posting for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on audit.event for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on audit.link for each statement execute function ledger.refuse_change();
