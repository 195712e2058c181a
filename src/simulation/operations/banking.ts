import { rows } from '../../database/connect';
import type { BankLine } from '../outside/bank';
import type { Random } from '../random';
import { nextId } from '../seededIds';
import type { World } from '../world';
import type { Operation } from './operation';

/** Lines that the bank has not told of yet, per world. */
const told = new WeakMap<World, number>();

function tell(world: World, random: Random, line: BankLine): void {
  const copies = random.pick([1, 1, 1, 2, 0]);
  if (copies !== 1) world.sky.count(copies === 0 ? 'callback-lost' : 'callback-twice');
  for (let i = 0; i < copies; i += 1) world.mail.push({ to: 'custody', entry: line });
}

/** The bank's statement: every line it ever booked comes once more. */
export function statement(world: World): void {
  for (const line of world.bank.lines) world.mail.push({ to: 'custody', entry: line });
}

/** @returns payouts that the bank booked and whose money has not come back, the books agreeing. */
async function bounceable(world: World): Promise<{ id: string; net_fen: bigint }[]> {
  const paid = await rows<{ id: string; net_fen: bigint }>(
    world.db,
    `select id, net_fen from payout where tenant_id = ? and state = 'succeeded' order by id`,
    [world.house.tenantId],
  );
  return paid.filter(({ id }) => world.bank.orders.get(id)?.state === 'booked');
}

/** What the bank does of itself. */
export const BANKING: Readonly<Record<string, Operation>> = {
  bankTells: async (world, random) => {
    const from = told.get(world) ?? 0;
    const fresh = world.bank.lines.slice(from).filter(({ sign, endToEndId }) => sign === 'DBIT' || endToEndId !== null);
    told.set(world, world.bank.lines.length);
    for (const line of fresh) tell(world, random, line);
    return fresh.length === 0 ? null : `the bank tells of ${fresh.length}`;
  },
  bankWorks: async (world) => {
    const waiting = [...world.bank.orders].filter(([, { state }]) => state === 'taken');
    for (const [id] of waiting) world.bank.works(id);
    return waiting.length === 0 ? null : `the bank books ${waiting.length}`;
  },
  bounce: async (world, random) => {
    const paid = await bounceable(world);
    if (paid.length === 0) return null;
    const { id, net_fen } = random.pick(paid);
    world.sky.count('bounce');
    world.bank.bounces(id, net_fen);
    return 'a payment comes back';
  },
  bounceOddly: async (world, random) => {
    const paid = await bounceable(world);
    if (paid.length === 0) return null;
    const { id, net_fen } = random.pick(paid);
    const part = random.chance(0.3);
    world.sky.count(part ? 'bounce-in-part' : 'bounce-twice');
    if (part) world.bank.moves('CRDT', net_fen > 1n ? net_fen - 1n : 1n, id);
    else for (let i = 0; i < 2; i += 1) world.bank.bounces(id, net_fen);
    return part ? 'a part of a payment comes back' : 'a payment comes back twice';
  },
  strayLine: async (world, random) => {
    world.sky.count('stray-line');
    const fen = BigInt(random.between(1, 500));
    if (random.chance(0.5)) world.mail.push({ to: 'custody', entry: world.bank.moves('CRDT', fen) });
    else world.bank.moves('CRDT', fen, nextId());
    return `somebody moves ${fen}`;
  },
  fund: async (world) => {
    const { balanceFen } = world.channel;
    if (balanceFen >= 0n) return null;
    world.channel.balanceFen = 0n;
    world.bank.moves('DBIT', -balanceFen);
    return `the channel collects ${-balanceFen}`;
  },
};
