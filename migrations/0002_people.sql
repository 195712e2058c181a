-- Tenants, clocks, fees, people, institutions, log-ins and keys. Personal data is encrypted in its columns (…_enc) and found by keyed hash (…_hash).
create table test_clock (
  id         text primary key,
  now        timestamptz not null,
  status     text not null default 'ready' check (status in ('ready', 'advancing')),
  next_due_at timestamptz,
  created_at timestamptz not null default now()
);

create table tenant (
  id                     text primary key,
  platform               text not null check (platform in ('360-major-illness', 'water-drop', 'relaxed-fund', 'love-fund')),
  kind                   text not null check (kind in ('platform', 'sandbox')),
  name_zh                text not null,
  name_en                text not null,
  clock_id               text references test_clock (id),
  -- Sandbox only: windows run this many times faster than the edition says, on real timers.
  window_speed           integer not null default 1 check (window_speed between 1 and 1000000),
  custody_account_number text not null unique,
  custody_account_name   text not null,
  custody_bank_code      text not null,
  merchant_id            text not null unique,
  created_at             timestamptz not null default now(),
  constraint clocks_are_for_the_sandbox check (kind = 'sandbox' or (clock_id is null and window_speed = 1))
);

-- FEES: a schedule is published under a version and never changed; campaigns pin the version they were submitted under.
create table fee_schedule (
  tenant_id       text not null references tenant (id),
  version         integer not null check (version > 0),
  service_bp      integer not null check (service_bp between 0 and 10000),
  service_cap_fen bigint not null check (service_cap_fen >= 0),
  channel_bp      integer not null check (channel_bp between 0 and 10000),
  published_at    timestamptz not null default now(),
  primary key (tenant_id, version),
  constraint fees_below_the_whole check (service_bp + channel_bp < 10000)
);

create table institution (
  id                   text primary key,
  sandbox_tenant_id    text references tenant (id),
  name                 text not null,
  uscc                 text unique,
  level                text,
  province             text,
  city                 text,
  source               text not null,
  -- The corporate account that payouts may go to; null until one is whitelisted.
  account_number_enc   bytea,
  account_number_hash  bytea,
  account_name         text,
  account_bank_code    text,
  whitelisted_at       timestamptz,
  -- The hospital's Ed25519 public key (SPKI, PEM) for receipts signed by machine.
  receipt_public_key   text,
  imported_at          timestamptz not null default now()
);
create index on institution (name);

-- A qualification covers every diagnosis whose ICD-10 code starts with the prefix; the empty prefix covers all.
create table institution_qualification (
  institution_id text not null references institution (id),
  icd10_prefix   text not null,
  primary key (institution_id, icd10_prefix)
);

create table person (
  id             text primary key,
  tenant_id      text not null references tenant (id),
  -- The person's own data key, wrapped by the key-encryption key; destroying it makes the rest unreadable.
  wrapped_key    bytea,
  name_enc       bytea not null,
  id_number_enc  bytea,
  id_number_hash bytea,
  created_at     timestamptz not null default now()
);
create index on person (id_number_hash);

create table staff (
  id             text primary key,
  tenant_id      text references tenant (id),
  institution_id text references institution (id),
  login          text not null unique,
  display_name   text not null,
  role           text not null check (role in ('reviewer', 'finance-maker', 'finance-checker', 'operator', 'hospital-person')),
  password_hash  text not null,
  disabled_at    timestamptz,
  created_at     timestamptz not null default now(),
  constraint belongs_to_one check ((role = 'hospital-person') = (institution_id is not null) and (tenant_id is null) <> (institution_id is null))
);

create table session (
  id         text primary key,
  token_hash bytea not null unique,
  staff_id   text not null references staff (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at   timestamptz
);

create table api_key (
  id             text primary key,
  role           text not null check (role in ('platform', 'hospital', 'sandbox')),
  tenant_id      text references tenant (id),
  institution_id text references institution (id),
  secret_hash    bytea not null unique,
  label          text not null,
  created_at     timestamptz not null default now(),
  revoked_at     timestamptz,
  constraint belongs_to_its_role check (
    (role = 'platform' and tenant_id is not null and institution_id is null) or
    (role = 'hospital' and tenant_id is null and institution_id is not null) or
    (role = 'sandbox' and tenant_id is null and institution_id is null))
);

-- Idempotency of requests: kept for ever. Same key and body: the same answer; other body: 422; still at work: 409.
create table idempotency (
  actor        text not null,
  key          text not null check (length(key) between 1 and 200),
  request_hash bytea not null,
  status       integer,
  body         jsonb,
  created_at   timestamptz not null default now(),
  primary key (actor, key)
);
