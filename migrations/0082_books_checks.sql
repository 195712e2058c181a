-- Each look at the whole books: every number that is kept twice made once more from the rows. The latest one is what the alarm reads.
create table books_check (
  id          bigint generated always as identity primary key,
  begun_at    timestamptz not null,
  finished_at timestamptz not null check (finished_at >= begun_at),
  checks      integer not null check (checks > 0),
  differences integer not null check (differences >= 0)
);
grant select, insert on books_check to almoner_app;
