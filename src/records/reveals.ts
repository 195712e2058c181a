import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { masked, type PersonalData, type PersonKey } from '../security/personalData';
import { maskedName } from './blacklistViews';
import { keyOf } from './people';

/** What can be shown of a person. */
export const REVEALED_FIELDS = ['name', 'id-number', 'phone', 'account', 'admission-number'] as const;
type RevealedField = (typeof REVEALED_FIELDS)[number];
/** What for. */
export const REVEAL_PURPOSES = ['identity', 'contact', 'payout', 'complaint', 'authority', 'request-of-the-person'] as const;
/** How often one person may look in 24 hours: more than a day's work needs, less than a list is worth. */
export const REVEALS_PER_DAY = 60;

interface Sealed {
  readonly id: string;
  readonly tenant_id: string;
  readonly deleted_at: Date | null;
  readonly name_enc: Buffer;
  readonly id_number_enc: Buffer | null;
  readonly phone_enc: Buffer | null;
}

/** @returns a person of this tenant. @throws {DomainError} object.not_found, also for another tenant's. */
export async function ownPerson(connection: Connection, id: string, tenantId: string): Promise<Sealed> {
  const person = await row<Sealed>(connection, 'select * from person where id = ? and tenant_id = ?', [id, tenantId]);
  if (!person) throw new DomainError('object.not_found', { zh: '没有该人员', en: 'There is no such person' });
  return person;
}

/** What lies of a person, opened: null where there is nothing. The account is the one that a campaign pays this person on, sealed under its patient's key. */
async function opened(
  connection: Connection,
  personalData: PersonalData,
  person: Sealed,
  key: PersonKey,
): Promise<Record<RevealedField, string | null>> {
  const paid = await row<{ number_enc: Buffer; patient_id: string }>(
    connection,
    `select a.number_enc, c.patient_id from payee_account a join campaign c on c.id = a.campaign_id
     where a.superseded_at is null and c.payee_kind <> 'institution' and coalesce(c.payee_person_id, c.patient_id) = ? order by a.filed_at desc limit 1`,
    [person.id],
  );
  const admitted = await row<{ admission_number_enc: Buffer }>(
    connection,
    'select admission_number_enc from campaign where patient_id = ? order by submitted_at desc limit 1',
    [person.id],
  );
  return {
    name: key.open(person.name_enc, 'person.name'),
    'id-number': person.id_number_enc && key.open(person.id_number_enc, 'person.id-number'),
    phone: person.phone_enc && key.open(person.phone_enc, 'person.phone'),
    account: paid && (await keyOf(connection, personalData, paid.patient_id)).open(paid.number_enc, 'payee-account.number'),
    'admission-number': admitted && key.open(admitted.admission_number_enc, 'campaign.admission-number'),
  };
}

export interface Asked {
  readonly fields: readonly RevealedField[];
  readonly purpose: (typeof REVEAL_PURPOSES)[number];
  readonly reason: string;
  readonly staffId: string;
  readonly actor: string;
  readonly at: Date;
}

/** Shows a person's data to a named person, for a reason that is on record before a byte leaves. @throws {DomainError} person.deleted, reveal.too_many. */
export async function reveal(
  tx: Transaction,
  personalData: PersonalData,
  person: Sealed,
  asked: Asked,
): Promise<{ revealId: string; values: Record<string, string | null> }> {
  await mustBeWithinTheDay(tx, asked.staffId);
  const key = await keyOf(tx, personalData, person.id);
  const id = ulid();
  await tx('reveal').insert({
    id,
    tenant_id: person.tenant_id,
    person_id: person.id,
    staff_id: asked.staffId,
    fields: asked.fields,
    purpose: asked.purpose,
    reason_enc: key.seal(asked.reason, 'reveal.reason'),
    revealed_at: asked.at,
  });
  await audit(tx, {
    action: 'person.revealed',
    subject: `person/${person.id}`,
    actor: asked.actor,
    tenantId: person.tenant_id,
    businessAt: asked.at,
    data: { revealId: id, fields: [...asked.fields], purpose: asked.purpose },
  });
  const all = await opened(tx, personalData, person, key);
  return { revealId: id, values: Object.fromEntries(asked.fields.map((field) => [field, all[field]])) };
}

