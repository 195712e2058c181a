-- GET /v1/events reads one tenant's part of the sealed chain.
create index on audit.event (tenant_id, seq);
