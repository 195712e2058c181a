-- Who looks at what of the reviewers' queue just now. A claim is no decision and no workflow: it keeps two people from reading the same case, and it ends by itself.
create table review_claim (
  kind       text not null check (kind in ('prior-audit', 'release-review', 'use-evidence')),
  subject_id text not null check (subject_id ~ '^[0-9A-Z]{26}$'),
  tenant_id  text not null references tenant (id),
  staff_id   text not null references staff (id),
  claimed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (kind, subject_id),
  check (expires_at > claimed_at)
);
create index review_claim_of_staff on review_claim (staff_id, expires_at);
grant select, insert, update on review_claim to almoner_app;

-- The queue's own ways in: what waits, and nothing of what is over.
create index campaign_in_prior_audit on campaign (tenant_id, id) where phase = 'prior-audit';
create index release_in_review on release (campaign_id) where stage = 'review' and review is null;
create index use_evidence_undecided on use_evidence (campaign_id) where decision is null;
