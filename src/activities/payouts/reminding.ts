import { audit } from '../../audit/append';
import type { Transaction } from '../../database/connect';
import { REMINDED_MS } from '../../domain/wallets';
import type { PayoutRow } from '../../records/releases';
import { happened } from './outcomes';

/** Once, six hours before a receiver can confirm no more, it is on record that the platform must remind them. @param expiresAt RFC 3339. */
export async function remindReceiver(tx: Transaction, payout: PayoutRow, expiresAt: string, at: Date): Promise<void> {
  if (Date.parse(expiresAt) - at.getTime() > REMINDED_MS) return;
  const sent = (await tx.raw(
    `insert into reminder (payout_id, release_id, kind, sent_at) values (?, ?, 'confirmation-due', ?) on conflict do nothing returning kind`,
    [payout.id, payout.release_id, at],
  )) as { rows: unknown[] };
  if (sent.rows.length > 0) await audit(tx, { ...happened(payout, at), action: 'reminder.confirmation_due', data: { until: expiresAt } });
}
