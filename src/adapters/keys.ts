import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { WechatMerchant, WechatPayConfig } from './donation/wechat/config';

/** The parts of the three adapters' configurations that are keys. Spread each into its adapter's config. */
export interface ProductKeys {
  readonly bank: {
    readonly keyId: string;
    readonly privateKeyPem: string;
    readonly bankKeys: Readonly<Record<string, string>>;
  };
  /** One key pair and one appid serve every merchant account. */
  readonly wechat: Pick<WechatPayConfig, 'merchants' | 'apiV3Keys' | 'platformKeys'> & { readonly appid: string };
  readonly tencent: { readonly secretId: string; readonly secretKey: string };
}

const keysById = z.record(z.string(), z.string());
const bankFile = z.object({ keyId: z.string(), bankKeys: keysById });
const wechatFile = z.object({ appid: z.string(), serial: z.string(), apiV3Key: z.string().length(32), platformKeys: keysById });
const tencentFile = z.object({ secretId: z.string(), secretKey: z.string() });

/**
 * Reads the product's keys: `bank.json` with `bank-client.pem`, `wechat.json` with `wechat-merchant.pem`, `tencent.json`.
 * @throws when a file is absent or not what it should be; the message names the file, never its content.
 */
export function loadProductKeys(productKeysDir: string): ProductKeys {
  const bank = readJson(productKeysDir, 'bank.json', bankFile);
  const wechat = readJson(productKeysDir, 'wechat.json', wechatFile);
  const tencent = readJson(productKeysDir, 'tencent.json', tencentFile);
  const merchant: WechatMerchant = {
    appid: wechat.appid,
    serial: wechat.serial,
    apiV3Key: wechat.apiV3Key,
    privateKeyPem: readPem(productKeysDir, 'wechat-merchant.pem'),
  };
  return {
    bank: { keyId: bank.keyId, privateKeyPem: readPem(productKeysDir, 'bank-client.pem'), bankKeys: bank.bankKeys },
    wechat: {
      appid: wechat.appid,
      merchants: () => merchant,
      apiV3Keys: [wechat.apiV3Key],
      platformKeys: wechat.platformKeys,
    },
    tencent: { secretId: tencent.secretId, secretKey: tencent.secretKey },
  };
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
