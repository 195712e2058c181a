-- What a person put aside until a working day, and what they handed up to another, each with their words. Nothing is changed or taken away: the latest row of an act
-- counts, and what was put aside comes back by itself. Neither stops any clock of a campaign.
create table case_aside (
  id          bigint generated always as identity primary key,
  tenant_id   text not null references tenant (id),
  kind        text not null check (kind in ('prior-audit', 'release-review', 'use-evidence', 'exception')),
  subject_id  text not null check (subject_id ~ '^[0-9A-Z]{26}$'),
  act         text not null check (act in ('aside', 'escalated')),
  until       timestamptz,
  to_role     text check (to_role in ('reviewer', 'operator', 'finance-maker', 'finance-checker')),
  words       text not null check (char_length(words) between 1 and 500),
  staff_id    text not null references staff (id),
  happened_at timestamptz not null,
  constraint aside_until_a_day check ((act = 'aside') = (until is not null) and (act = 'escalated') = (to_role is not null)),
  constraint aside_ahead check (until is null or until > happened_at)
);
create index case_aside_of_subject on case_aside (kind, subject_id, act, id desc);
grant select, insert on case_aside to almoner_app;
