import { setTimeout as sleep } from 'node:timers/promises';
import type { Campaign } from './answers';
import { bankEntries, bounceAhead } from './bank';
import { Donors } from './donors';
import { isOver, whyStopped } from './ending';
import { Events } from './events';
import { reconcileExpenses } from './expenses';
import { PlayFailure } from './failure';
import { approveRelease, reviewRelease } from './finance';
import { acceptAccount, correctAccount } from './payeeAccount';
import { reviewCampaign } from './priorAudit';
import { answerReceipts } from './receipts';
import { requestRelease } from './releaseRequests';
import type { Deed, Story } from './story';
import { nextUpdateMs, postUpdates } from './updates';
import { fileEvidence } from './useEvidence';

const roundsMax = 20_000;
/** Longer than any window of the rules: when nothing changes for so long, nothing will. */
const quietHoursMax = 60 * 24;
/** However fast real timers are made to run, machines take their time. */
const quietMsMin = 30_000;
/** On a standing clock, how often to look again for what a machine should do at once, before time is moved far. */
const patienceRounds = 40;
const patienceMs = 250;
const farHours = 6;

const people = [
  reconcileExpenses,
  reviewCampaign,
  acceptAccount,
  correctAccount,
  requestRelease,
  reviewRelease,
  approveRelease,
  answerReceipts,
  fileEvidence,
  postUpdates,
];

/** What changes when the story goes on; times and counters are left out. */
function fingerprint({ phase, report, decision, payeeAccount, holds, requests, releases, money }: Campaign): string {
  const stages = releases.map(({ stage, receipt, payouts }) => [stage, receipt, payouts.map(({ state }) => state)]);
  return JSON.stringify([phase, report?.id, decision, payeeAccount, holds.length, requests.length, stages, money]);
}

/** @returns whether a machine owes an answer that takes little or no time on the story's clock. */
function machineOwes({ phase, payeeAccount, releases }: Campaign): boolean {
  if (phase === 'prior-audit') return true;
  // A payout that waits for its clearing to open is owed only then.
  if (releases.some(({ stage, payouts }) => stage === 'transfer' && !payouts.some(({ waitsUntil }) => waitsUntil))) return true;
  return releases.some(({ stage }) => stage === 'approval') && payeeAccount?.status === 'filed' && payeeAccount.nameCheck === null;
}

/** Plays a story: everyone does what there is to do now, then time moves on to what is due next, until it ends or stops. */
export class Driver {
  private readonly donors: Donors;
  private readonly events: Events;
  private lastPrint = '';
  private quietSinceMs = 0;
  private patience = patienceRounds;

  /** @param until ends the run early, when the story stands where somebody wants to look at it. */
  constructor(
    private readonly story: Story,
    private readonly until: (campaign: Campaign) => boolean = () => false,
  ) {
    this.donors = new Donors(story);
    this.events = new Events(story, (campaign) => this.donors.areDone(campaign));
  }

  /**
   * @returns why the story stopped before an end of its own; null when it came to one
   * @throws {PlayFailure} when it does not come to rest
   */
  async run(): Promise<string | null> {
    const { platform, campaignId, clock, progress } = this.story;
    await clock.settle();
    for (let round = 0; round < roundsMax; round += 1) {
      const campaign = await platform.get<Campaign>(`/v1/campaigns/${campaignId}`);
      progress.watch(campaign);
      this.notice(campaign);
      if (this.until(campaign)) return null;
      // What somebody still has to say is said even after the end: a verdict on a campaign that was refused meanwhile.
      const deed = isOver(campaign) ? await this.events.fire(campaign) : await this.act(campaign);
      if (isOver(campaign) && deed === 'nothing') return null;
      if (deed === 'settle') await clock.settle();
      if (deed !== 'nothing') continue;
      const why = await this.rest(campaign);
      if (why) return why;
    }
    throw new PlayFailure(4, `The story did not come to rest in ${roundsMax} rounds.`);
  }

  private notice(campaign: Campaign): void {
    const print = fingerprint(campaign);
    if (print === this.lastPrint) return;
    this.lastPrint = print;
    this.quietSinceMs = this.story.clock.nowMs;
    this.patience = patienceRounds;
  }

  /** The first thing that somebody has to do now. Events come before people: these may end the phase. */
  private async act(campaign: Campaign): Promise<Deed> {
    const given = await this.donors.give(campaign);
    if (given !== 'nothing') return given;
    const fired = await this.events.fire(campaign);
    if (fired !== 'nothing') return fired;
    for (const person of people) {
      const deed = await person(this.story, campaign);
      if (deed !== 'nothing') return deed;
    }
    return 'nothing';
  }

  /** Nobody has anything to do: wait for a machine, stop, or let time pass. */
  private async rest(campaign: Campaign): Promise<string | null> {
    const { clock } = this.story;
    const farMs = clock.nowMs + clock.hoursMs(farHours);
    if (clock.stands && this.patience > 0 && (clock.nextDueMs ?? farMs) >= farMs && machineOwes(campaign)) {
      this.patience -= 1;
      await sleep(patienceMs);
      await clock.settle();
      return null;
    }
    // A verdict or an event that is still to come may move what stands still now.
    const why = this.events.nextMs(campaign) === null ? whyStopped(this.story, campaign) : null;
    if (why && !bounceAhead(await bankEntries(this.story))) return why;
    const nextMs = this.nextMs(campaign);
    if (nextMs === null) return 'nothing falls due any more, and nobody can act';
    const quietMsMax = Math.max(clock.hoursMs(quietHoursMax), quietMsMin);
    if (nextMs - this.quietSinceMs > quietMsMax) return 'nothing changes any more, and nobody can act';
    await clock.moveTo(nextMs);
    return null;
  }

  /** When to look again. While money is raised only gifts, events, due updates and the deadline matter: what else falls due needs nobody. */
  private nextMs(campaign: Campaign): number | null {
    const { clock } = this.story;
    const closesMs = campaign.phase === 'fundraising' && campaign.closesAt ? Date.parse(campaign.closesAt) : 0;
    const raising = closesMs > clock.nowMs;
    const due = raising ? closesMs : clock.nextDueMs;
    const next = [this.donors.nextMs(campaign), this.events.nextMs(campaign), nextUpdateMs(campaign), due].filter((ms) => ms !== null);
    if (next.length > 0) return Math.min(...next);
    // Real timers tell nothing of what is due: look again soon.
    return clock.stands ? null : clock.nowMs + 1_000;
  }
}
