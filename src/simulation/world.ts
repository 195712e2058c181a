import { createCampaignActivities } from '../activities/campaign';
import { PayoutsTogether } from '../activities/payouts/together';
import { createRefundActivities } from '../activities/refund';
import { createReleaseActivities } from '../activities/release';
import { createTransferActivities } from '../activities/transfer';
import type { DonationNotice } from '../adapters/donation/port';
import type { BankEntry } from '../adapters/payment/port';
import type { Banks } from '../adapters/payment/port';
import { CustodyNotices } from '../custody/notices';
import type { Database } from '../database/connect';
import { DomainError } from '../domain/errors';
import { Gifts } from '../gifts/gifts';
import type { PersonalData } from '../security/personalData';
import { currentTask, inTask, Killed, point, type Task } from './gate';
import type { House } from './house';
import { SimulatedBank } from './outside/bank';
import { SimulatedChannel } from './outside/channel';
import { Sky } from './outside/weather';
import { People } from './people';
import { Random } from './random';
import { Turnstile } from './turnstile';

/** What is on its way from bank or channel to us. `stray`: nothing of ours stands behind it, so it must end as an exception of this kind. */
export type Letter = ({ readonly to: 'custody'; readonly entry: BankEntry } | { readonly to: 'gifts'; readonly notice: DonationNotice }) & {
  readonly stray?: { readonly kind: string; readonly subject: string };
};

/** The fault that a plan puts beside an operation, beyond the weather. */
export type Trouble =
  | { readonly kind: 'kill'; readonly point: number; readonly side: 'before' | 'after' }
  | { readonly kind: 'zombie'; readonly outside: number }
  | null;

/** What production code did that it must never do. */
export interface Wrong {
  readonly what: string;
  readonly step: number;
}

const PAGE_OF_PLAY = 'http://127.0.0.1/callbacks';

/** Everything of one seed: the system under test with its database, the world outside of it, and what is on its way. */
export class World {
  step = 0;
  nowMs: number;
  readonly sky = new Sky();
  readonly people = new People();
  readonly bank: SimulatedBank;
  readonly channel: SimulatedChannel;
  readonly mail: Letter[] = [];
  /** Workers that stand still and are taken for dead. */
  readonly zombies: { readonly wake: () => Promise<void> }[] = [];
  readonly wrongs: Wrong[] = [];
  /** Every order key with what it was used for. */
  readonly orders = new Map<string, { campaignId: string; amountsFen: bigint[]; ids: string[] | null }>();
  /** What was read out to a checker, and may be signed later, when it is stale. */
  readonly sheets: { releaseId: string; digest: string; netFen: bigint; accountNumber: string; makerHuman: string; expiresAtMs: number }[] = [];
  readonly strays: { readonly kind: string; readonly subject: string }[] = [];
  trouble: Trouble = null;
  #calls = 0;

  constructor(
    readonly db: Database,
    readonly personalData: PersonalData,
    readonly house: House,
    private readonly blockedOf: (pids: readonly number[]) => Promise<ReadonlySet<number>>,
  ) {
    this.nowMs = house.beginsAtMs;
    const around = { sky: this.sky, step: () => this.step, nowMs: () => this.nowMs };
    this.bank = new SimulatedBank(house.custodyAccount, around);
    this.channel = new SimulatedChannel(house.merchantId, around);
  }

  /** A worker's own objects: nothing of one process is left in the next. */
  worker() {
    const { db, bank, channel, personalData } = this;
    const banks: Banks = { names: ['iso20022'], of: () => bank };
    const gifts = new Gifts(db, { wechat: channel, alipay: channel }, personalData, PAGE_OF_PLAY);
    return {
      gifts,
      custody: new CustodyNotices(db, personalData),
      campaigns: createCampaignActivities({ db, personalData, identity: NOBODY_ASKS, gifts }),
      releases: createReleaseActivities({ db, banks, personalData }),
      refunds: createRefundActivities({ db, gifts }),
      together: new PayoutsTogether(db, banks, personalData),
      transfers: createTransferActivities({ db, banks, personalData, atPoint: () => point(null, async () => undefined), visibilityMs: 0 }),
    };
  }

