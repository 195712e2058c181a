-- Administrators keep staff and keys: what they change is on record, takes a second person, and a role is what it is at the database too.

-- Who changed whose role, or disabled or enabled whom. Append-only; the application fills in nothing that it could date back.
create table staff_change (
  seq          bigint generated always as identity primary key,
  staff_id     text not null references staff (id),
  changed_by   text not null references staff (id),
  old_role     text not null,
  new_role     text not null,
  was_disabled boolean not null,
  is_disabled  boolean not null,
  changed_at   timestamptz not null default clock_timestamp(),
  transaction  xid8 not null default pg_current_xact_id(),
  constraint nobody_changes_themselves check (staff_id <> changed_by),
  constraint something_changes check (old_role <> new_role or was_disabled <> is_disabled)
);
create index on staff_change (staff_id, seq);
grant select on staff_change to almoner_app;
grant insert (staff_id, changed_by, old_role, new_role, was_disabled, is_disabled) on staff_change to almoner_app;

create function staff_change_is_an_administrators() returns trigger language plpgsql as $$
begin
  if not exists (
    select from staff a join staff s on s.id = new.staff_id
    where a.id = new.changed_by and a.role = 'administrator' and a.disabled_at is null
      and a.tenant_id is not distinct from s.tenant_id and a.institution_id is not distinct from s.institution_id
      and s.role = new.old_role and (s.disabled_at is not null) = new.was_disabled) then
    raise exception 'staff %: only an administrator of their own house changes what stands', new.staff_id using errcode = 'AL010';
  end if;
  return new;
end $$;
create trigger staff_change_is_an_administrators after insert on staff_change for each row execute function staff_change_is_an_administrators();

-- The application changes a role, or disables or enables, only with that row in the same transaction. Whose somebody is never changes.
create function staff_changes_are_recorded() returns trigger language plpgsql as $$
begin
  if (new.id, new.login) is distinct from (old.id, old.login)
    or (new.tenant_id, new.institution_id) is distinct from (old.tenant_id, old.institution_id) then
    raise exception 'staff %: log-in and house never change', old.id using errcode = 'AL010';
  end if;
  -- The owner of the table answers for what they do by hand.
  if pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'MEMBER') then return new; end if;
  if (new.role <> old.role or (new.disabled_at is null) <> (old.disabled_at is null)) and not exists (
    select from staff_change c where c.staff_id = new.id and c.transaction = pg_current_xact_id()
      and c.new_role = new.role and c.is_disabled = (new.disabled_at is not null)) then
    raise exception 'staff %: a change of role or standing needs its record', new.id using errcode = 'AL010';
  end if;
  return new;
end $$;
create trigger staff_changes_are_recorded before update on staff for each row execute function staff_changes_are_recorded();

create function staff_stay_on_record() returns trigger language plpgsql as $$
begin
  raise exception 'staff %: people are disabled, never deleted', old.id using errcode = 'AL010';
end $$;
create trigger staff_stay_on_record before delete on staff for each row execute function staff_stay_on_record();

-- Keys: narrowed to scopes (null: all of the role), may end, were used on a day, came of another. What ends stays ended.
alter table api_key add column scopes text[] check (cardinality(scopes) between 1 and 20);
alter table api_key add column expires_at timestamptz;
alter table api_key add column last_used_on date;
alter table api_key add column rotated_from text references api_key (id);
alter table api_key add column issued_by text references staff (id);
create index on api_key (tenant_id);
create index on api_key (institution_id);
revoke update on api_key from almoner_app;
grant update (revoked_at, expires_at, last_used_on) on api_key to almoner_app;

create function keys_only_end() returns trigger language plpgsql as $$
begin
  if (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at)
    or (old.expires_at is not null and (new.expires_at is null or new.expires_at > old.expires_at)) then
    raise exception 'key %: an end is never taken back or put off', old.id using errcode = 'AL010';
  end if;
  return new;
end $$;
create trigger keys_only_end before update on api_key for each row execute function keys_only_end();

-- The key of a sponsor's page is of a version: a new one, or a revocation, closes every earlier address. No row: version 1, open.
create table sponsor_key (
  campaign_id text primary key references campaign (id),
  version     integer not null check (version > 0),
  revoked_at  timestamptz
);
grant select, insert, update on sponsor_key to almoner_app;
create function sponsor_key_goes_on() returns trigger language plpgsql as $$
begin
  if new.version < old.version or (new.version = old.version and old.revoked_at is not null and new.revoked_at is null) then
    raise exception 'sponsor key of %: an earlier one never opens again', old.campaign_id using errcode = 'AL010';
  end if;
  return new;
end $$;
create trigger sponsor_key_goes_on before update on sponsor_key for each row execute function sponsor_key_goes_on();
revoke all on function staff_change_is_an_administrators(), staff_changes_are_recorded(), staff_stay_on_record(), keys_only_end(), sponsor_key_goes_on() from public;
