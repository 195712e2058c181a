-- Screens of the console that a person keeps under a name: an address with its filters. Personal, and no record of anything: taken away, it is gone.
create table saved_view (
  id       text primary key check (id ~ '^[0-9A-Z]{26}$'),
  staff_id text not null references staff (id),
  name     text not null check (char_length(name) between 1 and 40),
  address  text not null check (char_length(address) <= 600 and address ~ '^/[A-Za-z0-9/-]+([?][A-Za-z0-9=&%._~+-]+)?$' and address not like '//%'),
  saved_at timestamptz not null default now(),
  unique (staff_id, name)
);
grant select, insert, delete on saved_view to almoner_app;
