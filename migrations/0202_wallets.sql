-- Small payouts to people by wallet: a receiver's WeChat balance, or an Alipay account, paid from the platform's merchant account at the channel.
-- A platform's terms with each channel. Without a row nothing is paid there.
create table wallet_terms (
  tenant_id   text not null references tenant (id),
  wallet      text not null check (wallet in ('wechat', 'alipay')),
  -- The most of one payout, and of all of the platform's in a day in China, fen.
  most_fen    bigint not null check (most_fen > 0),
  day_fen     bigint not null,
  -- The use of transfers that the channel registered for the merchant, and what each has to report: [{"type": …, "content": …}].
  scene       text not null check (scene <> ''),
  scene_infos jsonb not null check (jsonb_typeof(scene_infos) = 'array'),
  primary key (tenant_id, wallet),
  constraint a_day_holds_one check (day_fen >= most_fen)
);

-- The payee's own wallet, beside the account at a bank. It counts once a reviewer accepted it, and no more once the channel refused it.
create table payee_wallet (
  id              text primary key,
  campaign_id     text not null references campaign (id),
  version         integer not null,
  wallet          text not null check (wallet in ('wechat', 'alipay')),
  holder_name_enc bytea not null,
  identity_enc    bytea not null,
  identity_hash   bytea not null,
  filed_at        timestamptz not null,
  filed_by        text not null,
  accepted_by     text references staff (id),
  accepted_at     timestamptz,
  -- The channel's code, where it said that this wallet cannot be paid.
  refused_code    text,
  refused_at      timestamptz,
  superseded_at   timestamptz,
  unique (campaign_id, version),
  constraint accepted_by_a_person check ((accepted_at is null) = (accepted_by is null)),
  constraint refused_with_a_code check ((refused_at is null) = (refused_code is null))
);
create unique index one_current_wallet on payee_wallet (campaign_id) where superseded_at is null;
create trigger payee_wallet_accepted_by_in_role after insert or update of accepted_by on payee_wallet
  for each row execute function decided_in_the_right_role('accepted_by', 'reviewer');
create trigger never_removed before delete or truncate on payee_wallet for each statement execute function ledger.refuse_removal();

alter table payout drop constraint payout_rail_check, drop constraint payout_clearing_check, drop constraint payout_route_reason_check;
alter table payout add constraint payout_rail_check check (rail in ('iso20022', 'cmb', 'wechat', 'alipay'));
alter table payout add constraint payout_clearing_check check (clearing in ('book', 'beps', 'hvps', 'wallet'));
alter table payout add constraint payout_route_reason_check
  check (route_reason in ('same-bank', 'urgent', 'within-limit', 'above-limit', 'day-is-full', 'small-to-person', 'wallet-day-is-full'));
-- The wallet that was signed for; until when the receiver may confirm, and what the receiver's client confirms with.
alter table payout add column wallet_id text references payee_wallet (id), add column confirm_by timestamptz, add column confirmation_enc bytea;
alter table payout add constraint a_wallet_by_its_rail check (
  (rail in ('wechat', 'alipay')) = (wallet_id is not null) and (rail in ('wechat', 'alipay')) = (coalesce(clearing, '') = 'wallet'));
create function keep_payout_wallet() returns trigger language plpgsql as $$
begin
  raise exception 'payout %: the wallet of a payout never changes', old.id using errcode = 'AL004';
end $$;
revoke all on function keep_payout_wallet() from public;
create trigger wallet_is_for_ever before update of wallet_id on payout for each row when (old.wallet_id is distinct from new.wallet_id) execute function keep_payout_wallet();
-- Paid to a wallet is only what was signed for as that wallet, whoever writes the row.
create function payout_wallet_is_signed() returns trigger language plpgsql set search_path = public as $$
begin
  if new.wallet_id is not null and not exists (
    select from approval a join payee_wallet w on w.id = new.wallet_id
    where a.id = new.approval_id and a.content->'wallet'->>'id' = w.id and w.wallet = new.rail and w.campaign_id = new.campaign_id and w.accepted_at is not null) then
    raise exception 'payout %: its wallet is not what was signed for', new.id using errcode = 'AL005';
  end if;
  return new;
end $$;
revoke all on function payout_wallet_is_signed() from public;
create trigger payout_wallet_is_signed before insert on payout for each row execute function payout_wallet_is_signed();
-- What a platform sends to wallets in a day.
create index payout_wallet on payout (tenant_id, rail) where clearing = 'wallet';

alter table reminder drop constraint reminder_kind_check;
alter table reminder add constraint reminder_kind_check check (kind in ('receipt-due', 'receipt-escalated', 'confirmation-due'));

grant select, insert on wallet_terms to almoner_app;
grant select, insert, update (accepted_by, accepted_at, refused_code, refused_at, superseded_at) on payee_wallet to almoner_app;
