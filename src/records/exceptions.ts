import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { businessNow } from '../database/clock';
import { row, type Transaction } from '../database/connect';
import type { ExceptionKind } from '../domain/moneyExceptions';

/** A money event that fits nowhere. `subject` with `kind` names it: the same thing is parked once. */
export interface MoneyException {
  readonly kind: ExceptionKind;
  readonly subject: string;
  readonly tenantId: string | undefined;
  readonly campaignId?: string;
  /** Who told of it: bank, channel, or the person whose decision leaves something to be done. */
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly businessAt?: Date;
}

/** Parks a money event for a person, with an owner and an audit row; nothing is posted for it. @returns its id, also where it was parked before. */
export async function openException(tx: Transaction, e: MoneyException): Promise<string> {
  const arisenAt = e.businessAt ?? (e.tenantId === undefined ? new Date() : await businessNow(tx, e.tenantId));
  const opened = (await tx.raw(
    `insert into money_exception (id, tenant_id, campaign_id, kind, subject, data, arisen_at) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (kind, subject) do nothing returning id`,
    [ulid(), e.tenantId ?? 'unknown', e.campaignId ?? null, e.kind, e.subject, JSON.stringify(e.data), arisenAt],
  )) as { rows: { id: string }[] };
  if (opened.rows.length === 0)
    return (await row<{ id: string }>(tx, 'select id from money_exception where kind = ? and subject = ?', [e.kind, e.subject]))!.id;
  const { actor, tenantId, campaignId, businessAt, data } = e;
  await audit(tx, { action: 'exception.opened', subject: `${e.kind}/${e.subject}`, actor, tenantId, campaignId, businessAt, data });
  return opened.rows[0]!.id;
}
