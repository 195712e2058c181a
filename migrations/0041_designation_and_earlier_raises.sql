-- DESIGNATION (Measures 2024): which platforms the ministry designated, and when. Platforms that are not here were never designated.
create table platform_designation (
  platform         text not null check (platform in ('360-major-illness', 'water-drop', 'relaxed-fund', 'love-fund')),
  designated_from  date not null,
  -- The first day on which it no longer held; null while it holds.
  designated_until date check (designated_until > designated_from),
  source           text not null,
  primary key (platform, designated_from)
);
insert into platform_designation (platform, designated_from, source) values
  ('water-drop', '2024-09-05', 'Ministry of Civil Affairs, list of designated personal help-seeking platforms, December 2024'),
  ('relaxed-fund', '2024-09-05', 'Ministry of Civil Affairs, list of designated personal help-seeking platforms, December 2024');

-- ONE-RAISE, SECOND-ASK: raises of the four platforms that were not run on this system, by the patient's keyed hash.
create table earlier_raise (
  id             text primary key,
  tenant_id      text not null references tenant (id),
  platform       text not null check (platform in ('360-major-illness', 'water-drop', 'relaxed-fund', 'love-fund')),
  patient_id     text not null references person (id),
  id_number_hash bytea not null,
  -- The ICD-10 category (three characters) of the illness.
  illness        text not null check (illness ~ '^[A-Z][0-9]{2}$'),
  ask_fen        bigint not null check (ask_fen > 0),
  raised_fen     bigint not null check (raised_fen between 0 and ask_fen),
  paid_fen       bigint not null check (paid_fen between 0 and raised_fen),
  status         text not null check (status in ('settled', 'running', 'refunded')),
  reported_at    timestamptz not null,
  reported_by    text not null,
  constraint nothing_kept_of_a_refund check (status <> 'refunded' or paid_fen = 0)
);
create index on earlier_raise (id_number_hash);

grant select on platform_designation to almoner_app;
grant select, insert on earlier_raise to almoner_app;
