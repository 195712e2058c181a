-- A hospital says beforehand that it sends money of a payment back, under a reference that its bank carries: the credit is then matched by machine.
create table surplus_return (
  id             text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id      text not null references tenant (id),
  campaign_id    text not null references campaign (id),
  payout_id      text not null references payout (id),
  institution_id text not null references institution (id),
  reference      text not null unique check (reference ~ '^SR[0-9A-HJKMNP-TV-Z]{12}$'),
  amount_fen     bigint not null check (amount_fen > 0),
  reason         text not null,
  announced_at   timestamptz not null,
  announced_by   text not null,
  match_id       text unique references bank_match (id),
  withdrawn_at   timestamptz,
  withdrawn_by   text,
  constraint withdrawn_whole check ((withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null or match_id is null))
);
create index on surplus_return (payout_id);
create index on surplus_return (campaign_id);

-- The machine matches what was announced, and nothing else that a payee sent.
alter table bank_match add column surplus_id text references surplus_return (id);
create unique index one_match_an_announcement on bank_match (surplus_id) where undone_at is null;
alter table bank_match drop constraint bank_match_made_by_check;
alter table bank_match add constraint bank_match_made_by_check check (made_by ~ '^(finance-maker|finance-checker|operator)(:|$)'
  or (made_by = 'machine' and (target = 'channel' or (target = 'payout-return' and surplus_id is not null))));
grant select, insert, update (match_id, withdrawn_at, withdrawn_by) on surplus_return to almoner_app;
