import { row, rows } from '../../database/connect';
import { HOUR_MS } from '../../domain/calendar';
import type { Random } from '../random';
import type { World } from '../world';
import type { Operation } from './operation';

export interface ReleaseNow {
  readonly id: string;
  readonly campaign_id: string;
  readonly stage: string;
  readonly review: string | null;
  readonly started_at: Date | null;
  readonly publicity_ends_at: Date | null;
  readonly payout: string | null;
  readonly payout_state: string | null;
}

/** @returns the releases of the house as they stand, with the latest payout of each. */
export async function releasesOf(world: World): Promise<ReleaseNow[]> {
  return rows<ReleaseNow>(
    world.db,
    `select r.id, r.campaign_id, r.stage, r.review, r.started_at, r.publicity_ends_at, p.id as payout, p.state as payout_state
     from release r join campaign c on c.id = r.campaign_id
     left join lateral (select id, state from payout where release_id = r.id order by attempt desc limit 1) p on true
     where c.tenant_id = ? order by r.id`,
    [world.house.tenantId],
  );
}

async function conductedReleases(world: World): Promise<string[]> {
  return (
    await rows<{ id: string }>(world.db, 'select distinct release_id as id from payout where tenant_id = ? and conducted order by 1', [
      world.house.tenantId,
    ])
  ).map(({ id }) => id);
}

/** Does what a release's workflow would do next. @returns what, or null where it waits for somebody. */
export async function conductRelease(world: World, r: ReleaseNow): Promise<string | null> {
  const { nowMs } = world;
  const act = (name: string, work: (releases: ReturnType<World['worker']>['releases']) => Promise<unknown>) => async (): Promise<string> =>
    `${name} ${(await world.call(name, (worker) => work(worker.releases))).kind}`;
  const steps: Readonly<Record<string, () => Promise<string | null>>> = {
    planned: async () => (r.started_at === null ? null : act('beginReview', ({ database }) => database.beginReview(r.id, nowMs))()),
    review: async () => {
      if (r.review === 'approve') return act('beginPublicity', ({ database }) => database.beginPublicity(r.id, nowMs))();
      if (r.review === 'refuse') return act('refuseRelease', ({ database }) => database.refuseRelease(r.id, nowMs))();
      return null;
    },
    publicity: async () => {
      if (nowMs < r.publicity_ends_at!.getTime()) return null;
      await world.call('checkAccountName', ({ releases }) => releases.payment.checkAccountName(r.id, nowMs));
      return act('beginApproval', ({ database }) => database.beginApproval(r.id, nowMs))();
    },
    approval: async () => preparePayout(world, r),
    transfer: async () => {
      if (r.payout === null) return null;
      if (['reserved', 'submitted', 'unknown'].includes(r.payout_state!))
        return `pursue ${describe(await world.call('pursuePayout', ({ transfers }) => transfers.payment.pursuePayout(r.payout!, nowMs)))}`;
      if (r.payout_state === 'failed') return act('beginCorrection', ({ database }) => database.beginCorrection(r.id, nowMs))();
      return act('beginReceipt', ({ database }) => database.beginReceipt(r.id, r.payout!, nowMs))();
    },
    receipt: async () => (await returned(world, r)) ?? act('beginEvidence', ({ database }) => database.beginEvidence(r.id, nowMs))(),
    evidence: async () => {
      const back = await returned(world, r);
      if (back !== null) return back;
      await world.call('unlockNext', ({ releases }) => releases.database.unlockNext(r.id, nowMs));
      return act('beginWatch', ({ database }) => database.beginWatch(r.id, nowMs))();
    },
    watch: async () => {
      const back = await returned(world, r);
      if (back !== null) return back;
      const until = await world.call('beginWatch', ({ releases }) => releases.database.beginWatch(r.id, nowMs));
      if (until.kind !== 'done' || until.value > nowMs) return null;
      const asked = await world.call('askForLateReturn', ({ releases }) => releases.payment.askForLateReturn(r.payout!));
      if (asked.kind !== 'done') return `askForLateReturn ${asked.kind}`;
      return (await returned(world, r)) ?? act('closeRelease', ({ database }) => database.closeRelease(r.id, nowMs))();
    },
    correction: async () => {
      await world.call('checkAccountName', ({ releases }) => releases.payment.checkAccountName(r.id, nowMs));
      const standing = await world.call('correctionStanding', ({ releases }) => releases.reading.correctionStanding(r.id));
      if (standing.kind !== 'done' || standing.value !== 'corrected') return null;
      return act('beginApproval', ({ database }) => database.beginApproval(r.id, nowMs))();
    },
  };
  return (await steps[r.stage]?.()) ?? null;
}

