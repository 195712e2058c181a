import { type Database, rows } from '../../database/connect';
import type { SimulatorControls } from '../../sandbox/simulatorControls';
import type { SandboxTenant } from './sandbox';

/** What became of each order that donors were to pay. */
export interface PaymentsReport {
  readonly paid: number;
  readonly acknowledged: number;
  readonly failed: readonly { readonly giftId: string; readonly status: number }[];
}

interface SimulatedPayments {
  readonly paid: number;
  readonly acknowledged: number;
  readonly failed: readonly { readonly outTradeNo: string; readonly status: number }[];
}

/** Donors pay orders, each at its own channel; one that the books do not know is asked of WeChat Pay, which does not know it either. @returns the channels' reports together. */
export async function payAtChannels(
  db: Database,
  simulators: SimulatorControls,
  tenant: SandboxTenant,
  giftIds: readonly string[],
  fault: string | undefined,
): Promise<PaymentsReport> {
  const known = await rows<{ id: string }>(db, `select id from gift where channel = 'alipay' and tenant_id = ? and id = any(?)`, [
    tenant.id,
    giftIds,
  ] as never);
  const alipay = new Set(known.map(({ id }) => id));
  const pay = async (at: string, merchant: object, outTradeNos: readonly string[]): Promise<SimulatedPayments> =>
    outTradeNos.length === 0
      ? { paid: 0, acknowledged: 0, failed: [] }
      : simulators.call<SimulatedPayments>('POST', `/${at}/payments`, { ...merchant, outTradeNos, ...(fault === undefined ? {} : { fault }) });
  const reports = await Promise.all([
    pay(
      'wechat',
      { mchid: tenant.merchant_id },
      giftIds.filter((id) => !alipay.has(id)),
    ),
    pay(
      'alipay',
      { sellerId: tenant.alipay_seller_id },
      giftIds.filter((id) => alipay.has(id)),
    ),
  ]);
  return {
    paid: reports.reduce((sum, { paid }) => sum + paid, 0),
    acknowledged: reports.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    failed: reports.flatMap(({ failed }) => failed.map(({ outTradeNo, status }) => ({ giftId: outTradeNo, status }))),
  };
}
