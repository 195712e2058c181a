import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { pleaRecordEndsAt } from '../domain/retention';
import { DELETED, type PersonalData } from '../security/personalData';

interface DeletionRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly person_id: string;
  readonly reason_enc: Buffer;
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly state: 'asked' | 'done' | 'declined';
  readonly decided_at: Date | null;
}

/** A deletion with the names of who asked for it and who decided it. */
export interface NamedDeletion extends DeletionRow {
  readonly asked_by_name: string;
  readonly decided_by_name: string | null;
}

const NAMED = `select d.*, a.display_name as asked_by_name, b.display_name as decided_by_name
  from deletion d join staff a on a.id = d.asked_by left join staff b on b.id = d.decided_by`;

/** A named person's act. */
export interface Acting {
  readonly staffId: string;
  readonly actor: string;
  readonly at: Date;
}

/** @throws {DomainError} object.not_found, also for another tenant's. */
export async function deletionRow(connection: Connection, id: string, tenantId: string): Promise<NamedDeletion> {
  const deletion = await row<NamedDeletion>(connection, `${NAMED} where d.id = ? and d.tenant_id = ?`, [id, tenantId]);
  if (!deletion) throw new DomainError('object.not_found', { zh: '没有该删除申请', en: 'There is no such deletion' });
  return deletion;
}

/** @returns a platform's last hundred requests, newest first. */
export function deletions(connection: Connection, tenantId: string): Promise<NamedDeletion[]> {
  return rows<NamedDeletion>(connection, `${NAMED} where d.tenant_id = ? order by d.id desc limit 100`, [tenantId]);
}

interface Involved {
  readonly id: string;
  readonly opened_at: Date | null;
  readonly ended_at: Date | null;
  readonly unspent: boolean;
  readonly disputed: boolean;
}

/** Locked, in the order of their ids: what is looked at here does not change until the key is gone. */
async function campaignsOf(tx: Transaction, personId: string): Promise<Involved[]> {
  await tx.raw('select id from campaign where ? in (patient_id, sponsor_id, payee_person_id) order by id for update', [personId]);
  return rows<Involved>(
    tx,
    `select c.id, c.opened_at, c.ended_at,
       exists (select from ledger.account a where a.campaign_id = c.id and a.kind in ('held', 'reserved') and a.credits_fen <> a.debits_fen)
         or exists (select from gift_return r where r.campaign_id = c.id and r.status <> 'returned') as unspent,
       exists (select from complaint k where k.campaign_id = c.id and (k.decided_at is null
         or exists (select from complaint_appeal p where p.complaint_id = k.id and p.decided_at is null))) as disputed
     from campaign c where ? in (c.patient_id, c.sponsor_id, c.payee_person_id) order by c.id`,
    [personId],
  );
}

/**
 * PIPL 47: not while the purpose stands, nor while the law has the record kept.
 * @throws {DomainError} deletion.not_now with the first reason.
 */
async function mustBeDeletable(tx: Transaction, personId: string, at: Date): Promise<void> {
  const refuse = (zh: string, en: string): never => {
    throw new DomainError('deletion.not_now', { zh, en }, { rules: ['RETAIN'] });
  };
  for (const c of await campaignsOf(tx, personId)) {
    if (c.ended_at === null) refuse(`求助活动 ${c.id} 尚未结束`, `The campaign ${c.id} has not ended`);
    if (c.unspent) refuse(`求助活动 ${c.id} 尚有未结清的款项`, `Money of the campaign ${c.id} is not settled`);
    if (c.disputed) refuse(`求助活动 ${c.id} 尚有未决定的投诉或申诉`, `A complaint or appeal about the campaign ${c.id} is open`);
    const keptUntil = pleaRecordEndsAt(c.opened_at, c.ended_at!);
    if (at < keptUntil) {
      const day = keptUntil.toISOString().slice(0, 10);
      refuse(`求助活动 ${c.id} 的记录依法保存至 ${day}`, `The record of the campaign ${c.id} is kept by law until ${day}`);
    }
  }
}

/** A person's request, taken by a named one. Nothing is deleted yet. @throws {DomainError} deletion.not_now, person.deleted, deletion.wrong_state. */
export async function askDeletion(
  tx: Transaction,
  personalData: PersonalData,
  person: { readonly id: string; readonly tenant_id: string; readonly deleted_at: Date | null },
  asked: Acting & { readonly reason: string },
): Promise<NamedDeletion> {
  if (person.deleted_at) throw new DomainError('person.deleted', { zh: '该人员的信息已删除', en: "This person's data was deleted" });
  await mustBeDeletable(tx, person.id, asked.at);
  const open = await row(tx, `select 1 from deletion where person_id = ? and state = 'asked'`, [person.id]);
  if (open) throw new DomainError('deletion.wrong_state', { zh: '已有待确认的删除申请', en: 'A deletion waits for its confirmation already' });
  const id = ulid();
  const reasonEnc = personalData.sealForHouse(asked.reason, 'deletion.reason');
  await tx('deletion').insert({
    id,
    tenant_id: person.tenant_id,
    person_id: person.id,
    reason_enc: reasonEnc,
    asked_by: asked.staffId,
    asked_at: asked.at,
  });
  await audit(tx, event(person.tenant_id, person.id, 'person.deletion_asked', asked, { deletionId: id }));
  return deletionRow(tx, id, person.tenant_id);
}

/**
 * Another person confirms or declines. Confirmed, the person's key is destroyed: names, numbers, texts, accounts and documents sealed under it are unreadable,
 * in every backup too. Ledger, decisions and audit stay whole; they hold ids alone.
 * @returns ids of documents whose bytes may go now. @throws {DomainError} deletion.own_request, deletion.wrong_state, deletion.not_now.
 */
export async function decideDeletion(tx: Transaction, known: DeletionRow, confirmed: boolean, by: Acting): Promise<string[]> {
  // Campaigns are locked before the deletion's row, as everywhere.
  if (confirmed) await mustBeDeletable(tx, known.person_id, by.at);
  const deletion = (await row<DeletionRow>(tx, 'select * from deletion where id = ? for update', [known.id]))!;
  if (deletion.state !== 'asked') throw new DomainError('deletion.wrong_state', { zh: '该删除申请已有决定', en: 'This deletion is decided already' });
  if (deletion.asked_by === by.staffId)
    throw new DomainError('deletion.own_request', { zh: '须由另一人确认删除', en: 'Another person confirms a deletion' });
  await tx('deletion')
    .where('id', deletion.id)
    .update({ state: confirmed ? 'done' : 'declined', decided_by: by.staffId, decided_at: by.at });
  await audit(
    tx,
    event(deletion.tenant_id, deletion.person_id, confirmed ? 'person.deleted' : 'person.deletion_declined', by, { deletionId: deletion.id }),
  );
  if (!confirmed) return [];
  await tx('person').where('id', deletion.person_id).update({ wrapped_key: null, deleted_at: by.at });
  await tx('campaign').where('patient_id', deletion.person_id).update({ title: DELETED });
  return (await removable(tx, deletion.person_id)).map(({ id }) => id);
}

/** Documents of a deleted person whose bytes lie there still. */
function removable(connection: Connection, personId: string): Promise<{ id: string }[]> {
  return rows<{ id: string }>(
    connection,
    'select d.id from document d join campaign c on c.id = d.campaign_id where c.patient_id = ? and d.stored and d.removed_at is null',
    [personId],
  );
}

function event(tenantId: string, personId: string, action: string, { actor, at }: Acting, data: Record<string, unknown>) {
  return { action, subject: `person/${personId}`, actor, tenantId, businessAt: at, data };
}
