import { generateKeyPairSync } from 'node:crypto';
import { row } from '../../src/database/connect';
import { ACCOUNT, aRaise, anEvidenceRequest, DONOR_CONSENT, documentOf, given, sha256Of, submission } from './campaigns';
import { aComplaint, aDeath, askedBack } from './endings';
import { aPdf, upload } from './files';
import { anUnknownLine, matched } from './exceptions';
import type { House } from './house';
import { aKey, anIdNumber } from './identifiers';
import { signedReceipt, staffId, type Tenant } from './people';
import { declared, lineOf } from './payoutBatches';
import { aReservedPayout } from './releases';
import { anOwedReturn, CARD, cardAsked } from './cardRefunds';
import { recallAsked } from './recalls';
import { aPersonAskedFor } from './deletions';
import { pursue } from './transfers';

/** @returns the body of an invoice of two lines. */
export function anInvoice(number: string, linesFen: readonly bigint[] = [2n, 3n]): Record<string, unknown> {
  const amountFen = linesFen.reduce((sum, fen) => sum + fen, 0n).toString();
  return { number, issuedOn: '2021-03-01', amountFen, lines: linesFen.map((fen, i) => ({ item: `费用 ${i + 1}`, amountFen: fen.toString() })) };
}

/** @returns an object of a tenant for each kind of address, by what the address begins with. */
export async function everyObject(house: House, tenant: Tenant): Promise<Record<string, string>> {
  const payout = await aReservedPayout(house, tenant, [1_000_000n], { payee: { kind: 'institution' } });
  await pursue(house, tenant, payout.payoutId);
  const recallId = await aRecall(house, tenant);
  const evidence = await house.ask<{ id: string }>('POST', `/v1/releases/${payout.id}/use-evidence`, {
    as: tenant.platformKey,
    key: aKey(),
    body: { amountFen: '1', document: { sha256: sha256Of('receipt'), mediaType: 'image/png', byteLength: 10 } },
  });
  expect(evidence).toMatchObject({ status: 201 });
  const listing = await house.ask<{ id: string }>('POST', '/v1/blacklist', {
    as: tenant.sessions.reviewer,
    body: { campaignId: payout.campaignId, party: 'patient', ground: 'hidden-assets', reason: 'ok', evidence: 'ok' },
  });
  const appeal = await house.ask<{ id: string }>('POST', `/v1/blacklist/${listing.body.id}/appeals`, {
    as: tenant.platformKey,
    body: { text: 'no' },
  });
  expect(appeal).toMatchObject({ status: 201 });
  const complaint = await aComplaint(house, tenant, payout.campaignId);
  const giftId = (await row<{ id: string }>(house.db, 'select id from gift where campaign_id = ? limit 1', [payout.campaignId]))!.id;
  const refund = await askedBack(house, tenant, (await given(house, tenant, await aRaise(house, tenant), [100n]))[0]!);
  const promoter = await house.ask<{ id: string }>('POST', '/v1/promoters', {
    as: tenant.platformKey,
    body: { name: '赵推', contractRef: 'LD-1' },
  });
  expect(promoter).toMatchObject({ status: 201 });
  const conduct = await house.ask<{ id: string }>('POST', '/v1/conduct-cases', {
    as: tenant.platformKey,
    body: { promoterId: promoter.body.id, bottomLine: 'sweeping', evidence: '记录' },
  });
  expect(conduct).toMatchObject({ status: 201 });
  const person = await aPersonAskedFor(house, tenant);
  const exceptionId = await anUnknownLine(house, tenant, { sign: 'CRDT', endToEndId: '7'.repeat(26), amountFen: 10n });
  const match = await matched(house, tenant, exceptionId, 'payout-return', payout.payoutId, 1n);
  expect(match).toMatchObject({ status: 201 });
  const invoice = await house.ask<{ id: string }>('POST', `/v1/payouts/${payout.payoutId}/invoices`, {
    as: tenant.platformKey,
    key: aKey(),
    body: { ...anInvoice('FP-0001'), allocateFen: '1' },
  });
  expect(invoice).toMatchObject({ status: 201 });
  const surplus = await house.ask<{ id: string }>('POST', `/v1/payouts/${payout.payoutId}/surplus-returns`, {
    as: tenant.hospital.login,
    key: aKey(),
    body: { amountFen: '1', reason: '出院结余' },
  });
  expect(surplus).toMatchObject({ status: 201 });
  return {
    '/v1/invoices/': invoice.body.id,
    '/v1/surplus-returns/': surplus.body.id,
    '/v1/exceptions/': exceptionId,
    '/v1/bank-matches/': match.body.matches[0]!.id,
    '/v1/card-refunds/': (await cardAsked(house, tenant, (await anOwedReturn(house, tenant)).exceptionId)).body.id,
    '/v1/recalls/': recallId,
    '/v1/people/': person.personId,
    '/v1/deletions/': person.deletionId,
    '/v1/me/views/': (
      await house.ask<{ id: string }>('POST', '/v1/me/views', {
        as: tenant.sessions.maker,
        body: { name: aKey().slice(0, 40), address: '/exceptions?state=open' },
      })
    ).body.id,
    '/v1/me/sessions/': (await row<{ id: string }>(
      house.db,
      'select x.id from session x join staff s on s.id = x.staff_id where s.tenant_id = ? limit 1',
      [tenant.id],
    ))!.id,
    '/v1/complaints/': complaint,
    '/v1/gifts/': giftId,
    '/v1/refund-requests/': refund,
    '/v1/deaths/': await aDeath(house, tenant, payout.campaignId),
    '/v1/campaigns/': payout.campaignId,
    '/v1/promoters/': promoter.body.id,
    '/v1/referrals/': ((await house.db('charity_referral').where('campaign_id', payout.campaignId).first('id')) as { id: string }).id,
    '/v1/conduct-cases/': conduct.body.id,
    '/v1/releases/': payout.id,
    '/v1/payouts/': payout.payoutId,
    '/v1/payout-batches/': (await declared(house, tenant, [lineOf(payout, 'one')])).body.id,
    '/v1/use-evidence/': evidence.body.id,
    '/v1/evidence-requests/': await anEvidenceRequest(house, tenant),
    '/v1/documents/': (await upload(house, tenant, payout.campaignId, 'diagnosis', aPdf())).body.id,
    '/v1/blacklist/': listing.body.id,
    '/v1/blacklist-appeals/': appeal.body.id,
    '/v1/staff/': await staffId(house, tenant, 'operator'),
    '/v1/api-keys/': ((await house.db('api_key').where('tenant_id', tenant.id).first('id')) as { id: string }).id,
  };
}

