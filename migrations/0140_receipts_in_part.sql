-- RECEIPT: a hospital may confirm a payment in part; the rest is confirmed later, comes back, or is settled by a person with a reason.

-- Why less than all is confirmed, or all denied. Receipts of before said it in words alone.
alter table receipt add column reason text check (reason in
  ('not-credited', 'patient-unknown', 'patient-discharged', 'account-not-ours', 'less-credited', 'bank-fee', 'sent-back', 'not-placed', 'other'));
alter table receipt add constraint denial_has_a_reason check (outcome = 'confirm' or reason is not null) not valid;
-- A confirmation says how much of the payment the hospital has received in all, so that the same one given again adds nothing.
drop index one_confirmation;
create unique index each_confirmation_says_more on receipt (payout_id, amount_fen) where outcome = 'confirm';

-- What stands confirmed: what the hospital said that it received, less what it sent back of that since. With what came back, never more than was paid.
alter table payout add column confirmed_fen bigint not null default 0;
-- How much of a match was confirmed before it came back; undoing the match gives that back.
alter table bank_match add column of_confirmed_fen bigint not null default 0;
update payout p set confirmed_fen = p.net_fen - p.given_back_fen where exists (select from receipt r where r.payout_id = p.id and r.outcome = 'confirm');
alter table bank_match disable trigger match_counts;
update bank_match m set of_confirmed_fen = m.amount_fen from payout p where p.id = m.payout_id and m.target = 'payout-return' and p.confirmed_fen > 0;
alter table bank_match enable trigger match_counts;
alter table payout add constraint confirmed_and_given_back_within_payout check (confirmed_fen >= 0 and confirmed_fen + given_back_fen <= net_fen);
alter table bank_match add constraint of_confirmed_within_match check (of_confirmed_fen between 0 and amount_fen);

-- The sum follows the receipts, whoever writes them.
create function receipt_counts() returns trigger language plpgsql as $$
declare
  v_before bigint;
begin
  if new.outcome <> 'confirm' then return new; end if;
  perform 1 from payout where id = new.payout_id for update;
  select coalesce(max(amount_fen), 0) into v_before from receipt where payout_id = new.payout_id and outcome = 'confirm';
  if new.amount_fen <= v_before then
    raise exception 'receipt %: % fen are confirmed already', new.id, v_before using errcode = 'AL004';
  end if;
  update payout set confirmed_fen = confirmed_fen + new.amount_fen - v_before where id = new.payout_id;
  return new;
end $$;
create trigger receipt_counts before insert on receipt for each row execute function receipt_counts();

-- What comes back is first what nobody confirmed, then what the hospital had: its surplus.
create or replace function match_counts() returns trigger language plpgsql as $$
declare
  p payout;
begin
  if tg_op = 'INSERT' then
    new.of_confirmed_fen := 0;
    if new.target = 'payout-return' then
      select * into p from payout where id = new.payout_id for update;
      new.of_confirmed_fen := greatest(0, new.amount_fen - (p.net_fen - p.confirmed_fen - p.given_back_fen));
      -- More than was paid: the check of what was given back says so.
      if new.of_confirmed_fen > p.confirmed_fen then new.of_confirmed_fen := p.confirmed_fen; end if;
    end if;
    perform count_match(new, new.amount_fen);
    return new;
  end if;
  if old.undone_at is not null or new.undone_at is null or to_jsonb(old) - array['undone_at', 'undone_by', 'undo_reason'] <> to_jsonb(new) - array['undone_at', 'undone_by', 'undo_reason'] then
    raise exception 'match %: a match is undone once, and never edited', old.id using errcode = 'AL004';
  end if;
  perform count_match(new, -new.amount_fen);
  return new;
end $$;
create or replace function count_match(m bank_match, p_fen bigint) returns void language plpgsql as $$
begin
  update bank_line set allocated_fen = allocated_fen + p_fen where account_number = m.account_number and reference = m.reference and sign = m.sign;
  if m.target = 'back-to-payer' then
    update bank_line set allocated_fen = allocated_fen + p_fen where account_number = m.account_number and reference = m.credit_reference and sign = 'CRDT';
  end if;
  if m.target = 'chargeback' then update money_exception set made_good_fen = made_good_fen + p_fen where id = m.chargeback_id; end if;
  if m.target = 'payout-return' then
    update payout set given_back_fen = given_back_fen + p_fen, confirmed_fen = confirmed_fen - case when p_fen > 0 then m.of_confirmed_fen else -m.of_confirmed_fen end
    where id = m.payout_id;
  end if;
end $$;

-- The release of a payment of which a part is confirmed waits for the rest.
alter table release drop constraint release_receipt_check;
alter table release add constraint release_receipt_check check (receipt in ('awaited', 'part', 'signed', 'overdue', 'denied'));
revoke all on function receipt_counts() from public;
