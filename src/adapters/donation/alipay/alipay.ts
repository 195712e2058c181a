import type { DonationChannel } from '../port';
import { fetchBill } from './bills';
import type { AlipayConfig } from './config';
import { readNotice } from './notices';
import { closeOrder, createOrder, queryOrder } from './orders';
import { queryRefund, refund } from './refunds';
import { AlipayTransport } from './transport';

/**
 * Alipay's open platform as a donation channel: precreate (QR code), the page for a telephone's browser, query, close, refund and its query, the callbacks, and the trade bill of a day.
 * Connections and parsed keys live as long as the channel: create it once per process.
 */
export function createAlipay(config: AlipayConfig): DonationChannel {
  const transport = new AlipayTransport(config);
  return {
    createOrder: (order) => createOrder(transport, order),
    queryOrder: (merchantId, orderId) => queryOrder(transport, merchantId, orderId),
    refund: (order) => refund(transport, order),
    queryRefund: (ref) => queryRefund(transport, ref),
    closeOrder: (merchantId, orderId) => closeOrder(transport, merchantId, orderId),
    fetchBill: (merchantId, day) => fetchBill(transport, merchantId, day),
    parseNotice: async (rawBody) => readNotice(rawBody, config, transport),
  };
}
