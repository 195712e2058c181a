-- A settlement of the channel that came before its gifts were known lies on suspense. Once the gifts are posted, what the channel owes says whose it is: a match
-- like those by hand, made by the machine where the line itself names our merchant number, by a person otherwise.
alter table bank_line add column names_merchant boolean not null default false;
alter table bank_match drop constraint bank_match_target_check;
alter table bank_match add constraint bank_match_target_check check (target in ('payout-debit', 'payout-return', 'back-to-payer', 'owed-back', 'chargeback', 'channel'));
alter table bank_match drop constraint target_named;
alter table bank_match add constraint target_named check (case target
  when 'payout-debit' then payout_id is not null and sign = 'DBIT'
  when 'payout-return' then payout_id is not null and sign = 'CRDT'
  when 'back-to-payer' then credit_reference is not null and sign = 'DBIT'
  when 'owed-back' then return_id is not null and sign = 'DBIT'
  when 'channel' then sign = 'CRDT'
  else chargeback_id is not null and sign = 'CRDT' end);
alter table bank_match drop constraint bank_match_made_by_check;
alter table bank_match add constraint bank_match_made_by_check
  check (made_by ~ '^(finance-maker|finance-checker|operator)(:|$)' or (made_by = 'machine' and target = 'channel'));
-- A worker of before this migration says no time: then it arose now.
alter table money_exception alter column arisen_at set default now();
