-- RECEIPT, RECALL: money that is given up is given up by two people. One asks with a reason; another, who is another human too, confirms or turns it down.
alter table money_exception add column asked_staff_id text references staff (id);
alter table money_exception add column asked_reason text;
alter table money_exception add column asked_at timestamptz;
alter table money_exception add constraint asked_whole check (num_nonnulls(asked_staff_id, asked_reason, asked_at) in (0, 3));

create function settled_by_two() returns trigger language plpgsql set search_path = public as $$
begin
  if new.kind not in ('receipt-short', 'recall-silent') or old.resolved_at is not null or new.resolution is distinct from 'settled' then return new; end if;
  if new.asked_staff_id is null or new.resolved_by like '%:' || new.asked_staff_id or exists (
    select from staff a join staff b on b.identity_hash = a.identity_hash where a.id = new.asked_staff_id and new.resolved_by like '%:' || b.id) then
    raise exception 'money event %: a % is settled by two people', new.id, new.kind using errcode = 'AL009';
  end if;
  return new;
end $$;
create trigger settled_by_two before update on money_exception for each row execute function settled_by_two();
revoke all on function settled_by_two() from public;
