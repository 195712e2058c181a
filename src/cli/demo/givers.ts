import type { Campaign, Gift, Payments } from '../play/answers';
import { Problem } from '../play/api';
import type { Deed, Story } from '../play/story';
import { drawSizes } from './chance';

const CHUNK = 200;

/** Those who give to one campaign of the demonstration: half of them on the first day, the rest spread over the hours after it. */
export class Givers {
  private given = 0;
  private readonly sizes: readonly bigint[];
  private closed = false;

  constructor(
    private readonly story: Story,
    seed: number,
  ) {
    this.sizes = drawSizes(story.theCase.donations.count, seed);
  }

  /** @returns whether nobody gives any more. */
  areDone(campaign: Campaign): boolean {
    if (campaign.phase === 'prior-audit' || campaign.phase === 'certificate-publicity') return false;
    return this.closed || campaign.phase !== 'fundraising' || this.given === this.sizes.length;
  }

  /** Gives what has come by now. */
  async give({ phase, openedAt, rights, fees }: Campaign): Promise<Deed> {
    if (phase !== 'fundraising' || openedAt === null || this.closed) return 'nothing';
    const { clock, theCase } = this.story;
    const hours = (clock.nowMs - Date.parse(openedAt)) / 3_600_000;
    const share = Math.min(1, hours / (theCase.donations.over_hours ?? 72));
    const goal = Math.floor(this.sizes.length * Math.sqrt(share));
    if (goal <= this.given) return 'nothing';
    while (this.given < goal && !this.closed) await this.pay(await this.order(goal, { version: rights.donor, feeVersion: fees.version }));
    return 'look';
  }

  private async order(goal: number, consent: { version: number; feeVersion: number }): Promise<Gift[]> {
    const { platform, campaignId } = this.story;
    const sizes = this.sizes.slice(this.given, Math.min(goal, this.given + CHUNK));
    this.given += sizes.length;
    try {
      const gifts = sizes.map((amountFen) => ({ amountFen: String(amountFen) }));
      const channel = this.given % 3 === 0 ? 'alipay' : 'wechat';
      const { gifts: ordered } = await platform.postOnce<{ gifts: Gift[] }>(`/v1/campaigns/${campaignId}/gifts`, { gifts, consent, channel });
      return ordered.filter(({ status }) => status === 'ordered');
    } catch (error) {
      if (!(error instanceof Problem && error.status === 409)) throw error;
      this.closed = true;
      return [];
    }
  }

  private async pay(gifts: readonly Gift[]): Promise<void> {
    if (gifts.length === 0) return;
    const { sandbox, tenant } = this.story;
    await sandbox.post<Payments>('/v1/sandbox/payments', { tenantId: tenant.tenantId, giftIds: gifts.map(({ id }) => id) });
  }
}
