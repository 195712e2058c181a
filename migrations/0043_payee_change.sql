-- PAYEE: the payee may change in mid-release. What was paid before stays what it was: each payout keeps the kind of payee that its approval named.
alter table payout add column payee_kind text;
alter table payout disable trigger user;
update payout p set payee_kind = coalesce(a.content->>'payeeKind', c.payee_kind) from approval a, campaign c where a.id = p.approval_id and c.id = p.campaign_id;
alter table payout enable trigger user;
alter table payout alter column payee_kind set not null;

create function payout_keeps_its_payee() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.payee_kind is distinct from old.payee_kind then
      raise exception 'payout %: the kind of payee never changes', old.id using errcode = 'AL004';
    end if;
    return new;
  end if;
  select coalesce(a.content->>'payeeKind', c.payee_kind) into new.payee_kind
  from approval a, campaign c where a.id = new.approval_id and c.id = new.campaign_id;
  -- ROUTE: what goes straight to the hospital goes to nobody else.
  if new.payee_kind <> 'institution' and exists (select from release where id = new.release_id and mode = 'hospital-direct') then
    raise exception 'payout %: a hospital-direct release is paid to the hospital', new.id using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger payout_keeps_its_payee before insert or update on payout for each row execute function payout_keeps_its_payee();
revoke all on function payout_keeps_its_payee() from public;
