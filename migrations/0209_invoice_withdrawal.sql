-- A hospital takes an invoice back that was filed by mistake: once, with a coded reason, while nobody rests on it. The row stays, its number may be filed again.
alter table invoice add column withdrawn_at timestamptz;
alter table invoice add column withdrawn_by text;
alter table invoice add column withdrawn_because text
  check (withdrawn_because in ('wrong-amount', 'wrong-lines', 'wrong-payment', 'wrong-patient', 'cancelled', 'not-ours'));
alter table invoice add constraint withdrawn_whole check (num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_because) in (0, 3));
alter table invoice add constraint withdrawn_covers_nothing check (withdrawn_at is null or allocated_fen = 0);
drop index one_claim_an_invoice;
create unique index one_claim_an_invoice on invoice (institution_id, number_hash) where withdrawn_at is null;

-- What it covered of payments is free again; its matches stay on record as they were made.
create function withdraw_invoice() returns trigger language plpgsql as $$
begin
  if old.withdrawn_at is not null then
    raise exception 'invoice %: it is withdrawn, once and for good', old.id using errcode = 'AL004';
  end if;
  if new.withdrawn_at is not null then
    update payout p set invoiced_fen = p.invoiced_fen - a.fen
    from (select payout_id, sum(amount_fen) fen from invoice_allocation where invoice_id = old.id group by 1) a where p.id = a.payout_id;
    new.allocated_fen := 0;
  end if;
  return new;
end $$;
create trigger withdraw_invoice before update of withdrawn_at, withdrawn_by, withdrawn_because on invoice for each row execute function withdraw_invoice();

-- As in 0141; and a withdrawn invoice pays for nothing.
create or replace function allocation_counts() returns trigger language plpgsql as $$
begin
  if not exists (select from invoice i join payout p on p.campaign_id = i.campaign_id where i.id = new.invoice_id and p.id = new.payout_id) then
    raise exception 'allocation %: invoice and payout are of two campaigns', new.id using errcode = 'AL004';
  end if;
  if exists (select from invoice where id = new.invoice_id and withdrawn_at is not null) then
    raise exception 'allocation %: the invoice is withdrawn', new.id using errcode = 'AL004';
  end if;
  update payout set invoiced_fen = invoiced_fen + new.amount_fen where id = new.payout_id;
  update invoice set allocated_fen = allocated_fen + new.amount_fen where id = new.invoice_id;
  return new;
end $$;
revoke all on function withdraw_invoice() from public;
grant update (withdrawn_at, withdrawn_by, withdrawn_because) on invoice to almoner_app;
