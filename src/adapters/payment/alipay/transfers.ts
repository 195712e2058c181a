import type { AlipayConfig } from '../../donation/alipay/config';
import { AlipayTransport } from '../../donation/alipay/transport';
import type { WalletRail } from '../port';
import { readNotice } from './notices';
import { query } from './query';
import { submit } from './submit';

/** What payouts need besides what gifts need: where the channel calls back. */
export interface AlipayTransfersConfig extends AlipayConfig {
  readonly notifyUrl: string;
}

/** Alipay's `alipay.fund.trans.uni.transfer` to an account as a small-payout rail, its query and its notice. Nobody confirms, so nothing is cancelled. Signs and verifies as gifts do. */
export function createAlipayTransfers(config: AlipayTransfersConfig): WalletRail {
  const transport = new AlipayTransport(config);
  return {
    submit: (order) => submit(transport, config.notifyUrl, order),
    query: (payoutId, merchantId) => query(transport, payoutId, merchantId),
    parseNotice: async (rawBody) => readNotice(rawBody, transport),
  };
}
