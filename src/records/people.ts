import { ulid } from 'ulid';
import { type Connection, row } from '../database/connect';
import { DELETED, type PersonalData, type PersonKey } from '../security/personalData';

/** Stores a person under a key of their own. @returns the id and the key. */
export async function addPerson(
  tx: Connection,
  data: PersonalData,
  tenantId: string,
  person: { readonly name: string; readonly idNumber: string | null; readonly phone?: string | undefined },
): Promise<{ id: string; key: PersonKey }> {
  const id = ulid();
  const { key, wrapped } = data.newPersonKey();
  await tx('person').insert({
    id,
    tenant_id: tenantId,
    wrapped_key: wrapped,
    name_enc: key.seal(person.name, 'person.name'),
    id_number_enc: person.idNumber === null ? null : key.seal(person.idNumber, 'person.id-number'),
    phone_enc: person.phone === undefined ? null : key.seal(person.phone, 'person.phone'),
    id_number_hash: person.idNumber === null ? null : data.lookup('id-number', person.idNumber),
  });
  return { id, key };
}

/** @returns a person's key; where it was destroyed, one that reads everything as deleted and seals nothing. */
export async function keyOf(connection: Connection, data: PersonalData, personId: string): Promise<PersonKey> {
  const person = await row<{ wrapped_key: Buffer | null }>(connection, 'select wrapped_key from person where id = ?', [personId]);
  if (!person) throw new Error(`There is no person ${personId}`);
  return data.personKey(person.wrapped_key);
}

/** @returns name, citizen number and phone in the clear. Only for calls to the identity service and the bank; never log or answer with it. */
export async function personInTheClear(
  connection: Connection,
  data: PersonalData,
  personId: string,
): Promise<{ name: string; idNumber: string | null; phone: string | null }> {
  const person = await row<{ wrapped_key: Buffer | null; name_enc: Buffer; id_number_enc: Buffer | null; phone_enc: Buffer | null }>(
    connection,
    'select wrapped_key, name_enc, id_number_enc, phone_enc from person where id = ?',
    [personId],
  );
  if (!person) throw new Error(`There is no person ${personId}`);
  const key = data.personKey(person.wrapped_key);
  if (person.wrapped_key === null) return { name: DELETED, idNumber: null, phone: null };
  return {
    name: key.open(person.name_enc, 'person.name'),
    idNumber: person.id_number_enc && key.open(person.id_number_enc, 'person.id-number'),
    phone: person.phone_enc && key.open(person.phone_enc, 'person.phone'),
  };
}
