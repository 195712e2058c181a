-- A reviewer asks for more evidence during prior audit; the campaign is not approved while a request is open.
create table evidence_request (
  id          text primary key,
  campaign_id text not null references campaign (id),
  -- Kinds of documents wanted, and the newest version of each when it was asked: a newer one answers.
  documents   text[] not null,
  versions    integer[] not null,
  claims      text[] not null,
  language    text not null check (language in ('zh', 'en')),
  -- May name a person: sealed under the patient's key.
  message_enc bytea not null,
  asked_by    text not null references staff (id),
  asked_at    timestamptz not null,
  due_at      timestamptz not null check (due_at > asked_at),
  closed_as   text check (closed_as in ('answered', 'withdrawn')),
  closed_by   text,
  closed_at   timestamptz,
  answer_enc  bytea,
  answered_with text[] not null default '{}',
  constraint something_is_wanted check (cardinality(documents) + cardinality(claims) > 0 and cardinality(documents) = cardinality(versions)),
  constraint closes_together check ((closed_as is null) = (closed_at is null) and (closed_as is null) = (closed_by is null))
);
create index on evidence_request (campaign_id, asked_at);
grant select, insert on evidence_request to almoner_app;
grant update (closed_as, closed_by, closed_at, answer_enc, answered_with) on evidence_request to almoner_app;

-- A request is closed once, and stays as it was closed.
create function evidence_request_closes_once() returns trigger language plpgsql as $$
begin
  if old.closed_as is not null then
    raise exception 'evidence request %: is closed', old.id using errcode = 'AL008';
  end if;
  return new;
end $$;
create trigger evidence_request_closes_once before update on evidence_request for each row execute function evidence_request_closes_once();
revoke all on function evidence_request_closes_once() from public;

-- Approved with an open request: not by any way.
create function no_approval_before_the_evidence() returns trigger language plpgsql as $$
begin
  if new.decision = 'approve' and exists (select from evidence_request where campaign_id = new.campaign_id and closed_as is null) then
    raise exception 'campaign %: more evidence was asked for', new.campaign_id using errcode = 'AL008';
  end if;
  return new;
end $$;
create trigger no_approval_before_the_evidence before insert on audit_decision for each row execute function no_approval_before_the_evidence();
revoke all on function no_approval_before_the_evidence() from public;
