import type { Campaign } from './answers';
import { Problem } from './api';
import type { CaseEvent, CasePhase } from './caseFile';
import type { Deed, Story } from './story';

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
export function phaseSince(campaign: Campaign, phase: CasePhase): string | null {
  if (campaign.phase === phase) return campaign.phaseSince;
  return campaign.releases.find(({ stage }) => stagePhases[stage] === phase)?.stageSince ?? null;
}

/** The events of a case that have a time. Each fires once: when its hours have passed, or as its phase ends. */
export class Events {
  private readonly pending: { event: TimedEvent; dueMs: number | null }[];

  constructor(private readonly story: Story) {
    const timed = (story.theCase.events ?? []).filter((event): event is TimedEvent => 'at' in event && event.at !== undefined);
    this.pending = timed.filter(({ type }) => type === 'sponsor-close').map((event) => ({ event, dueMs: null }));
  }

  /** @returns when the next event whose phase has begun fires; null when there is none. */
  get nextMs(): number | null {
    const due = this.pending.flatMap(({ dueMs }) => (dueMs === null ? [] : [dueMs]));
    return due.length > 0 ? Math.min(...due) : null;
  }

  /** Fires what is due, and what belongs to a phase that has just ended. */
  async fire(campaign: Campaign): Promise<Deed> {
    for (const entry of this.pending) {
      const { phase, after_hours } = entry.event.at;
      const since = phaseSince(campaign, phase);
      if (since !== null) entry.dueMs ??= Date.parse(since) + (endsAtOnce.includes(phase) ? 0 : this.story.clock.hoursMs(after_hours));
      const over = entry.dueMs !== null && since === null;
      if (!over && (entry.dueMs === null || entry.dueMs > this.story.clock.nowMs)) continue;
      this.pending.splice(this.pending.indexOf(entry), 1);
      await this.close(campaign);
      return 'settle';
    }
    return 'nothing';
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
