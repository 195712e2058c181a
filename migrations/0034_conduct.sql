-- CONDUCT: who brings campaigns is registered, trained and contracted, is never paid per case, and never verifies their own.
create table promoter (
  id            text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id     text not null references tenant (id),
  -- The promoter's own log-in, where they have one.
  staff_id      text unique references staff (id),
  wrapped_key   bytea,
  name_enc      bytea not null,
  contract_ref  text not null,
  registered_at timestamptz not null,
  trained_at    timestamptz,
  left_at       timestamptz,
  unique (tenant_id, contract_ref)
);

create table campaign_origin (
  campaign_id  text primary key references campaign (id),
  kind         text not null check (kind in ('self', 'hospital', 'promoter', 'online')),
  promoter_id  text references promoter (id),
  -- Pay per case and commission on a raise are barred; there is no word for them here.
  compensation text not null check (compensation in ('salary', 'none')),
  constraint a_promoter_is_named check ((kind = 'promoter') = (promoter_id is not null)),
  constraint only_promoters_are_paid check (kind = 'promoter' or compensation = 'none')
);
create index on campaign_origin (promoter_id);

-- Nobody verifies a campaign that they brought: refused by the database too.
create function no_self_verification() returns trigger language plpgsql as $$
begin
  if exists (select from campaign_origin o join promoter p on p.id = o.promoter_id where o.campaign_id = new.campaign_id and p.staff_id = new.staff_id) then
    raise exception 'campaign %: who brought it does not decide on it', new.campaign_id using errcode = 'AL007';
  end if;
  return new;
end $$;
create trigger no_self_verification before insert on audit_decision for each row execute function no_self_verification();
revoke all on function no_self_verification() from public;

create table conduct_case (
  id              text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id       text not null references tenant (id),
  promoter_id     text not null references promoter (id),
  bottom_line     text not null,
  evidence_enc    bytea not null,
  opened_at       timestamptz not null,
  opened_by       text not null,
  outcome         text check (outcome in ('breach', 'no-breach')),
  sanction        text check (sanction in ('warning', 'suspension', 'removal')),
  suspended_until timestamptz,
  reason          text,
  decided_by      text references staff (id),
  decided_at      timestamptz,
  unique (id, decided_by),
  constraint decided_whole check ((outcome is null) = (decided_by is null) and (outcome is null) = (decided_at is null) and (outcome is null) = (reason is null)),
  constraint a_breach_has_its_sanction check ((sanction is not null) = (outcome is not distinct from 'breach')),
  constraint a_suspension_ends check ((suspended_until is not null) = (sanction is not distinct from 'suspension') and suspended_until > decided_at)
);
create index on conduct_case (promoter_id);

create table conduct_appeal (
  case_id         text primary key,
  first_decided_by text not null,
  text_enc        bytea not null,
  filed_at        timestamptz not null,
  outcome         text check (outcome in ('upheld', 'dismissed')),
  reason          text,
  decided_by      text references staff (id),
  decided_at      timestamptz,
  foreign key (case_id, first_decided_by) references conduct_case (id, decided_by),
  constraint decided_whole check ((outcome is null) = (decided_by is null) and (outcome is null) = (decided_at is null) and (outcome is null) = (reason is null)),
  constraint another_person_decides check (decided_by <> first_decided_by)
);

create function conduct_is_decided_once() returns trigger language plpgsql as $$
begin
  if old.outcome is not null then
    raise exception '%: is decided', tg_table_name using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger conduct_is_decided_once before update on conduct_case for each row execute function conduct_is_decided_once();
create trigger conduct_is_decided_once before update on conduct_appeal for each row execute function conduct_is_decided_once();
revoke all on function conduct_is_decided_once() from public;

grant select, insert on promoter, campaign_origin, conduct_case, conduct_appeal to almoner_app;
grant update (trained_at, left_at) on promoter to almoner_app;
grant update (outcome, sanction, suspended_until, reason, decided_by, decided_at) on conduct_case to almoner_app;
grant update (outcome, reason, decided_by, decided_at) on conduct_appeal to almoner_app;
