import { rows } from '../../database/connect';
import type { Random } from '../random';
import { nextId } from '../seededIds';
import type { World } from '../world';
import type { Operation } from './operation';

const SHOWN = { version: 1, feeVersion: 1 };

/** Asks for orders under a key, and looks at what the answer must be: the same key and amounts the same orders, other amounts none. */
async function order(world: World, key: string, campaignId: string, amountsFen: readonly bigint[]): Promise<string> {
  const before = world.orders.get(key);
  const known = before ?? { campaignId, amountsFen: [...amountsFen], ids: null };
  world.orders.set(key, known);
  const called = await world.call('order', ({ gifts }) => gifts.order(world.house.tenantId, campaignId, amountsFen, key, SHOWN));
  const same = known.campaignId === campaignId && known.amountsFen.join() === amountsFen.join();
  if (called.kind === 'done') {
    const ids = called.value.map((g) => g.id);
    if (!same && known.ids !== null) world.wrong(`the order key ${key} answered for other amounts`);
    if (same && known.ids !== null && known.ids.join() !== ids.join()) world.wrong(`the order key ${key} made other orders the second time`);
    if (same) known.ids = ids;
  }
  // A first request that died may or may not have used the key up.
  if (called.kind === 'refused' && same && called.code !== 'campaign.wrong_phase') world.wrong(`the order key ${key} was refused: ${called.code}`);
  return called.kind;
}

/** @returns an amount that often crosses what is left of the ask. */
const amount = (random: Random): bigint => BigInt(random.pick([random.between(1, 99), random.between(100, 3_000), random.between(1_000, 9_999)]));

/** Letters that a provider sends about one event: sometimes twice, sometimes never. */
function post(world: World, random: Random, letter: World['mail'][number]): void {
  const copies = random.pick([1, 1, 1, 1, 2, 2, 0]);
  if (copies !== 1) world.sky.count(copies === 0 ? 'callback-lost' : 'callback-twice');
  for (let i = 0; i < copies; i += 1) world.mail.push(letter);
}

/** What donors and the channel do. */
export const GIVING: Readonly<Record<string, Operation>> = {
  order: async (world, random) => {
    const open = await rows<{ id: string }>(world.db, `select id from campaign where tenant_id = ? and phase = 'fundraising' order by id`, [
      world.house.tenantId,
    ]);
    if (open.length === 0) return null;
    const amounts = Array.from({ length: random.between(1, 5) }, () => amount(random));
    return `order ${amounts.join(' ')}: ${await order(world, nextId(), random.pick(open).id, amounts)}`;
  },
  orderAgain: async (world, random) => {
    const keys = [...world.orders.keys()];
    if (keys.length === 0) return null;
    const key = random.pick(keys);
    const known = world.orders.get(key)!;
    return `order again: ${await order(world, key, known.campaignId, known.amountsFen)}`;
  },
  orderOther: async (world, random) => {
    const keys = [...world.orders.keys()].filter((key) => world.orders.get(key)!.ids !== null);
    if (keys.length === 0) return null;
    const key = random.pick(keys);
    const known = world.orders.get(key)!;
    return `order other amounts: ${await order(world, key, known.campaignId, [...known.amountsFen.slice(1), known.amountsFen[0]! + 1n])}`;
  },
  pay: async (world, random) => {
    const open = [...world.channel.orders.keys()].filter((id) => !world.channel.payments.has(id));
    if (open.length === 0) return null;
    const paid = random.shuffled(open).slice(0, random.between(1, 4));
    for (const id of paid) post(world, random, { to: 'gifts', notice: world.channel.paidNotice(world.channel.pays(id)) });
    return `pay ${paid.length}`;
  },
  /** What the channel tells that never was so: each must end with an owner, and move nothing. */
  tellNonsense: async (world, random) => {
    const payments = [...world.channel.payments.values()];
    const unpaid = [...world.channel.orders.values()].filter(({ orderId }) => !world.channel.payments.has(orderId));
    const kind = random.pick(['unknown', 'amount', 'merchant', 'currency', 'refund-amount', 'refund-unknown'] as const);
    const about = unpaid.length > 0 ? random.pick(unpaid) : payments.length > 0 ? random.pick(payments) : null;
    if (about === null) return null;
    const transactionId = `X${nextId()}`;
    const true_ = world.channel.paidNotice({
      orderId: about.orderId,
      transactionId,
      amountFen: about.amountFen,
      paidAt: new Date(world.nowMs).toISOString(),
    });
    const mismatch = { kind: 'gift-mismatch', subject: `${about.orderId}/${transactionId}` };
    const refunds = [...world.channel.refunds.keys()];
    if (kind === 'unknown') {
      const orderId = nextId();
      world.mail.push({ to: 'gifts', notice: { ...true_, orderId }, stray: { kind: 'gift-unknown', subject: orderId } });
    } else if (kind === 'amount') world.mail.push({ to: 'gifts', notice: { ...true_, amountFen: about.amountFen + 1n }, stray: mismatch });
    else if (kind === 'merchant') world.mail.push({ to: 'gifts', notice: { ...true_, merchantId: 'another' }, stray: mismatch });
    else if (kind === 'currency')
      world.mail.push({ to: 'gifts', notice: { ...true_, currency: 'USD' }, stray: { kind: 'gift-currency', subject: about.orderId } });
    else if (kind === 'refund-amount' && refunds.length > 0) {
      const notice = world.channel.refundNotice(random.pick(refunds));
      world.mail.push({
        to: 'gifts',
        notice: { ...notice, refundFen: notice.refundFen + 1n },
        stray: { kind: 'refund-amount', subject: notice.refundId },
      });
    } else {
      const refundId = nextId();
      const { merchantId, orderId } = true_;
      const outcome = { kind: 'SUCCEEDED', reference: 'F1', refundedAt: true_.paidAt } as const;
      const notice = { kind: 'refund', noticeId: transactionId, merchantId, orderId, refundId, refundFen: 1n, outcome } as const;
      world.mail.push({ to: 'gifts', notice, stray: { kind: 'refund-unknown', subject: refundId } });
    }
    world.sky.count('nonsense');
    return `nonsense: ${kind}`;
  },
  refundArrives: async (world, random) => {
    const waiting = [...world.channel.refunds].filter(([, { state }]) => state === 'processing');
    if (waiting.length === 0) return null;
    const [refundId] = random.pick(waiting);
    world.channel.gives(refundId);
    post(world, random, { to: 'gifts', notice: world.channel.refundNotice(refundId) });
    return 'a refund arrives';
  },
  refundTold: async (world, random) => {
    const told = [...world.channel.refunds.keys()];
    if (told.length === 0) return null;
    world.mail.push({ to: 'gifts', notice: world.channel.refundNotice(random.pick(told)) });
    return 'a refund is told of';
  },
  sweep: async (world, random) => {
    const { balanceFen } = world.channel;
    if (balanceFen <= 0n) return null;
    const part = random.chance(0.7) ? balanceFen : balanceFen / 2n;
    if (part === 0n) return null;
    world.channel.balanceFen -= part;
    post(world, random, { to: 'custody', entry: world.bank.moves('CRDT', part, null, `SETTLE ${world.house.merchantId}`) });
    return `sweep ${part}`;
  },
};
