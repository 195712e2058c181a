-- CUSTODY: interest that the bank credits to the custody account is nobody's gift and no revenue: it lies on an account of its own.
alter table bank_line drop constraint bank_line_kind_check;
alter table bank_line add constraint bank_line_kind_check check (kind in ('payout', 'return', 'collection', 'refund-funding', 'interest', 'unknown'));
