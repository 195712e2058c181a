import { createAlipayTransfers } from '../../../../src/adapters/payment/alipay/transfers';
import type { WalletOrder, WalletRail } from '../../../../src/adapters/payment/port';
import { createWechatTransfers } from '../../../../src/adapters/payment/wechat/transfers';
import { aReceiver, aSandbox, type Receiver, type Sandbox } from '../../../simulators/support/sandbox';

export const MCHID = '1900000007';
export const SELLER = '2088000000000007';

/** The simulators with a merchant of each channel on a clock of its own, whoever they call back, and the two rails. */
export interface Counter {
  readonly sandbox: Sandbox;
  readonly receiver: Receiver;
  readonly wechat: WalletRail;
  readonly alipay: WalletRail;
  at(now: string): Promise<void>;
  close(): Promise<void>;
}

export async function aCounter(): Promise<Counter> {
  const sandbox = await aSandbox();
  const receiver = await aReceiver(
    () => 200,
    () => 'success',
  );
  const control = async (method: string, target: string, body: object): Promise<void> => {
    expect((await sandbox.control(method, target, body)).status).toBe(200);
  };
  const clockId = 'wallets';
  await control('PUT', `/clocks/${clockId}`, { now: '2026-01-05T09:00:00+08:00' });
  const settlement = { settlementAccountNumber: '1100100000000000077', settlementBankCode: '102100099996' };
  await control('POST', '/bank/accounts', {
    accountNumber: settlement.settlementAccountNumber,
    name: '施助',
    bankCode: '102100099996',
    kind: 'custody',
    clockId,
  });
  await control('POST', '/wechat/merchants', { mchid: MCHID, appid: sandbox.keys.wechat.appid, clockId, ...settlement });
  await control('POST', '/alipay/sellers', { sellerId: SELLER, clockId, ...settlement });
  const { keys, url } = sandbox;
  return {
    sandbox,
    receiver,
    wechat: createWechatTransfers({ ...keys.wechat, baseUrl: `${url}/wechat`, timeoutMs: 5_000, notifyUrl: `${receiver.url}/wechat` }),
    alipay: createAlipayTransfers({ ...keys.alipay, gatewayUrl: `${url}/alipay/gateway.do`, timeoutMs: 5_000, notifyUrl: `${receiver.url}/alipay` }),
    at: (now) => control('PUT', `/clocks/${clockId}`, { now }),
    close: async () => {
      await receiver.close();
      await sandbox.close();
      expect(sandbox.errors).toEqual([]);
    },
  };
}

let serial = 0;
/** A payout's id, each time another. */
export const anId = (): string => `01K${String((serial += 1)).padStart(23, '0')}`;

export const toWechat = (over: Partial<WalletOrder> = {}): WalletOrder => ({
  payoutId: anId(),
  amountFen: 188_800n,
  merchantId: MCHID,
  identity: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  name: '王小明',
  remark: '大病求助拨付',
  scene: '1011',
  sceneInfos: [{ type: '活动名称', content: '大病求助' }],
  ...over,
});

export const toAlipay = (over: Partial<WalletOrder> = {}): WalletOrder =>
  toWechat({ merchantId: SELLER, identity: '2088123412341234', scene: '公益补助', ...over });
