-- A recall (追回): finance asks the bank for a payout back that was sent. One person asks, another confirms under a step-up; the bank decides, and only money that it
-- books ends a recall as returned.
create table recall (
  id           text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id    text not null references tenant (id),
  campaign_id  text not null references campaign (id),
  payout_id    text not null references payout (id),
  reason       text not null check (reason in ('duplicate', 'fraud', 'wrong-account', 'wrong-amount', 'not-due')),
  words        text not null,
  -- Binds payout, amount, reason and words: what the second person confirms.
  digest       text not null check (digest ~ '^[0-9a-f]{64}$'),
  state        text not null default 'asked' check (state in ('asked', 'withdrawn', 'confirmed', 'sent', 'accepted', 'refused', 'returned', 'moot')),
  asker_id     text not null references staff (id),
  asked_at     timestamptz not null,
  confirmer_id text references staff (id),
  confirmed_at timestamptz,
  step_up_id   text unique,
  -- On record before the bank hears a word.
  sent_at      timestamptz,
  accepted_at  timestamptz,
  -- The bank's code, where it refused with one.
  bank_code    text,
  ended_at     timestamptz,
  -- `bank`, `workflow:…` or `role:id` of a person.
  ended_by     text,
  foreign key (step_up_id, confirmer_id, digest) references step_up (id, staff_id, digest),
  constraint another_confirms check (confirmer_id <> asker_id),
  constraint confirmed_whole check (num_nonnulls(confirmer_id, confirmed_at, step_up_id) in (0, 3)),
  constraint confirmed_before_it_goes_on check (state not in ('confirmed', 'sent', 'accepted', 'refused', 'returned') or confirmed_at is not null),
  constraint sent_before_it_is_answered check ((state in ('sent', 'accepted', 'refused', 'returned')) = (sent_at is not null)),
  constraint accepted_at_a_time check (state <> 'accepted' or accepted_at is not null),
  constraint ended_whole check ((ended_at is null) = (ended_by is null) and (ended_at is not null) = (state in ('withdrawn', 'refused', 'returned', 'moot')))
);
create unique index one_recall_at_a_time on recall (payout_id) where state in ('asked', 'confirmed', 'sent', 'accepted');
create index on recall (payout_id);
create index on recall (campaign_id);
create index on recall (tenant_id, id);

create function recall_edges() returns trigger language plpgsql as $$
begin
  if old.state <> new.state and not (old.state, new.state) in (('asked', 'withdrawn'), ('asked', 'confirmed'), ('asked', 'moot'), ('confirmed', 'sent'), ('confirmed', 'moot'),
    ('sent', 'accepted'), ('sent', 'refused'), ('sent', 'returned'), ('accepted', 'refused'), ('accepted', 'returned')) then
    raise exception 'recall %: % may not become %', old.id, old.state, new.state using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger recall_edges before update on recall for each row execute function recall_edges();

-- Separation of duties, whoever writes the row.
create function recall_confirmer() returns trigger language plpgsql set search_path = public as $$
begin
  if new.confirmer_id is not distinct from old.confirmer_id then return new; end if;
  if old.confirmer_id is not null or not exists (
    select from staff s where s.id = new.confirmer_id and s.tenant_id = new.tenant_id and s.role = 'finance-checker' and s.disabled_at is null) then
    raise exception 'recall %: % is no finance checker who may confirm it', new.id, new.confirmer_id using errcode = 'AL007';
  end if;
  if exists (select from staff a join staff b on b.identity_hash = a.identity_hash where a.id = new.asker_id and b.id = new.confirmer_id) then
    raise exception 'recall %: who asked and who confirms are one human', new.id using errcode = 'AL009';
  end if;
  return new;
end $$;
create trigger recall_confirmer before update on recall for each row execute function recall_confirmer();
create trigger recall_asker_id_in_role after insert on recall for each row execute function decided_in_the_right_role('asker_id', 'finance-maker finance-checker');
create trigger never_removed before delete or truncate on recall for each statement execute function ledger.refuse_removal();

revoke all on function recall_edges(), recall_confirmer() from public;
grant select, insert, update (state, confirmer_id, confirmed_at, step_up_id, sent_at, accepted_at, bank_code, ended_at, ended_by) on recall to almoner_app;

alter table outbox drop constraint outbox_workflow_type_check;
alter table outbox add constraint outbox_workflow_type_check
  check (workflow_type in ('campaign', 'release', 'transfer', 'payoutBatch', 'refund', 'complaint', 'supervision', 'reconciliation', 'recall'));
