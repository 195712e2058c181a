-- COMPLAINT, DEATH, REFUND: what people say about a campaign and what named persons decide on it. Texts and names are encrypted; replies are public.
create table complaint (
  id                 text primary key,
  receipt_number     text not null unique check (receipt_number ~ '^TS(-[0-9A-HJKMNP-TV-Z]{4}){3}$'),
  tenant_id          text not null references tenant (id),
  campaign_id        text not null references campaign (id),
  subject            text not null check (subject in ('plea', 'assets', 'use-of-funds', 'certificate', 'payout', 'conduct', 'content', 'other')),
  channel            text not null check (channel in ('public-page', 'platform')),
  wrapped_key        bytea,
  text_enc           bytea not null,
  name_enc           bytea,
  contact_enc        bytea,
  filed_at           timestamptz not null,
  acknowledge_due_at timestamptz not null,
  answer_due_at      timestamptz not null,
  state              text not null default 'received' check (state in ('received', 'acknowledged', 'investigating', 'inadmissible', 'dismissed', 'upheld')),
  acknowledged_at    timestamptz,
  acknowledged_by    text references staff (id),
  admissible         boolean,
  admissible_at      timestamptz,
  admissible_by      text references staff (id),
  admissible_reason  text,
  decided_at         timestamptz,
  decided_by         text references staff (id),
  reason             text,
  ground             text check (ground in ('invented-or-exaggerated', 'hidden-assets', 'forged-records', 'misuse-of-money')),
  reply              text,
  constraint decided_by_a_person check ((decided_at is not null) = (state in ('inadmissible', 'dismissed', 'upheld')) and
    (decided_at is null) = (decided_by is null) and (decided_at is null) = (reply is null)),
  constraint upheld_on_a_ground check ((state = 'upheld') = (ground is not null)),
  constraint verdicts_on_admissible_ones check (state not in ('dismissed', 'upheld', 'investigating') or admissible)
);
create index on complaint (campaign_id, filed_at);

-- What was not done in time, noted once and shown.
create table complaint_overdue (
  complaint_id text not null references complaint (id),
  duty         text not null check (duty in ('acknowledge', 'answer')),
  noted_at     timestamptz not null,
  primary key (complaint_id, duty)
);

create table complaint_task (
  id           text primary key,
  complaint_id text not null references complaint (id),
  kind         text not null check (kind in ('hospital-call', 'visit', 'document-check', 'contact-complainant', 'contact-sponsor', 'other')),
  note         text not null,
  set_by       text not null references staff (id),
  set_at       timestamptz not null,
  due_at       timestamptz not null,
  done_at      timestamptz,
  done_by      text references staff (id),
  finding      text,
  constraint done_with_a_finding check ((done_at is null) = (finding is null) and (done_at is null) = (done_by is null))
);
create index on complaint_task (complaint_id);

-- An appeal reopens what was decided; somebody else decides it.
create table complaint_appeal (
  id           text primary key,
  complaint_id text not null references complaint (id),
  by_party     text not null check (by_party in ('complainant', 'fundraiser')),
  text_enc     bytea not null,
  filed_at     timestamptz not null,
  first_decider text not null references staff (id),
  decided_at   timestamptz,
  decided_by   text references staff (id),
  outcome      text check (outcome in ('changed', 'stands')),
  reply        text,
  constraint another_decides check (decided_by is null or decided_by <> first_decider),
  constraint decided_whole check ((decided_at is null) = (outcome is null) and (decided_at is null) = (decided_by is null) and (decided_at is null) = (reply is null))
);
create unique index one_open_appeal on complaint_appeal (complaint_id) where decided_at is null;
create unique index one_appeal_per_party on complaint_appeal (complaint_id, by_party);

-- POLICE: suspected fraud, reported with the bundle of evidence that was handed over.
create table police_report (
  id            text primary key,
  complaint_id  text not null references complaint (id),
  campaign_id   text not null references campaign (id),
  authority     text not null,
  case_number   text,
  bundle_sha256 text not null check (bundle_sha256 ~ '^[0-9a-f]{64}$'),
  reported_at   timestamptz not null,
  reported_by   text not null references staff (id)
);
create index on police_report (campaign_id);

create table death_report (
  id              text primary key,
  tenant_id       text not null references tenant (id),
  campaign_id     text not null references campaign (id),
  died_on         date not null,
  evidence_sha256 text check (evidence_sha256 ~ '^[0-9a-f]{64}$'),
  reported_at     timestamptz not null,
  reported_by     text not null,
  state           text not null default 'reported' check (state in ('reported', 'confirmed', 'mistaken')),
  decided_at      timestamptz,
  decided_by      text references staff (id),
  reason          text,
  debt_fen        bigint check (debt_fen >= 0),
  constraint decided_by_a_person check ((state = 'reported') = (decided_at is null) and (decided_at is null) = (decided_by is null) and (decided_at is null) = (reason is null))
);
create unique index one_standing_death on death_report (campaign_id) where state <> 'mistaken';

-- REFUND: a donor asks for a gift back.
create table refund_request (
  id          text primary key,
  tenant_id   text not null references tenant (id),
  campaign_id text not null references campaign (id),
  gift_id     text not null references gift (id),
  reason_enc  bytea not null,
  asked_at    timestamptz not null,
  due_at      timestamptz not null,
  asked_through text not null check (asked_through in ('donor-page', 'platform')),
  state       text not null default 'asked' check (state in ('asked', 'granted', 'refused')),
  decided_at  timestamptz,
  decided_by  text references staff (id),
  reply       text,
  round_id    text unique references refund_round (id),
  constraint decided_by_a_person check ((state = 'asked') = (decided_at is null) and (decided_at is null) = (decided_by is null) and (decided_at is null) = (reply is null)),
  constraint granted_with_money check ((state = 'granted') = (round_id is not null))
);
create unique index one_open_request on refund_request (gift_id) where state = 'asked';
create index on refund_request (campaign_id);

grant select, insert, update on complaint, complaint_task, complaint_appeal, death_report, refund_request to almoner_app;
grant select, insert on police_report, complaint_overdue to almoner_app;
