-- A second rail for payouts: China Merchants Bank's direct link beside the ISO 20022 link. The custody account says which of them holds it.
alter table tenant add column custody_rail text not null default 'iso20022' check (custody_rail in ('iso20022', 'cmb'));
-- A payout keeps the rail that it was made up for: what is asked about it later is asked there. Those of before, and those that a process of before makes, are ISO 20022's.
alter table payout add column rail text not null default 'iso20022' check (rail in ('iso20022', 'cmb'));
create function keep_payout_rail() returns trigger language plpgsql as $$
begin
  raise exception 'payout %: the rail of a payout never changes', old.id using errcode = 'AL004';
end $$;
create trigger rail_is_for_ever before update of rail on payout for each row when (old.rail is distinct from new.rail) execute function keep_payout_rail();

-- A payout is asked about at the account it was paid from, so that account does not move to another link: another bank is another account, and another platform row.
create function keep_custody_rail() returns trigger language plpgsql as $$
begin
  if exists (select from payout p where p.tenant_id = old.id) then
    raise exception 'tenant %: payouts were made from its custody account over %', old.id, old.custody_rail using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger custody_rail_stays before update of custody_rail on tenant for each row when (old.custody_rail is distinct from new.custody_rail) execute function keep_custody_rail();
