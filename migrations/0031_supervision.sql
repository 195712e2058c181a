-- SUPERVISE, DISCLOSE: what a sponsor owes the public and by when; what was published, and how late.
create table progress_update (
  id          text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id   text not null references tenant (id),
  campaign_id text not null references campaign (id),
  kind        text not null check (kind in ('progress', 'use-of-funds', 'completion', 'surplus')),
  text_enc    bytea not null,
  posted_at   timestamptz not null,
  posted_by   text not null,
  -- When the oldest duty that it fulfils was due; null where it was owed to nobody yet.
  due_at      timestamptz,
  unique (id, campaign_id)
);
create index on progress_update (campaign_id, posted_at);

create table duty (
  id          text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id   text not null references tenant (id),
  campaign_id text not null references campaign (id),
  kind        text not null check (kind in ('progress', 'use-of-funds')),
  -- The paid release that it follows; null for the regular update.
  release_id  text references release (id),
  due_at      timestamptz not null,
  reminded_at timestamptz,
  marked_at   timestamptz,
  held_at     timestamptz,
  done_at     timestamptz,
  done_by     text,
  foreign key (done_by, campaign_id) references progress_update (id, campaign_id),
  constraint done_by_an_update check ((done_at is null) = (done_by is null)),
  constraint steps_in_order check ((marked_at is null or reminded_at is not null) and (held_at is null or marked_at is not null)),
  constraint use_follows_a_payment check (kind <> 'use-of-funds' or release_id is not null)
);
create index on duty (campaign_id);
create unique index owed_once on duty (campaign_id, kind, coalesce(release_id, '')) where done_at is null;

-- What was fulfilled stays fulfilled, and a duty never moves.
create function duty_stands() returns trigger language plpgsql as $$
begin
  if old.done_at is not null or (old.campaign_id, old.kind, old.release_id, old.due_at) is distinct from (new.campaign_id, new.kind, new.release_id, new.due_at) then
    raise exception 'duty %: neither what is owed nor what is done changes', old.id using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger duty_stands before update on duty for each row execute function duty_stands();
revoke all on function duty_stands() from public;

grant select, insert on progress_update to almoner_app;
grant select, insert on duty to almoner_app;
grant update (reminded_at, marked_at, held_at, done_at, done_by) on duty to almoner_app;
