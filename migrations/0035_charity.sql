-- CHARITY: seekers are linked with public-fundraising charities, with their consent, tracked to an answer.
create table charity (
  id      text primary key,
  name_zh text not null,
  name_en text not null,
  -- Named as an example only: nothing was agreed with it.
  example boolean not null
);
insert into charity (id, name_zh, name_en, example) values
('example-red-cross', '中国红十字基金会（示例）', 'Chinese Red Cross Foundation (example)', true),
('example-charity-federation', '中华慈善总会（示例）', 'China Charity Federation (example)', true),
('example-children', '中华少年儿童慈善救助基金会（示例）', 'China Charities Aid Foundation for Children (example)', true);

create table charity_referral (
  id              text primary key check (id ~ '^[0-9A-Z]{26}$'),
  tenant_id       text not null references tenant (id),
  campaign_id     text not null references campaign (id),
  cause           text not null check (cause in ('refusal', 'cap', 'shortfall', 'closing')),
  state           text not null default 'offered' check (state in ('offered', 'consented', 'declined-by-seeker', 'referred', 'accepted', 'declined')),
  offered_at      timestamptz not null,
  -- The version of the seeker's rules under which they agreed, and when.
  party           text not null default 'seeker' check (party = 'seeker'),
  consent_version integer,
  consented_at    timestamptz,
  charity_id      text references charity (id),
  charity_name    text,
  referred_at     timestamptz,
  answer_due_at   timestamptz,
  answered_at     timestamptz,
  unique (campaign_id, cause),
  foreign key (party, consent_version) references consent_text (party, version),
  constraint consent_comes_first check ((consented_at is not null and consent_version is not null) = (state in ('consented', 'referred', 'accepted', 'declined'))),
  constraint referred_to_somebody check ((referred_at is not null) = (state in ('referred', 'accepted', 'declined')) and (referred_at is not null) = (answer_due_at is not null)
    and (referred_at is not null) = ((charity_id is null) <> (charity_name is null))),
  constraint tracked_to_an_answer check ((answered_at is not null) = (state in ('accepted', 'declined')))
);
create index on charity_referral (tenant_id, state);

create function referral_edges() returns trigger language plpgsql as $$
begin
  if not (old.state, new.state) in (('offered', 'consented'), ('offered', 'declined-by-seeker'), ('consented', 'referred'), ('referred', 'accepted'), ('referred', 'declined')) then
    raise exception 'referral %: % may not become %', old.id, old.state, new.state using errcode = 'AL004';
  end if;
  return new;
end $$;
create trigger referral_edges before update on charity_referral for each row execute function referral_edges();
revoke all on function referral_edges() from public;

grant select on charity to almoner_app;
grant select, insert on charity_referral to almoner_app;
grant update (state, consent_version, consented_at, charity_id, charity_name, referred_at, answer_due_at, answered_at) on charity_referral to almoner_app;
