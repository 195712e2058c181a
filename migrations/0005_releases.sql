-- Requests for money, the releases they became, approvals, payouts, what the bank says, receipts and evidence of use.
create table release_request (
  id             text primary key,
  campaign_id    text not null references campaign (id),
  mode           text not null check (mode in ('single', 'hospital-direct', 'batched')),
  amount_fen     bigint not null check (amount_fen > 0),
  urgent         boolean not null,
  outcome        text not null check (outcome in ('accepted', 'refused')),
  refused_by     text[] not null default '{}',
  findings       jsonb not null,
  plan_sha256    text,
  list_sha256    text,
  requested_at   timestamptz not null,
  requested_by   text not null,
  constraint refusals_name_their_rules check ((outcome = 'refused') = (cardinality(refused_by) > 0))
);
create index on release_request (campaign_id, requested_at);

create table release (
  id                text primary key,
  campaign_id       text not null references campaign (id),
  request_id        text not null references release_request (id),
  seq               integer not null check (seq > 0),
  batch             integer not null check (batch > 0),
  batches           integer not null check (batches >= batch),
  mode              text not null check (mode in ('single', 'hospital-direct', 'batched')),
  basis_points      integer not null check (basis_points between 1 and 10000),
  purpose           text not null,
  due_on            date,
  gross_fen         bigint not null check (gross_fen > 0),
  urgent            boolean not null,
  stage             text not null default 'planned' check (stage in
    ('planned', 'review', 'publicity', 'approval', 'transfer', 'correction', 'receipt', 'evidence', 'watch', 'closed', 'refused')),
  stage_since       timestamptz not null,
  started_at        timestamptz,
  reviewed_by       text references staff (id),
  reviewed_at       timestamptz,
  review            text check (review in ('approve', 'refuse')),
  review_reason     text,
  publicity_ends_at timestamptz,
  paid_at           timestamptz,
  receipt           text check (receipt in ('awaited', 'signed', 'overdue', 'denied')),
  receipt_due_at    timestamptz,
  unlocked_at       timestamptz,
  closed_at         timestamptz,
  unique (campaign_id, seq),
  constraint closed_when_over check ((closed_at is not null) = (stage in ('closed', 'refused')))
);

create table approval (
  id               text primary key,
  release_id       text not null references release (id),
  maker_id         text not null references staff (id),
  digest           text not null check (digest ~ '^[0-9a-f]{64}$'),
  content          jsonb not null,
  evidence_version integer not null,
  account_id       text not null references payee_account (id),
  gross_fen        bigint not null check (gross_fen > 0),
  fee_fen          bigint not null check (fee_fen >= 0),
  net_fen          bigint not null check (net_fen > 0),
  made_at          timestamptz not null,
  expires_at       timestamptz not null check (expires_at > made_at),
  voided_at        timestamptz,
  void_reason      text,
  unique (id, maker_id, digest),
  constraint nothing_lost_to_fees check (gross_fen >= net_fen)
);
create unique index one_standing_approval on approval (release_id) where voided_at is null;

-- Separation of duties, refused by the database too: a checker is not the maker, signs once, and signs the digest that stands.
create table approval_signature (
  approval_id text not null,
  maker_id    text not null,
  digest      text not null,
  checker_id  text not null references staff (id),
  decision    text not null check (decision in ('approve', 'reject')),
  reason      text,
  signed_at   timestamptz not null,
  primary key (approval_id, checker_id),
  foreign key (approval_id, maker_id, digest) references approval (id, maker_id, digest),
  constraint maker_is_no_checker check (checker_id <> maker_id)
);

-- A payout's id is the bank's idempotency key for ever; one lives at a time per release.
create table payout (
  id             text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id      text not null references tenant (id),
  campaign_id    text not null references campaign (id),
  release_id     text not null references release (id),
  attempt        integer not null check (attempt > 0),
  approval_id    text not null unique references approval (id),
  account_id     text not null references payee_account (id),
  gross_fen      bigint not null,
  fee_fen        bigint not null,
  net_fen        bigint not null check (net_fen > 0),
  state          text not null default 'reserved' check (state in ('reserved', 'submitted', 'unknown', 'succeeded', 'failed', 'returned')),
  reserved_at    timestamptz not null,
  submitted_at   timestamptz,
  submits        integer not null default 0,
  bank_reference text,
  booked_at      timestamptz,
  returned_at    timestamptz,
  failure_code   text,
  failure_text   text,
  unique (release_id, attempt),
  constraint booked_when_paid check ((booked_at is not null) = (state in ('succeeded', 'returned')))
);
create unique index one_live_payout on payout (release_id) where state in ('reserved', 'submitted', 'unknown', 'succeeded');
create index on payout (campaign_id);

