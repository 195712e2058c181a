-- Log-ins: lockout, second factor, sessions that end by themselves, step-up bound to what is done, single sign-on; one human counts once.
alter table staff
  -- Keyed hash of the person's citizen number: two accounts of one human count once, and nobody decides over their own.
  add column identity_hash bytea,
  add column second_factor text not null default 'required' check (second_factor in ('required', 'optional')),
  add column totp_secret_enc bytea,
  add column totp_confirmed_at timestamptz,
  -- The last time step whose code was used: a code counts once.
  add column totp_last_step bigint,
  add column oidc_issuer text,
  add column oidc_subject text,
  add constraint totp_is_confirmed_with_a_secret check (totp_confirmed_at is null or totp_secret_enc is not null),
  add constraint oidc_is_issuer_and_subject check ((oidc_issuer is null) = (oidc_subject is null)),
  add constraint oidc_subject_is_one_person unique (oidc_issuer, oidc_subject);
-- Who stood here before keeps their way in until an administrator asks for the second factor.
update staff set second_factor = 'optional';

alter table session
  add column last_seen_at timestamptz not null default now(),
  add column authenticated_by text not null default 'password' check (authenticated_by in ('password', 'password+totp', 'oidc')),
  -- True while the person must set up their second factor before anything else.
  add column enrols_only boolean not null default false;

-- Failed attempts by the keyed hash of what was typed: an unknown name locks like a known one.
create table log_in_guard (
  name_hash    bytea primary key,
  failures     integer not null check (failures > 0),
  window_start timestamptz not null,
  locked_until timestamptz
);
grant select, insert, update, delete on log_in_guard to almoner_app;

-- A person shows again that it is them, for one act on one digest, for a few minutes, once.
create table step_up (
  id         text primary key,
  token_hash bytea not null unique,
  session_id text not null references session (id),
  staff_id   text not null references staff (id),
  act        text not null check (act ~ '^[a-z-]+\.[a-z-]+$'),
  digest     text not null check (digest ~ '^[0-9a-f]{64}$'),
  method     text not null check (method in ('password', 'totp')),
  made_at    timestamptz not null default now(),
  expires_at timestamptz not null check (expires_at > made_at),
  used_at    timestamptz,
  unique (id, staff_id, digest)
);
grant select, insert on step_up to almoner_app;
grant update (used_at) on step_up to almoner_app;

create function step_up_once() returns trigger language plpgsql as $$
begin
  if old.used_at is not null then raise exception 'step-up % was used', old.id using errcode = 'AL006'; end if;
  return new;
end $$;
create trigger step_up_once before update on step_up for each row execute function step_up_once();

-- A person's ties to a campaign, as they or the house declared them: for ever, and by whoever declared them.
create table staff_relation (
  staff_id    text not null references staff (id),
  campaign_id text not null references campaign (id),
  relation    text not null check (length(relation) between 1 and 200),
  declared_at timestamptz not null,
  declared_by text not null references staff (id),
  primary key (staff_id, campaign_id)
);
grant select, insert on staff_relation to almoner_app;

-- DISBURSE-REVIEW: each signature carries its step-up, used for exactly this digest by exactly this checker. Rows from before carry none.
alter table approval_signature
  add column step_up_id text unique,
  add column identity_hash bytea,
  add constraint signed_with_a_step_up check (step_up_id is not null) not valid,
  add constraint step_up_of_this_signature foreign key (step_up_id, checker_id, digest) references step_up (id, staff_id, digest);
create unique index one_human_signs_once on approval_signature (approval_id, identity_hash) where identity_hash is not null;

-- Whether a person is tied to a campaign: declared, or by being its patient, sponsor or payee.
create function is_related(p_staff text, p_campaign text) returns boolean
language sql stable set search_path = public as $$
  select exists (select from staff_relation r where r.staff_id = p_staff and r.campaign_id = p_campaign)
    or exists (select from staff s join campaign c on c.id = p_campaign
      join person p on p.id in (c.patient_id, c.sponsor_id, c.payee_person_id) where s.id = p_staff and p.id_number_hash = s.identity_hash)
$$;

-- Maker and checkers are of the campaign's platform, in their role, unrelated to it, and different humans: whoever writes the row.
create function approval_maker() returns trigger language plpgsql set search_path = public as $$
declare v_campaign campaign;
begin
  select c.* into v_campaign from release r join campaign c on c.id = r.campaign_id where r.id = new.release_id;
  if not exists (select from staff s where s.id = new.maker_id and s.role = 'finance-maker' and s.disabled_at is null and s.tenant_id = v_campaign.tenant_id) then
    raise exception 'approval %: its maker is no finance maker of this platform', new.id using errcode = 'AL007';
  end if;
  if is_related(new.maker_id, v_campaign.id) then raise exception 'approval %: its maker is related to the campaign', new.id using errcode = 'AL008'; end if;
  return new;
end $$;
create trigger approval_maker before insert on approval for each row execute function approval_maker();

create function approval_checker() returns trigger language plpgsql set search_path = public as $$
declare
  v_campaign campaign;
  v_identity bytea;
begin
  select c.* into v_campaign from approval a join release r on r.id = a.release_id join campaign c on c.id = r.campaign_id where a.id = new.approval_id;
  select s.identity_hash into v_identity from staff s
  where s.id = new.checker_id and s.role = 'finance-checker' and s.disabled_at is null and s.tenant_id = v_campaign.tenant_id;
  if not found and new.checker_id <> new.maker_id then
    raise exception 'approval %: % is no finance checker of this platform', new.approval_id, new.checker_id using errcode = 'AL007';
  end if;
  if is_related(new.checker_id, v_campaign.id) then
    raise exception 'approval %: % is related to the campaign', new.approval_id, new.checker_id using errcode = 'AL008';
  end if;
  if exists (select from staff m where m.id = new.maker_id and m.id <> new.checker_id and m.identity_hash = v_identity) then
    raise exception 'approval %: maker and checker are one human', new.approval_id using errcode = 'AL009';
  end if;
  new.identity_hash := v_identity;
  return new;
end $$;
create trigger approval_checker before insert on approval_signature for each row execute function approval_checker();

-- As before, and at the moment of sending: still checkers, still enabled, still unrelated, not expired by the platform's clock.
create or replace function payout_is_approved() returns trigger language plpgsql as $$
begin
  if new.state = 'submitted' and old.state = 'reserved' and (
    select count(distinct coalesce(encode(s.identity_hash, 'hex'), s.checker_id)) from approval_signature s
      join approval a on a.id = s.approval_id and a.digest = s.digest
      join staff f on f.id = s.checker_id and f.disabled_at is null and f.role = 'finance-checker'
    where a.id = new.approval_id and a.voided_at is null and s.decision = 'approve' and a.net_fen = new.net_fen and a.account_id = new.account_id
      and a.expires_at > coalesce((select k.now from tenant t join test_clock k on k.id = t.clock_id where t.id = new.tenant_id), now())
      and not is_related(s.checker_id, new.campaign_id)
      and not exists (select from approval_signature r where r.approval_id = a.id and r.decision = 'reject')) < 2 then
    raise exception 'payout %: two checkers must have signed the standing digest', new.id using errcode = 'AL005';
  end if;
  return new;
end $$;
grant execute on function is_related(text, text) to almoner_app;
