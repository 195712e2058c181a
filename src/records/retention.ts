import { audit } from '../audit/append';
import { type Connection, type Database, inTransaction, rows } from '../database/connect';
import type { DocumentStore } from '../documents/store';
import { keptMs, type RetentionClass } from '../domain/retention';
import { removedBytes } from './documents';

/** What is due of a class whose rows go: each statement marks its rows by `:before`, older ones of which are removed. */
interface Rows {
  readonly id: RetentionClass['id'];
  readonly from: string;
  readonly where: string;
}

/** A tenant's business time; the wall's without a test clock. */
const NOW = (tenant: string): string => `coalesce((select k.now from tenant n join test_clock k on k.id = n.clock_id where n.id = ${tenant}), now())`;

/** In this order: a row goes before what it refers to. */
const ROWS: readonly Rows[] = [
  {
    id: 'sessions',
    from: 'step_up t',
    where:
      't.expires_at < now() - :kept::interval and not exists (select from approval_signature a where a.step_up_id = t.id) and not exists (select from payout_batch_signature b where b.step_up_id = t.id) and not exists (select from recall r where r.step_up_id = t.id)',
  },
  {
    id: 'sessions',
    from: 'session t',
    where: 'coalesce(t.ended_at, t.expires_at) < now() - :kept::interval and not exists (select from step_up u where u.session_id = t.id)',
  },
  { id: 'form-answers', from: 'idempotency t', where: `t.key like 'form/%' and t.created_at < now() - :kept::interval` },
  { id: 'deliveries', from: 'outbox t', where: 't.delivered_at < now() - :kept::interval' },
  { id: 'reveals', from: 'reveal t', where: `t.revealed_at < ${NOW('t.tenant_id')} - :kept::interval` },
  {
    id: 'reveals',
    from: 'document_view t',
    where: `t.viewed_at < ${NOW('(select c.tenant_id from document d join campaign c on c.id = d.campaign_id where d.id = t.document_id)')} - :kept::interval`,
  },
];

const interval = (id: RetentionClass['id']): string => `${keptMs(id) / 1_000} seconds`;

interface DueDocument {
  readonly id: string;
  readonly campaign_id: string;
  readonly tenant_id: string;
  readonly now: Date;
}

/** Bytes whose time is over, or whose person was deleted. What was reported to public security stays until a person decides otherwise. */
function dueDocuments(connection: Connection): Promise<DueDocument[]> {
  return rows<DueDocument>(
    connection,
    `select d.id, d.campaign_id, c.tenant_id, ${NOW('c.tenant_id')} as now
     from document d join campaign c on c.id = d.campaign_id join person p on p.id = c.patient_id
     where d.stored and d.removed_at is null and (p.deleted_at is not null
       or (c.ended_at < ${NOW('c.tenant_id')} - :kept::interval and not exists (select from police_report r where r.campaign_id = c.id)))
     order by d.id`,
    { kept: interval('documents') },
  );
}

/** @returns how much of each class is due by now. Nothing is changed. */
export async function dueByClass(db: Database): Promise<Record<string, number>> {
  const due: Record<string, number> = { documents: (await dueDocuments(db)).length };
  for (const { id, from, where } of ROWS) {
    const [found] = await rows<{ n: number }>(db, `select count(*)::int as n from ${from} where ${where}`, { kept: interval(id) });
    due[id] = (due[id] ?? 0) + found!.n;
  }
  return due;
}

/**
 * Removes what is due, and only as its class allows: rows, or a document's bytes with the row and its hash left. Ledger, decisions and audit are not touched
 * by any class. Each class is on the audit chain with its count. @param owner the application may remove none of this. @returns how much of each class went.
 */
export async function applyRetention(owner: Database, store: DocumentStore): Promise<Record<string, number>> {
  const removed: Record<string, number> = { documents: 0 };
  for (const document of await dueDocuments(owner)) {
    const { id, campaign_id: campaignId, tenant_id: tenantId, now: businessAt } = document;
    await audit(owner, { action: 'document.removed', subject: `document/${id}`, actor: 'retention', tenantId, campaignId, businessAt, data: {} });
    await removedBytes(owner, store, id, businessAt);
    removed.documents! += 1;
  }
  for (const { id, from, where } of ROWS)
    removed[id] =
      (removed[id] ?? 0) +
      (await inTransaction(owner, async (tx) => {
        const gone = await rows(tx, `delete from ${from} where ${where} returning 1`, { kept: interval(id) });
        if (gone.length > 0)
          await audit(tx, {
            action: 'house.retention_applied',
            subject: `retention/${id}`,
            actor: 'retention',
            data: { table: from.split(' ')[0], removed: gone.length },
          });
        return gone.length;
      }));
  return removed;
}
