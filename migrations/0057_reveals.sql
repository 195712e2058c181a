-- PIPL 51, 54: whoever sees a person's data in the clear says why first, and it stays on record. Only added to: nobody changes a row, and the application removes none.
create table reveal (
  id          text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id   text not null references tenant (id),
  person_id   text not null references person (id),
  staff_id    text not null references staff (id),
  fields      text[] not null check (cardinality(fields) > 0 and fields <@ array['name', 'id-number', 'phone', 'account', 'admission-number']),
  purpose     text not null check (purpose in ('identity', 'contact', 'payout', 'complaint', 'authority', 'request-of-the-person')),
  -- May name a person: sealed under the key of whom it is about.
  reason_enc  bytea not null,
  revealed_at timestamptz not null,
  -- The wall's, by which a person's reveals of a day are counted.
  recorded_at timestamptz not null default clock_timestamp()
);
create index on reveal (tenant_id, id);
create index on reveal (staff_id, recorded_at);
create index on reveal (person_id);

create function reveal_stands() returns trigger language plpgsql as $$
begin
  raise exception 'reveal %: what was seen was seen', old.id using errcode = 'AL003';
end $$;
create trigger reveal_stands before update on reveal for each row execute function reveal_stands();
revoke all on function reveal_stands() from public;

grant select, insert on reveal to almoner_app;
