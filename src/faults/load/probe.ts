import { setTimeout as pause } from 'node:timers/promises';
import { Refused, Unanswered } from '../http';
import type { Campaign, Gift, Institution, Tenant } from './answers';
import { makeHospital, makeTenant, type Plot, type Props, submit } from './stage';

const PLOT: Plot = { name: 'probe', payee: 'institution', batches: [10_000], gifts: 0, askFen: 10_000_000n, complaint: false };
const LOOK_MS = 100;

/**
 * Whether the system works again, asked as its users would: a gift is ordered, paid and in the books, and a campaign that was under way before the fault
 * goes on. On the wall clock, in a tenant of its own.
 */
export class Probe {
  #round = 0;
  #waiting: string | null = null;

  private constructor(
    private readonly props: Props,
    private readonly tenant: Tenant,
    private readonly institution: Institution,
    private readonly reviewer: string,
    private readonly standing: string,
  ) {}

  /** Opens the campaign that takes the probes' gifts. */
  static async open(props: Props): Promise<Probe> {
    const tenant = await makeTenant(props, false);
    const { institution } = await makeHospital(props, tenant.tenantId);
    const reviewer = await props.house.logIn(tenant.logins.reviewer);
    const { id } = await submit(props, tenant, institution, PLOT, 'probe standing');
    const probe = new Probe(props, tenant, institution, reviewer, id);
    await probe.#approves(id);
    await probe.#submitsNext();
    return probe;
  }

  /** Asks once; the caller's patience is in `isOver` of its house. @throws when the system does not come to it */
  async ask(): Promise<void> {
    this.#round += 1;
    const waiting = this.#waiting!;
    await Promise.all([this.#gives(this.#round), this.#approves(waiting)]);
    await this.#submitsNext();
  }

  async #gives(round: number): Promise<void> {
    const { house, sandboxKey, journal } = this.props;
    const { rights, fees } = await this.#look(this.standing);
    const key = `probe gift ${this.standing} ${round}`;
    const consent = { version: rights.donor, feeVersion: fees.version };
    const asked = { bearer: this.tenant.platformKey, key, body: { gifts: [{ amountFen: String(100 + round) }], consent }, timeoutMs: 15_000 };
    for (;;) {
      const { gifts } = await house.until<{ gifts: Gift[] }>('POST', `/v1/campaigns/${this.standing}/gifts`, asked);
      const gift = gifts[0]!;
      if (gift.codeUrl === null) {
        await pause(LOOK_MS);
        continue;
      }
      journal.add({ what: 'gift', id: gift.id, orderKey: key, amountFen: gift.amountFen });
      const before = BigInt((await this.#look(this.standing)).money.raisedFen);
      await house.until('POST', '/v1/sandbox/payments', {
        bearer: sandboxKey,
        body: { tenantId: this.tenant.tenantId, giftIds: [gift.id] },
        timeoutMs: 15_000,
      });
      // The channel's callback may come by itself a little later, or came before we looked.
      while (!(await this.#isPaid(before))) await pause(LOOK_MS);
      return;
    }
  }

  /** The probe's campaign has no other donor: it grew, or it has everything that probes ever gave. */
  async #isPaid(beforeFen: bigint): Promise<boolean> {
    const raisedFen = BigInt((await this.#look(this.standing)).money.raisedFen);
    const everything = Array.from({ length: this.#round }, (_, at) => BigInt(101 + at)).reduce((sum, fen) => sum + fen, 0n);
    return raisedFen > beforeFen || raisedFen >= everything;
  }

  /** Its workflow waits for a person's word, and then opens the raise. */
  async #approves(id: string): Promise<void> {
    const { house, journal } = this.props;
    for (;;) {
      const campaign = await this.#look(id);
      if (campaign.phase === 'fundraising') return;
      if (campaign.report && !campaign.decision) {
        try {
          await house.once('POST', `/v1/campaigns/${id}/decision`, {
            bearer: this.reviewer,
            body: { decision: 'approve', reason: 'Documents and person agree.' },
          });
          journal.add({ what: 'decision', id, decision: 'approve' });
        } catch (error) {
          if (!(error instanceof Unanswered) && !(error instanceof Refused && error.status === 409)) throw error;
        }
      }
      if (this.props.house.isOver()) throw new Error(`the probe's campaign stands in ${campaign.phase}`);
      await pause(LOOK_MS);
    }
  }

  /** A campaign that will be under way when the next fault comes; its machine report is there before. */
  async #submitsNext(): Promise<void> {
    const { id } = await submit(this.props, this.tenant, this.institution, PLOT, `probe ${this.tenant.tenantId} ${this.#round}`);
    this.#waiting = id;
  }

  #look(id: string): Promise<Campaign> {
    return this.props.house.until<Campaign>('GET', `/v1/campaigns/${id}`, { bearer: this.tenant.platformKey, timeoutMs: 10_000 });
  }
}
