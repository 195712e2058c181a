-- Three more roles. An auditor reads one tenant; a regulator belongs to none and reads them all; an administrator keeps the staff and keys of one
-- platform or one hospital, and nothing else.
alter table staff drop constraint staff_role_check;
alter table staff add constraint staff_role_check check
  (role in ('reviewer', 'finance-maker', 'finance-checker', 'operator', 'hospital-person', 'auditor', 'administrator', 'regulator'));
alter table staff drop constraint belongs_to_one;
alter table staff add constraint belongs_to_one check (case role
  when 'regulator' then tenant_id is null and institution_id is null
  when 'hospital-person' then tenant_id is null and institution_id is not null
  when 'administrator' then (tenant_id is null) <> (institution_id is null)
  else tenant_id is not null and institution_id is null end);
