import type { DonationNotice } from '../../src/adapters/donation/port';
import type { BankNotice } from '../../src/adapters/payment/port';
import { createTransferActivities } from '../../src/activities/transfer';
import { PayoutsTogether } from '../../src/activities/payouts/together';
import { createRefundActivities } from '../../src/activities/refund';
import { row, rows } from '../../src/database/connect';
import { Gifts } from '../../src/gifts/gifts';
import { CustodyNotices } from '../../src/custody/notices';
import { campaignBooks } from '../../src/ledger/statement';
import { aRaise, aRaisedCampaign, bankLine, DONOR_CONSENT, feeVersionOf, paidNotice } from '../support/campaigns';
import { actionsOf, diesEverywhere, gate } from '../support/crashes';
import { aDeath } from '../support/endings';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { oneBank } from '../support/outside';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { aReleaseInApproval, aReservedPayout, preparePayout, type Release, signedByAll } from '../support/releases';
import { type Payout } from '../support/transfers';

// A process dies before and after every query, every COMMIT and every call to the outside of each money path; the next one goes on. One debit, books exact.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());

const MINUTES_MS = 600_000;
/** Fewer points than this would mean that the path is not gated. */
const many = (deaths: number): void => expect(deaths).toBeGreaterThanOrEqual(18);

async function payoutSeen(payout: Payout): Promise<unknown> {
  const p = await row(house.db, 'select state, net_fen, fee_fen from payout where id = ?', [payout.payoutId]);
  const orders = house.bank.received.filter((order) => order.payoutId === payout.payoutId);
  return {
    payout: p,
    books: await campaignBooks(house.db, payout.campaignId),
    debits: [...house.bank.booked.values()].filter((order) => order.payoutId === payout.payoutId).length,
    // Sent again it may be, but as the same order to the letter.
    orders: new Set(orders.map((order) => JSON.stringify(order, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v)))).size,
    actions: await actionsOf(house, payout.campaignId),
  };
}

/** One call of the transfer's activity in a worker of its own. */
async function pursued({ payoutId }: Payout): Promise<boolean> {
  const { personalData } = house.dependencies;
  const bank = gate(house.bank);
  const transfers = createTransferActivities({ db: house.db, banks: oneBank(bank), personalData, atPoint: async () => undefined, visibilityMs: 0 });
  const state = await transfers.payment.pursuePayout(payoutId, await nowMs(house, tenant));
  return state === 'succeeded' || state === 'failed';
}

test.each([
  ['booked at once', () => undefined],
  [
    'booked, the answer lost',
    () =>
      house.bank.submitScript.push((_order, book) => {
        book();
        return { kind: 'UNKNOWN', reason: 'time-out' };
      }),
  ],
  ['not arrived, the answer lost', () => house.bank.submitScript.push(() => ({ kind: 'UNKNOWN', reason: 'time-out' }))],
])(
  'payout, %s',
  async (_how, script) => {
    const ground = async (): Promise<Payout> => {
      house.bank.submitScript.length = 0;
      const payout = await aReservedPayout(house, tenant);
      script();
      return payout;
    };
    many(await diesEverywhere(house, { ground, act: pursued, seen: payoutSeen }));
  },
  MINUTES_MS,
);

test(
  'payout, refused for good: the money stays reserved, and the next signatures pay',
  async () => {
    const ground = async (): Promise<Payout> => {
      house.bank.submitScript.length = 0;
      const payout = await aReservedPayout(house, tenant);
      // Whoever asks later hears the same.
      const { payoutId } = payout;
      house.bank.submitScript.push(() => ({ kind: 'REJECTED', code: 'AC04', text: 'account closed', final: true }));
      house.bank.submitScript.push(() => ({ kind: 'REJECTED', code: 'AC04', text: `account closed: ${payoutId}`, final: true }));
      return payout;
    };
    many(await diesEverywhere(house, { ground, act: pursued, seen: payoutSeen }));
  },
  MINUTES_MS,
);

