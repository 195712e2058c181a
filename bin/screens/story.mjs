// A synthetic campaign, brought by the public API to the places where the pictures are taken. Its clock is a test clock.
import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const START = '2026-03-02T09:00:00+08:00';
const HOUR_MS = 3_600_000;

/** @returns a citizen number that belongs to nobody and has a right check character (GB 11643). */
function idNumber(born) {
  const first17 = `110105${born}${String(randomInt(1000)).padStart(3, '0')}`;
  const sum = [...first17].reduce((total, digit, i) => total + Number(digit) * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i], 0);
  return first17 + '10X98765432'[sum % 11];
}

const PUBLISHED = {
  identity: '患者与发起人身份已由平台核验。', relation: '发起人为患者母亲，已核对户口簿。', diagnosis: '急性淋巴细胞白血病，由就诊医院确诊。', hospital: '就诊医院血液科住院部。',
  'treatment-plan': '四个疗程的化疗，预计十个月。', 'cost-plan': '已花费 8.6 万元，预计还需 26 万元。', income: '家庭年收入约 7 万元。', houses: '自住房一套，92 平方米。',
  insurance: '居民医保，无商业保险。', 'other-raises': '没有其他筹款。', 'use-of-funds': '全部用于本次治疗，结余退回赠与人。', payee: '款项直接付给就诊医院对公账户。',
};

/** The rules in force on the story's day. */
const CONSENT_VERSION = 2;

/** Calls the API of a running Almoner. */
export class Api {
  constructor(url) {
    this.url = url;
  }

  async send(method, path, bearer, body, key) {
    const headers = { authorization: `Bearer ${bearer}`, ...(body ? { 'content-type': 'application/json' } : {}), ...(key ? { 'idempotency-key': randomBytes(12).toString('hex') } : {}) };
    const response = await fetch(this.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text.slice(0, 400)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

/** One campaign and everything that is needed to take it further. */
export class Story {
  constructor(url, sandboxKey) {
    this.api = new Api(url);
    this.sandboxKey = sandboxKey;
  }

  /** Makes tenant, hospital and people, and submits the campaign. */
  async begin() {
    const sandbox = (method, path, body) => this.api.send(method, `/v1/sandbox${path}`, this.sandboxKey, body);
    this.sandbox = sandbox;
    this.tenant = await sandbox('POST', '/tenants', { platform: 'water-drop', fees: { serviceBp: 300, serviceCapFen: '500000', channelBp: 60 }, clockStartsAt: START });
    this.nowMs = Date.parse(START);
    const { tenantId, platformKey } = this.tenant;
    const receiptPublicKeyPem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
    this.hospital = await sandbox('POST', '/institutions', { tenantId, registered: true, qualified: true, whitelisted: true, diagnosisCode: 'C91.0', receiptPublicKeyPem });
    const patient = { name: '林小满', idNumber: idNumber('20180614') };
    const sponsor = { name: '林秀英', idNumber: idNumber('19880921') };
    for (const person of [patient, sponsor]) await sandbox('PUT', '/identities', { ...person, answer: 'match' });
    const documents = ['id-cards', 'relation-proof', 'diagnosis', 'admission-record', 'medical-plan', 'expense-list'].map((kind) => ({ kind, sha256: randomBytes(32).toString('hex'), mediaType: 'application/pdf', byteLength: 120_000 }));
    const campaign = await this.api.send('POST', '/v1/campaigns', platformKey, {
      title: '八岁的小满想回到教室', askFen: '16000000',
      story: '小满今年八岁，上小学二年级。去年冬天她反复发烧，被确诊为急性淋巴细胞白血病。\n第一个疗程已经完成，医生说缓解情况很好，还需要三个疗程。我们已经用完积蓄，恳请大家帮她走完剩下的治疗。',
      patient: { ...patient, minor: true }, sponsor: { ...sponsor, relation: 'parent' }, payee: { kind: 'institution' },
      hospital: { name: this.hospital.name, uscc: this.hospital.uscc, admissionNumber: 'ZY20260318' }, diagnosis: { code: 'C91.0', text: '急性淋巴细胞白血病' },
      documents, publications: Object.entries(PUBLISHED).map(([item, text]) => ({ item, text })),
      broughtBy: { kind: 'self', compensation: 'none' },
      consents: ['seeker', 'sponsor'].map((party) => ({ party, version: CONSENT_VERSION })),
    }, true);
    this.campaignId = campaign.id;
    this.reviewer = await this.logIn('reviewer');
    await this.until((c) => c.report !== null, 0);
    await this.api.send('POST', `/v1/campaigns/${campaign.id}/decision`, this.reviewer, { decision: 'approve', reason: '材料与本人一致，各项规则符合。' });
    await this.until((c) => c.phase === 'fundraising', 0);
  }

  async logIn(who) {
    return (await this.api.send('POST', '/v1/sessions', '', this.tenant.logins[who])).token;
  }

  campaign() {
    return this.api.send('GET', `/v1/campaigns/${this.campaignId}`, this.tenant.platformKey);
  }

  async advance(hours) {
    this.nowMs += hours * HOUR_MS;
    await this.sandbox('POST', `/clocks/${this.tenant.clockId}/advance`, { to: new Date(this.nowMs).toISOString() });
  }

  /** Moves time on in steps until the campaign stands as wished. @throws after forty steps. */
  async until(wish, hoursPerStep) {
    for (let step = 0; step < 40; step += 1) {
      await this.advance(step === 0 ? 0 : hoursPerStep);
      const campaign = await this.campaign();
      if (wish(campaign)) return campaign;
      await sleep(250);
    }
    throw new Error('The campaign does not come to where the picture is taken');
  }

  /** @param count gifts of between ¥20 and ¥900 or so, the same at every run. */
  async give(count) {
    const gifts = Array.from({ length: count }, (_, i) => ({ amountFen: String(2_000 + ((i * 7_919) % 88_037)) }));
    for (let from = 0; from < count; from += 100) {
      const { gifts: ordered } = await this.api.send('POST', `/v1/campaigns/${this.campaignId}/gifts`, this.tenant.platformKey, { gifts: gifts.slice(from, from + 100), consent: { version: CONSENT_VERSION, feeVersion: 1 } }, true);
      await this.sandbox('POST', '/payments', { tenantId: this.tenant.tenantId, giftIds: ordered.map((gift) => gift.id) });
    }
    await this.advance(1);
  }

  /** Closes the raise and asks for the money in three batches. The first comes to its approval. */
  async toApproval() {
    await this.advance(24 * 8);
    await this.api.send('POST', `/v1/campaigns/${this.campaignId}/close`, this.tenant.platformKey, {});
    await this.until((c) => c.phase === 'release', 12);
    const batches = [[4000, '第一疗程'], [3500, '第二疗程'], [2500, '第三疗程']].map(([basisPoints, purpose]) => ({ basisPoints, purpose }));
    await this.api.send('POST', `/v1/campaigns/${this.campaignId}/release-requests`, this.tenant.platformKey, { mode: 'batched', batches, feeVersion: 1 }, true);
    const { releases } = await this.until((c) => c.releases[0]?.stage === 'review', 0);
    await this.api.send('POST', `/v1/releases/${releases[0].id}/review`, this.reviewer, { decision: 'approve', reason: '费用清单与疗程相符。' });
    const { payeeAccount } = await this.until((c) => c.releases[0].stage === 'approval' && c.payeeAccount.nameCheck === 'match', 6);
    await this.api.send('POST', `/v1/campaigns/${this.campaignId}/payee-account/acceptance`, this.reviewer, { version: payeeAccount.version });
    this.releaseId = releases[0].id;
  }
}
