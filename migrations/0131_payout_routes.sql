-- How a payout is cleared, why, and until when that was closed as it was made up (null: it was open). No clearing: made up by a process of before, and sent as it would have sent it.
alter table payout add column clearing text check (clearing in ('book', 'beps', 'hvps'));
alter table payout add column route_reason text check (route_reason in ('same-bank', 'urgent', 'within-limit', 'above-limit', 'day-is-full'));
alter table payout add constraint route_says_why check ((clearing is null) = (route_reason is null));
alter table payout add column waits_until timestamptz;
-- The longest holidays are shorter.
alter table payout add constraint waits_for_its_clearing check (waits_until > reserved_at and waits_until <= reserved_at + interval '14 days');
-- Sent again it is the same payment: the way is chosen once. And while one payout of a release may still be with a bank there is no other (one_live_payout of 0005).
create function keep_payout_route() returns trigger language plpgsql as $$
begin
  raise exception 'payout %: the way of a payout never changes', old.id using errcode = 'AL004';
end $$;
create trigger route_is_for_ever before update of clearing, route_reason, waits_until on payout for each row
  when ((old.clearing, old.route_reason, old.waits_until) is distinct from (new.clearing, new.route_reason, new.waits_until)) execute function keep_payout_route();
-- What went by the bulk system today.
create index payout_bulk on payout (tenant_id, reserved_at) where clearing = 'beps';

-- As before (0100); and an approval does not grow old while the clearing was closed that the payout was made up for: its signatures were whole then.
create or replace function payout_is_approved() returns trigger language plpgsql as $$
begin
  if new.state = 'submitted' and old.state = 'reserved' and (
    select count(distinct coalesce(encode(s.identity_hash, 'hex'), s.checker_id)) from approval_signature s
      join approval a on a.id = s.approval_id and a.digest = s.digest
      join staff f on f.id = s.checker_id and f.disabled_at is null and f.role = 'finance-checker'
    where a.id = new.approval_id and a.voided_at is null and s.decision = 'approve' and a.net_fen = new.net_fen and a.account_id = new.account_id
      and a.expires_at + (coalesce(new.waits_until, new.reserved_at) - new.reserved_at) > coalesce((select k.now from tenant t join test_clock k on k.id = t.clock_id where t.id = new.tenant_id), now())
      and not is_related(s.checker_id, new.campaign_id)
      and not exists (select from approval_signature r where r.approval_id = a.id and r.decision = 'reject')) < 2 then
    raise exception 'payout %: two checkers must have signed the standing digest', new.id using errcode = 'AL005';
  end if;
  return new;
end $$;
