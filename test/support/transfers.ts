import { createTransferActivities, type PursuedState, type SubmitPoint } from '../../src/activities/transfer';
import { row, rows } from '../../src/database/connect';
import { campaignBooks } from '../../src/ledger/statement';
import { bankLine } from './campaigns';
import type { House } from './house';
import { banksOf } from './outside';
import { nowMs, type Tenant } from './people';
import type { Release } from './releases';

export const SUBMIT_POINTS: readonly SubmitPoint[] = ['before-intent', 'after-intent', 'before-call', 'after-call', 'before-record', 'after-record'];

export type Payout = Release & { readonly payoutId: string };

/** Dies at a point, once; stands for a worker that is killed there. */
export class Killed extends Error {}

/** Runs the transfer's activity once, as a worker would. @param dieAt where this worker is killed; null: it lives. A function is called at each point instead. */
export async function pursue(
  house: House,
  tenant: Tenant,
  payoutId: string,
  dieAt: SubmitPoint | null | ((point: SubmitPoint) => Promise<void>) = null,
  visibilityMs = 0,
): Promise<PursuedState> {
  const { personalData } = house.dependencies;
  const atPoint = async (point: SubmitPoint): Promise<void> => {
    if (typeof dieAt === 'function') return dieAt(point);
    if (point === dieAt) throw new Killed(point);
  };
  const { db, clearings: limits } = house;
  const transfers = createTransferActivities({
    db,
    banks: banksOf(house.links, { wechat: house.wallet, alipay: house.wallet }),
    personalData,
    atPoint,
    visibilityMs,
    limits,
  });
  return transfers.payment.pursuePayout(payoutId, await nowMs(house, tenant));
}

/** Where the payout stands, what the bank booked for it, and what the campaign's books say. */
export async function standing(house: House, payout: Payout): Promise<Record<string, unknown>> {
  const p = (await row<{ state: string; net_fen: bigint; fee_fen: bigint }>(house.db, 'select * from payout where id = ?', [payout.payoutId]))!;
  const books = await campaignBooks(house.db, payout.campaignId);
  return {
    state: p.state,
    bookedFen: house.bank.booked.get(payout.payoutId)?.amountFen ?? 0n,
    paidFen: books.paidNetFen,
    feesFen: books.feesFen,
    pendingFen: books.pendingFen,
    received: house.bank.received.filter((o) => o.payoutId === payout.payoutId).length,
  };
}

/** The bank's word of the debit, which every payout that it booked ends with. */
export async function debitNotified(house: House, tenant: Tenant, payout: Payout): Promise<void> {
  const { amountFen } = house.bank.booked.get(payout.payoutId)!;
  const line = bankLine(tenant, { sign: 'DBIT', amountFen, endToEndId: payout.payoutId, reference: `B${payout.payoutId}` });
  expect((await house.push(tenant.bankPath, line)).status).toBe(204);
}

/** The audit's rows about a payout, in order. */
export async function auditOf(house: House, payoutId: string): Promise<string[]> {
  return (await rows<{ action: string }>(house.db, 'select action from audit.event where subject = ? order by seq', [`payout/${payoutId}`])).map(
    (e) => e.action,
  );
}
