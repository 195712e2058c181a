-- DOUBLE-AUDIT: truth is per claim. What was said of each is appended, never changed; how a claim stands is computed from it.
create table claim_event (
  id          text primary key,
  seq         bigint generated always as identity unique,
  campaign_id text not null references campaign (id),
  claim       text not null check (claim in ('identity-patient', 'identity-sponsor', 'relation', 'diagnosis', 'diagnosis-source', 'hospital', 'cost-incurred',
    'cost-expected', 'insurance', 'assets-houses', 'assets-cars', 'income', 'other-aid', 'other-raises', 'account-ownership')),
  state       text not null check (state in ('declared', 'evidenced', 'verified', 'contradicted')),
  source      text not null check (source in ('person', 'machine', 'identity-service', 'bank')),
  staff_id    text references staff (id),
  method      text not null check (method in ('declaration', 'document', 'identity-service', 'name-check', 'card-check', 'phone-call', 'video-call', 'visit',
    'hospital-inquiry', 'public-record', 'comparison')),
  -- A person's words may name a person: sealed under the patient's key.
  note_enc    bytea,
  documents   text[] not null default '{}',
  -- The machine's or service's contradiction that a person set aside, and why.
  overrides   text references claim_event (id),
  reason_enc  bytea,
  at          timestamptz not null,
  constraint a_person_is_named check ((source = 'person') = (staff_id is not null) and (source = 'person' or note_enc is null)),
  constraint an_override_has_a_reason check ((overrides is null) = (reason_enc is null) and (overrides is null or source = 'person')),
  constraint only_services_and_people_verify check (state <> 'verified' or source <> 'machine')
);
create index on claim_event (campaign_id, claim, seq);
grant select, insert on claim_event to almoner_app;

-- IDENTITY: what the identity service found different is not for a person to verify.
create function claim_mismatch_stands() returns trigger language plpgsql as $$
begin
  if new.source = 'person' and new.state <> 'contradicted' and new.claim in ('identity-patient', 'identity-sponsor') and exists (
    select from identity_check i where i.campaign_id = new.campaign_id and i.verdict = 'mismatch' and i.party = substr(new.claim, 10)) then
    raise exception 'claim %: a confirmed mismatch stands', new.claim using errcode = 'AL007';
  end if;
  return new;
end $$;
create trigger claim_mismatch_stands before insert on claim_event for each row execute function claim_mismatch_stands();
revoke all on function claim_mismatch_stands() from public;

-- How each claim stands: a person's last word, unless machine or service contradicted it afterwards; the machine's or service's where no person spoke.
create view claim as
select campaign_id, claim,
  case when person is null or (machine_contradicts and machine > person) then machine else person end as seq
from (
  select campaign_id, claim,
    max(seq) filter (where source = 'person') as person,
    max(seq) filter (where source <> 'person') as machine,
    (array_agg(state order by seq desc) filter (where source <> 'person'))[1] = 'contradicted' as machine_contradicts
  from claim_event group by campaign_id, claim
) latest;
grant select on claim to almoner_app;

-- The machine's view of every claim when it reported.
alter table machine_report add column claims jsonb not null default '[]';

-- A person decided otherwise than the machine: with rules and a reason, or not at all.
alter table audit_decision add column is_override boolean not null default false,
  add constraint an_override_has_grounds check (not is_override or (decision = 'refuse' and cardinality(rules) > 0 and length(reason) >= 10));