  /**
   * Runs one call of an activity, or one request, as a process would that may die of the operation's trouble.
   * @returns what it returned; `died` when its process did, or stands still; `refused` with the sentence where a rule said no.
   */
  async call<T>(name: string, work: (worker: ReturnType<World['worker']>) => Promise<T>): Promise<Called<T>> {
    const { trouble } = this;
    this.trouble = null;
    const task = this.#task(name, trouble);
    if (trouble?.kind !== 'zombie') return this.#turnByTurn(task, work);
    let ended: Promise<Called<T>> | null = null;
    const stoodStill = new Promise<'still'>((still) => {
      task.parked = (wake) => {
        this.sky.count('zombie');
        this.zombies.push({
          wake: async () => {
            wake();
            await ended;
          },
        });
        still('still');
      };
    });
    ended = this.#turnByTurn(task, work);
    const first = await Promise.race([ended, stoodStill]);
    task.parked = null;
    if (first !== 'still') return first;
    // Whatever else it did at once goes on until it is over, before anything else happens.
    await task.turnstile!.quiet();
    return { kind: 'died' };
  }

  /** Runs several calls at the same time, one query of one of them at a time. */
  async race(
    random: Random,
    calls: readonly { readonly name: string; readonly work: (worker: ReturnType<World['worker']>) => Promise<unknown> }[],
  ): Promise<void> {
    const works = calls.map(({ name, work }) => {
      const task = this.#task(name, null);
      return { task, work: async () => void (await this.#end(task, work)) };
    });
    await new Turnstile(random, this.blockedOf).run(works);
  }

  /** What one process does at once has an order, too, and it follows from the seed. */
  async #turnByTurn<T>(task: Task, work: (worker: ReturnType<World['worker']>) => Promise<T>): Promise<Called<T>> {
    this.#calls += 1;
    const random = new Random(`${this.house.tenantId}/turns/${this.#calls}`);
    let called: Called<T> | null = null;
    const works = [
      {
        task,
        work: async () => {
          called = await this.#end(task, work);
        },
      },
    ];
    await new Turnstile(random, this.blockedOf).run(works);
    return called!;
  }

  wrong(what: string): void {
    this.wrongs.push({ what, step: currentTask()?.beganAt ?? this.step });
  }

  #task(name: string, trouble: Trouble): Task {
    return {
      name,
      beganAt: this.step,
      killAt: trouble?.kind === 'kill' ? trouble : null,
      parkAt: trouble?.kind === 'zombie' ? trouble.outside : null,
      points: 0,
      outside: 0,
      dead: false,
      parked: null,
      turnstile: null,
    };
  }

  async #end<T>(task: Task, work: (worker: ReturnType<World['worker']>) => Promise<T>): Promise<Called<T>> {
    try {
      return { kind: 'done', value: await inTask(task, () => work(this.worker())) };
    } catch (error) {
      if (task.dead) {
        this.sky.count('kill');
        return { kind: 'died' };
      }
      if (error instanceof DomainError) return { kind: 'refused', code: error.code };
      if (!(error instanceof Killed) && !isExpected(task.name, error)) this.wrong(`${task.name} broke: ${(error as Error).message}`);
      return { kind: 'broke' };
    }
  }
}

export type Called<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'died' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'broke' };

/**
 * Errors by which production code says “not yet”, and is called again: the bank did not answer, or its lines came in the wrong order, so that custody would
 * stand below zero until the earlier one is there.
 */
function isExpected(task: string, error: unknown): boolean {
  const { message } = error as Error;
  return /^The bank did not answer about payout/.test(message) || (task.startsWith('hear') && /balance_not_negative/.test(message));
}

/** The simulation begins with campaigns that are open: nobody's identity is asked for. */
const NOBODY_ASKS = {
  checkThreeElements: async () => 'match' as const,
  checkFourElements: async () => 'match' as const,
  checkTwoElements: async () => 'match' as const,
};
