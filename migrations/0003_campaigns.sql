-- A campaign from submission to its end, and everything that was said, checked and decided about it.
create table campaign (
  id                   text primary key,
  tenant_id            text not null references tenant (id),
  edition              text not null,
  fee_version          integer not null,
  title                text not null,
  story_enc            bytea not null,
  ask_fen              bigint not null check (ask_fen > 0),
  raised_fen           bigint not null default 0,
  phase                text not null default 'prior-audit'
                       check (phase in ('prior-audit', 'certificate-publicity', 'fundraising', 'settlement', 'release', 'settled', 'refused')),
  phase_since          timestamptz not null,
  submitted_at         timestamptz not null,
  certificate_publicity_ends_at timestamptz,
  opened_at            timestamptz,
  closes_at            timestamptz,
  closed_at            timestamptz,
  close_asked_at       timestamptz,
  closed_by            text check (closed_by in ('target', 'deadline', 'sponsor')),
  ended_at             timestamptz,
  stopped_by           text[] not null default '{}',
  route_restricted     boolean not null default false,
  route_at_close       text check (route_at_close in ('single', 'restricted')),
  -- Raised by every document, publication, payee or account change; approvals bind it.
  evidence_version     integer not null default 1,
  patient_id           text not null references person (id),
  patient_minor        boolean not null,
  sponsor_id           text not null references person (id),
  sponsor_relation     text not null check (sponsor_relation in ('self', 'guardian', 'spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'friend')),
  payee_kind           text not null check (payee_kind in
    ('seeker', 'guardian', 'spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild', 'institution', 'friend', 'company', 'other')),
  payee_person_id      text references person (id),
  hospital_name        text not null,
  -- The treating hospital, where the registry knows it.
  hospital_id          text references institution (id),
  admission_number_enc bytea not null,
  diagnosis_code       text not null,
  diagnosis_enc        bytea not null,
  foreign key (tenant_id, fee_version) references fee_schedule (tenant_id, version),
  constraint never_above_the_ask check (raised_fen between 0 and ask_fen),
  constraint ends_together check ((ended_at is not null) = (phase in ('settled', 'refused')))
);
create index on campaign (tenant_id, submitted_at);
create index on campaign (patient_id);

create table document (
  id            text primary key,
  campaign_id   text not null references campaign (id),
  kind          text not null check (kind in
    ('id-cards', 'relation-proof', 'diagnosis', 'admission-record', 'certificate', 'medical-plan', 'expense-list', 'receipts')),
  sha256        text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  media_type    text not null,
  byte_length   bigint not null check (byte_length > 0),
  registered_at timestamptz not null,
  registered_by text not null
);
create index on document (campaign_id, kind);

create table publication (
  id           text primary key,
  campaign_id  text not null references campaign (id),
  item         text not null check (item in ('identity', 'relation', 'diagnosis', 'hospital', 'treatment-plan', 'cost-plan', 'income', 'houses', 'cars',
    'insurance', 'social-aid', 'other-raises', 'use-of-funds', 'payee')),
  text_enc     bytea not null,
  published_at timestamptz not null,
  published_by text not null
);
create index on publication (campaign_id, item, published_at);

-- One answer of the identity service about one party, and what a named person made of a missing record.
create table identity_check (
  id          text primary key,
  campaign_id text not null references campaign (id),
  person_id   text not null references person (id),
  party       text not null check (party in ('patient', 'sponsor')),
  verdict     text not null check (verdict in ('match', 'mismatch', 'no-record', 'unavailable')),
  checked_at  timestamptz not null,
  resolution  text check (resolution in ('confirmed', 'not-confirmed')),
  resolved_by text references staff (id),
  resolved_at timestamptz,
  reason      text,
  unique (campaign_id, party),
  constraint a_person_resolves check ((resolution is null) = (resolved_by is null) and (resolution is null) = (reason is null)),
  -- A person may answer for a missing record, never against a confirmed mismatch.
  constraint mismatch_stands check (resolution is null or verdict in ('no-record', 'unavailable'))
);

create table machine_report (
  id               text primary key,
  campaign_id      text not null references campaign (id),
  evidence_version integer not null,
  findings         jsonb not null,
  verdict          text not null check (verdict in ('pass', 'fail', 'needs')),
  reported_at      timestamptz not null
);
create index on machine_report (campaign_id, reported_at);

create table audit_decision (
  id          text primary key,
  campaign_id text not null unique references campaign (id),
  report_id   text not null references machine_report (id),
  decision    text not null check (decision in ('approve', 'refuse')),
  rules       text[] not null,
  reason      text not null,
  staff_id    text not null references staff (id),
  decided_at  timestamptz not null
);

create table payee_account (
  id                text primary key,
  campaign_id       text not null references campaign (id),
  version           integer not null,
  holder_name_enc   bytea not null,
  number_enc        bytea not null,
  number_hash       bytea not null,
  bank_code         text not null,
  filed_at          timestamptz not null,
  filed_by          text not null,
  -- The bank's answer, and the reviewer who accepted the account on it (dual control: the filer is the platform, the acceptance is a person's).
  name_check        text check (name_check in ('match', 'mismatch', 'no-record', 'unavailable')),
  name_checked_at   timestamptz,
  accepted_by       text references staff (id),
  accepted_at       timestamptz,
  superseded_at     timestamptz,
  unique (campaign_id, version),
  constraint accepted_on_a_match check (accepted_at is null or name_check = 'match')
);
create unique index one_current_account on payee_account (campaign_id) where superseded_at is null;

-- ROUTE: the platform connects with the hospital first; sponsor and help-seeker sign plan and list.
create table hospital_contact (
  id           text primary key,
  campaign_id  text not null references campaign (id),
  contacted    text not null,
  outcome      text not null check (outcome in ('hospital-account-refused', 'hospital-account-offered', 'unreachable')),
  note         text not null,
  contacted_at timestamptz not null,
  recorded_by  text not null
);

create table plan_signature (
  campaign_id text not null references campaign (id),
  party       text not null check (party in ('sponsor', 'help-seeker')),
  signed_at   timestamptz not null,
  plan_sha256 text not null,
  list_sha256 text not null,
  recorded_by text not null,
  primary key (campaign_id, party, plan_sha256, list_sha256)
);

create table hold (
  id          text primary key,
  campaign_id text not null references campaign (id),
  release_id  text,
  rule        text not null,
  reason      text not null,
  placed_at   timestamptz not null,
  lifted_at   timestamptz,
  lifted_by   text
);
create index on hold (campaign_id);
create unique index one_standing_hold on hold (campaign_id, rule, coalesce(release_id, '')) where lifted_at is null;

-- What is told to a workflow, written with the change that it tells of, delivered as an Update under its own id.
create table outbox (
  seq           bigint generated always as identity primary key,
  id            text not null unique,
  tenant_id     text not null,
  workflow_type text not null check (workflow_type in ('campaign', 'release', 'transfer')),
  workflow_id   text not null,
  subject_id    text not null,
  notice        text not null,
  created_at    timestamptz not null default clock_timestamp(),
  delivered_at  timestamptz,
  attempts      integer not null default 0,
  last_error    text,
  not_before    timestamptz not null default clock_timestamp()
);
create index undelivered on outbox (not_before, seq) where delivered_at is null;
create function outbox_kick() returns trigger language plpgsql as $$
begin
  perform pg_notify('almoner_outbox', '');
  return null;
end $$;
create trigger outbox_kick after insert on outbox for each statement execute function outbox_kick();
