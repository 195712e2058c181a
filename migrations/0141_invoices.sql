-- What a hospital billed, line by line, and which payment each fen of it was paid with.
create table invoice (
  id             text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id      text not null references tenant (id),
  campaign_id    text not null references campaign (id),
  institution_id text not null references institution (id),
  number_enc     bytea not null,
  number_hash    bytea not null,
  issued_on      date not null,
  amount_fen     bigint not null check (amount_fen > 0),
  allocated_fen  bigint not null default 0,
  filed_at       timestamptz not null,
  filed_by       text not null,
  constraint allocated_within_invoice check (allocated_fen between 0 and amount_fen)
);
-- One invoice of an institution is claimed once, whichever campaign or platform files it.
create unique index one_claim_an_invoice on invoice (institution_id, number_hash);
create index on invoice (campaign_id, id);

create table invoice_line (
  invoice_id text not null references invoice (id),
  seq        integer not null check (seq > 0),
  item_enc   bytea not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (invoice_id, seq)
);

create table invoice_allocation (
  id          text primary key check (id ~ '^[0-9A-Z]{26}$'),
  invoice_id  text not null references invoice (id),
  payout_id   text not null references payout (id),
  amount_fen  bigint not null check (amount_fen > 0),
  made_at     timestamptz not null,
  made_by     text not null
);
create index on invoice_allocation (invoice_id);
create index on invoice_allocation (payout_id);

-- What of a payment is covered by invoices: never more than was paid.
alter table payout add column invoiced_fen bigint not null default 0;
alter table payout add constraint invoiced_within_payout check (invoiced_fen between 0 and net_fen);

-- An invoice is the sum of its lines when it is filed.
create function invoice_adds_up() returns trigger language plpgsql as $$
declare
  v_sum bigint;
begin
  select coalesce(sum(amount_fen), 0) into v_sum from invoice_line where invoice_id = new.id;
  if v_sum <> new.amount_fen then
    raise exception 'invoice %: its lines come to %, not to %', new.id, v_sum, new.amount_fen using errcode = 'AL004';
  end if;
  return null;
end $$;
create constraint trigger invoice_adds_up after insert on invoice deferrable initially deferred for each row execute function invoice_adds_up();

-- The sums follow the allocations, whoever writes them; the checks then hold what they hold. An invoice pays for its own campaign.
create function allocation_counts() returns trigger language plpgsql as $$
begin
  if not exists (select from invoice i join payout p on p.campaign_id = i.campaign_id where i.id = new.invoice_id and p.id = new.payout_id) then
    raise exception 'allocation %: invoice and payout are of two campaigns', new.id using errcode = 'AL004';
  end if;
  update payout set invoiced_fen = invoiced_fen + new.amount_fen where id = new.payout_id;
  update invoice set allocated_fen = allocated_fen + new.amount_fen where id = new.invoice_id;
  return new;
end $$;
create trigger allocation_counts before insert on invoice_allocation for each row execute function allocation_counts();
create trigger append_only before update or delete or truncate on invoice_line for each statement execute function ledger.refuse_change();
create trigger append_only before update or delete or truncate on invoice_allocation for each statement execute function ledger.refuse_change();
revoke all on function invoice_adds_up(), allocation_counts() from public;
grant select, insert on invoice, invoice_line, invoice_allocation to almoner_app;
grant update (allocated_fen) on invoice to almoner_app;
