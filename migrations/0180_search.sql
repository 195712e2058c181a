-- Ways in for the global search: a bank’s reference by its beginning, and an amount.
create index bank_line_by_reference on bank_line (tenant_id, reference text_pattern_ops);
create index bank_line_by_amount on bank_line (tenant_id, amount_fen);
create index payout_by_bank_reference on payout (tenant_id, bank_reference text_pattern_ops);
create index payout_by_net on payout (tenant_id, net_fen);
create index payout_by_gross on payout (tenant_id, gross_fen);

-- And for the reconciliation's: lines that somebody has or had to explain, and a day of the account.
create index bank_line_unexplained on bank_line (tenant_id) where unexplained_fen > 0;
create index bank_line_by_day on bank_line (tenant_id, booked_at);
