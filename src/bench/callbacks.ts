import { createCipheriv, createPrivateKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import type { Order, Raise } from './raise';

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);
/** Signatures at once: the thread pool has four. */
const SIGNERS = 8;

export interface Callback {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The channel's side: signs and seals callbacks as WeChat Pay v3 does (RSA-SHA256 over timestamp, nonce and body; AEAD_AES_256_GCM). */
export class ChannelSide {
  readonly #key: KeyObject;
  readonly #serial: string;
  readonly #apiV3Key: string;
  readonly #appid: string;

  /** @param state the state folder of the system under load. */
  constructor(state: string) {
    const read = (...names: string[]): string => readFileSync(path.join(state, ...names), 'utf8');
    const platform = JSON.parse(read('simulators', 'keys', 'wechat.json')) as { platformKeyId: string; apiV3Key: string };
    this.#key = createPrivateKey(read('simulators', 'keys', 'wechat-platform.pem'));
    this.#serial = platform.platformKeyId;
    this.#apiV3Key = platform.apiV3Key;
    this.#appid = (JSON.parse(read('keys', 'wechat.json')) as { appid: string }).appid;
  }

  /** @returns one callback an order, in their order. They are good for 300 s. */
  async sign(raise: Raise, orders: readonly Order[]): Promise<Callback[]> {
    const callbacks = new Array<Callback>(orders.length);
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let i = next++; i < orders.length; i = next++) callbacks[i] = await this.#one(raise, orders[i]!);
    };
    await Promise.all(Array.from({ length: SIGNERS }, lane));
    return callbacks;
  }

  async #one({ merchantId }: Raise, { id, amountFen }: Order): Promise<Callback> {
    const total = Number(amountFen);
    const plain = {
      appid: this.#appid,
      mchid: merchantId,
      out_trade_no: id,
      transaction_id: `42${id}`,
      trade_type: 'NATIVE',
      trade_state: 'SUCCESS',
      success_time: new Date().toISOString(),
      payer: { openid: `o${id}` },
      amount: { total, payer_total: total, currency: 'CNY', payer_currency: 'CNY' },
    };
    const body = JSON.stringify({
      id: `EV-${id}`,
      create_time: new Date().toISOString(),
      resource_type: 'encrypt-resource',
      event_type: 'TRANSACTION.SUCCESS',
      summary: '支付成功',
      resource: this.#seal(JSON.stringify(plain)),
    });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const nonce = randomBytes(16).toString('hex');
    const signature = (await signAsync('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), this.#key)).toString('base64');
    const headers = {
      'content-type': 'application/json',
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-signature': signature,
      'wechatpay-serial': this.#serial,
    };
    return { body, headers };
  }

  #seal(plaintext: string): object {
    const nonce = randomBytes(6).toString('hex');
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(this.#apiV3Key, 'latin1'), Buffer.from(nonce, 'latin1'));
    cipher.setAAD(Buffer.from('transaction'));
    const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
    return { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', ciphertext, associated_data: 'transaction', nonce };
  }
}

/** Sends all of them over `connections` kept-alive connections. @returns what was acknowledged (2xx), each answer's time, ms, and how long it all took, ms. */
export async function deliver(
  url: string,
  callbacks: readonly Callback[],
  connections: number,
): Promise<{ readonly acknowledged: number; readonly timesMs: readonly number[]; readonly tookMs: number }> {
  const dispatcher = new Agent({ connections, pipelining: 1 });
  const timesMs: number[] = [];
  let [next, acknowledged] = [0, 0];
  const began = performance.now();
  const lane = async (): Promise<void> => {
    for (let i = next++; i < callbacks.length; i = next++) {
      const sentMs = performance.now();
      const { body, headers } = callbacks[i]!;
      const answer = await request(`${url}/callbacks/wechat`, { method: 'POST', body, headers, dispatcher });
      await answer.body.dump();
      if (answer.statusCode < 300) acknowledged += 1;
      timesMs.push(performance.now() - sentMs);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, lane));
    return { acknowledged, timesMs, tookMs: performance.now() - began };
  } finally {
    await dispatcher.close();
  }
}
