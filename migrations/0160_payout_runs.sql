-- An approved proposal of a payout batch on its way to the bank. While it runs, its payouts are the batch's conductor's: they are sent many in a file, and the workflows of
-- their releases, transfers and supervisions are told once the whole batch was sent.
create table payout_batch_run (
  proposal_id text primary key references payout_batch_proposal (id),
  batch_id    text not null references payout_batch (id),
  tenant_id   text not null references tenant (id),
  begun_at    timestamptz not null,
  finished_at timestamptz
);
create index on payout_batch_run (batch_id) where finished_at is null;
grant select, insert on payout_batch_run to almoner_app;
grant update (finished_at) on payout_batch_run to almoner_app;

alter table payout add column conducted boolean not null default false;
create index on payout (approval_id);

alter table outbox drop constraint outbox_workflow_type_check;
alter table outbox add constraint outbox_workflow_type_check
  check (workflow_type in ('campaign', 'release', 'transfer', 'payoutBatch', 'refund', 'complaint', 'supervision', 'reconciliation'));

-- Words that a crowd hears at once (every release of a batch, all that waited for money) go after the word to one: a person's decision never waits behind ten thousand of them.
alter table outbox add column crowd boolean not null default false;
create index undelivered_by_crowd on outbox (crowd, seq) where delivered_at is null;
