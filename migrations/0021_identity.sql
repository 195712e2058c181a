-- IDENTITY by three elements where a phone is given, a card by four; a patient may be unable to act as well as a minor.
alter table person add column phone_enc bytea;
alter table campaign add column patient_incapable boolean not null default false;
-- How many elements the answer rests on: name and number; phone too.
alter table identity_check add column elements smallint not null default 2 check (elements in (2, 3));

-- Name, number, card and phone of a person payee: beside the bank's check of the account's name, never instead of it.
create table card_check (
  account_id text primary key references payee_account (id),
  verdict    text not null check (verdict in ('match', 'mismatch', 'no-record', 'unavailable')),
  checked_at timestamptz not null
);
grant select, insert, update on card_check to almoner_app;
