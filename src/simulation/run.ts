import { explainLateSweeps } from '../custody/lateSweeps';
import { type Database, inTransaction, rows } from '../database/connect';
import { DAY_MS } from '../domain/calendar';
import { settleException } from '../records/settlements';
import type { PersonalData } from '../security/personalData';
import { openHouse } from './house';
import { judge, judgeNow } from './judge/judge';
import { BANKING, statement } from './operations/banking';
import { CONDUCT, conductCampaign, conductRelease, conductRound, openRounds, passTime, releasesOf } from './operations/conduct';
import { acceptAccounts, DECIDING, fileAnother, freeEverything, propose, readSheet, sign } from './operations/deciding';
import { GIVING } from './operations/giving';
import type { Operation } from './operations/operation';
import { emptyTheMail, POST } from './operations/post';
import type { Planned } from './plan';
import { Random } from './random';
import { beginIds } from './seededIds';
import { World, type Wrong } from './world';

const ALL: Readonly<Record<string, Operation>> = { ...GIVING, ...POST, ...CONDUCT, ...DECIDING, ...BANKING };

/** How often each is tried; what is not named has 3. */
const WEIGHTS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.keys(ALL).map((name) => [name, 3])),
  conductRelease: 26,
  conductCampaign: 9,
  conductRound: 8,
  deliver: 14,
  pay: 7,
  order: 5,
  signBoth: 9,
  propose: 5,
  request: 7,
  review: 8,
  acceptAccount: 8,
  hurry: 4,
  bankTells: 5,
  time: 7,
  sweep: 6,
  payTogether: 18,
  giveBack: 6,
  close: 1.2,
  stop: 0.4,
  surplus: 0.8,
  hold: 1.5,
  dismiss: 1.5,
  evidence: 1,
  strayLine: 0.7,
  bounceOddly: 0.7,
  bounce: 2,
  orderAgain: 1.5,
  orderOther: 1,
  tellNonsense: 1.5,
};
/** The invariants that hold at every instant are looked at this often. */
const EVERY = 20;

/** What one seed came to. */
export interface Ran {
  readonly wrongs: readonly Wrong[];
  readonly operations: number;
  readonly faults: number;
  /** What happened, one line an operation. */
  readonly story: readonly string[];
}

/** What a run needs around it. */
export interface Ground {
  readonly db: Database;
  readonly personalData: PersonalData;
  readonly blockedOf: (pids: readonly number[]) => Promise<ReadonlySet<number>>;
}

/** Runs the plan of a seed on a database, lets everything come to rest, and judges. */
export async function runSeed(ground: Ground, seed: number, plan: readonly Planned[]): Promise<Ran> {
  beginIds(seed);
  const { db, personalData } = ground;
  const house = await openHouse(db, personalData, seed, new Random(`${seed}/house`));
  const world = new World(db, personalData, house, ground.blockedOf);
  const story: string[] = [];
  let operations = 0;
  for (const planned of plan) {
    const did = await operate(world, seed, planned);
    if (did === null) continue;
    operations += 1;
    story.push(`${planned.number} ${faultsOf(planned)}${did}`);
    if (operations % EVERY === 0) await judgeNow(world);
    if (world.wrongs.length > 0) break;
  }
  if (world.wrongs.length === 0) {
    await comeToRest(world, new Random(`${seed}/rest`));
    await judge(world);
  }
  const faults = [...world.sky.struck.values()].reduce((sum, n) => sum + n, 0);
  return { wrongs: world.wrongs, operations, faults, story };
}

const faultsOf = ({ weather, trouble }: Planned): string =>
  [weather && `(${weather}) `, trouble && `(${Object.values(trouble).join(' ')}) `].filter(Boolean).join('');

async function operate(world: World, seed: number, planned: Planned): Promise<string | null> {
  const random = new Random(`${seed}/operation/${planned.number}`);
  world.step = planned.number + 1;
  world.people.clock[world.step] = world.nowMs;
  for (const name of random.byWeight(WEIGHTS).slice(0, 12)) {
    world.sky.weather = planned.weather;
    world.trouble = planned.trouble;
    const did = await ALL[name]!(world, random);
    world.sky.weather = null;
    world.trouble = null;
    if (did !== null) return `${name}: ${did}`;
  }
  return null;
}

/** More rounds than anything needs that comes to rest at all. */
const ROUNDS = 60;
/** More steps than a release takes between two days of waiting. */
const STEPS_A_DAY = 12;

/**
 * The weather clears: everybody alive does their work, what is left is declared surplus and given back, until nothing moves any more. What is then not
 * at an end, or parked for a person, is stuck.
 */
