-- Payout batches (付款批次): many releases made and checked in one act. Not the Convention's BATCH (分批), by which one campaign's money goes in stages.
create table payout_batch (
  id               text primary key,
  tenant_id        text not null references tenant (id),
  maker_id         text not null references staff (id),
  -- Said before any line is given: what the included lines must come to.
  declared_count   integer not null check (declared_count between 1 and 10000),
  declared_fen     bigint not null check (declared_fen > 0),
  declared_sum     bigint not null check (declared_sum >= 0),
  emergency_reason text,
  promised_by      timestamptz,
  declared_at      timestamptz not null,
  state            text not null default 'draft' check (state in ('draft', 'proposed', 'approved', 'rejected', 'cancelled')),
  state_since      timestamptz not null,
  end_reason       text,
  constraint an_emergency_is_promised check ((emergency_reason is not null) = (promised_by is not null))
);
create index on payout_batch (tenant_id, id);

-- Every line that was given, in order. One that is excluded says why; one that is not holds its release until it is freed.
create table payout_batch_line (
  batch_id       text not null references payout_batch (id),
  seq            integer not null check (seq between 1 and 20000),
  line_id        text not null check (line_id ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$'),
  given_release  text not null check (given_release ~ '^[0-9A-Z]{26}$'),
  amount_fen     bigint not null check (amount_fen > 0),
  release_id     text references release (id),
  excluded_code  text,
  excluded_facts jsonb not null default '{}',
  given_at       timestamptz not null,
  freed_at       timestamptz,
  primary key (batch_id, seq),
  constraint what_is_included_is_a_release check (excluded_code is not null or release_id = given_release)
);
create unique index line_ids_are_given_once on payout_batch_line (batch_id, line_id) where excluded_code is null;
-- Of two makers at once one wins: a release is in one batch at a time.
create unique index one_batch_at_a_time on payout_batch_line (release_id) where excluded_code is null and freed_at is null;

-- What a maker proposed: all lines, or those that failed and are tried again. Its digest binds every line.
create table payout_batch_proposal (
  id              text primary key,
  batch_id        text not null references payout_batch (id),
  round           integer not null check (round > 0),
  maker_id        text not null references staff (id),
  digest          text not null check (digest ~ '^[0-9a-f]{64}$'),
  line_count      integer not null check (line_count between 1 and 10000),
  gross_fen       bigint not null check (gross_fen > 0),
  fee_fen         bigint not null check (fee_fen >= 0),
  net_fen         bigint not null check (net_fen > 0),
  checkers_needed integer not null check (checkers_needed between 2 and 3),
  made_at         timestamptz not null,
  expires_at      timestamptz not null check (expires_at > made_at),
  superseded_at   timestamptz,
  approved_at     timestamptz,
  unique (batch_id, round),
  unique (id, maker_id, digest)
);
create unique index one_open_proposal on payout_batch_proposal (batch_id) where superseded_at is null;

-- One signature under one step-up for the whole batch; the signatures on its releases' sheets rest on it.
create table payout_batch_signature (
  id            text primary key,
  proposal_id   text not null,
  maker_id      text not null,
  digest        text not null,
  checker_id    text not null references staff (id),
  decision      text not null check (decision in ('approve', 'reject')),
  reason        text,
  signed_at     timestamptz not null,
  step_up_id    text not null unique,
  identity_hash bytea,
  unique (proposal_id, checker_id),
  foreign key (proposal_id, maker_id, digest) references payout_batch_proposal (id, maker_id, digest),
  foreign key (step_up_id, checker_id, digest) references step_up (id, staff_id, digest),
  constraint maker_is_no_checker check (checker_id <> maker_id)
);
create unique index one_human_signs_a_batch_once on payout_batch_signature (proposal_id, identity_hash) where identity_hash is not null;

-- Above a rolling sum of net fen (24 hours, 30 days) a third checker signs. The newest row counts; null: no limit. Only the owner of the schema writes here.
create table payout_limit (
  id        bigint generated always as identity primary key,
  tenant_id text not null references tenant (id),
  day_fen   bigint check (day_fen > 0),
  month_fen bigint check (month_fen > 0),
  set_at    timestamptz not null default now(),
  set_by    text not null
);
create index on payout_limit (tenant_id, id);

-- A payment that failed is held against every line of the bank under its id.
create index on bank_line (end_to_end_id) where end_to_end_id is not null;

alter table approval add column batch_proposal_id text references payout_batch_proposal (id);
create index on approval (batch_proposal_id) where batch_proposal_id is not null;
create unique index one_sheet_per_proposal on approval (batch_proposal_id, release_id) where batch_proposal_id is not null;

-- A signature on a release's sheet carries its own step-up, or the batch's signature, which carries one.
alter table approval_signature
  add column batch_signature_id text references payout_batch_signature (id),
  drop constraint signed_with_a_step_up,
  add constraint signed_with_a_step_up check (num_nonnulls(step_up_id, batch_signature_id) = 1) not valid;
create index on approval_signature (batch_signature_id) where batch_signature_id is not null;

create function payout_batch_edges() returns trigger language plpgsql as $$
begin
  if old.state <> new.state and not (old.state, new.state) in (('draft', 'proposed'), ('draft', 'cancelled'), ('proposed', 'approved'), ('proposed', 'rejected'),
    ('proposed', 'cancelled'), ('approved', 'proposed'), ('approved', 'cancelled')) then
    raise exception 'payout batch %: % may not become %', old.id, old.state, new.state using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger payout_batch_edges before update on payout_batch for each row execute function payout_batch_edges();

-- A line is freed once and for ever.
create function payout_batch_line_freed() returns trigger language plpgsql as $$
begin
  if old.freed_at is not null or new.freed_at is null then
    raise exception 'payout batch %: line % is freed once', old.batch_id, old.line_id using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger payout_batch_line_freed before update on payout_batch_line for each row execute function payout_batch_line_freed();

-- Separation of duties for the whole, whoever writes the row.
create function payout_batch_checker() returns trigger language plpgsql set search_path = public as $$
begin
  select s.identity_hash into new.identity_hash from payout_batch_proposal p join payout_batch b on b.id = p.batch_id
    join staff s on s.id = new.checker_id and s.tenant_id = b.tenant_id and s.role = 'finance-checker' and s.disabled_at is null
  where p.id = new.proposal_id;
  if not found then raise exception 'payout batch: % is no finance checker of this platform', new.checker_id using errcode = 'AL007'; end if;
  if exists (select from staff m where m.id = new.maker_id and m.identity_hash = new.identity_hash) then
    raise exception 'payout batch: maker and checker are one human' using errcode = 'AL009';
  end if;
  return new;
end $$;
create trigger payout_batch_checker before insert on payout_batch_signature for each row execute function payout_batch_checker();

-- A proposal is approved when enough humans signed it and nobody rejected it; never after it was superseded.
create function payout_batch_proposal_approved() returns trigger language plpgsql set search_path = public as $$
begin
  if old.superseded_at is not null or old.approved_at is distinct from new.approved_at and (old.approved_at is not null or new.superseded_at is not null
    or exists (select from payout_batch_signature r where r.proposal_id = new.id and r.decision = 'reject')
    or (select count(distinct coalesce(encode(s.identity_hash, 'hex'), s.checker_id)) from payout_batch_signature s
        where s.proposal_id = new.id and s.decision = 'approve') < new.checkers_needed) then
    raise exception 'payout batch proposal %: is not signed by all who must', new.id using errcode = 'AL005';
  end if;
  return new;
end $$;
create trigger payout_batch_proposal_approved before update on payout_batch_proposal for each row execute function payout_batch_proposal_approved();

-- A sheet's signature that rests on a batch's is of the same checker and decision, on a sheet of that very proposal.
create function signature_of_its_batch() returns trigger language plpgsql set search_path = public as $$
begin
  if new.batch_signature_id is not null and not exists (
    select from payout_batch_signature s join approval a on a.batch_proposal_id = s.proposal_id and a.id = new.approval_id
    where s.id = new.batch_signature_id and s.checker_id = new.checker_id and s.decision = new.decision) then
    raise exception 'approval %: its signature is not the batch''s', new.approval_id using errcode = 'AL009';
  end if;
  if new.batch_signature_id is null and exists (select from approval a where a.id = new.approval_id and a.batch_proposal_id is not null) then
    raise exception 'approval %: is signed with its batch', new.approval_id using errcode = 'AL009';
  end if;
  return new;
end $$;
create trigger signature_of_its_batch before insert on approval_signature for each row execute function signature_of_its_batch();

-- Beside the two signatures that payout_is_approved counts: a batch's payout leaves only when the batch as a whole is approved.
create function payout_of_an_approved_batch() returns trigger language plpgsql set search_path = public as $$
begin
  if new.state = 'submitted' and old.state = 'reserved' and exists (
    select from approval a join payout_batch_proposal b on b.id = a.batch_proposal_id where a.id = new.approval_id and b.approved_at is null) then
    raise exception 'payout %: its batch is not approved', new.id using errcode = 'AL005';
  end if;
  return new;
end $$;
create trigger payout_of_an_approved_batch before update on payout for each row execute function payout_of_an_approved_batch();

create trigger payout_batch_maker_id_in_role after insert on payout_batch for each row execute function decided_in_the_right_role('maker_id', 'finance-maker');
create trigger payout_batch_proposal_maker_id_in_role after insert on payout_batch_proposal for each row execute function decided_in_the_right_role('maker_id', 'finance-maker');

revoke all on function payout_batch_edges(), payout_batch_line_freed(), payout_batch_checker(), payout_batch_proposal_approved(), signature_of_its_batch(), payout_of_an_approved_batch() from public;
grant select on payout_batch, payout_batch_line, payout_batch_proposal, payout_batch_signature, payout_limit to almoner_app;
grant insert on payout_batch, payout_batch_line, payout_batch_proposal, payout_batch_signature to almoner_app;
grant update (state, state_since, end_reason) on payout_batch to almoner_app;
grant update (freed_at) on payout_batch_line to almoner_app;
grant update (superseded_at, approved_at, checkers_needed) on payout_batch_proposal to almoner_app;
