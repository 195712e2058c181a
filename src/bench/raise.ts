import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ulid } from 'ulid';
import { type Database, rows } from '../database/connect';
import { House } from '../faults/http';
import { Journal } from '../faults/journal';
import type { Campaign, Gift } from '../faults/load/answers';
import { setStage, type Stage } from '../faults/load/stage';
import { People } from '../faults/people';
import type { RunningSystem } from './system';

const OPEN_MS = 60_000;
const PAGE = 2_000;
/** The most that may be asked for without a certificate, fen. */
const ASK_FEN = 50_000_000n;

export interface Raise {
  readonly house: House;
  readonly stage: Stage;
  readonly tenantId: string;
  readonly merchantId: string;
  readonly campaignId: string;
}

/** One campaign that is open for gifts, brought there through the API like any other. @param onTestClock false: its time is the wall's. @throws when it does not open within a minute. */
export async function openRaise({ url, sandboxKey }: RunningSystem, db: Database, onTestClock = true): Promise<Raise> {
  const house = new House(url, () => false);
  const plot = { name: 'bench', payee: 'institution', batches: [10_000], gifts: 0, askFen: ASK_FEN, complaint: false } as const;
  const stage = await setStage({ house, sandboxKey, people: new People(), journal: new Journal() }, plot, onTestClock);
  const { tenant, campaignId, sessions } = stage;
  for (const began = Date.now(); Date.now() - began < OPEN_MS; await pause(200)) {
    const campaign = await house.until<Campaign>('GET', `/v1/campaigns/${campaignId}`, { bearer: tenant.platformKey });
    if (campaign.phase === 'fundraising') {
      const [found] = await rows<{ merchant_id: string }>(db, 'select merchant_id from tenant where id = ?', [tenant.tenantId]);
      return { house, stage, tenantId: tenant.tenantId, merchantId: found!.merchant_id, campaignId };
    }
    if (campaign.phase === 'prior-audit' && campaign.report?.verdict === 'pass' && !campaign.decision)
      await house.once('POST', `/v1/campaigns/${campaignId}/decision`, {
        bearer: sessions.reviewer,
        body: { decision: 'approve', reason: 'Documents and person agree.' },
      });
  }
  throw new Error('the campaign did not open within a minute');
}

export interface Order {
  readonly id: string;
  readonly amountFen: bigint;
}

/** Writes `count` open orders of a raise, as ordering leaves them; what is measured is their payment. */
export async function placeOrders(db: Database, { tenantId, campaignId }: Raise, count: number): Promise<Order[]> {
  const orders = Array.from({ length: count }, () => ({ id: ulid(), amountFen: BigInt(randomInt(1, 500)) }));
  for (let from = 0; from < count; from += PAGE)
    await db('gift').insert(
      orders.slice(from, from + PAGE).map(({ id, amountFen }) => ({
        id,
        tenant_id: tenantId,
        campaign_id: campaignId,
        amount_fen: amountFen.toString(),
        ordered_at: new Date(),
        order_key: `bench ${id}`,
      })),
    );
  return orders;
}

const GIFTS_AN_ORDER = 200;
const ORDERS_AT_ONCE = 4;
const PAID_AT_ONCE = 500;
const PAYING_MS = 120_000;

/** Orders this many gifts over HTTP and lets the sandbox's donors pay them, callbacks and all. @returns how long that took, ms. */
export async function giveAll({ sandboxKey }: RunningSystem, { house, stage, campaignId, tenantId }: Raise, count: number): Promise<number> {
  const began = Date.now();
  const { platformKey } = stage.tenant;
  const { rights, fees } = await house.until<Campaign>('GET', `/v1/campaigns/${campaignId}`, { bearer: platformKey });
  const consent = { version: rights.donor, feeVersion: fees.version };
  const giftIds: string[] = [];
  let next = 0;
  const order = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next += GIFTS_AN_ORDER;
      const gifts = Array.from({ length: Math.min(GIFTS_AN_ORDER, count - from) }, () => ({ amountFen: String(randomInt(1, 500)) }));
      const body = { gifts, consent };
      const answer = await house.until<{ gifts: Gift[] }>('POST', `/v1/campaigns/${campaignId}/gifts`, {
        bearer: platformKey,
        key: `bench ${from}`,
        body,
        timeoutMs: 60_000,
      });
      giftIds.push(...answer.gifts.map(({ id }) => id));
    }
  };
  await Promise.all(Array.from({ length: ORDERS_AT_ONCE }, order));
  const pay = async (): Promise<void> => {
    while (giftIds.length > 0) {
      const body = { tenantId, giftIds: giftIds.splice(0, PAID_AT_ONCE) };
      // Paying again pays nothing twice: it tries the callbacks that are still pending.
      await house.until('POST', '/v1/sandbox/payments', { bearer: sandboxKey, body, timeoutMs: PAYING_MS });
    }
  };
  await Promise.all(Array.from({ length: ORDERS_AT_ONCE }, pay));
  return Date.now() - began;
}