export async function preparePayout(world: World, r: Pick<ReleaseNow, 'id'>): Promise<string | null> {
  const { nowMs } = world;
  const made = await world.call('preparePayout', ({ releases }) => releases.database.preparePayout(r.id, nowMs));
  return made.kind === 'done' && made.value === null ? null : `preparePayout ${describe(made)}`;
}

const describe = (called: { readonly kind: string; readonly value?: unknown }): string => `${called.kind} ${String(called.value ?? '')}`.trim();

/** A payment that came back is undone first, and corrected. */
async function returned(world: World, r: ReleaseNow): Promise<string | null> {
  if (r.payout === null) return null;
  const booked = await world.call('returnIsBooked', ({ releases }) => releases.reading.returnIsBooked(r.payout!));
  if (booked.kind !== 'done' || !booked.value) return null;
  const recorded = await world.call('recordReturn', ({ releases }) => releases.database.recordReturn(r.payout!, world.nowMs));
  if (recorded.kind !== 'done') return `recordReturn ${recorded.kind}`;
  const begun = await world.call('beginCorrection', ({ releases }) => releases.database.beginCorrection(r.id, world.nowMs));
  return `returned, correction ${begun.kind}`;
}

/** Does what a campaign's workflow would do next. */
export async function conductCampaign(world: World, campaignId: string, random: Random): Promise<string | null> {
  const { nowMs } = world;
  const c = (await row<{ phase: string; closes_at: Date; full: boolean }>(
    world.db,
    'select phase, closes_at, raised_fen = ask_fen as full from campaign where id = ?',
    [campaignId],
  ))!;
  const due = await row(
    world.db,
    `select 1 from gift_return where campaign_id = ? and round_id is null and status in ('due', 'processing') limit 1`,
    [campaignId],
  );
  if (due !== null && random.chance(0.6))
    return `returnExcess ${describe(await world.call('returnExcess', ({ campaigns }) => campaigns.payment.returnExcess(campaignId, nowMs)))}`;
  const moved = async (): Promise<string> =>
    `moveMoneyOn ${describe(await world.call('moveMoneyOn', ({ campaigns }) => campaigns.database.moveMoneyOn(campaignId, nowMs)))}`;
  if (c.phase === 'fundraising') {
    const by = c.full ? 'target' : nowMs >= c.closes_at.getTime() ? 'deadline' : null;
    if (by === null) return moved();
    return `closeRaise ${describe(await world.call('closeRaise', ({ campaigns }) => campaigns.database.closeRaise(campaignId, nowMs, by)))}`;
  }
  if (c.phase === 'settlement') {
    await moved();
    const asked = await world.call('collectLateOrders', ({ campaigns }) => campaigns.payment.collectLateOrders(campaignId, nowMs));
    if (asked.kind !== 'done') return `collectLateOrders ${asked.kind}`;
    return `settleBooks ${describe(await world.call('settleBooks', ({ campaigns }) => campaigns.database.settleBooks(campaignId, nowMs)))}`;
  }
  return moved();
}

/** Sends what is due of a refund round, and ends it once nothing is under way. */
export async function conductRound(world: World, roundId: string): Promise<string> {
  const sent = await world.call('sendReturns', ({ refunds }) => refunds.payment.sendReturns(roundId, world.nowMs));
  if (sent.kind !== 'done' || sent.value) return `sendReturns ${describe(sent)}`;
  return `finishRefund ${describe(await world.call('finishRefund', ({ refunds }) => refunds.database.finishRefund(roundId, world.nowMs)))}`;
}

/** @returns the refund rounds of the house that have not ended. */
export async function openRounds(world: World): Promise<string[]> {
  return (
    await rows<{ id: string }>(world.db, 'select id from refund_round where tenant_id = ? and finished_at is null order by id', [
      world.house.tenantId,
    ])
  ).map(({ id }) => id);
}

/** Moves business time on. */
export async function passTime(world: World, byMs: number): Promise<void> {
  world.nowMs += byMs;
  await world
    .db('test_clock')
    .where('id', world.house.clockId)
    .update({ now: new Date(world.nowMs) });
}

