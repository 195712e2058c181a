-- Finance's books: what fits nowhere has an owner and an age, unknown credits lie on the suspense account, and people match lines by hand.

-- ── Exceptions ──────────────────────────────────────────────────────────────────────────────────────────────────────
alter table money_exception add column owner_staff_id text references staff (id);
-- When it arose in its platform's business time; the wall's, for what belongs to nobody and for rows of before.
alter table money_exception add column arisen_at timestamptz;
update money_exception set arisen_at = opened_at;
alter table money_exception alter column arisen_at set not null;
-- `settled`: dealt with outside of the books, with a reason; `matched`: by matches that explain it whole; `machine`: it went away by itself.
alter table money_exception add column resolution text check (resolution in ('settled', 'matched', 'machine'));
alter table money_exception add column reason text;
update money_exception set resolution = 'settled' where resolved_at is not null;
alter table money_exception add constraint resolved_whole check ((resolved_at is null) = (resolution is null) and (resolved_at is null) = (resolved_by is null));
-- A chargeback: what the channel took back, and how much of it is made good.
alter table money_exception add column booked_fen bigint not null default 0 check (booked_fen >= 0);
alter table money_exception add column made_good_fen bigint not null default 0;
alter table money_exception add constraint made_good_within_booked check (made_good_fen between 0 and booked_fen);
create index money_exception_of_tenant on money_exception (tenant_id, id);

-- Money that is owed back is somebody's task until it is back.
create function owed_is_owed() returns trigger language plpgsql as $$
begin
  if old.resolved_at is null and new.resolved_at is not null and new.kind = 'owed-back'
     and exists (select from gift_return r where r.id = new.subject and r.status = 'owed') then
    raise exception 'exception %: the money is owed still', new.id using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger owed_is_owed before update on money_exception for each row execute function owed_is_owed();

-- ── What of a bank line nobody explained when it came, and how much of that people have matched since ──────────────
alter table bank_line add column unexplained_fen bigint not null default 0;
alter table bank_line add column allocated_fen bigint not null default 0;
alter table bank_line add constraint allocated_within_line check (allocated_fen between 0 and unexplained_fen and unexplained_fen <= amount_fen);
-- What came back of a payout in matches by hand: the hospital's surplus, or a return in part.
alter table payout add column given_back_fen bigint not null default 0;
alter table payout add constraint given_back_within_payout check (given_back_fen between 0 and net_fen);

-- ── Chargebacks: what the channel took back of its own accord, until somebody makes it good ────────────────────────
alter table ledger.account drop constraint account_kind_check;
alter table ledger.account add constraint account_kind_check check (kind in
  ('custody', 'clearing', 'disbursed', 'returned', 'excess', 'suspense', 'interest', 'chargeback', 'held', 'reserved', 'paid', 'fees', 'refunded'));
create or replace function ledger.open_accounts(p_tenant text, p_campaign text, p_kinds text[]) returns void
language sql security definer set search_path = pg_catalog, ledger as $$
  insert into ledger.account (tenant_id, campaign_id, kind, normal)
  select p_tenant, p_campaign, k, case when k in ('custody', 'clearing', 'disbursed', 'returned', 'chargeback') then 'debit' else 'credit' end
  from unnest(p_kinds) k
  on conflict do nothing
$$;
select ledger.open_accounts(id, null, '{chargeback}') from tenant;

