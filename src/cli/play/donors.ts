import type { Campaign, Gift, Payments } from './answers';
import { Problem } from './api';
import { drawGifts } from './gifts';
import type { Deed, Story } from './story';

const hoursDefault = 72;
const stepsMax = 12;
const giftsPerStepMin = 100;
/** Gifts ordered in one request, and paid in one. */
const chunkMax = 200;
const chunkMin = 25;
const donorsAtOnce = 8;

/** What donors see before they give. */
type Shown = { version: number; feeVersion: number };
type Step = { atMs: number; giftsFen: bigint[] };
type Channel = 'wechat' | 'alipay';

/** The donors of a play: they give in steps spread over the case's hours, for as long as the raise is open. */
export class Donors {
  private steps: Step[] | null = null;
  private given = 0;
  /** Gifts that a channel was chosen for. */
  private chosen = 0;

  constructor(private readonly story: Story) {}

  /** @returns when the next gifts come; null before the raise opens and after the last. */
  nextMs(campaign: Campaign): number | null {
    if (campaign.phase !== 'fundraising') return null;
    this.steps ??= this.plan(campaign);
    return this.steps[0]?.atMs ?? null;
  }

  /** @returns whether nobody gives any more: all have, or the raise is over, or it never opened. */
  areDone(campaign: Campaign): boolean {
    if (campaign.phase === 'prior-audit' || campaign.phase === 'certificate-publicity') return false;
    return this.nextMs(campaign) === null;
  }

  /** Gives everything that is due. */
  async give(campaign: Campaign): Promise<Deed> {
    const nextMs = this.nextMs(campaign);
    if (nextMs === null || nextMs > this.story.clock.nowMs) return 'nothing';
    const { giftsFen } = this.steps?.shift() as Step;
    const chunkLength = Math.min(chunkMax, Math.max(chunkMin, Math.ceil(giftsFen.length / donorsAtOnce)));
    const chunks: bigint[][] = [];
    for (let at = 0; at < giftsFen.length; at += chunkLength) chunks.push(giftsFen.slice(at, at + chunkLength));
    const consent = { version: campaign.rights.donor, feeVersion: campaign.fees.version };
    await Promise.all(Array.from({ length: donorsAtOnce }, () => this.giveInTurn(chunks, consent)));
    this.story.progress.say(`gifts ${this.given}/${this.story.theCase.donations.count}`);
    return 'look';
  }

  private plan({ openedAt, phaseSince }: Campaign): Step[] {
    const { count, total_fen, seed = 0, over_hours = hoursDefault } = this.story.theCase.donations;
    const sizesFen = drawGifts(count, BigInt(total_fen), seed);
    const steps = Math.min(stepsMax, Math.ceil(count / giftsPerStepMin));
    const openedMs = Date.parse(openedAt ?? phaseSince);
    const share = (step: number) => Math.round((count * step) / steps);
    return Array.from({ length: steps }, (_, step) => ({
      atMs: openedMs + this.story.clock.hoursMs((over_hours * (step + 1)) / steps),
      giftsFen: sizesFen.slice(share(step), share(step + 1)),
    }));
  }

  private async giveInTurn(chunks: bigint[][], consent: Shown): Promise<void> {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
      for (const [channel, giftsFen] of this.byChannel(chunk)) {
        const ordered = giftsFen.length > 0 ? await this.order(giftsFen, consent, channel) : [];
        if (ordered.length > 0) await this.pay(ordered);
        this.given += ordered.length;
      }
    }
  }

  /** Every so manieth gift is Alipay's, so that any stretch of them has its share. */
  private byChannel(giftsFen: readonly bigint[]): [Channel, bigint[]][] {
    const { alipayPercent = 0 } = this.story;
    const [wechat, alipay]: [bigint[], bigint[]] = [[], []];
    for (const fen of giftsFen) {
      this.chosen += 1;
      const isAlipays = Math.floor((this.chosen * alipayPercent) / 100) > Math.floor(((this.chosen - 1) * alipayPercent) / 100);
      (isAlipays ? alipay : wechat).push(fen);
    }
    return [
      ['wechat', wechat],
      ['alipay', alipay],
    ];
  }

  /** @returns the orders that can be paid; after the close there are none, and what was not ordered counts as returned. */
  private async order(giftsFen: bigint[], consent: Shown, channel: Channel): Promise<Gift[]> {
    const { platform, campaignId } = this.story;
    const gifts = giftsFen.map((amountFen) => ({ amountFen: String(amountFen) }));
    try {
      const answer = await platform.postOnce<{ gifts: Gift[] }>(`/v1/campaigns/${campaignId}/gifts`, { gifts, channel, consent });
      return answer.gifts.filter((gift) => gift.status === 'ordered');
    } catch (error) {
      if (!(error instanceof Problem && error.status === 409)) throw error;
      this.steps = [];
      return [];
    }
  }

  private async pay(gifts: Gift[]): Promise<void> {
    const { sandbox, tenant, progress } = this.story;
    const giftIds = gifts.map((gift) => gift.id);
    const { failed } = await sandbox.post<Payments>('/v1/sandbox/payments', { tenantId: tenant.tenantId, giftIds });
    if (failed.length > 0) progress.say(`${failed.length} callbacks were not acknowledged; the channel repeats them`);
  }
}
