import type { DonationChannel } from '../port';
import type { WechatPayConfig } from './config';
import { readNotice } from './notices';
import { createOrder, queryOrder } from './orders';
import { queryRefund, refund } from './refunds';
import { WechatTransport } from './transport';

export type { WechatMerchant, WechatPayConfig } from './config';

/**
 * WeChat Pay APIv3 as a donation channel: native order, query, domestic refund and the callbacks of both.
 * Connections and parsed keys live as long as the channel: create it once per process.
 */
export function createWechatPay(config: WechatPayConfig): DonationChannel {
  const transport = new WechatTransport(config);
  return {
    createOrder: (order) => createOrder(transport, config, order),
    queryOrder: (merchantId, orderId) => queryOrder(transport, merchantId, orderId),
    refund: (order) => refund(transport, order),
    queryRefund: (merchantId, refundId) => queryRefund(transport, merchantId, refundId),
    parseNotice: async (rawBody, headers) => readNotice(rawBody, headers, config, transport.platformKeys),
  };
}
