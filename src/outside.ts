import { createAlipay } from './adapters/donation/alipay/alipay';
import { createWechatPay } from './adapters/donation/wechat/wechatPay';
import type { Channels } from './adapters/donation/port';
import { loadProductKeys } from './adapters/keys';
import { createBankLink } from './adapters/payment/bank/bankLink';
import { createAlipayTransfers } from './adapters/payment/alipay/transfers';
import { createWechatTransfers } from './adapters/payment/wechat/transfers';
import { createCmbLink } from './adapters/payment/cmb/cmbLink';
import { type BankLink, type Banks, RAILS, type RailName, type WalletName, type Wallets } from './adapters/payment/port';
import { createTencentIdentity } from './adapters/verification/tencent/tencentIdentity';
import type { IdentityService } from './adapters/verification/port';
import type { Config } from './config';

/** The world outside, as the house sees it: three ports and their adapters. */
export interface Outside {
  readonly channels: Channels;
  readonly banks: Banks;
  readonly identity: IdentityService;
  readonly appid: string;
}

const TIMEOUT_MS = 10_000;
/** Asked under a live campaign's prior audit while a person waits: shorter. */
const IDENTITY_TIMEOUT_MS = 5_000;

/** Opens the adapters on the providers' addresses, or on the simulators'. @throws when a key is missing. */
export function openOutside(config: Config): Outside {
  const keys = loadProductKeys(config.paths.keys);
  const simulated = (path: string, variable: string): string => process.env[variable] ?? `${config.simulatorsUrl ?? ''}${path}`;
  const wechat = { ...keys.wechat, baseUrl: simulated('/wechat', 'WECHAT_URL'), timeoutMs: TIMEOUT_MS };
  const alipay = { ...keys.alipay, gatewayUrl: simulated('/alipay/gateway.do', 'ALIPAY_URL'), timeoutMs: TIMEOUT_MS };
  const back = (wallet: WalletName): string => `${config.publicUrl}/callbacks/${wallet}-transfers`;
  const wallets = {
    wechat: createWechatTransfers({ ...wechat, notifyUrl: back('wechat') }),
    alipay: createAlipayTransfers({ ...alipay, notifyUrl: back('alipay') }),
  };
  return {
    channels: { wechat: createWechatPay(wechat), alipay: createAlipay(alipay) },
    banks: banksOf(wallets, {
      iso20022: createBankLink({
        ...keys.bank,
        baseUrl: simulated('/bank', 'BANK_URL'),
        initiatingParty: { name: '施助平台 Almoner', uscc: '91110000M0001ALM01' },
        timeoutMs: TIMEOUT_MS,
      }),
      cmb: keys.cmb && createCmbLink({ ...keys.cmb, baseUrl: simulated('/cmb', 'CMB_URL'), timeoutMs: TIMEOUT_MS }),
    }),
    identity: createTencentIdentity({ ...keys.tencent, baseUrl: simulated('/tencent', 'TENCENT_URL'), timeoutMs: IDENTITY_TIMEOUT_MS }),
    appid: keys.wechat.appid,
  };
}

function banksOf(wallets: Wallets, links: Readonly<Record<RailName, BankLink | null>>): Banks {
  return {
    wallets,
    names: RAILS.filter((rail) => links[rail] !== null),
    of: (rail) => {
      const link = links[rail];
      if (link === null) throw new Error(`the rail ${rail} has no keys: docs/operations.md tells which file holds them`);
      return link;
    },
  };
}
