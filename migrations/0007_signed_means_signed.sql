-- What was signed stays as it was signed, and a payout is born reserved: no way around the two signatures leads through the application's own rights.
revoke update on approval from almoner_app;
grant update (voided_at, void_reason) on approval to almoner_app;

-- The trigger on updates asks for two signatures before `submitted`; a payout inserted as submitted would never pass it.
create function payout_is_born_reserved() returns trigger language plpgsql as $$
begin
  if new.state <> 'reserved' or new.submits <> 0 then
    raise exception 'payout %: is made up as reserved, not as %', new.id, new.state using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger payout_is_born_reserved before insert on payout for each row execute function payout_is_born_reserved();
revoke all on function payout_is_born_reserved() from public;
