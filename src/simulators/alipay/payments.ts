import { randomUUID } from 'node:crypto';
import { parallel } from '../support/parallel';
import type { Forgery } from './notices';
import { scan } from './orders';
import { NOTICE_CONCURRENCY, type AlipaySimulator } from './simulator';
import { key } from './state';

export type PaymentFault = 'duplicate-callback' | 'no-callback' | Forgery;

export interface PaymentReport {
  readonly paid: number;
  readonly acknowledged: number;
  /** 0 the notice was not taken, 404 no such order, 409 the order is closed. */
  readonly failed: { readonly outTradeNo: string; readonly status: number }[];
}

const COPIES_OF_A_DUPLICATE = 5;
type Captured = { readonly noticeId: string | null } | { readonly status: number };

/**
 * Buyers scan and pay these orders now. Answers after each notice was taken or not; one that was not is sent again by the gateway's table. Asking again for
 * the same orders pays nothing twice.
 */
export async function payOrders(
  simulator: AlipaySimulator,
  sellerId: string,
  outTradeNos: readonly string[],
  fault?: PaymentFault,
): Promise<PaymentReport> {
  const captured = outTradeNos.map((outTradeNo) => capture(simulator, sellerId, outTradeNo, fault));
  await simulator.journal.settled();
  const taken = await parallel(captured, NOTICE_CONCURRENCY, (each) => tell(simulator, each, fault));
  const paid = captured.filter((each) => 'noticeId' in each).length;
  const failed = outTradeNos.flatMap((outTradeNo, i) => {
    const each = captured[i]!;
    if ('status' in each) return [{ outTradeNo, status: each.status }];
    return taken[i] || each.noticeId === null ? [] : [{ outTradeNo, status: 0 }];
  });
  return { paid, acknowledged: captured.filter((each, i) => 'noticeId' in each && each.noticeId !== null && taken[i]).length, failed };
}

/** @returns the notice to deliver, or a status when there is none. */
function capture(simulator: AlipaySimulator, sellerId: string, outTradeNo: string, fault: PaymentFault | undefined): Captured {
  const trade = simulator.state.trades.get(key(sellerId, outTradeNo));
  if (trade === undefined) return { status: 404 };
  if (trade.paidAtMs !== undefined) return { noticeId: trade.noticeId ?? null };
  if (trade.state === 'TRADE_CLOSED') return { status: 409 };
  const noticeId = fault === 'no-callback' ? null : randomUUID();
  const buyerId = `2088${outTradeNo.replace(/\D/g, '').slice(-12).padStart(12, '0')}`;
  // Applied at once; the caller waits once for all of them to be on disk.
  scan(simulator, trade).catch(() => undefined);
  simulator.journal.record({ type: 'paid', sellerId, outTradeNo, buyerId, atMs: simulator.nowMs(sellerId), noticeId }).catch(() => undefined);
  return { noticeId };
}

async function tell(simulator: AlipaySimulator, captured: Captured, fault: PaymentFault | undefined): Promise<boolean> {
  if (!('noticeId' in captured) || captured.noticeId === null) return false;
  const notice = simulator.state.notices.get(captured.noticeId);
  // Delivered before.
  if (notice === undefined) return true;
  if (fault === 'amount-tampered' || fault === 'seller-tampered' || fault === 'bad-signature') {
    // The genuine notice still comes, by the gateway's table.
    return simulator.send(captured.noticeId, notice, fault);
  }
  return simulator.deliver(captured.noticeId, fault === 'duplicate-callback' ? COPIES_OF_A_DUPLICATE : 1);
}
