import type { DonationChannel } from '../port';
import type { WechatPayConfig } from './config';
import { fetchBill } from './bills';
import { readNotice } from './notices';
import { closeOrder, createOrder, queryOrder } from './orders';
import { queryRefund, refund, refundToCard } from './refunds';
import { sealOf } from './seal';
import { WechatTransport } from './transport';

export type { WechatMerchant, WechatPayConfig } from './config';

/**
 * WeChat Pay APIv3 as a donation channel: native and JSAPI order, query, close, domestic refund and its way to a card, the callbacks of both, and the trade bill of a day.
 * Connections and parsed keys live as long as the channel: create it once per process.
 */
export function createWechatPay(config: WechatPayConfig): DonationChannel {
  const transport = new WechatTransport(config);
  return {
    createOrder: (order) => createOrder(transport, config, order),
    queryOrder: (merchantId, orderId) => queryOrder(transport, merchantId, orderId),
    refund: (order) => refund(transport, order),
    queryRefund: (ref) => queryRefund(transport, ref),
    refundToCard: (ref, card) => refundToCard(transport, sealOf(config.platformKeys), ref, card),
    closeOrder: (merchantId, orderId) => closeOrder(transport, merchantId, orderId),
    fetchBill: (merchantId, day) => fetchBill(transport, merchantId, day),
    parseNotice: async (rawBody, headers) => readNotice(rawBody, headers, config, transport.platformKeys),
  };
}
