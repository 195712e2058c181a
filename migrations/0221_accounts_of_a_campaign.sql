-- A campaign's accounts are looked up for every page and statement of it: with ten thousand campaigns beside it, not by reading all of their accounts.
create index account_campaign on ledger.account (campaign_id) where campaign_id is not null;
