-- What the channel's bill of a day said, and how much of it the books knew. One row a merchant and day; read again, it says what the last look found.
create table channel_bill (
  tenant_id       text not null references tenant (id),
  day             date not null,
  lines           integer not null check (lines >= 0),
  matched         integer not null check (matched >= 0),
  posted          integer not null check (posted >= 0),
  differing       integer not null check (differing >= 0),
  missing         integer not null check (missing >= 0),
  paid_fen        bigint not null check (paid_fen >= 0),
  refunded_fen    bigint not null check (refunded_fen >= 0),
  fee_fen         bigint not null,
  read_at         timestamptz not null,
  primary key (tenant_id, day),
  -- Each line is one of the three; nothing is passed over in silence.
  constraint every_line_explained check (lines = matched + posted + differing)
);
grant select, insert, update on channel_bill to almoner_app;
