import type { WechatPayConfig } from '../../donation/wechat/config';
import { WechatTransport } from '../../donation/wechat/transport';
import type { WalletRail } from '../port';
import { readNotice } from './notices';
import { query } from './query';
import { cancel, submit } from './submit';

/** What payouts need besides what gifts need: where the channel calls back. */
export interface WechatTransfersConfig extends WechatPayConfig {
  readonly notifyUrl: string;
}

/**
 * WeChat Pay's merchant transfers (`/v3/fund-app/mch-transfer/transfer-bills`) as a small-payout rail: create, query, cancel, and the callback. The receiver confirms in
 * WeChat within 24 hours. Signs and verifies as gifts do.
 */
export function createWechatTransfers(config: WechatTransfersConfig): WalletRail {
  const transport = new WechatTransport(config);
  return {
    submit: (order) => submit(transport, config, order),
    query: (payoutId, merchantId) => query(transport, payoutId, merchantId),
    cancel: (payoutId, merchantId) => cancel(transport, payoutId, merchantId),
    parseNotice: async (rawBody, headers) => readNotice(rawBody, headers, config, transport.platformKeys),
  };
}
