-- Who decides has the role that decides, when they decide, whoever writes the row: an administrator, an auditor or somebody disabled decides nothing.
-- After the row's own constraints and keys, so that those are named first.
create function decided_in_the_right_role() returns trigger language plpgsql as $$
declare
  v_person text;
begin
  execute format('select ($1).%I', tg_argv[0]) into v_person using new;
  if v_person is not null and not exists (
    select from staff where id = v_person and disabled_at is null and role = any (string_to_array(tg_argv[1], ' '))) then
    raise exception '%.%: % does not act as %', tg_table_name, tg_argv[0], v_person, tg_argv[1] using errcode = 'AL007';
  end if;
  return new;
end $$;
revoke all on function decided_in_the_right_role() from public;

do $$
declare
  r record;
begin
  for r in select * from (values
    ('identity_check', 'resolved_by', 'reviewer'),
    ('audit_decision', 'staff_id', 'reviewer'),
    ('payee_account', 'accepted_by', 'reviewer'),
    ('claim_event', 'staff_id', 'reviewer'),
    ('evidence_request', 'asked_by', 'reviewer'),
    ('expense_reconciliation', 'staff_id', 'reviewer'),
    ('release', 'reviewed_by', 'reviewer'),
    ('use_evidence', 'decided_by', 'reviewer'),
    ('receipt', 'staff_id', 'hospital-person'),
    ('document_view', 'staff_id', 'reviewer operator finance-maker finance-checker'),
    ('publication_withdrawal', 'withdrawn_by', 'reviewer operator'),
    ('complaint', 'acknowledged_by', 'reviewer operator'),
    ('complaint', 'admissible_by', 'reviewer operator'),
    ('complaint', 'decided_by', 'reviewer operator'),
    ('complaint_task', 'set_by', 'reviewer operator'),
    ('complaint_task', 'done_by', 'reviewer operator'),
    ('complaint_appeal', 'decided_by', 'reviewer operator'),
    ('police_report', 'reported_by', 'reviewer operator'),
    ('death_report', 'decided_by', 'reviewer operator'),
    ('refund_request', 'decided_by', 'reviewer operator'),
    ('conduct_case', 'decided_by', 'operator'),
    ('conduct_appeal', 'decided_by', 'reviewer operator'),
    ('blacklist_listing', 'listed_by', 'reviewer operator'),
    ('blacklist_appeal', 'decided_by', 'reviewer')
  ) as t (place, person, roles)
  loop
    execute format('create trigger %I after insert or update of %I on %I for each row execute function decided_in_the_right_role(%L, %L)',
      r.place || '_' || r.person || '_in_role', r.person, r.place, r.person, r.roles);
  end loop;
end $$;

-- A payout leaves only while its maker still is one. Its checkers are counted by payout_is_approved.
create function payout_maker_stands() returns trigger language plpgsql as $$
begin
  if new.state = 'submitted' and old.state = 'reserved' and not exists (
    select from approval a join staff m on m.id = a.maker_id where a.id = new.approval_id and m.disabled_at is null and m.role = 'finance-maker') then
    raise exception 'payout %: its maker is a maker no more', new.id using errcode = 'AL005';
  end if;
  return new;
end $$;
revoke all on function payout_maker_stands() from public;
create trigger payout_maker_stands before update on payout for each row execute function payout_maker_stands();
