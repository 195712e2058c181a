-- PIPL 47: a person's data is deleted by destroying the key that it is sealed under. One asks for it, another confirms; the row is the tombstone.
create table deletion (
  id           text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id    text not null references tenant (id),
  person_id    text not null references person (id),
  -- Sealed for the house: the person's own key is what goes.
  reason_enc   bytea not null,
  asked_by     text not null references staff (id),
  asked_at     timestamptz not null,
  state        text not null default 'asked' check (state in ('asked', 'done', 'declined')),
  decided_by   text references staff (id),
  decided_at   timestamptz,
  constraint another_person_decides check (decided_by <> asked_by),
  constraint decided_whole check ((state = 'asked') = (decided_at is null) and (decided_at is null) = (decided_by is null))
);
create unique index one_deletion_at_a_time on deletion (person_id) where state <> 'declined';

create function deletion_is_decided_once() returns trigger language plpgsql as $$
begin
  if old.state <> 'asked' then
    raise exception 'deletion %: is decided', old.id using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger deletion_is_decided_once before update on deletion for each row execute function deletion_is_decided_once();
revoke all on function deletion_is_decided_once() from public;

alter table person add column deleted_at timestamptz;
alter table person add constraint deleted_has_no_key check (deleted_at is null or wrapped_key is null);
-- The application destroys a key and does nothing else to it, and only where two people said so. Wrapping it anew is the owner's (`almoner keys rotate`).
create function person_key_goes() returns trigger language plpgsql as $$
begin
  if old.deleted_at is not null then
    raise exception 'person %: is deleted', old.id using errcode = 'AL004';
  end if;
  if current_user = 'almoner_app' and (new.wrapped_key is not null or new.deleted_at is null
    or not exists (select from deletion d where d.person_id = new.id and d.state = 'done')) then
    raise exception 'person %: a key is destroyed after two people said so, and is not changed', old.id using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger person_key_goes before update on person for each row execute function person_key_goes();
revoke all on function person_key_goes() from public;

grant select, insert on deletion to almoner_app;
grant update (state, decided_by, decided_at) on deletion to almoner_app;
grant update (wrapped_key, deleted_at) on person to almoner_app;

-- Bytes of a document that were removed since their time was over, or their person asked: the row with its hash stays.
alter table document add column removed_at timestamptz;
grant update (removed_at) on document to almoner_app;
