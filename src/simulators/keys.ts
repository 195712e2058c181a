import { generateKeyPair, randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { makePair as sm2Pair } from './cmb/sm2';

const generate = promisify(generateKeyPair);

/** What one side gets: file name → content. The JSON file is written last: it says that the others are complete. */
type Files = readonly (readonly [name: string, content: string])[];

interface Provider {
  readonly marker: string;
  readonly make: () => Promise<{ readonly product: Files; readonly simulator: Files }>;
}

const PROVIDERS: readonly Provider[] = [
  { marker: 'bank.json', make: makeBank },
  { marker: 'cmb.json', make: makeCmb },
  { marker: 'wechat.json', make: makeWechat },
  { marker: 'alipay.json', make: makeAlipay },
  { marker: 'tencent.json', make: makeTencent },
];

/**
 * Makes every sandbox key once, at first start: each side gets its own private key and the other's public one, mode 0600.
 * Safe to call at every start, and after a start that was killed half-way. The simulators' side lies in `<simulatorsStateDir>/keys`.
 * @throws when the product holds keys that were not made here (real ones are never overwritten).
 */
export async function ensureSandboxKeys(productKeysDir: string, simulatorsStateDir: string): Promise<void> {
  const simulatorDir = simulatorKeysDir(simulatorsStateDir);
  await mkdir(productKeysDir, { recursive: true, mode: 0o700 });
  await mkdir(simulatorDir, { recursive: true, mode: 0o700 });
  const missing = PROVIDERS.filter((provider) => isMissing(provider, productKeysDir, simulatorDir));
  await Promise.all(missing.map((provider) => makePair(provider, productKeysDir, simulatorDir)));
}

/** Where the simulators keep their side of the keys. */
export function simulatorKeysDir(simulatorsStateDir: string): string {
  return path.join(simulatorsStateDir, 'keys');
}

/** @throws when the product's side is there, and was not made by us. */
function isMissing(provider: Provider, productDir: string, simulatorDir: string): boolean {
  const productMarker = path.join(productDir, provider.marker);
  if (!existsSync(productMarker)) return true;
  if (existsSync(path.join(simulatorDir, provider.marker))) return false;
  const { sandbox } = JSON.parse(readFileSync(productMarker, 'utf8')) as { sandbox?: unknown };
  if (sandbox !== true) throw new Error(`${productMarker} was not made for the sandbox: move it away, or do not start the simulators`);
  return true;
}

/** The simulator's side first: the product's marker says that both are complete. */
async function makePair(provider: Provider, productDir: string, simulatorDir: string): Promise<void> {
  const { product, simulator } = await provider.make();
  for (const [name, content] of simulator) await writePrivate(path.join(simulatorDir, name), content);
  for (const [name, content] of product) await writePrivate(path.join(productDir, name), content);
}

async function writePrivate(file: string, content: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

async function makeBank(): Promise<{ product: Files; simulator: Files }> {
  const [client, bank] = await Promise.all([rsaPair(), rsaPair()]);
  const clientId = `ALMONER-${hex(4)}`;
  const bankId = `BANK-${hex(4)}`;
  return {
    product: [
      ['bank-client.pem', client.privateKey],
      ['bank.json', json({ keyId: clientId, bankKeys: { [bankId]: bank.publicKey } })],
    ],
    simulator: [
      ['bank-server.pem', bank.privateKey],
      ['bank.json', json({ keyId: bankId, clientKeys: { [clientId]: client.publicKey } })],
    ],
  };
}

/** One user of the direct link, with a name check, which real users have by another function or not at all. */
async function makeCmb(): Promise<{ product: Files; simulator: Files }> {
  const [client, bank] = [sm2Pair(), sm2Pair()];
  const uid = `N${Array.from({ length: 9 }, () => randomInt(10)).join('')}`;
  const sm4Key = hex(16);
  const settings = { busMod: '00001', nameCheckFunction: 'ACCNAMQR' };
  return {
    product: [
      ['cmb-client.key', `${client.privateKey}\n`],
      ['cmb.json', json({ uid, bankKeys: [bank.publicKey], sm4Keys: [sm4Key], ...settings })],
    ],
    simulator: [
      ['cmb-server.key', `${bank.privateKey}\n`],
      ['cmb.json', json({ uid, clientKeys: [client.publicKey], sm4Key })],
    ],
  };
}

async function makeWechat(): Promise<{ product: Files; simulator: Files }> {
  const [merchant, platform] = await Promise.all([rsaPair(), rsaPair()]);
  const serial = hex(20);
  const platformKeyId = `PUB_KEY_ID_01${Array.from({ length: 32 }, () => randomInt(10)).join('')}`;
  const apiV3Key = hex(16);
  return {
    product: [
      ['wechat-merchant.pem', merchant.privateKey],
      ['wechat.json', json({ appid: 'wxalmonersandbox01', serial, apiV3Key, platformKeys: { [platformKeyId]: platform.publicKey } })],
    ],
    simulator: [
      ['wechat-platform.pem', platform.privateKey],
      ['wechat.json', json({ platformKeyId, apiV3Key, merchantKeys: { [serial]: merchant.publicKey } })],
    ],
  };
}

/** One application that acts for every seller of the sandbox, by the token that its simulator gives each. */
async function makeAlipay(): Promise<{ product: Files; simulator: Files }> {
  const [app, gateway] = await Promise.all([rsaPair(), rsaPair()]);
  const appId = `20210000${Array.from({ length: 8 }, () => randomInt(10)).join('')}`;
  const apps = [{ appId, privateKeyFile: 'alipay-app.pem', alipayPublicKeys: [gateway.publicKey] }];
  return {
    product: [
      ['alipay-app.pem', app.privateKey],
      ['alipay.json', json({ apps, merchants: { '*': { appId, appAuthToken: 'sandbox-{seller}' } } })],
    ],
    simulator: [
      ['alipay-gateway.pem', gateway.privateKey],
      ['alipay.json', json({ appKeys: { [appId]: app.publicKey } })],
    ],
  };
}

async function makeTencent(): Promise<{ product: Files; simulator: Files }> {
  const secret = json({ secretId: `AKID${hex(16)}`, secretKey: hex(16) });
  return { product: [['tencent.json', secret]], simulator: [['tencent.json', secret]] };
}

async function rsaPair(): Promise<{ publicKey: string; privateKey: string }> {
  return generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex').toUpperCase();
}

/** `sandbox: true` is what later allows these files to be made anew. */
function json(content: object): string {
  return `${JSON.stringify({ sandbox: true, ...content }, null, 2)}\n`;
}
