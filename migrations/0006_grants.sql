-- The application role reads and writes what it must and nothing else: no change to ledger, audit chain or past decisions.
grant usage on schema public, ledger, audit to almoner_app;
grant select on all tables in schema public, ledger, audit to almoner_app;
grant insert on all tables in schema public to almoner_app;
grant usage on all sequences in schema public to almoner_app;
revoke insert on gift_return from almoner_app;

grant update on test_clock, tenant, institution, staff, session, api_key, idempotency, campaign, payee_account, identity_check, hold, outbox, release,
  payout, approval, bank_line, use_evidence, money_exception, gift_return, worker_fault to almoner_app;
grant update (status, code_url) on gift to almoner_app;
grant delete on idempotency to almoner_app;

revoke all on all functions in schema public, ledger, audit from public;
grant execute on function ledger.post(jsonb, text), ledger.open_accounts(text, text, text[]), ledger.canonical(ledger.transfer),
  audit.append(jsonb), audit.seal(integer), audit.canonical(audit.event), post_gifts(jsonb) to almoner_app;
