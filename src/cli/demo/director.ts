import type { Campaign } from '../play/answers';
import { isOver } from '../play/ending';
import { Events } from '../play/events';
import { approveRelease, reviewRelease } from '../play/finance';
import { acceptAccount, correctAccount } from '../play/payeeAccount';
import { reviewCampaign } from '../play/priorAudit';
import { answerReceipts } from '../play/receipts';
import { requestRelease } from '../play/releaseRequests';
import type { Deed, Story } from '../play/story';
import type { StoryClock } from '../play/storyClock';
import { postUpdates } from '../play/updates';
import { fileEvidence } from '../play/useEvidence';
import type { Act } from './acts';
import { Givers } from './givers';
import type { Person, Scene } from './scenes';

const PEOPLE: readonly (readonly [Person | null, Act])[] = [
  ['reviewCampaign', reviewCampaign],
  [null, acceptAccount],
  ['correctAccount', correctAccount],
  ['requestRelease', requestRelease],
  ['reviewRelease', reviewRelease],
  ['answerReceipts', answerReceipts],
  ['fileEvidence', fileEvidence],
  [null, postUpdates],
];
const HOUR_MS = 3_600_000;
const ROUNDS_MOST = 40;

/** A campaign of the demonstration and those who act for it. */
export class Actor {
  private readonly givers: Givers;
  private readonly events: Events;
  /** It has ended, and nobody has anything to say of it any more. */
  private isOver = false;

  constructor(
    readonly scene: Scene,
    private readonly story: Story,
    seed: number,
  ) {
    this.givers = new Givers(story, seed);
    this.events = new Events(story, (campaign) => this.givers.areDone(campaign));
  }

  /** The first thing that somebody has to do now. @param untilMs the demonstration's present. */
  async act(untilMs: number): Promise<Deed> {
    if (this.isOver) return 'nothing';
    const campaign = await this.look();
    for (const act of this.scene.acts ?? []) {
      const deed = await act(this.story, campaign);
      if (deed !== 'nothing') return deed;
    }
    if (isOver(campaign)) {
      const deed = await this.events.fire(campaign);
      this.isOver = deed === 'nothing';
      return deed;
    }
    const given = await this.givers.give(campaign);
    if (given !== 'nothing') return given;
    const fired = await this.events.fire(campaign);
    if (fired !== 'nothing') return fired;
    for (const [person, act] of PEOPLE) {
      if (person && this.isAway(person, untilMs)) continue;
      const deed = await act(this.story, campaign);
      if (deed !== 'nothing') return deed;
    }
    return 'nothing';
  }

  /** Finance signs. @param sent how many payouts the bank had of the tenant: what it does with the next is scripted by its number. */
  async pay(untilMs: number, sent: () => Promise<number>): Promise<Deed> {
    if (this.isOver || this.isAway('approveRelease', untilMs)) return 'nothing';
    const campaign = await this.look();
    const { sandbox, tenant, done } = this.story;
    const waits = campaign.releases.some(({ stage, approval }) => stage === 'approval' && !approval) && campaign.payeeAccount?.status !== 'filed';
    if (waits && this.scene.bank && !done.has('bank')) {
      done.add('bank');
      const fault = { tenantId: tenant.tenantId, payout: (await sent()) + 1, fault: this.scene.bank };
      await sandbox.post('/v1/sandbox/bank-faults', fault);
    }
    return approveRelease(this.story, campaign);
  }

  /** @returns how many payouts of this campaign the bank was told of. */
  async sent(): Promise<number> {
    const { releases } = await this.look();
    return releases.flatMap(({ payouts }) => payouts).filter(({ state }) => state !== 'reserved').length;
  }

  private look(): Promise<Campaign> {
    return this.story.platform.get<Campaign>(`/v1/campaigns/${this.story.campaignId}`);
  }

  private isAway(person: Person, untilMs: number): boolean {
    const away = this.scene.absent?.[person];
    return away === 'for good' || (away !== undefined && this.story.clock.nowMs < untilMs - away * HOUR_MS);
  }
}

/** Everybody of the demonstration, on one clock. */
export class Director {
  constructor(
    private readonly clock: StoryClock,
    private readonly untilMs: number,
  ) {}

  /** Lets everyone do what there is to do now, until nobody has anything left. */
  async work(actors: readonly Actor[]): Promise<void> {
    let busy = actors;
    for (let round = 0; busy.length > 0 && round < ROUNDS_MOST; round += 1) {
      const deeds = await Promise.all(busy.map((actor) => actor.act(this.untilMs)));
      if (deeds.includes('settle')) await this.clock.settle();
      busy = busy.filter((_actor, nth) => deeds[nth] !== 'nothing');
      if (busy.length === 0) busy = await this.payEach(actors);
    }
  }

  /** @returns who has paid something. */
  private async payEach(actors: readonly Actor[]): Promise<Actor[]> {
    const paying: Actor[] = [];
    for (const actor of actors) {
      if ((await actor.pay(this.untilMs, () => sentBy(actors))) === 'nothing') continue;
      await this.clock.settle();
      paying.push(actor);
    }
    return paying;
  }
}

async function sentBy(actors: readonly Actor[]): Promise<number> {
  return (await Promise.all(actors.map((actor) => actor.sent()))).reduce((sum, sent) => sum + sent, 0);
}