test(
  'from signatures through a file whose answer is lost: what the conductor leaves is its own transfer’s',
  async () => {
    const ground = async (): Promise<Release> => {
      house.bank.submitScript.length = 0;
      const release = await aReleaseInApproval(house, tenant);
      await signedByAll(house, tenant, release);
      house.bank.submitScript.push((_order, book) => {
        book();
        return { kind: 'UNKNOWN', reason: 'time-out' };
      });
      return release;
    };
    const act = async ({ id }: Release): Promise<boolean> => {
      const at = new Date(await nowMs(house, tenant));
      const together = new PayoutsTogether(house.db, oneBank(gate(house.bank)), house.dependencies.personalData);
      await together.pay(tenant.id, [id], at);
      await together.giveBack(tenant.id, [id], 'batch-run');
      const payout = (await row<{ id: string }>(house.db, 'select id from payout where release_id = ?', [id]))!;
      return pursued({ payoutId: payout.id } as Payout);
    };
    const seen = async ({ id, campaignId }: Release): Promise<unknown> => {
      const payout = (await row<{ id: string; conducted: boolean }>(house.db, 'select id, conducted from payout where release_id = ?', [id]))!;
      const words = await rows<{ workflow_type: string; notice: string }>(
        house.db,
        `select distinct workflow_type, notice from outbox where subject_id in (?, ?) and notice in ('payout-settled', 'paid') order by 1, 2`,
        [id, campaignId],
      );
      return { ...((await payoutSeen({ payoutId: payout.id, campaignId, id } as Payout)) as object), conducted: payout.conducted, words };
    };
    many(await diesEverywhere(house, { ground, act, seen }));
  },
  MINUTES_MS,
);

test(
  'from signatures to a reserved payout: one payout, whoever dies',
  async () => {
    const ground = async (): Promise<Release> => {
      const release = await aReleaseInApproval(house, tenant);
      await signedByAll(house, tenant, release);
      return release;
    };
    const act = async (release: Release): Promise<boolean> => (await preparePayout(house, tenant, release)) !== null;
    const seen = async (release: Release): Promise<unknown> => ({
      payouts: await rows(house.db, 'select state, net_fen, fee_fen from payout where release_id = ?', [release.id]),
      books: await campaignBooks(house.db, release.campaignId),
      actions: await actionsOf(house, release.campaignId),
    });
    many(await diesEverywhere(house, { ground, act, seen }));
  },
  MINUTES_MS,
);

interface Raise {
  readonly campaignId: string;
  readonly orderKey: string;
  readonly feeVersion: number;
}

const AMOUNTS = [1_000n, 2_500n, 700n];

/** A raise for ¥40.00, so that the last gift is partly above the ask. */
async function aSmallRaise(): Promise<Raise> {
  const campaignId = await aRaise(house, tenant, { askFen: '4000' });
  return { campaignId, orderKey: aKey(), feeVersion: await feeVersionOf(house, campaignId) };
}

/** The gifts' part of a process that begins anew: nothing in memory is left of the one that died. */
const freshGifts = (): Gifts =>
  new Gifts(house.db, { wechat: gate(house.channel), alipay: house.alipay }, house.dependencies.personalData, 'http://127.0.0.1/callbacks');
const ordersOf = ({ campaignId, orderKey, feeVersion }: Raise): ReturnType<Gifts['order']> =>
  freshGifts().order(tenant.id, campaignId, AMOUNTS, orderKey, { ...DONOR_CONSENT, feeVersion });

async function giftsSeen({ campaignId }: Raise): Promise<unknown> {
  const gifts = await rows<{ id: string }>(
    house.db,
    'select id, amount_fen, status, credited_fen, excess_fen, code_url is not null as shown from gift where campaign_id = ? order by id',
    [campaignId],
  );
  return {
    gifts: gifts.map(({ id, ...seen }) => ({ ...seen, asked: house.channel.orders.has(id) })),
    returns: await rows(house.db, 'select amount_fen, status from gift_return where campaign_id = ? order by id', [campaignId]),
    books: await campaignBooks(house.db, campaignId),
    consents: await row(house.db, 'select count(*)::int as n from gift_consent where campaign_id = ?', [campaignId]),
    actions: await actionsOf(house, campaignId),
  };
}

test(
  'orders: stored once under one key, each asked of the channel',
  async () => {
    const act = async (raise: Raise): Promise<boolean> => (await ordersOf(raise)).every(({ codeUrl }) => codeUrl !== null);
    many(await diesEverywhere(house, { ground: aSmallRaise, act, seen: giftsSeen }));
  },
  MINUTES_MS,
);

type Paid = Raise & { readonly notices: readonly DonationNotice[] };

async function paidAtTheChannel(): Promise<Paid> {
  const raise = await aSmallRaise();
  const orders = await ordersOf(raise);
  const notices = orders.map(({ id, amountFen }) => paidNotice(tenant, id, amountFen) as unknown as DonationNotice);
  return { ...raise, notices };
}

