-- Three more kinds of workflow hear of what happens: refunds, complaints, supervision.
alter table outbox drop constraint outbox_workflow_type_check;
alter table outbox add constraint outbox_workflow_type_check
  check (workflow_type in ('campaign', 'release', 'transfer', 'refund', 'complaint', 'supervision'));
