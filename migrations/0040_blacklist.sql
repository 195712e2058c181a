-- BLACKLIST: one list that all platforms share. Real platforms and sandbox tenants never meet on it: a listing belongs to its tenant's kind.
create table blacklist_listing (
  id             text primary key,
  tenant_id      text not null references tenant (id),
  campaign_id    text references campaign (id),
  -- Whom it is about: a person, found again by the keyed hash of their citizen number, or an institution of the registry.
  person_id      text references person (id),
  id_number_hash bytea,
  institution_id text references institution (id),
  ground         text not null check (ground in ('invented-or-exaggerated', 'hidden-assets', 'forged-records', 'misuse-of-money')),
  reason         text not null,
  -- What the decision rests on: a complaint's number, or the documents in words.
  evidence       text not null,
  listed_by      text references staff (id),
  source         text not null check (source in ('decision', 'sandbox')),
  listed_at      timestamptz not null,
  published_at   timestamptz not null,
  -- Past this business time the listing no longer counts; nothing has to happen for that.
  expires_at     timestamptz not null,
  state          text not null default 'listed' check (state in ('listed', 'appealed', 'lifted')),
  unique (id, listed_by),
  constraint about_a_person_or_an_institution check (
    (person_id is not null and id_number_hash is not null and institution_id is null) or
    (person_id is null and id_number_hash is null and institution_id is not null)),
  constraint somebody_decided check (source = 'sandbox' or (listed_by is not null and campaign_id is not null)),
  constraint ends_after_it_begins check (expires_at > listed_at)
);
create index on blacklist_listing (id_number_hash) where state <> 'lifted';
create index on blacklist_listing (institution_id) where state <> 'lifted';
create unique index listed_once_per_campaign_and_ground on blacklist_listing (id_number_hash, campaign_id, ground) where state <> 'lifted';

-- An appeal is decided by another person than the one who listed.
create table blacklist_appeal (
  id         text primary key,
  listing_id text not null references blacklist_listing (id),
  listed_by  text,
  text_enc   bytea not null,
  filed_at   timestamptz not null,
  filed_by   text not null,
  outcome    text check (outcome in ('upheld', 'dismissed')),
  decided_by text references staff (id),
  decided_at timestamptz,
  reason     text,
  foreign key (listing_id, listed_by) references blacklist_listing (id, listed_by),
  constraint decided_whole check ((outcome is null) = (decided_by is null) and (outcome is null) = (decided_at is null) and (outcome is null) = (reason is null)),
  constraint lister_does_not_decide check (decided_by is null or listed_by is null or decided_by <> listed_by)
);
create unique index one_open_blacklist_appeal on blacklist_appeal (listing_id) where outcome is null;

grant select, insert, update on blacklist_listing, blacklist_appeal to almoner_app;
