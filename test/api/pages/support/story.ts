import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { PUBLICITY_ITEMS } from '../../../../src/domain/convention/terms';
import { anIdNumber } from '../../../support/identifiers';
import type { House } from './house';

type Login = { readonly login: string; readonly password: string };
type Json = Record<string, unknown>;

const START_MS = Date.parse('2026-03-02T09:00:00+08:00');
/** Versions of the rules in force in 2026. */
const versions = { seeker: 2, sponsor: 2, donor: 2 };
const HOUR_MS = 3_600_000;

/** A tenant with its people and hospital, and one campaign that the tests bring to where they need it. */
export class Story {
  nowMs = START_MS;
  tenantId = '';
  platformKey = '';
  clockId = '';
  logins!: Record<'reviewer' | 'maker' | 'checkerA' | 'checkerB', Login>;
  hospitalLogin!: Login;
  campaignId = '';
  sponsorKey = '';

  constructor(readonly house: House) {}

  /** @param words what a person may write into a campaign. */
  static async begin(
    house: House,
    words: { readonly title?: string; readonly story?: string; readonly unpublished?: readonly string[]; readonly startsAt?: string } = {},
  ): Promise<Story> {
    const story = new Story(house);
    if (words.startsAt !== undefined) story.nowMs = Date.parse(words.startsAt);
    const tenant = await story.api('POST', '/v1/sandbox/tenants', house.sandboxKey, {
      platform: 'water-drop',
      fees: { serviceBp: 300, serviceCapFen: '500000', channelBp: 60 },
      clockStartsAt: new Date(story.nowMs).toISOString(),
    });
    Object.assign(story, { tenantId: tenant.tenantId, platformKey: tenant.platformKey, clockId: tenant.clockId, logins: tenant.logins });
    const receiptPublicKeyPem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
    const hospital = await story.api('POST', '/v1/sandbox/institutions', house.sandboxKey, {
      tenantId: story.tenantId,
      registered: true,
      qualified: true,
      whitelisted: true,
      diagnosisCode: 'C91.0',
      receiptPublicKeyPem,
    });
    story.hospitalLogin = hospital.hospitalLogin as Login;
    const documents = ['id-cards', 'relation-proof', 'diagnosis', 'admission-record', 'medical-plan', 'expense-list'].map((kind) => ({
      kind,
      sha256: randomBytes(32).toString('hex'),
      mediaType: 'application/pdf',
      byteLength: 9_000,
    }));
    const campaign = await story.api('POST', '/v1/campaigns', story.platformKey, {
      title: words.title ?? '八岁的小满',
      story: words.story ?? '她想回到教室。',
      askFen: '10000000',
      patient: { name: '林小满', idNumber: anIdNumber(2018), minor: true },
      sponsor: { relation: 'parent', name: '林秀英', idNumber: anIdNumber() },
      payee: { kind: 'institution' },
      hospital: { name: hospital.name, uscc: hospital.uscc, admissionNumber: 'ZY20260318' },
      diagnosis: { code: 'C91.0', text: '白血病' },
      documents,
      publications: PUBLICITY_ITEMS.filter((item) => !words.unpublished?.includes(item)).map((item) => ({ item, text: `${item} 已核对` })),
      broughtBy: { kind: 'self', compensation: 'none' },
      consents: (['seeker', 'sponsor'] as const).map((party) => ({ party, version: story.nowMs < Date.parse('2024-09-05') ? 1 : versions[party] })),
    });
    story.campaignId = campaign.id as string;
    story.sponsorKey = campaign.sponsorKey as string;
    return story;
  }