-- ── Matches by hand: each its own record, undone by a record of its own, and only ever by a person ──────────────────
create table bank_match (
  id             text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id      text not null references tenant (id),
  exception_id   text not null references money_exception (id),
  account_number text not null,
  reference      text not null,
  sign           text not null,
  target         text not null check (target in ('payout-debit', 'payout-return', 'back-to-payer', 'owed-back', 'chargeback')),
  payout_id      text references payout (id),
  return_id      text references gift_return (id),
  -- The credit on suspense that a debit gave back.
  credit_reference text,
  -- The chargeback that a credit made good.
  chargeback_id  text references money_exception (id),
  amount_fen     bigint not null check (amount_fen > 0),
  made_at        timestamptz not null,
  made_by        text not null check (made_by ~ '^(finance-maker|finance-checker|operator)(:|$)'),
  undone_at      timestamptz,
  undone_by      text check (undone_by ~ '^(finance-maker|finance-checker|operator)(:|$)'),
  undo_reason    text,
  foreign key (account_number, reference, sign) references bank_line (account_number, reference, sign),
  constraint undone_whole check ((undone_at is null) = (undone_by is null) and (undone_at is null) = (undo_reason is null)),
  constraint target_named check (case target
    when 'payout-debit' then payout_id is not null and sign = 'DBIT'
    when 'payout-return' then payout_id is not null and sign = 'CRDT'
    when 'back-to-payer' then credit_reference is not null and sign = 'DBIT'
    when 'owed-back' then return_id is not null and sign = 'DBIT'
    else chargeback_id is not null and sign = 'CRDT' end)
);
create index on bank_match (account_number, reference, sign);
create index on bank_match (tenant_id, id);
create index on bank_match (chargeback_id);
-- A payout is debited once and a return made once, whoever says so.
create unique index one_debit_by_hand on bank_match (payout_id) where target = 'payout-debit' and undone_at is null;
create unique index one_return_by_hand on bank_match (return_id) where undone_at is null;

-- The sums follow the matches, whoever writes them; the checks above then hold what they hold.
create function count_match(m bank_match, p_fen bigint) returns void language plpgsql as $$
begin
  update bank_line set allocated_fen = allocated_fen + p_fen where account_number = m.account_number and reference = m.reference and sign = m.sign;
  if m.target = 'back-to-payer' then
    update bank_line set allocated_fen = allocated_fen + p_fen where account_number = m.account_number and reference = m.credit_reference and sign = 'CRDT';
  end if;
  if m.target = 'chargeback' then update money_exception set made_good_fen = made_good_fen + p_fen where id = m.chargeback_id; end if;
  if m.target = 'payout-return' then update payout set given_back_fen = given_back_fen + p_fen where id = m.payout_id; end if;
end $$;
create function match_counts() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform count_match(new, new.amount_fen);
    return new;
  end if;
  if old.undone_at is not null or new.undone_at is null or to_jsonb(old) - array['undone_at', 'undone_by', 'undo_reason'] <> to_jsonb(new) - array['undone_at', 'undone_by', 'undo_reason'] then
    raise exception 'match %: a match is undone once, and never edited', old.id using errcode = 'AL004';
  end if;
  perform count_match(new, -new.amount_fen);
  return new;
end $$;
create trigger match_counts before insert or update on bank_match for each row execute function match_counts();
create trigger never_removed before delete or truncate on bank_match for each statement execute function ledger.refuse_removal();

-- What a person matched, no machine takes for something else.
create function matched_line_stays() returns trigger language plpgsql as $$
begin
  if old.allocated_fen > 0 and (new.kind, new.payout_id, new.unexplained_fen, new.amount_fen) is distinct from (old.kind, old.payout_id, old.unexplained_fen, old.amount_fen) then
    raise exception 'bank line %: it is matched by hand', old.reference using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger matched_line_stays before update on bank_line for each row execute function matched_line_stays();
revoke all on function owed_is_owed(), count_match(bank_match, bigint), match_counts(), matched_line_stays() from public;
grant execute on function count_match(bank_match, bigint) to almoner_app;
grant select, insert, update (undone_at, undone_by, undo_reason) on bank_match to almoner_app;

-- ── Lines of before: unknown credits go onto suspense, as they do from now on ───────────────────────────────────────
select ledger.post(jsonb_agg(jsonb_build_object('key', 'bank-line/' || account_number || '/' || reference || '/suspense', 'kind', 'unexplained-credit', 'tenantId', tenant_id,
    'debit', jsonb_build_object('kind', 'custody'), 'credit', jsonb_build_object('kind', 'suspense'), 'amountFen', amount_fen::text,
    'subject', 'bank-line/' || account_number || '/' || reference, 'businessAt', booked_at) order by tenant_id, reference), 'migration:0110')
from bank_line where kind = 'unknown' and sign = 'CRDT' and applied_at is null having count(*) > 0;
update bank_line set unexplained_fen = amount_fen, applied_at = case sign when 'CRDT' then coalesce(applied_at, booked_at) end where kind = 'unknown';
update bank_line l set unexplained_fen = t.amount_fen from ledger.transfer t
where l.kind = 'collection' and t.key = 'bank-line/' || l.account_number || '/' || l.reference || '/suspense';