/** A recall that waits to be confirmed, of a payout of its own. */
async function aRecall(house: House, tenant: Tenant): Promise<string> {
  const { payoutId } = await aReservedPayout(house, tenant);
  await pursue(house, tenant, payoutId);
  return (await recallAsked(house, tenant, payoutId)).body.id;
}

const digest = 'a'.repeat(64);
const decision = { decision: 'approve', reason: 'ok' };
/** A body that each route takes, so that nothing but the wall itself can refuse. */
export const bodiesOf = (tenant: Tenant, objects: Record<string, string>): Record<string, unknown> => ({
  'post /v1/sessions': { login: 'x', password: 'y' },
  'post /v1/campaigns': submission(tenant),
  'post /v1/campaigns/{id}/documents': { documents: [documentOf('certificate')] },
  'post /v1/campaigns/{id}/publications': { publications: [{ item: 'cars', text: '无' }] },
  'post /v1/campaigns/{id}/hospital-contacts': { contacted: '住院处', outcome: 'unreachable', note: '无人接听' },
  'post /v1/campaigns/{id}/plan-signatures': { party: 'sponsor', planSha256: sha256Of('medical-plan'), listSha256: sha256Of('expense-list') },
  'put /v1/campaigns/{id}/payee-account': ACCOUNT,
  'put /v1/campaigns/{id}/payee-wallet': { wallet: 'wechat', identity: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o', name: '张三' },
  'put /v1/campaigns/{id}/payee': { kind: 'seeker', account: ACCOUNT },
  'post /v1/campaigns/{id}/gifts': { gifts: [{ amountFen: '1' }], consent: DONOR_CONSENT },
  'post /v1/campaigns/{id}/updates': { kind: 'progress', text: '病情平稳' },
  'post /v1/campaigns/{id}/relations': { relation: 'other' },
  'post /v1/campaigns/{id}/extension': { reason: '费用尚缺' },
  'post /v1/campaigns/{id}/publications/{item}/withdrawal': { reasonZh: '不符', reasonEn: 'wrong' },
  'post /v1/referrals/{id}/consent': { agrees: false },
  'post /v1/referrals/{id}/referral': { charityId: 'example-children' },
  'post /v1/referrals/{id}/answer': { outcome: 'accepted' },
  'post /v1/promoters': { name: '赵推', contractRef: 'LD-2' },
  'post /v1/conduct-cases': { promoterId: objects['/v1/promoters/'], bottomLine: 'sweeping', evidence: '记录' },
  'post /v1/conduct-cases/{id}/decision': { outcome: 'no-breach', reason: 'ok' },
  'post /v1/conduct-cases/{id}/appeal': { text: '申诉' },
  'post /v1/conduct-cases/{id}/appeal/decision': { outcome: 'upheld', reason: 'ok' },
  'post /v1/campaigns/{id}/release-requests': { mode: 'single', feeVersion: 1 },
  'post /v1/campaigns/{id}/identity-resolutions': { party: 'patient', resolution: 'confirmed', reason: 'ok' },
  'post /v1/campaigns/{id}/decision': decision,
  'post /v1/review-queue/next': { kind: 'prior-audit' },
  'post /v1/review-queue/claims': { kind: 'prior-audit', subjectId: objects['/v1/campaigns/'] },
  'post /v1/review-queue/asides': { kind: 'prior-audit', subjectId: objects['/v1/campaigns/'], until: '2021-03-03', words: '等医院回电' },
  'post /v1/review-queue/escalations': { kind: 'prior-audit', subjectId: objects['/v1/campaigns/'], words: '请再看一眼' },
  'post /v1/exceptions/{id}/aside': { until: '2021-03-03', words: '等银行答复' },
  'post /v1/exceptions/{id}/escalation': { to: 'operator', words: '金额存疑' },
  'post /v1/review-queue/returns': { kind: 'prior-audit', subjectId: objects['/v1/campaigns/'] },
  'post /v1/campaigns/{id}/payee-account/acceptance': { version: 1 },
  'post /v1/campaigns/{id}/payee-wallet/acceptance': { version: 1 },
  'post /v1/campaigns/{id}/claims/{claim}': { state: 'verified', how: 'visit', note: '入户核实' },
  'post /v1/campaigns/{id}/evidence-requests': { claims: ['income'], language: 'zh', message: '请补充收入证明', dueInDays: 3 },
  'post /v1/evidence-requests/{id}/answer': { answer: '已补充' },
  'post /v1/releases/{id}/review': decision,
  'post /v1/releases/{id}/approval/signatures': { digest, decision: 'approve', stepUp: 'none' },
  'post /v1/payout-batches': { count: 1, totalFen: '1', controlSum: '1' },
  'post /v1/payout-line-previews': { lines: [{ lineId: 'one', releaseId: objects['/v1/releases/'], amountFen: '1' }] },
  'post /v1/payout-batches/{id}/lines': { lines: [{ lineId: 'one', releaseId: objects['/v1/releases/'], amountFen: '1' }] },
  'post /v1/payout-batches/{id}/signatures': { digest, decision: 'approve', stepUp: 'none' },
  'post /v1/payout-batches/{id}/cancellation': { reason: 'ok' },
  'post /v1/releases/{id}/use-evidence': { amountFen: '1', document: { sha256: digest, mediaType: 'image/png', byteLength: 1 } },
  'post /v1/use-evidence/{id}/decision': { decision: 'accept', reason: 'ok' },
  'post /v1/payouts/{id}/receipt': signedReceipt(tenant.hospital, objects['/v1/payouts/']!, 'confirm', '964000'),
  'post /v1/payouts/{id}/invoices': anInvoice('FP-0002'),
  'post /v1/payouts/{id}/surplus-returns': { amountFen: '1', reason: 'ok' },
  'post /v1/invoices/{id}/withdrawal': { because: 'wrong-amount' },
  'post /v1/invoices/{id}/allocations': { payoutId: objects['/v1/payouts/'], amountFen: '1' },
  'post /v1/campaigns/{id}/complaints': { subject: 'plea', text: 'ok' },
  'post /v1/complaints/{id}/appeal': { text: 'ok' },
  'post /v1/complaints/{id}/admissibility': { admissible: true, reason: 'ok' },
  'post /v1/complaints/{id}/tasks': { kind: 'visit', note: 'ok' },
  'post /v1/complaints/{id}/findings': { taskId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', finding: 'ok' },
  'post /v1/complaints/{id}/decision': { verdict: 'dismissed', reason: 'ok', reply: 'ok' },
  'post /v1/complaints/{id}/appeal-decision': { outcome: 'stands', reason: 'ok', reply: 'ok' },
  'post /v1/complaints/{id}/police-reports': { authority: 'ok', bundleSha256: digest },
  'post /v1/gifts/{id}/refund-requests': { reason: 'ok' },
  'post /v1/refund-requests/{id}/decision': { grant: false, reply: 'ok' },
  'post /v1/campaigns/{id}/deaths': { diedOn: '2021-03-01' },
  'post /v1/deaths/{id}/decision': { confirmed: true, reason: 'ok' },
  'post /v1/campaigns/{id}/surplus': { reason: 'ok' },
  'post /v1/blacklist': { campaignId: objects['/v1/campaigns/'], party: 'patient', ground: 'hidden-assets', reason: 'ok', evidence: 'ok' },
  'post /v1/blacklist/{id}/appeals': { text: 'ok' },
  'post /v1/step-ups': { act: 'approval.sign', digest, password: 'not this one' },
  'post /v1/me/views/{id}/sharing': { shared: 'role' },
  'post /v1/me/views': { name: 'mine', address: '/batches' },
  'post /v1/me/password': { password: 'not this one', newPassword: 'nor that one either' },
  'post /v1/me/second-factor': { password: 'not this one' },
  'post /v1/me/second-factor/confirmation': { code: '000000' },
  'post /v1/staff': { login: `new-${aKey().toLowerCase()}`, displayName: '新人', role: 'reviewer' },
  'post /v1/staff/{id}/role': { role: 'reviewer' },
  'post /v1/api-keys': { label: 'new' },
  'post /v1/api-keys/{id}/rotation': {},
  'post /v1/blacklist-appeals/{id}/decision': { outcome: 'upheld', reason: 'ok' },
  'post /v1/campaigns/{id}/expense-lines': {
    lines: [{ date: '2021-01-01', item: '化疗', hospital: '第一医院', amountFen: '1', invoiceNumber: 'FP0001' }],
  },
  'post /v1/campaigns/{id}/expense-reconciliation': { lines: [{ lineId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', covered: [] }] },
  'post /v1/sandbox/earlier-raises': {
    tenantId: tenant.id,
    patient: { name: '张三', idNumber: anIdNumber() },
    diagnosisCode: 'C91.0',
    platform: 'love-fund',
    askFen: '1',
    raisedFen: '1',
    status: 'settled',
  },
  'post /v1/sandbox/listings': { tenantId: tenant.id, name: '张三', idNumber: anIdNumber() },
  'post /v1/sandbox/tenants': { platform: 'water-drop', fees: { serviceBp: 0, serviceCapFen: '0', channelBp: 0 }, clockStartsAt: null },
  'post /v1/public/campaigns/{id}/complaints': { subject: 'plea', text: 'ok' },
  'post /v1/public/complaints/{receiptNumber}/appeal': { text: 'ok' },
  'post /v1/public/gifts/{id}/{key}/refund-requests': { reason: 'ok' },
  'post /v1/complaints/{id}/acknowledgement': {},
  'post /v1/exceptions/{id}/owner': { staffId: null },
  'post /v1/exceptions/{id}/settlement': { reason: 'ok' },
  'post /v1/exceptions/{id}/matches': { target: { kind: 'payout-return', id: objects['/v1/payouts/'] }, amountFen: '1' },
  'post /v1/exceptions/{id}/match-sets': { matches: [{ target: { kind: 'payout-return', id: objects['/v1/payouts/'] }, amountFen: '1' }] },
  'post /v1/exceptions/{id}/card-refunds': CARD,
  'post /v1/card-refunds/{id}/confirmation': CARD,
  'post /v1/card-refunds/{id}/withdrawal': {},
  'post /v1/payouts/{id}/recalls': { reason: 'duplicate', words: 'ok' },
  'post /v1/recalls/{id}/confirmation': { stepUp: 'none' },
  'post /v1/recalls/{id}/withdrawal': {},
  'post /v1/exceptions/{id}/bounce': { payoutId: objects['/v1/payouts/'] },
  'post /v1/exceptions/{id}/chargeback': {},
  'post /v1/bank-matches/{id}/reversal': { reason: 'ok' },
  'post /v1/operations/redrives': { workflow: 'campaign', id: objects['/v1/campaigns/'] },
  'post /v1/people/{id}/reveals': { fields: ['name'], purpose: 'contact', reason: '核对联系方式是否正确' },
  'post /v1/people/{id}/deletion': { reason: '本人书面申请删除信息' },
  'post /v1/deletions/{id}/decision': { confirmed: false },
  'post /v1/sandbox/institutions': {
    tenantId: tenant.id,
    registered: true,
    qualified: true,
    whitelisted: true,
    diagnosisCode: 'C91.0',
    receiptPublicKeyPem: generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
  },
  'put /v1/sandbox/bank-accounts': { ...ACCOUNT, tenantId: tenant.id },
  'post /v1/sandbox/bank-faults': { tenantId: tenant.id, payout: 1, fault: 'bounce' },
  'post /v1/sandbox/worker-faults': { tenantId: tenant.id, payout: 1, point: 'before-call' },
  'post /v1/sandbox/payments': { tenantId: tenant.id, giftIds: ['01ARZ3NDEKTSV4RRFFQ69G5FAV'] },
  'post /v1/sandbox/wallet-confirmations': { tenantId: tenant.id, payoutId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' },
  'post /v1/sandbox/clocks/{clockId}/advance': { to: '2030-01-01T00:00:00Z' },
  'put /v1/sandbox/identities': { idNumber: anIdNumber(), name: '张三', answer: 'match' },
});
/** What stands behind a route's address, where it needs more than a body. */
export const QUERIES: Record<string, string> = {
  'post /v1/campaigns/{id}/documents/uploads': '?kind=diagnosis',
  'get /v1/documents/{id}/content': '?reason=looking+around',
  'get /v1/operations/work': '?workflow=campaign&id=01ARZ3NDEKTSV4RRFFQ69G5FAV',
  'get /v1/statements/campaigns/{id}': '?from=2021-03-01&to=2021-03-31',
  'get /v1/statements/platform': '?day=2021-03-01',
  'get /v1/exports/statements/campaigns/{id}': '?from=2021-03-01&to=2021-03-31',
  'get /v1/exports/statements/platform': '?day=2021-03-01',
};
