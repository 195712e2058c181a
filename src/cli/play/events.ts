import type { Campaign } from './answers';
import { Problem } from './api';
import type { CaseEvent, CasePhase } from './caseFile';
import { isOver } from './ending';
import type { Deed, Story } from './story';
import { complain, decide, type OpenComplaint, reportDeath } from './verdicts';

type TimedEvent = Extract<CaseEvent, { at: unknown }>;

/** People or the machine end these at once: an event in them fires as the phase ends, which is now. */
const endsAtOnce: readonly CasePhase[] = ['prior-audit', 'approval', 'transfer'];

const stagePhases: Partial<Record<string, CasePhase>> = {
  review: 'release-publicity',
  publicity: 'release-publicity',
  approval: 'approval',
  transfer: 'transfer',
  receipt: 'supervision',
  evidence: 'supervision',
  watch: 'supervision',
};

/** @returns when the campaign came into that phase of a case; null when it is not in it. */
function phaseSince(campaign: Campaign, phase: CasePhase): string | null {
  if (campaign.phase === phase) return campaign.phaseSince;
  return campaign.releases.find(({ stage }) => stagePhases[stage] === phase)?.stageSince ?? null;
}

/** A payment may come back for a week, and only then is it over (cases/README.md, "a campaign settles no earlier"). */
const watchMs = 7 * 24 * 3_600_000;
const stillInTimeMs = 3_600_000;

const releasePhases: readonly CasePhase[] = ['release-publicity', 'approval', 'transfer', 'supervision'];

/** @returns whether that phase came and went, perhaps too fast to be seen. */
function isPast(campaign: Campaign, phase: CasePhase): boolean {
  if (phase === 'settlement') return ['release', 'refunding', 'settled', 'refunded'].includes(campaign.phase);
  const at = releasePhases.indexOf(phase);
  if (at < 0) return false;
  return campaign.releases.some(({ stage }) => stage === 'closed' || releasePhases.indexOf(stagePhases[stage] ?? 'release-publicity') > at);
}

/** @returns when supervision ends at the earliest, where every release has been paid; an event of it comes before. */
function supervisionEndsMs({ releases }: Campaign): number {
  const supervised = releases.filter(({ stage }) => !['closed', 'refused', 'cancelled'].includes(stage));
  if (supervised.some(({ stage }) => stagePhases[stage] !== 'supervision')) return Infinity;
  const booked = supervised.flatMap(({ payouts }) => payouts.flatMap(({ bookedAt }) => (bookedAt === null ? [] : [Date.parse(bookedAt)])));
  return Math.max(...booked) + watchMs - stillInTimeMs;
}

/** The events of a case that have a time. Each fires once: when its hours have passed, or as its phase ends. Verdicts come after the last gift. */
export class Events {
  private readonly pending: { event: TimedEvent; dueMs: number | null }[];
  private readonly complaints: OpenComplaint[] = [];

  /** @param giftsAreOver whether no donor will give any more. */
  constructor(
    private readonly story: Story,
    private readonly giftsAreOver: (campaign: Campaign) => boolean,
  ) {
    const timed = (story.theCase.events ?? []).filter((event): event is TimedEvent => 'at' in event && event.at !== undefined);
    this.pending = timed.map((event) => ({ event, dueMs: null }));
  }

  /** @returns when the next event whose phase has begun fires, or the next verdict falls; null when there is none. */
  nextMs(campaign: Campaign): number | null {
    const due = this.pending.flatMap(({ dueMs }) => (dueMs === null ? [] : [dueMs]));
    if (this.giftsAreOver(campaign)) due.push(...this.complaints.map(({ decideMs }) => decideMs));
    return due.length > 0 ? Math.min(...due) : null;
  }

  /** Fires what is due, and what belongs to a phase that has just ended. */
  async fire(campaign: Campaign): Promise<Deed> {
    for (const entry of this.pending) {
      const { phase, after_hours } = entry.event.at;
      const since = phaseSince(campaign, phase);
      if (since !== null) entry.dueMs ??= Date.parse(since) + (endsAtOnce.includes(phase) ? 0 : this.story.clock.hoursMs(after_hours));
      if (since !== null && phase === 'supervision') entry.dueMs = Math.min(entry.dueMs!, supervisionEndsMs(campaign));
      const over = since === null && (entry.dueMs !== null || isPast(campaign, phase));
      if (!over && (entry.dueMs === null || entry.dueMs > this.story.clock.nowMs)) continue;
      this.pending.splice(this.pending.indexOf(entry), 1);
      await this.happen(campaign, entry.event);
      return 'settle';
    }
    return this.judge(campaign);
  }

  private async happen(campaign: Campaign, event: TimedEvent): Promise<void> {
    if (event.type === 'sponsor-close') return this.close(campaign);
    if (event.type === 'patient-died') return this.die(campaign);
    const open = await complain(this.story, campaign, event);
    if (open) this.complaints.push(open);
  }

  /** A campaign that is over raises and pays nothing more: a death after its end changes nothing and is not reported. */
  private async die(campaign: Campaign): Promise<void> {
    if (isOver(campaign)) this.story.progress.say('the patient died after the campaign had ended');
    else await reportDeath(this.story, campaign);
  }

  /** The first complaint whose time has come. */
  private async judge(campaign: Campaign): Promise<Deed> {
    const due = this.giftsAreOver(campaign) && this.complaints.find(({ decideMs }) => decideMs <= this.story.clock.nowMs || isOver(campaign));
    if (!due) return 'nothing';
    this.complaints.splice(this.complaints.indexOf(due), 1);
    await decide(this.story, due);
    return 'settle';
  }

  private async close({ id }: Campaign): Promise<void> {
    const { platform, progress } = this.story;
    try {
      await platform.post(`/v1/campaigns/${id}/close`, {});
      progress.say('the sponsor closes the raise');
    } catch (error) {
      if (!(error instanceof Problem && error.status === 409)) throw error;
      progress.say(`the sponsor would close the raise, but it is not open (${error.code})`);
    }
  }
}