/** One after the other per person, so that two at once cannot both be the last. */
async function mustBeWithinTheDay(tx: Transaction, staffId: string): Promise<void> {
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended('reveal/' || ?, 0))`, [staffId]);
  const { seen } = (await row<{ seen: number }>(
    tx,
    `select count(*)::int as seen from reveal where staff_id = ? and recorded_at > clock_timestamp() - interval '24 hours'`,
    [staffId],
  ))!;
  if (seen >= REVEALS_PER_DAY)
    throw new DomainError('reveal.too_many', {
      zh: `24 小时内至多查看 ${REVEALS_PER_DAY} 次个人信息明文；确有需要请由另一人查看`,
      en: `At most ${REVEALS_PER_DAY} looks at personal data in 24 hours; where more is needed, another person looks`,
    });
}

/** Everyone whom a campaign is about, masked. */
export async function campaignPeople(
  connection: Connection,
  personalData: PersonalData,
  campaign: { readonly patient_id: string; readonly sponsor_id: string; readonly payee_person_id: string | null },
): Promise<Record<string, unknown>[]> {
  const parties = [
    ['patient', campaign.patient_id],
    ['sponsor', campaign.sponsor_id],
    ['payee', campaign.payee_person_id],
  ] as const;
  const views: Record<string, unknown>[] = [];
  for (const [party, id] of parties) {
    if (id === null) continue;
    const person = (await row<Sealed>(connection, 'select * from person where id = ?', [id]))!;
    const clear = await opened(connection, personalData, person, await keyOf(connection, personalData, id));
    const hidden = (text: string | null): string | null => (text === null || person.deleted_at ? text : masked(text));
    views.push({
      party,
      personId: id,
      name: person.deleted_at ? clear.name : maskedName(clear.name ?? ''),
      idNumber: hidden(clear['id-number']),
      phone: hidden(clear.phone),
      account: hidden(clear.account),
      deletedAt: person.deleted_at?.toISOString() ?? null,
    });
  }
  return views;
}

/** Every look at personal data and at documents, newest first: who, when, what, what for. Reasons are opened where the person's key still is. */
export async function revealLog(
  connection: Connection,
  personalData: PersonalData,
  tenantId: string,
  before: string,
  limit: number,
): Promise<Record<string, unknown>[]> {
  const found = await rows<{
    id: string;
    kind: 'person' | 'document';
    subject: string;
    person_id: string;
    staff_id: string;
    display_name: string;
    fields: string[];
    purpose: string | null;
    reason_enc: Buffer;
    at: Date;
  }>(
    connection,
    `select l.*, s.display_name from (
       select r.id, 'person' as kind, r.person_id as subject, r.person_id, r.staff_id, r.fields, r.purpose, r.reason_enc, r.revealed_at as at
       from reveal r where r.tenant_id = :tenant and r.id < :before
       union all
       select v.id, 'document', v.document_id, c.patient_id, v.staff_id, array[d.kind], null, v.reason_enc, v.viewed_at
       from document_view v join document d on d.id = v.document_id join campaign c on c.id = d.campaign_id where c.tenant_id = :tenant and v.id < :before
     ) l join staff s on s.id = l.staff_id order by l.id desc limit :limit`,
    { tenant: tenantId, before, limit },
  );
  const views: Record<string, unknown>[] = [];
  for (const l of found) {
    const key = await keyOf(connection, personalData, l.person_id);
    const reason = key.open(l.reason_enc, l.kind === 'person' ? 'reveal.reason' : 'document-view.reason');
    const what = { id: l.id, kind: l.kind, subject: `${l.kind}/${l.subject}`, fields: l.fields, purpose: l.purpose };
    views.push({ ...what, reason, staffId: l.staff_id, by: l.display_name, at: l.at.toISOString() });
  }
  return views;
}
