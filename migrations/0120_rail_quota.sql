-- What a channel lets us ask of it, shared by every process: in each tenth of a second a tenth of the quota, so that no second ever holds more than one
-- tenth above it. The database's clock decides, not each process's own.
create table rail_quota (
  rail text primary key,
  slot bigint not null,
  used integer not null check (used >= 0)
);
grant select, insert, update on rail_quota to almoner_app;

-- Takes up to p_wanted of this tenth. granted: how many; wait_ms: until the next tenth.
create function take_rail_quota(p_rail text, p_wanted integer, p_per_second integer, out granted integer, out wait_ms integer)
language plpgsql as $$
declare
  v_now  numeric := extract(epoch from clock_timestamp()) * 10;
  v_slot bigint := floor(v_now);
  v_most integer := greatest(1, p_per_second / 10);
begin
  insert into rail_quota as q (rail, slot, used) values (p_rail, v_slot, 0)
    on conflict (rail) do update set slot = v_slot, used = 0 where q.slot < v_slot;
  select least(p_wanted, v_most - q.used) into granted from rail_quota q where q.rail = p_rail for update;
  granted := greatest(granted, 0);
  update rail_quota set used = used + granted where rail = p_rail and granted > 0;
  wait_ms := ceil((v_slot + 1 - v_now) * 100);
end $$;
