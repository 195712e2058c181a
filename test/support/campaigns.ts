import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { HOUR_MS } from '../../src/domain/calendar';
import { DOCUMENT_KINDS, PUBLICITY_ITEMS } from '../../src/domain/convention/terms';
import type { House } from './house';
import { aKey, anIdNumber } from './identifiers';
import { later, nowMs, type Tenant } from './people';

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
export const documentOf = (kind: string, text: string = kind): object => ({
  kind,
  sha256: sha256Of(text),
  mediaType: 'application/pdf',
  byteLength: 1_000,
});

/** The seeker's own account. */
export const ACCOUNT = { number: '6217001234567890', name: '张三', bankCode: '105100000017' };

/** Versions in force in 2021, under Convention 2.0. */
export const CONSENTS = [
  { party: 'seeker', version: 1 },
  { party: 'sponsor', version: 1 },
];
export const DONOR_CONSENT = { version: 1, feeVersion: 1 };

/** A submission that passes every gate: a seeker who asks for themself, in the tenant's hospital. */
export function submission(tenant: Tenant, over: Record<string, unknown> = {}): Record<string, unknown> {
  const { name } = (over.patient ?? { name: ACCOUNT.name }) as { name: string };
  return {
    title: '为张三筹集治疗费用',
    story: '急性淋巴细胞白血病，需要治疗。',
    askFen: '10000000',
    patient: { name: '张三', idNumber: anIdNumber(), minor: false },
    sponsor: { relation: 'self' },
    payee: { kind: 'seeker', account: { ...ACCOUNT, name } },
    hospital: { name: tenant.hospital.name, uscc: tenant.hospital.uscc, admissionNumber: 'ZY20210001' },
    diagnosis: { code: 'C91.0', text: '急性淋巴细胞白血病' },
    documents: DOCUMENT_KINDS.map((kind) => documentOf(kind)),
    publications: PUBLICITY_ITEMS.map((item) => ({ item, text: `${item}：已公示` })),
    broughtBy: { kind: 'self', compensation: 'none' },
    consents: CONSENTS,
    ...over,
  };
}

/** Submits a campaign. @returns its id. */
export async function aSubmission(house: House, tenant: Tenant, over: Record<string, unknown> = {}): Promise<string> {
  const made = await house.ask<{ id: string }>('POST', '/v1/campaigns', { as: tenant.platformKey, key: aKey(), body: submission(tenant, over) });
  expect(made).toMatchObject({ status: 201 });
  return made.body.id;
}

/** Submits a campaign and has the reviewer ask for more. @returns the request's id. */
export async function anEvidenceRequest(house: House, tenant: Tenant, over: Record<string, unknown> = {}): Promise<string> {
  const made = await house.ask<{ id: string }>('POST', `/v1/campaigns/${await aSubmission(house, tenant)}/evidence-requests`, {
    as: tenant.sessions.reviewer,
    body: { claims: ['income'], language: 'zh', message: '请补充收入证明', dueInDays: 3, ...over },
  });
  expect(made).toMatchObject({ status: 201 });
  return made.body.id;
}

/** Submits a campaign, has it audited and opened. @returns its id. */
export async function aRaise(house: House, tenant: Tenant, over: Record<string, unknown> = {}): Promise<string> {
  const id = await aSubmission(house, tenant, over);
  await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
  const decided = await house.ask('POST', `/v1/campaigns/${id}/decision`, {
    as: tenant.sessions.reviewer,
    body: { decision: 'approve', reason: '材料齐全' },
  });
  expect(decided).toMatchObject({ status: 200 });
  await house.campaigns.database.openRaise(id, await nowMs(house, tenant));
  return id;
}

/** The fee schedule that a campaign was submitted under, and that everybody is shown. */
export async function feeVersionOf(house: House, campaignId: string): Promise<number> {
  return ((await house.db('campaign').where('id', campaignId).first('fee_version')) as { fee_version: number }).fee_version;
}

