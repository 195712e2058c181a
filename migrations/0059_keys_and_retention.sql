-- A decided deletion stays as it was decided; its words may be wrapped anew under another key of the house (the owner's act: the application has no right to that column).
create or replace function deletion_is_decided_once() returns trigger language plpgsql as $$
begin
  if old.state <> 'asked' and (to_jsonb(new) - 'reason_enc') is distinct from (to_jsonb(old) - 'reason_enc') then
    raise exception 'deletion %: is decided', old.id using errcode = 'AL004';
  end if;
  return new;
end $$;
