-- SECOND-ASK: the list of medical expenses, line by line, and its reconciliation with what earlier raises paid out.
create table expense_line (
  id            text primary key,
  campaign_id   text not null references campaign (id),
  spent_on      date not null,
  item_enc      bytea not null,
  hospital      text not null,
  amount_fen    bigint not null check (amount_fen > 0),
  invoice_enc   bytea not null,
  invoice_hash  bytea not null,
  filed_at      timestamptz not null,
  filed_by      text not null,
  unique (id, amount_fen),
  -- One invoice is one expense.
  unique (campaign_id, invoice_hash)
);

-- A named reviewer's look at every line on file. It counts for the expense list (by hash) and the lines that it saw.
create table expense_reconciliation (
  id              text primary key,
  campaign_id     text not null references campaign (id),
  list_sha256     text not null,
  lines           integer not null check (lines > 0),
  paid_fen        bigint not null check (paid_fen >= 0),
  unexplained_fen bigint not null check (unexplained_fen between 0 and paid_fen),
  reason          text,
  staff_id        text not null references staff (id),
  reconciled_at   timestamptz not null,
  constraint unexplained_needs_a_reason check (unexplained_fen = 0 or reason is not null)
);
create index on expense_reconciliation (campaign_id, reconciled_at);

create table expense_cover (
  reconciliation_id text not null references expense_reconciliation (id),
  line_id           text not null,
  line_fen          bigint not null,
  -- A campaign of this system or a row of the register.
  raise_id          text not null,
  covered_fen       bigint not null check (covered_fen > 0),
  primary key (reconciliation_id, line_id, raise_id),
  foreign key (line_id, line_fen) references expense_line (id, amount_fen),
  constraint never_more_than_the_line check (covered_fen <= line_fen)
);

grant select, insert on expense_line, expense_reconciliation, expense_cover to almoner_app;