/** Orders gifts. @returns their ids, in order. */
export async function ordered(house: House, tenant: Tenant, campaignId: string, amountsFen: readonly bigint[]): Promise<string[]> {
  const feeVersion = await feeVersionOf(house, campaignId);
  const made = await house.ask<{ gifts: { id: string }[] }>('POST', `/v1/campaigns/${campaignId}/gifts`, {
    as: tenant.platformKey,
    key: aKey(),
    body: { gifts: amountsFen.map((amountFen) => ({ amountFen })), consent: { ...DONOR_CONSENT, feeVersion } },
  });
  expect(made).toMatchObject({ status: 201 });
  return made.body.gifts.map((g) => g.id);
}

/** The channel's word that an order was paid. */
export function paidNotice(tenant: Tenant, orderId: string, amountFen: bigint, over: Record<string, unknown> = {}): Record<string, unknown> {
  const common = { kind: 'paid', noticeId: ulid(), merchantId: tenant.merchantId, orderId, transactionId: `T${orderId}`, amountFen };
  return { ...common, currency: 'CNY', paidAt: '2021-03-01T04:00:00Z', payerId: `payer-of-${orderId}`, ...over };
}

/** Donors give these amounts, and the channel proves each. @returns the gifts' ids. */
export async function given(house: House, tenant: Tenant, campaignId: string, amountsFen: readonly bigint[]): Promise<string[]> {
  const ids = await ordered(house, tenant, campaignId, amountsFen);
  const paidAt = new Date(await nowMs(house, tenant)).toISOString();
  const answers = await Promise.all(ids.map((id, i) => house.push('wechat', paidNotice(tenant, id, amountsFen[i]!, { paidAt }))));
  expect(new Set(answers.map((a) => a.status))).toEqual(new Set([204]));
  return ids;
}

/** A line that the bank booked on the tenant's custody account. */
export function bankLine(tenant: Tenant, over: Record<string, unknown>): { kind: 'entries'; messageId: string; entries: Record<string, unknown>[] } {
  const entry = {
    accountNumber: tenant.custodyAccount,
    reference: ulid(),
    status: 'BOOK',
    bookedAt: '2021-03-02T02:00:00Z',
    endToEndId: null,
    returnCode: null,
    returnText: null,
  };
  return { kind: 'entries', messageId: ulid(), entries: [{ ...entry, counterparty: null, remittance: null, ...over }] };
}

/** An audited raise that got these gifts, was closed by its sponsor and whose money the channel swept into custody. @returns its id. */
export async function aRaisedCampaign(
  house: House,
  tenant: Tenant,
  amountsFen: readonly bigint[],
  over: Record<string, unknown> = {},
): Promise<string> {
  const id = await aRaise(house, tenant, over);
  await given(house, tenant, id, amountsFen);
  await later(house, tenant, HOUR_MS);
  expect((await house.ask('POST', `/v1/campaigns/${id}/close`, { as: tenant.platformKey })).status).toBe(200);
  await house.campaigns.database.closeRaise(id, await nowMs(house, tenant), 'sponsor');
  const amountFen = amountsFen.reduce((a, b) => a + b, 0n);
  expect((await house.push(tenant.bankPath, bankLine(tenant, { sign: 'CRDT', amountFen }))).status).toBe(204);
  await later(house, tenant, HOUR_MS);
  expect(await house.campaigns.database.settleBooks(id, await nowMs(house, tenant))).toBe(true);
  return id;
}

/** Files an account in place of the one on file, has the bank confirm its name and the reviewer accept it. */
export async function accountAccepted(house: House, tenant: Tenant, campaignId: string, releaseId: string): Promise<void> {
  await house.releases.payment.checkAccountName(releaseId, await nowMs(house, tenant));
  const { version } = (await house.ask<{ payeeAccount: { version: number } }>('GET', `/v1/campaigns/${campaignId}`, { as: tenant.platformKey })).body
    .payeeAccount;
  const accepted = await house.ask('POST', `/v1/campaigns/${campaignId}/payee-account/acceptance`, {
    as: tenant.sessions.reviewer,
    body: { version },
  });
  expect(accepted).toMatchObject({ status: 200 });
}
