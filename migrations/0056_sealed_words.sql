-- What people, hospitals and banks say in words is sealed where it may name a person, an account or an illness. The plain columns stay empty from here on:
-- `almoner` seals what lies in them at its next start, since the database has no key.
alter table idempotency add column body_enc bytea;
alter table bank_line add column words_enc bytea;
alter table payout add column failure_text_enc bytea;
alter table complaint add column admissible_reason_enc bytea, add column reason_enc bytea;
alter table complaint_task add column note_enc bytea, add column finding_enc bytea, alter column note drop not null;
alter table identity_check add column reason_enc bytea;
alter table hospital_contact add column contacted_enc bytea, add column note_enc bytea, alter column contacted drop not null, alter column note drop not null;
alter table death_report add column reason_enc bytea;

alter table complaint_task drop constraint done_with_a_finding;
alter table complaint_task add constraint done_with_a_finding check ((done_at is null) = (finding is null and finding_enc is null) and (done_at is null) = (done_by is null));
alter table complaint_task add constraint a_task_has_words check (note is not null or note_enc is not null);
alter table hospital_contact add constraint a_contact_has_words check ((contacted is not null or contacted_enc is not null) and (note is not null or note_enc is not null));
alter table identity_check drop constraint a_person_resolves;
alter table identity_check add constraint a_person_resolves check ((resolution is null) = (resolved_by is null) and (resolution is null) = (reason is null and reason_enc is null));
alter table death_report drop constraint decided_by_a_person;
alter table death_report add constraint decided_by_a_person check ((state = 'reported') = (decided_at is null) and (decided_at is null) = (decided_by is null)
  and (decided_at is null) = (reason is null and reason_enc is null));

-- Not valid: rows of before are let be until they are sealed; no new one is taken, whoever writes it.
alter table idempotency add constraint body_is_sealed check (body is null) not valid;
alter table bank_line add constraint words_are_sealed check (counterparty is null and remittance is null and return_text is null) not valid;
alter table payout add constraint words_are_sealed check (failure_text is null) not valid;
alter table complaint add constraint words_are_sealed check (admissible_reason is null and reason is null) not valid;
alter table complaint_task add constraint words_are_sealed check (note is null and finding is null) not valid;
alter table identity_check add constraint words_are_sealed check (reason is null) not valid;
alter table hospital_contact add constraint words_are_sealed check (contacted is null and note is null) not valid;
alter table death_report add constraint words_are_sealed check (reason is null) not valid;
