import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { AlipayApp, AlipayConfig, AlipayMerchant } from './donation/alipay/config';
import type { WechatMerchant, WechatPayConfig } from './donation/wechat/config';
import type { StandingKey } from './keyRing';
import type { CmbConfig } from './payment/cmb/config';

/** The parts of the adapters' configurations that are keys. Spread each into its adapter's config. */
export interface ProductKeys {
  readonly bank: {
    readonly keyId: string;
    readonly privateKeyPem: string;
    readonly bankKeys: Readonly<Record<string, StandingKey>>;
  };
  /** Null without `cmb.json`: then no custody account may lie on that rail. */
  readonly cmb: Pick<CmbConfig, 'uid' | 'privateKeyHex' | 'bankKeys' | 'sm4Keys' | 'busMod' | 'nameCheckFunction'> | null;
  /** One key pair and one appid serve every merchant account. */
  readonly wechat: Pick<WechatPayConfig, 'merchants' | 'apiV3Keys' | 'platformKeys'> & { readonly appid: string };
  /** Without `alipay.json` no seller is configured, and no gift can be ordered there. */
  readonly alipay: Pick<AlipayConfig, 'apps' | 'merchants'>;
  readonly tencent: { readonly secretId: string; readonly secretKey: string };
}

const standing = <T extends z.ZodType<string>>(key: T) => z.union([key, z.object({ key, until: z.iso.datetime({ offset: true }) })]);
const keysById = z.record(z.string(), standing(z.string()));
const bankFile = z.object({ keyId: z.string(), bankKeys: keysById });
const hexKey = (digits: number): z.ZodString => z.string().regex(new RegExp(`^[0-9A-Fa-f]{${digits}}$`));
const cmbFile = z.object({
  uid: z.string().min(1),
  bankKeys: z.array(standing(hexKey(130))).min(1),
  sm4Keys: z.array(hexKey(32)).min(1),
  busMod: z.string().min(1),
  nameCheckFunction: z.string().min(1).optional(),
});
const apiV3Key = z.string().length(32);
/** `apiV3Key` alone, or `apiV3Keys` while it is changed. */
const wechatFile = z
  .object({ appid: z.string(), serial: z.string(), platformKeys: keysById })
  .and(
    z.union([
      z.object({ apiV3Keys: z.array(standing(apiV3Key)).min(1) }),
      z.object({ apiV3Key }).transform((file) => ({ apiV3Keys: [file.apiV3Key] })),
    ]),
  );
const alipayFile = z.object({
  apps: z
    .array(z.object({ appId: z.string(), privateKeyFile: z.string().regex(/^[\w-]+\.pem$/), alipayPublicKeys: z.array(z.string()).min(1) }))
    .min(1),
  /** By seller (PID); `*` is for every other one. */
  merchants: z.record(z.string(), z.object({ appId: z.string(), appAuthToken: z.string().optional() })),
});
const tencentFile = z.object({ secretId: z.string(), secretKey: z.string() });

/**
 * Reads the product's keys: `bank.json` with `bank-client.pem`, `wechat.json` with `wechat-merchant.pem`, `tencent.json`, and, where there are such, `alipay.json`
 * with its applications' keys and `cmb.json` with `cmb-client.key`.
 * @throws when a file is absent or not what it should be; the message names the file, never its content.
 */
export function loadProductKeys(productKeysDir: string): ProductKeys {
  const bank = readJson(productKeysDir, 'bank.json', bankFile);
  const wechat = readJson(productKeysDir, 'wechat.json', wechatFile);
  const tencent = readJson(productKeysDir, 'tencent.json', tencentFile);
  const merchant: WechatMerchant = {
    appid: wechat.appid,
    serial: wechat.serial,
    apiV3Keys: wechat.apiV3Keys,
    privateKeyPem: readPem(productKeysDir, 'wechat-merchant.pem'),
  };
  return {
    bank: { keyId: bank.keyId, privateKeyPem: readPem(productKeysDir, 'bank-client.pem'), bankKeys: bank.bankKeys },
    cmb: existsSync(path.join(productKeysDir, 'cmb.json')) ? readCmb(productKeysDir) : null,
    wechat: {
      appid: wechat.appid,
      merchants: () => merchant,
      apiV3Keys: wechat.apiV3Keys,
      platformKeys: wechat.platformKeys,
    },
    alipay: existsSync(path.join(productKeysDir, 'alipay.json')) ? readAlipay(productKeysDir) : { apps: [], merchants: () => undefined },
    tencent: { secretId: tencent.secretId, secretKey: tencent.secretKey },
  };
}

/** @throws when the private key is not 64 hexadecimal digits. */
function readCmb(dir: string): ProductKeys['cmb'] {
  const file = readJson(dir, 'cmb.json', cmbFile);
  const privateKeyHex = readPem(dir, 'cmb-client.key').trim();
  if (!hexKey(64).safeParse(privateKeyHex).success) throw new Error(`${path.join(dir, 'cmb-client.key')} is not 64 hexadecimal digits`);
  return { ...file, privateKeyHex };
}

/** @throws when a seller is given an application that is not named. */
function readAlipay(dir: string): ProductKeys['alipay'] {
  const file = readJson(dir, 'alipay.json', alipayFile);
  const apps = new Map<string, AlipayApp>(
    file.apps.map(({ appId, privateKeyFile, alipayPublicKeys }) => [appId, { appId, privateKeyPem: readPem(dir, privateKeyFile), alipayPublicKeys }]),
  );
  const merchants = new Map<string, AlipayMerchant>();
  for (const [seller, { appId, appAuthToken }] of Object.entries(file.merchants)) {
    const app = apps.get(appId);
    if (app === undefined) throw new Error(`${path.join(dir, 'alipay.json')} gives seller ${seller} an application that it does not name`);
    merchants.set(seller, { app, appAuthToken });
  }
  const merchantOf = (seller: string): AlipayMerchant | undefined => {
    const found = merchants.get(seller) ?? merchants.get('*');
    return found && { ...found, appAuthToken: found.appAuthToken?.replace('{seller}', seller) };
  };
  return { apps: [...apps.values()], merchants: merchantOf };
}

function readPem(dir: string, name: string): string {
  return readFileSync(path.join(dir, name), 'utf8');
}

function readJson<T extends z.ZodType>(dir: string, name: string, schema: T): z.output<T> {
  const file = path.join(dir, name);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${file} is absent or not JSON`, { cause });
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw new Error(`${file} lacks ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
  return parsed.data;
}