/** What workflows do, and time. */
export const CONDUCT: Readonly<Record<string, Operation>> = {
  conductRelease: async (world, random) => {
    for (const r of random.shuffled((await releasesOf(world)).filter(({ stage }) => !['closed', 'refused', 'cancelled'].includes(stage)))) {
      const did = await conductRelease(world, r);
      if (did !== null) return did;
    }
    return null;
  },
  conductCampaign: async (world, random) => {
    for (const id of random.shuffled(world.house.campaigns)) {
      const did = await conductCampaign(world, id, random);
      if (did !== null) return did;
    }
    return null;
  },
  conductRound: async (world, random) => {
    const rounds = await openRounds(world);
    return rounds.length === 0 ? null : conductRound(world, random.pick(rounds));
  },
  /** A payout batch on its way: releases in one file, as its conductor pays them. */
  payTogether: async (world, random) => {
    const waiting = random.shuffled((await releasesOf(world)).filter(({ stage }) => stage === 'approval'));
    const ids = [...new Map(waiting.map((r) => [r.campaign_id, r.id])).values()].slice(0, world.bank.files.most);
    if (ids.length === 0) return null;
    const paid = await world.call('payTogether', ({ together }) => together.pay(world.house.tenantId, ids, new Date(world.nowMs)));
    return paid.kind === 'done' && paid.value === 0 ? null : `payTogether ${describe(paid)} of ${ids.length}`;
  },
  /** The conductor's last act. */
  giveBack: async (world) => {
    const ids = await conductedReleases(world);
    if (ids.length === 0) return null;
    const given = await world.call('giveBack', ({ together }) => together.giveBack(world.house.tenantId, ids, `simulated-${world.step}`));
    return `giveBack ${given.kind} of ${ids.length}`;
  },
  /** An activity whose answer was lost is called again, at any later time, whatever stands now. */
  again: async (world, random) => {
    const r = await releasesOf(world);
    if (r.length === 0) return null;
    const { id, payout, campaign_id: campaignId } = random.pick(r);
    const { nowMs } = world;
    const name = random.pick([
      'pursuePayout',
      'recordReturn',
      'beginCorrection',
      'preparePayout',
      'returnExcess',
      'collectLateOrders',
      'moveMoneyOn',
    ] as const);
    const called = await world.call(name, async ({ releases, transfers, campaigns }): Promise<unknown> => {
      if (name === 'returnExcess') return campaigns.payment.returnExcess(campaignId, nowMs);
      if (name === 'collectLateOrders') return campaigns.payment.collectLateOrders(campaignId, nowMs);
      if (name === 'moveMoneyOn') return campaigns.database.moveMoneyOn(campaignId, nowMs);
      if (name === 'preparePayout') return releases.database.preparePayout(id, nowMs);
      if (payout === null) return null;
      if (name === 'pursuePayout') return transfers.payment.pursuePayout(payout, nowMs);
      if (!(await releases.reading.returnIsBooked(payout))) return null;
      if (name === 'recordReturn') return releases.database.recordReturn(payout, nowMs);
      return null;
    });
    return `again ${name} ${describe(called)}`;
  },
  /** Two workers run the same activity: the first was only thought to be dead. */
  twoWorkers: async (world, random) => {
    const { nowMs } = world;
    const all = await releasesOf(world);
    const live = all.filter((r) => r.stage === 'transfer' && r.payout !== null && ['reserved', 'submitted', 'unknown'].includes(r.payout_state!));
    const approving = all.filter((r) => r.stage === 'approval');
    const rounds = await openRounds(world);
    const works = random.shuffled([
      ...live.map((r) => ({
        name: 'pursuePayout',
        work: ({ transfers }: Worker) => transfers.payment.pursuePayout(r.payout!, nowMs) as Promise<unknown>,
      })),
      ...approving.map((r) => ({
        name: 'preparePayout',
        work: ({ releases }: Worker) => releases.database.preparePayout(r.id, nowMs) as Promise<unknown>,
      })),
      ...rounds.map((id) => ({ name: 'sendReturns', work: ({ refunds }: Worker) => refunds.payment.sendReturns(id, nowMs) as Promise<unknown> })),
    ])[0];
    if (!works) return null;
    world.sky.count('race');
    await world.race(random, [works, works]);
    return `two workers: ${works.name}`;
  },
  zombieWakes: async (world, random) => {
    const zombie = world.zombies.splice(random.between(0, Math.max(0, world.zombies.length - 1)), 1)[0];
    if (!zombie) return null;
    await zombie.wake();
    return 'a worker wakes that was thought to be dead';
  },
  time: async (world, random) => {
    const hours = random.pick([1, 2, 5, 13, 25, 25, 25, 49]);
    await passTime(world, hours * HOUR_MS);
    return `${hours} h pass`;
  },
};

type Worker = ReturnType<World['worker']>;
