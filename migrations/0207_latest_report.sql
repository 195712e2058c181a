-- The reviewers' queue asked for the latest report of every campaign that waits before it could tell which waits longest: with 10,000 open cases most of the time that
-- the next one took. What of the latest report the queue goes by stands with the campaign, kept by the report's own row; the report itself is read where it is.
alter table campaign add column report_id text, add column reported_at timestamptz, add column reported_version integer, add column reported_verdict text;
alter table campaign add constraint reported_whole check (num_nonnulls(report_id, reported_at, reported_version, reported_verdict) in (0, 4));

-- Whether it is about the evidence as it stands. A column, so that the planner knows of how many campaigns it is true.
alter table campaign add column reported_current boolean generated always as (reported_version = evidence_version) stored;

create function keep_latest_report() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update campaign set report_id = new.id, reported_at = new.reported_at, reported_version = new.evidence_version, reported_verdict = new.verdict
  where id = new.campaign_id and (reported_at is null or (reported_at, report_id) < (new.reported_at, new.id));
  return null;
end $$;
create trigger keep_latest_report after insert on machine_report for each row execute function keep_latest_report();
revoke all on function keep_latest_report() from public;

update campaign c set report_id = m.id, reported_at = m.reported_at, reported_version = m.evidence_version, reported_verdict = m.verdict
from (select distinct on (campaign_id) * from machine_report order by campaign_id, reported_at desc, id desc) m where m.campaign_id = c.id;

-- In the order of the queue.
create index campaign_waits_for_review on campaign (tenant_id, reported_at, id) where phase = 'prior-audit' and reported_current;
create index evidence_request_open on evidence_request (campaign_id) where closed_as is null;
