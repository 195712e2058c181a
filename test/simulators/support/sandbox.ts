import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAlipay } from '../../../src/adapters/donation/alipay/alipay';
import { createWechatPay } from '../../../src/adapters/donation/wechat/wechatPay';
import type { DonationChannel } from '../../../src/adapters/donation/port';
import { loadProductKeys, type ProductKeys } from '../../../src/adapters/keys';
import { createBankLink } from '../../../src/adapters/payment/bank/bankLink';
import { createCmbLink } from '../../../src/adapters/payment/cmb/cmbLink';
import type { BankLink } from '../../../src/adapters/payment/port';
import type { IdentityService } from '../../../src/adapters/verification/port';
import { createTencentIdentity } from '../../../src/adapters/verification/tencent/tencentIdentity';
import { openSimulators } from '../../../src/simulators/app';
import { ensureSandboxKeys } from '../../../src/simulators/keys';

export const TOKEN = 'a-token';

/** What the controls answer, field by field; each control answers some of them. */
export interface Reply {
  readonly code: string;
  readonly now: string;
  readonly nextDueAt: string | null;
  readonly undelivered: number;
  readonly balanceFen: string;
  readonly notifyUrl: string | null;
}

/** A line of an account as the controls show it. */
export interface Line {
  readonly kind: 'payout' | 'return' | 'collection';
  readonly endToEndId: string | null;
}

export interface Answered<T = Reply> {
  readonly status: number;
  readonly body: T;
}

/** The adapters against one address. */
export interface Adapters {
  readonly bank: BankLink;
  readonly cmb: BankLink;
  readonly wechat: DonationChannel;
  readonly alipay: DonationChannel;
  readonly identity: IdentityService;
}

export interface Sandbox extends Adapters {
  readonly url: string;
  readonly keys: ProductKeys;
  readonly errors: unknown[];
  control<T = Reply>(method: string, target: string, body?: unknown): Promise<Answered<T>>;
  close(): Promise<void>;
}

/** A folder with fresh keys. */
export async function freshKeys(): Promise<{ dir: string; keysDir: string; stateDir: string }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'almoner-simulators-'));
  const keysDir = path.join(dir, 'keys');
  const stateDir = path.join(dir, 'simulators');
  await ensureSandboxKeys(keysDir, stateDir);
  return { dir, keysDir, stateDir };
}

export function adaptersAt(url: string, keys: ProductKeys, timeoutMs = 5_000): Adapters {
  return {
    bank: createBankLink({ baseUrl: `${url}/bank`, ...keys.bank, initiatingParty: { name: '施助基金', uscc: '53100000500021676K' }, timeoutMs }),
    cmb: createCmbLink({ baseUrl: `${url}/cmb`, ...keys.cmb!, timeoutMs }),
    wechat: createWechatPay({ baseUrl: `${url}/wechat`, ...keys.wechat, timeoutMs }),
    alipay: createAlipay({ gatewayUrl: `${url}/alipay/gateway.do`, ...keys.alipay, timeoutMs }),
    identity: createTencentIdentity({ baseUrl: `${url}/tencent`, ...keys.tencent, timeoutMs }),
  };
}

/** The simulators in this process, with their own keys and journals, and the adapters that talk to them over HTTP. */
export async function aSandbox(): Promise<Sandbox> {
  const { dir, keysDir, stateDir } = await freshKeys();
  const errors: unknown[] = [];
  const simulators = await openSimulators({ stateDir, sandboxToken: TOKEN, onError: (error) => errors.push(error) });
  const server = createServer(simulators.app);
  const url = await listen(server);
  const keys = loadProductKeys(keysDir);
  return {
    url,
    keys,
    errors,
    ...adaptersAt(url, keys),
    control: (method, target, body) => control(url, method, target, body),
    close: async () => {
      await stop(server);
      await simulators.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** One call to the sandbox's controls. */
export async function control<T = Reply>(url: string, method: string, target: string, body?: unknown, token = TOKEN): Promise<Answered<T>> {
  const response = await fetch(`${url}/sandbox${target}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-sandbox-token': token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

export interface Received {
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A receiver of callbacks that keeps what it gets and answers `status()`, with these words. */
export async function aReceiver(status: (received: Received) => number | Promise<number> = () => 204, words?: () => string) {
  const received: Received[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const one = { target: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks) };
      received.push(one);
      void Promise.resolve(status(one)).then((code) => res.writeHead(code).end(words?.()));
    });
  });
  const url = await listen(server);
  return { url, received, close: () => stop(server) };
}

export type Receiver = Awaited<ReturnType<typeof aReceiver>>;

/** Waits until `done` holds. */
export async function eventually(done: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${done.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