test(
  'callbacks: each gift posted once, what is above the ask due back once',
  async () => {
    const act = async ({ notices }: Paid): Promise<boolean> => {
      const gifts = freshGifts();
      for (const notice of notices) await gifts.hear('wechat', notice);
      return true;
    };
    many(await diesEverywhere(house, { ground: paidAtTheChannel, act, seen: giftsSeen }));
  },
  MINUTES_MS,
);

interface Round {
  readonly campaignId: string;
  readonly roundId: string;
}

/** A campaign that its patient's death stopped, with everything to be given back. */
async function aRound(): Promise<Round> {
  const campaignId = await aRaisedCampaign(house, tenant, AMOUNTS);
  const deathId = await aDeath(house, tenant, campaignId);
  const body = { confirmed: true, reason: '已核对死亡证明' };
  expect(await house.ask('POST', `/v1/deaths/${deathId}/decision`, { as: tenant.sessions.operator, body })).toMatchObject({ status: 200 });
  await house.campaigns.database.moveMoneyOn(campaignId, await nowMs(house, tenant));
  const round = await row<{ id: string }>(house.db, 'select id from refund_round where campaign_id = ?', [campaignId]);
  return { campaignId, roundId: round!.id };
}

async function refundSeen({ campaignId, roundId }: Round): Promise<unknown> {
  const returns = await rows<{ id: string; gift_id: string }>(
    house.db,
    'select id, gift_id, amount_fen, status from gift_return where round_id = ? order by gift_id',
    [roundId],
  );
  return {
    returns: returns.map(({ id, gift_id, ...seen }) => ({
      ...seen,
      // What left the channel for this gift, under however many numbers.
      left: [...house.channel.refunds.values()].filter((refund) => refund.orderId === gift_id).map((refund) => refund.refundFen),
      under: house.channel.refunds.has(id),
    })),
    finished:
      (await row<{ finished_at: Date | null }>(house.db, 'select finished_at from refund_round where id = ?', [roundId]))!.finished_at !== null,
    books: await campaignBooks(house.db, campaignId),
    actions: await actionsOf(house, campaignId),
  };
}

test(
  'refund of a round: every gift goes back once, under one number',
  async () => {
    // The channel knows what it gave back.
    house.channel.onQueryRefund = (id) =>
      house.channel.refunds.has(id) ? { kind: 'SUCCEEDED', reference: `RF${id}`, refundedAt: '2021-03-01T04:00:00Z' } : { kind: 'NOT_FOUND' };
    const act = async ({ roundId }: Round): Promise<boolean> => {
      const refunds = createRefundActivities({ db: house.db, gifts: freshGifts() });
      const at = await nowMs(house, tenant);
      if (await refunds.payment.sendReturns(roundId, at)) return false;
      await refunds.database.finishRefund(roundId, at);
      return true;
    };
    many(await diesEverywhere(house, { ground: aRound, act, seen: refundSeen }));
  },
  MINUTES_MS,
);

test(
  'the bank sends a payout back: its lines are kept once, and the money is back once',
  async () => {
    const ground = async (): Promise<Payout> => {
      house.bank.submitScript.length = 0;
      const payout = await aReservedPayout(house, tenant);
      expect(await pursued(payout)).toBe(true);
      return payout;
    };
    const act = async (payout: Payout): Promise<boolean> => {
      const custody = new CustodyNotices(house.db, house.dependencies.personalData);
      const amountFen = house.bank.booked.get(payout.payoutId)!.amountFen;
      const common = { amountFen, endToEndId: payout.payoutId };
      await custody.hear(bankLine(tenant, { ...common, sign: 'DBIT', reference: `D${payout.payoutId}` }) as unknown as BankNotice);
      const back = { ...common, sign: 'CRDT', reference: `C${payout.payoutId}`, bookedAt: '2021-03-06T02:00:00Z', returnCode: 'AC04' };
      await custody.hear(bankLine(tenant, back) as unknown as BankNotice);
      await house.releases.database.recordReturn(payout.payoutId, await nowMs(house, tenant));
      return true;
    };
    const seen = async (payout: Payout): Promise<unknown> => ({
      ...((await payoutSeen(payout)) as object),
      lines: await rows(
        house.db,
        'select sign, kind, amount_fen, applied_at is not null as applied from bank_line where payout_id = ? order by sign',
        [payout.payoutId],
      ),
      told: await row(house.db, 'select count(*)::int as n from outbox where subject_id in (?, ?)', [payout.payoutId, payout.id]),
    });
    many(await diesEverywhere(house, { ground, act, seen }));
  },
  MINUTES_MS,
);
