import { type Connection, row } from '../database/connect';

/** @returns whether a person of the staff is tied to a campaign: by a relation declared, or by being its patient, sponsor or payee. */
export async function isRelated(connection: Connection, staffId: string, campaignId: string): Promise<boolean> {
  return (await row<{ related: boolean }>(connection, 'select is_related(?, ?) as related', [staffId, campaignId]))!.related;
}

/** @returns whether two accounts are one human's, by the keyed hash of the citizen number. False where either has none on record. */
export async function areOneHuman(connection: Connection, oneId: string, otherId: string): Promise<boolean> {
  return (
    (await row(connection, 'select 1 from staff a join staff b on b.identity_hash = a.identity_hash where a.id = ? and b.id = ?', [
      oneId,
      otherId,
    ])) !== null
  );
}
