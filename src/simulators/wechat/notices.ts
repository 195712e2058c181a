import { rfc3339Seconds } from '../support/time';
import { platformHeaders, sealResource } from './crypto';
import type { PlatformKeys } from './keys';
import type { Notice } from './state';
import { transferView } from './transfers';
import { refundView, transactionView } from './views';

/** Ways in which a callback can be wrong on purpose. */
export type Forgery = 'amount-tampered' | 'bad-signature';

export interface SignedCallback {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Builds, encrypts and signs one callback as it is sent now; protocol time is the wall's, business time the event's. */
export async function signCallback(keys: PlatformKeys, noticeId: string, notice: Notice, forgery?: Forgery): Promise<SignedCallback> {
  const { plain, event, summary, type, url } =
    notice.kind === 'paid' ? paidContent(notice) : notice.kind === 'refund' ? refundContent(notice) : transferContent(notice);
  if (forgery === 'amount-tampered') (plain['amount'] as Record<string, unknown>)['total'] = tampered(plain['amount']);
  const body = JSON.stringify({
    id: noticeId,
    create_time: rfc3339Seconds(notice.atMs),
    resource_type: 'encrypt-resource',
    event_type: event,
    summary,
    resource: sealResource(keys, type, JSON.stringify(plain)),
  });
  const headers = await platformHeaders(keys, forgery === 'bad-signature' ? `${body} ` : body);
  return { url, body, headers: { 'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'Mozilla/4.0', ...headers } };
}

function paidContent(notice: Extract<Notice, { kind: 'paid' }>) {
  return {
    plain: transactionView(notice.order, 'SUCCESS'),
    event: 'TRANSACTION.SUCCESS',
    summary: '支付成功',
    type: 'transaction',
    url: notice.order.terms.notifyUrl,
  };
}

function refundContent(notice: Extract<Notice, { kind: 'refund' }>) {
  const { status: _now, create_time: _created, ...view } = refundView(notice.refund);
  const status = notice.hasFailed ? 'ABNORMAL' : 'SUCCESS';
  return {
    plain: { mchid: notice.refund.terms.mchid, ...view, refund_status: status } as Record<string, unknown>,
    event: `REFUND.${status}`,
    summary: notice.hasFailed ? '退款异常' : '退款成功',
    type: 'refund',
    url: notice.refund.terms.notifyUrl ?? '',
  };
}

function transferContent({ transfer }: Extract<Notice, { kind: 'transfer' }>) {
  return {
    plain: transferView(transfer),
    event: 'MCHTRANSFER.BILL.FINISHED',
    summary: '商家转账单据终态通知',
    type: 'mch_payment',
    url: transfer.terms.notifyUrl ?? '',
  };
}

function tampered(amount: unknown): number {
  return (amount as { total: number }).total * 10;
}
