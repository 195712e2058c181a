import { randomUUID } from 'node:crypto';
import { parallel } from '../support/parallel';
import { CALLBACK_CONCURRENCY, type WechatSimulator } from './simulator';

export type PaymentFault = 'duplicate-callback' | 'no-callback' | 'amount-tampered' | 'bad-signature';

export interface PaymentReport {
  readonly paid: number;
  readonly acknowledged: number;
  /** HTTP status of the callback; 0 no answer, 404 no such order, 409 the order is closed. */
  readonly failed: { readonly outTradeNo: string; readonly status: number }[];
}

const COPIES_OF_A_DUPLICATE = 5;

/**
 * Donors pay these orders now. Answers after every callback was answered or given up for the moment. Asking again for the same
 * orders pays nothing twice; it only tries callbacks again that are still pending.
 */
export async function payOrders(
  simulator: WechatSimulator,
  mchid: string,
  outTradeNos: readonly string[],
  fault?: PaymentFault,
): Promise<PaymentReport> {
  const atMs = simulator.nowMs(mchid);
  const noticeIds = outTradeNos.map((outTradeNo) => capture(simulator, mchid, outTradeNo, atMs, fault));
  await simulator.journal.settled();
  const statuses = await parallel(noticeIds, CALLBACK_CONCURRENCY, (noticeId) =>
    typeof noticeId === 'number' ? Promise.resolve(noticeId) : notify(simulator, noticeId, fault),
  );
  const failed = outTradeNos.map((outTradeNo, index) => ({ outTradeNo, status: statuses[index] ?? 0 })).filter(({ status }) => !isGood(status));
  const paid = noticeIds.filter((noticeId) => noticeId !== 404 && noticeId !== 409).length;
  const withheld = noticeIds.filter((noticeId) => noticeId === WITHHELD).length;
  return { paid, acknowledged: statuses.filter(isGood).length - withheld, failed };
}

const WITHHELD = 299;
const ALREADY_ACKNOWLEDGED = 200;

/** @returns the notice to deliver, or a status when there is none. */
function capture(simulator: WechatSimulator, mchid: string, outTradeNo: string, atMs: number, fault: PaymentFault | undefined): string | number {
  const order = simulator.state.orders.get(`${mchid}/${outTradeNo}`);
  if (order === undefined) return 404;
  if (order.state === 'CLOSED') return 409;
  if (order.state !== 'NOTPAY') return order.noticeId ?? ALREADY_ACKNOWLEDGED;
  const noticeId = fault === 'no-callback' ? null : randomUUID();
  const serial = simulator.state.paidCount + 1;
  const transactionId = `42000${String(serial).padStart(23, '0')}`;
  const openid = order.terms.openid ?? `oSANDBOX${outTradeNo.slice(-20).padStart(20, '0')}`;
  // The caller waits once for all of them.
  simulator.journal.record({ type: 'paid', mchid, outTradeNo, transactionId, openid, atMs, noticeId }).catch(() => undefined);
  return noticeId ?? WITHHELD;
}

async function notify(simulator: WechatSimulator, noticeId: string, fault: PaymentFault | undefined): Promise<number> {
  const notice = simulator.state.notices.get(noticeId);
  if (notice === undefined) return ALREADY_ACKNOWLEDGED;
  if (fault === 'amount-tampered' || fault === 'bad-signature') {
    // The genuine callback still has to come: it waits for the next round.
    const status = await simulator.send(noticeId, notice, fault);
    simulator.outbox.hold(simulator.delivery(noticeId, notice));
    return status;
  }
  return simulator.outbox.post(simulator.delivery(noticeId, notice, fault === 'duplicate-callback' ? COPIES_OF_A_DUPLICATE : 1));
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}
