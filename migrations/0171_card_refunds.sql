-- A refund that the donor's account takes no more may go to a bank card of theirs, by the same channel and under the same number. One person writes down the card
-- that the donor named, another writes it down again: only then is the channel asked. The card is forgotten once the channel took it, or it came to nothing.
create table card_refund (
  id           text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id    text not null references tenant (id),
  campaign_id  text not null references campaign (id),
  return_id    text not null references gift_return (id),
  bank         text not null,
  card_mask    text not null check (card_mask ~ '^\*{4}[0-9]{4}$'),
  card_enc     bytea,
  state        text not null default 'asked' check (state in ('asked', 'confirmed', 'taken', 'refused', 'withdrawn')),
  asked_by     text not null,
  asked_at     timestamptz not null,
  confirmed_by text,
  confirmed_at timestamptz,
  -- The channel's code, where it refused the card.
  refusal      text,
  constraint another_confirms check (confirmed_by is null or confirmed_by <> asked_by),
  constraint confirmed_whole check ((confirmed_by is null) = (confirmed_at is null) and (confirmed_by is not null) = (state in ('confirmed', 'taken', 'refused'))),
  constraint card_is_forgotten check ((card_enc is not null) = (state in ('asked', 'confirmed')))
);
create unique index one_card_at_a_time on card_refund (return_id) where state in ('asked', 'confirmed');
create index on card_refund (return_id);
create index on card_refund (campaign_id);
grant select, insert, update (card_enc, state, confirmed_by, confirmed_at, refusal) on card_refund to almoner_app;

-- While it is on its way to a card it is owed as well.
create or replace function owed_is_owed() returns trigger language plpgsql as $$
begin
  if old.resolved_at is null and new.resolved_at is not null and new.kind = 'owed-back'
     and exists (select from gift_return r where r.id = new.subject and r.status <> 'returned') then
    raise exception 'exception %: the money is owed still', new.id using errcode = 'AL004';
  end if;
  return new;
end $$;
