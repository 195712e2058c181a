-- Statements look at days of business time. A range of blocks is enough: movements are posted about in the order of their time, and the index costs a posting nothing
-- that can be measured (docs/decisions/0020-books.md has the numbers).
create index transfer_business_at on ledger.transfer using brin (business_at) with (pages_per_range = 16, autosummarize = on);

-- The close of a platform's day, written when statement and bill of that day are read: what the books held then. What comes into the day afterwards has a number above
-- `last_transfer`, and is shown as late; a closed day's own figures stay what they were.
create table day_close (
  tenant_id     text not null references tenant (id),
  day           date not null,
  -- Every account of the platform was locked when this was read: no movement of before comes under it later.
  last_transfer bigint not null,
  movements     integer not null check (movements >= 0),
  closing       jsonb not null,
  closed_at     timestamptz not null,
  primary key (tenant_id, day)
);
-- Waits for the postings of a platform that are under way and keeps others out until the caller's transaction ends.
create function ledger.hold_still(p_tenant text) returns void language plpgsql security definer set search_path = pg_catalog, ledger as $$
begin
  perform 1 from ledger.account a where a.tenant_id = p_tenant order by a.id for share;
end $$;
revoke all on function ledger.hold_still(text) from public;
grant execute on function ledger.hold_still(text) to almoner_app;
create trigger append_only before update or delete or truncate on day_close for each statement execute function ledger.refuse_change();
grant select, insert on day_close to almoner_app;