-- Only legal edges; a success is undone by the bank's return alone.
create function payout_edges() returns trigger language plpgsql as $$
begin
  if old.state <> new.state and not (old.state, new.state) in (
    ('reserved', 'submitted'), ('reserved', 'failed'), ('submitted', 'unknown'), ('unknown', 'submitted'), ('submitted', 'succeeded'), ('submitted', 'failed'),
    ('unknown', 'succeeded'), ('unknown', 'failed'), ('succeeded', 'returned')) then
    raise exception 'payout %: % may not become %', old.id, old.state, new.state using errcode = 'AL004';
  end if;
  if (old.net_fen, old.gross_fen, old.fee_fen, old.account_id, old.approval_id) is distinct from (new.net_fen, new.gross_fen, new.fee_fen, new.account_id, new.approval_id) then
    raise exception 'payout %: amount, account and approval never change', old.id using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger payout_edges before update on payout for each row execute function payout_edges();

-- A payout leaves only with two valid signatures by two checkers on the standing digest.
create function payout_is_approved() returns trigger language plpgsql as $$
begin
  if new.state = 'submitted' and old.state = 'reserved' and (
    select count(*) from approval_signature s join approval a on a.id = s.approval_id and a.digest = s.digest
    where a.id = new.approval_id and a.voided_at is null and s.decision = 'approve' and a.net_fen = new.net_fen and a.account_id = new.account_id
      and not exists (select from approval_signature r where r.approval_id = a.id and r.decision = 'reject')) < 2 then
    raise exception 'payout %: two checkers must have signed the standing digest', new.id using errcode = 'AL005';
  end if;
  return new;
end $$;
create trigger payout_is_approved before update on payout for each row execute function payout_is_approved();

-- Every line the bank booked on a custody account, once.
create table bank_line (
  account_number text not null,
  reference      text not null,
  sign           text not null check (sign in ('CRDT', 'DBIT')),
  tenant_id      text not null references tenant (id),
  amount_fen     bigint not null check (amount_fen > 0),
  booked_at      timestamptz not null,
  end_to_end_id  text,
  return_code    text,
  return_text    text,
  counterparty   text,
  remittance     text,
  kind           text not null check (kind in ('payout', 'return', 'collection', 'unknown')),
  payout_id      text references payout (id),
  applied_at     timestamptz,
  received_at    timestamptz not null default now(),
  primary key (account_number, reference, sign)
);
create index on bank_line (payout_id);

create table receipt (
  id             text primary key,
  release_id     text not null references release (id),
  payout_id      text not null references payout (id),
  institution_id text not null references institution (id),
  outcome        text not null check (outcome in ('confirm', 'deny')),
  amount_fen     bigint not null check (amount_fen > 0),
  signed_at      timestamptz not null,
  signature      text,
  staff_id       text references staff (id),
  note           text,
  received_at    timestamptz not null,
  constraint signed_by_key_or_person check ((signature is null) <> (staff_id is null))
);
create unique index one_confirmation on receipt (payout_id) where outcome = 'confirm';

create table use_evidence (
  id          text primary key,
  release_id  text not null references release (id),
  campaign_id text not null references campaign (id),
  amount_fen  bigint not null check (amount_fen > 0),
  document_id text not null references document (id),
  filed_at    timestamptz not null,
  decision    text check (decision in ('accept', 'reject')),
  decided_by  text references staff (id),
  decided_at  timestamptz,
  reason      text
);
create index on use_evidence (release_id);

-- RECEIPT: each reminder about a payout goes out once.
create table reminder (
  payout_id  text not null references payout (id),
  release_id text not null references release (id),
  kind       text not null check (kind in ('receipt-due', 'receipt-escalated')),
  sent_at    timestamptz not null,
  primary key (payout_id, kind)
);

-- Sandbox only: the worker kills itself (SIGKILL) at a numbered point of the n-th submit of a tenant; each fires once.
create table worker_fault (
  id        text primary key,
  tenant_id text not null references tenant (id),
  point     text not null check (point in ('before-intent', 'after-intent', 'before-call', 'after-call', 'before-record', 'after-record')),
  payout    integer not null check (payout > 0),
  fired_at  timestamptz
);
