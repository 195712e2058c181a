-- A raise may be extended once: the key allows no second row.
create table raise_extension (
  campaign_id text primary key references campaign (id),
  reason_enc  bytea not null,
  closed_at_before timestamptz not null,
  closes_at   timestamptz not null,
  extended_at timestamptz not null,
  extended_by text not null,
  constraint only_longer check (closes_at > closed_at_before and extended_at < closed_at_before)
);
grant select, insert on raise_extension to almoner_app;

-- RUMOUR: content is withdrawn with its history, never silently. The row stays; the public is told when and why.
create table publication_withdrawal (
  id           text primary key check (id ~ '^[0-9A-Z]{26}$'),
  campaign_id  text not null references campaign (id),
  item         text not null,
  withdrawn_at timestamptz not null,
  withdrawn_by text not null references staff (id),
  reason_zh    text not null,
  reason_en    text not null
);
create index on publication_withdrawal (campaign_id, withdrawn_at);
alter table publication add column withdrawn_id text references publication_withdrawal (id);

create function withdrawn_stays_withdrawn() returns trigger language plpgsql as $$
begin
  if old.withdrawn_id is not null or new.withdrawn_id is null then
    raise exception 'publication %: what was withdrawn stays withdrawn', old.id using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger withdrawn_stays_withdrawn before update on publication for each row execute function withdrawn_stays_withdrawn();
revoke all on function withdrawn_stays_withdrawn() from public;

grant select, insert on publication_withdrawal to almoner_app;
grant update (withdrawn_id) on publication to almoner_app;