async function comeToRest(world: World, random: Random): Promise<void> {
  const calm = async (work: () => Promise<unknown>): Promise<void> => {
    world.step += 1;
    world.people.clock[world.step] = world.nowMs;
    await work();
  };
  for (const zombie of world.zombies.splice(0)) await calm(zombie.wake);
  await calm(() => freeEverything(world));
  await calm(() => CONDUCT.giveBack!(world, random));
  for (const id of world.house.campaigns)
    await calm(() => world.call('closeRaise', ({ campaigns }) => campaigns.database.closeRaise(id, world.nowMs, 'sponsor')));
  let stated = -1;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await fingerprint(world);
    await calm(() => BANKING.bankWorks!(world, random));
    for (const [id, { state }] of world.channel.refunds) if (state === 'processing') world.channel.gives(id);
    await calm(() => BANKING.fund!(world, random));
    if (world.channel.balanceFen > 0n) await calm(async () => sweepAll(world));
    if (world.bank.lines.length > stated) statement(world);
    stated = world.bank.lines.length;
    await calm(() => emptyTheMail(world, random));
    await calm(() => answerForUnsent(world));
    // As far as each goes today: what is signed is sent before it expires. What did not move waits for another day.
    let moving = (await releasesOf(world)).filter(isOpen);
    for (let r = 0; r < STEPS_A_DAY && moving.length > 0; r += 1) {
      const moved = new Set<string>();
      for (const release of moving) await calm(async () => (await workOn(world, release)) && moved.add(release.id));
      moving = moved.size === 0 ? [] : (await releasesOf(world)).filter((release) => isOpen(release) && moved.has(release.id));
    }
    for (const id of world.house.campaigns) {
      // The daily reconciliation asks about every open order, also after the close.
      await calm(() => world.call('collectLateOrders', ({ campaigns }) => campaigns.payment.collectLateOrders(id, world.nowMs)));
      await calm(() => world.call('returnExcess', ({ campaigns }) => campaigns.payment.returnExcess(id, world.nowMs)));
      await calm(() => conductCampaign(world, id, random));
    }
    for (const id of await openRounds(world)) await calm(() => conductRound(world, id));
    // The end of the daily reconciliation.
    await calm(() => inTransaction(world.db, (tx) => explainLateSweeps(tx, world.house.tenantId, new Date(world.nowMs))));
    await passTime(world, 3 * DAY_MS);
    await declareSurplus(world);
    const open = await somethingIsExpected(world);
    if (before === (await fingerprint(world)) && stated === world.bank.lines.length && !open) break;
    if (world.wrongs.length > 0) return;
    if (round % 6 === 5 && open) await passTime(world, 30 * DAY_MS);
  }
}

const isOpen = ({ stage }: { readonly stage: string }): boolean => !['closed', 'refused', 'cancelled'].includes(stage);

async function workOn(world: World, r: Awaited<ReturnType<typeof releasesOf>>[number]): Promise<boolean> {
  const { house } = world;
  if (r.stage === 'review' && r.review === null)
    await world
      .db('release')
      .where({ id: r.id })
      .update({ review: 'approve', reviewed_by: house.reviewer.actor.id, reviewed_at: new Date(world.nowMs), review_reason: 'simulated' });
  if (r.stage === 'correction') await fileAnother(world, r.campaign_id);
  if (r.stage === 'correction' || r.stage === 'approval')
    await world.call('checkAccountName', ({ releases }) => releases.payment.checkAccountName(r.id, world.nowMs));
  if (r.stage === 'correction' || r.stage === 'approval') await acceptAccounts(world);
  if (r.stage === 'approval') {
    await propose(world, r.id, house.makers[0]!);
    const sheet = await readSheet(world, r.id);
    if (sheet) for (const checker of [house.checkers[0]!, house.checkers[1]!]) await sign(world, checker, sheet, 'approve');
  }
  return (await conductRelease(world, r)) !== null;
}

function sweepAll(world: World): void {
  const { balanceFen } = world.channel;
  world.channel.balanceFen = 0n;
  world.bank.moves('CRDT', balanceFen, null, `SETTLE ${world.house.merchantId}`);
}

/** Of a payment whose signatures no longer hold, finance asks the bank by word, now that no request is on its way any more, and answers for it. */
async function answerForUnsent(world: World): Promise<void> {
  const open = await rows<{ id: string }>(
    world.db,
    `select id from money_exception where kind = 'payout-unsigned' and resolved_at is null and tenant_id = ? order by id`,
    [world.house.tenantId],
  );
  const told = { releaseId: null, staffId: null, reason: 'simulated', by: 'finance:simulated', at: new Date(world.nowMs) };
  for (const { id } of open) await world.call('settleException', () => inTransaction(world.db, (tx) => settleException(tx, id, told)));
}

/** Of each campaign that has nothing more to pay. */
async function declareSurplus(world: World): Promise<void> {
  await world
    .db('campaign')
    .whereIn('id', [...world.house.campaigns])
    .where('phase', 'release')
    .whereNull('surplus_declared_at')
    .whereRaw('not exists (select from release r where r.campaign_id = campaign.id and r.closed_at is null)')
    .update({ surplus_declared_at: new Date(world.nowMs), surplus_reason: 'simulated' });
}

/** @returns whether a release is open that goes on by itself: where the bank contradicts itself, a person must decide first. */
async function somethingIsExpected(world: World): Promise<boolean> {
  const open = (await releasesOf(world)).filter(isOpen);
  const parked = await rows<{ campaign_id: string }>(
    world.db,
    `select campaign_id from money_exception where kind = 'payout-amount' and tenant_id = ?`,
    [world.house.tenantId],
  );
  return open.some((r) => !parked.some((p) => p.campaign_id === r.campaign_id));
}

/** How the house stands, as one text: equal texts mean that nothing moved. */
async function fingerprint(world: World): Promise<string> {
  const { rows } = (await world.db.raw(
    `select (select json_agg(json_build_array(id, stage) order by id) from release where campaign_id = any(:ids)) r,
       (select json_agg(json_build_array(id, status) order by id) from gift_return where campaign_id = any(:ids)) g,
       (select json_agg(json_build_array(id, state) order by id) from payout where campaign_id = any(:ids)) p,
       (select json_agg(json_build_array(id, phase) order by id) from campaign where id = any(:ids)) c`,
    { ids: world.house.campaigns as string[] },
  )) as { rows: unknown[] };
  return JSON.stringify(rows);
}