  /** Calls the API. @throws for an answer of 400 and above. */
  async api(method: string, path: string, bearer: string, body?: unknown): Promise<Json> {
    const headers = {
      authorization: `Bearer ${bearer}`,
      'idempotency-key': ulid(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const response = await fetch(this.house.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Json);
  }

  async session(who: keyof Story['logins']): Promise<string> {
    return (await this.api('POST', '/v1/sessions', '', this.logins[who])).token as string;
  }

  async pass(hours: number): Promise<void> {
    this.nowMs += hours * HOUR_MS;
    this.house.bankTime = new Date(this.nowMs).toISOString();
    await this.house
      .db('test_clock')
      .where('id', this.clockId)
      .update({ now: new Date(this.nowMs) });
  }

  /** Prior audit by machine and reviewer, then the raise opens. */
  async open(): Promise<this> {
    await this.house.campaigns.payment.reportByMachine(this.campaignId, this.nowMs);
    await this.api('POST', `/v1/campaigns/${this.campaignId}/decision`, await this.session('reviewer'), { decision: 'approve', reason: '材料一致' });
    await this.house.campaigns.database.openRaise(this.campaignId, this.nowMs);
    return this;
  }

  /** Where the platform's gifts go at the channel. */
  async merchantId(): Promise<string> {
    const found = await this.house
      .db('tenant as t')
      .join('campaign as c', 'c.tenant_id', 't.id')
      .where('c.id', this.campaignId)
      .first('t.merchant_id');
    return (found as { merchant_id: string }).merchant_id;
  }

  /** Gifts are ordered by the API and proven by the channel. */
  async give(amountsFen: readonly bigint[]): Promise<this> {
    const { gifts } = await this.api('POST', `/v1/campaigns/${this.campaignId}/gifts`, this.platformKey, {
      gifts: amountsFen.map((amountFen) => ({ amountFen: amountFen.toString() })),
      consent: { version: versions.donor, feeVersion: 1 },
    });
    for (const gift of gifts as { id: string; amountFen: string }[]) {
      await this.house.gifts.hear('wechat', {
        kind: 'paid',
        noticeId: ulid(),
        merchantId: await this.merchantId(),
        orderId: gift.id,
        transactionId: ulid(),
        amountFen: BigInt(gift.amountFen),
        currency: 'CNY',
        paidAt: new Date(this.nowMs).toISOString(),
        payerId: ulid(),
      });
    }
    return this;
  }

  /** The raise closes, the channel's money reaches custody, two batches are asked for, and the first passes review and publicity. @returns its id. */
  async toApproval(): Promise<string> {
    const { house, campaignId } = this;
    await this.pass(1);
    await house.campaigns.database.closeRaise(campaignId, this.nowMs, 'sponsor');
    await this.pass(24);
    const tenant = (await house.db('tenant').where('id', this.tenantId).first('custody_account_number')) as { custody_account_number: string };
    const { raised_fen: raisedFen } = (await house.db('campaign').where('id', campaignId).first('raised_fen')) as { raised_fen: bigint };
    await house.custody.hear({
      kind: 'entries',
      messageId: ulid(),
      entries: [
        {
          accountNumber: tenant.custody_account_number,
          reference: ulid(),
          amountFen: raisedFen,
          sign: 'CRDT',
          status: 'BOOK',
          bookedAt: new Date(this.nowMs).toISOString(),
          endToEndId: null,
          returnCode: null,
          returnText: null,
          counterparty: null,
          remittance: null,
        },
      ],
    });
    await house.campaigns.database.settleBooks(campaignId, this.nowMs);
    const { releases } = await this.api('POST', `/v1/campaigns/${campaignId}/release-requests`, this.platformKey, {
      mode: 'batched',
      feeVersion: 1,
      batches: [
        { basisPoints: 5000, purpose: '第一疗程' },
        { basisPoints: 5000, purpose: '第二疗程' },
      ],
    });
    const releaseId = (releases as { id: string }[])[0]!.id;
    await house.campaigns.database.moveMoneyOn(campaignId, this.nowMs);
    await house.releases.database.beginReview(releaseId, this.nowMs);
    const reviewer = await this.session('reviewer');
    await this.api('POST', `/v1/releases/${releaseId}/review`, reviewer, { decision: 'approve', reason: '清单相符' });
    await house.releases.database.beginPublicity(releaseId, this.nowMs);
    await this.pass(24);
    await house.releases.payment.checkAccountName(releaseId, this.nowMs);
    await house.releases.database.beginApproval(releaseId, this.nowMs);
    await this.api('POST', `/v1/campaigns/${campaignId}/payee-account/acceptance`, reviewer, { version: 1 });
    return releaseId;
  }

  /** What the release's workflow does once two have signed: the bank books the payment and the receipt is awaited. @returns the payout's id. */
  async pay(releaseId: string): Promise<string> {
    const { releases, transfers } = this.house;
    const payoutId = await releases.database.preparePayout(releaseId, this.nowMs);
    if (payoutId === null) throw new Error('Something is missing before the payout');
    await transfers.payment.pursuePayout(payoutId, this.nowMs);
    await releases.database.beginReceipt(releaseId, payoutId, this.nowMs);
    return payoutId;
  }

  /** Maker and both checkers by the API, then the payment. @returns the payout's id. */
  async approveAndPay(releaseId: string): Promise<string> {
    const { approval } = await this.api('POST', `/v1/releases/${releaseId}/approval`, await this.session('maker'), {});
    for (const who of ['checkerA', 'checkerB'] as const) {
      const { digest } = approval as { digest: string };
      const session = await this.session(who);
      await this.api('POST', `/v1/releases/${releaseId}/approval/signatures`, session, {
        digest,
        decision: 'approve',
        stepUp: (await this.api('POST', '/v1/step-ups', session, { act: 'approval.sign', digest, password: this.logins[who].password })).stepUp,
      });
    }
    return this.pay(releaseId);
  }
}
