import type { Connection } from '../database/connect';

/** One thing that happened: who did what to which object. Ids, fen and codes only; never a name, number or text of a person. */
export interface AuditEvent {
  readonly action: string;
  readonly subject: string;
  readonly actor: string;
  readonly tenantId?: string;
  readonly campaignId?: string;
  readonly businessAt?: Date;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Writes audit rows in the caller's transaction: a change and its audit row stand or fall together. */
export async function audit(tx: Connection, ...events: readonly AuditEvent[]): Promise<void> {
  const text = JSON.stringify(events, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  await tx.raw('select audit.append(?::jsonb)', [text]);
}
