-- Documents have versions per kind, may lie with us (encrypted, beside the database), and every look at one is a row with its reason.
alter table document add column version integer, add column stored boolean not null default false;
update document d set version = n.version
from (select id, row_number() over (partition by campaign_id, kind order by registered_at, id) as version from document) n
where n.id = d.id;
alter table document alter column version set not null, add constraint one_document_per_version unique (campaign_id, kind, version);
-- Whose bytes are also somebody else's.
create index on document (sha256);
grant update (stored) on document to almoner_app;

-- The next version is the database's to give: whoever registers a document, two at once included.
create function document_next_version() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('document/' || new.campaign_id, 0));
  select coalesce(max(version), 0) + 1 into new.version from document where campaign_id = new.campaign_id and kind = new.kind;
  return new;
end $$;
create trigger document_next_version before insert on document for each row execute function document_next_version();
revoke all on function document_next_version() from public;

-- Bytes that arrived do not become absent again.
create function document_stays_stored() returns trigger language plpgsql as $$
begin
  if old.stored and not new.stored then
    raise exception 'document %: its bytes are held', new.id using errcode = 'AL006';
  end if;
  return new;
end $$;
create trigger document_stays_stored before update on document for each row execute function document_stays_stored();
revoke all on function document_stays_stored() from public;

create table document_view (
  id          text primary key,
  document_id text not null references document (id),
  staff_id    text not null references staff (id),
  -- May name a person: sealed under the patient's key.
  reason_enc  bytea not null,
  viewed_at   timestamptz not null
);
create index on document_view (document_id, viewed_at);
grant select, insert on document_view to almoner_app;

-- What the machine noticed beside the gates: facts for a person, never a refusal.
alter table machine_report add column signals jsonb not null default '[]';
