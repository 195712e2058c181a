import { aRaise, anEvidenceRequest, DONOR_CONSENT, documentOf, given, sha256Of, submission, ACCOUNT } from '../support/campaigns';
import type { Role } from '../../src/api/auth';
import { row } from '../../src/database/connect';
import { aComplaint, aDeath, askedBack } from '../support/endings';
import { aPdf, upload } from '../support/files';
import { aHouse, type House } from '../support/house';
import { aKey, anIdNumber } from '../support/identifiers';
import { aColleague, aTenant, signedReceipt, type Tenant } from '../support/people';
import { aReservedPayout, rowCounts } from '../support/releases';
import { pursue } from '../support/transfers';
import { addressOf, everyRole, everyRoute, methodOf, ROLES, type Route } from '../support/walls';

// Default deny: every route × every role × one's own and another's, from the list that the application itself mounts.
let house: House;
let ours: Tenant;
let theirs: Tenant;
let secrets: Record<Role, string>;
/** Another tenant's objects, by what a route's address begins with. */
let foreign: Record<string, string>;
let routes: Route[];

beforeAll(async () => {
  house = await aHouse();
  ours = await aTenant(house);
  theirs = await aTenant(house);
  secrets = await everyRole(house, ours);
  routes = everyRoute(house);
  const payout = await aReservedPayout(house, theirs, [1_000_000n], { payee: { kind: 'institution' } });
  await pursue(house, theirs, payout.payoutId);
  const evidence = await house.ask<{ id: string }>('POST', `/v1/releases/${payout.id}/use-evidence`, {
    as: theirs.platformKey,
    key: aKey(),
    body: { amountFen: '1', document: { sha256: sha256Of('receipt'), mediaType: 'image/png', byteLength: 10 } },
  });
  expect(evidence).toMatchObject({ status: 201 });
  const listing = await house.ask<{ id: string }>('POST', '/v1/blacklist', {
    as: theirs.sessions.reviewer,
    body: { campaignId: payout.campaignId, party: 'patient', ground: 'hidden-assets', reason: 'ok', evidence: 'ok' },
  });
  const appeal = await house.ask<{ id: string }>('POST', `/v1/blacklist/${listing.body.id}/appeals`, {
    as: theirs.platformKey,
    body: { text: 'no' },
  });
  expect(appeal).toMatchObject({ status: 201 });
  const complaint = await aComplaint(house, theirs, payout.campaignId);
  const giftId = (await row<{ id: string }>(house.db, 'select id from gift where campaign_id = ? limit 1', [payout.campaignId]))!.id;
  const refund = await askedBack(house, theirs, (await given(house, theirs, await aRaise(house, theirs), [100n]))[0]!);
  const promoter = await house.ask<{ id: string }>('POST', '/v1/promoters', {
    as: theirs.platformKey,
    body: { name: '赵推', contractRef: 'LD-1' },
  });
  expect(promoter).toMatchObject({ status: 201 });
  const conduct = await house.ask<{ id: string }>('POST', '/v1/conduct-cases', {
    as: theirs.platformKey,
    body: { promoterId: promoter.body.id, bottomLine: 'sweeping', evidence: '记录' },
  });
  expect(conduct).toMatchObject({ status: 201 });
  foreign = {
    '/v1/complaints/': complaint,
    '/v1/gifts/': giftId,
    '/v1/refund-requests/': refund,
    '/v1/deaths/': await aDeath(house, theirs, payout.campaignId),
    '/v1/campaigns/': payout.campaignId,
    '/v1/promoters/': promoter.body.id,
    '/v1/referrals/': ((await house.db('charity_referral').where('campaign_id', payout.campaignId).first('id')) as { id: string }).id,
    '/v1/conduct-cases/': conduct.body.id,
    '/v1/releases/': payout.id,
    '/v1/payouts/': payout.payoutId,
    '/v1/use-evidence/': evidence.body.id,
    '/v1/evidence-requests/': await anEvidenceRequest(house, theirs),
    '/v1/documents/': (await upload(house, theirs, payout.campaignId, 'diagnosis', aPdf())).body.id,
    '/v1/blacklist/': listing.body.id,
    '/v1/blacklist-appeals/': appeal.body.id,
  };
});
afterAll(() => house.close());

const digest = 'a'.repeat(64);
const decision = { decision: 'approve', reason: 'ok' };
/** A body that each route takes, so that nothing but the wall itself can refuse. */
const bodies = (): Record<string, unknown> => ({
  'post /v1/sessions': { login: 'x', password: 'y' },
  'post /v1/campaigns': submission(ours),
  'post /v1/campaigns/{id}/documents': { documents: [documentOf('certificate')] },
  'post /v1/campaigns/{id}/publications': { publications: [{ item: 'cars', text: '无' }] },
  'post /v1/campaigns/{id}/hospital-contacts': { contacted: '住院处', outcome: 'unreachable', note: '无人接听' },
  'post /v1/campaigns/{id}/plan-signatures': { party: 'sponsor', planSha256: sha256Of('medical-plan'), listSha256: sha256Of('expense-list') },
  'put /v1/campaigns/{id}/payee-account': ACCOUNT,
  'put /v1/campaigns/{id}/payee': { kind: 'seeker', account: ACCOUNT },
  'post /v1/campaigns/{id}/gifts': { gifts: [{ amountFen: '1' }], consent: DONOR_CONSENT },
  'post /v1/campaigns/{id}/updates': { kind: 'progress', text: '病情平稳' },
  'post /v1/campaigns/{id}/extension': { reason: '费用尚缺' },
  'post /v1/campaigns/{id}/publications/{item}/withdrawal': { reasonZh: '不符', reasonEn: 'wrong' },
  'post /v1/referrals/{id}/consent': { agrees: false },
  'post /v1/referrals/{id}/referral': { charityId: 'example-children' },
  'post /v1/referrals/{id}/answer': { outcome: 'accepted' },
  'post /v1/promoters': { name: '赵推', contractRef: 'LD-2' },
  'post /v1/conduct-cases': { promoterId: foreign['/v1/promoters/'], bottomLine: 'sweeping', evidence: '记录' },
  'post /v1/conduct-cases/{id}/decision': { outcome: 'no-breach', reason: 'ok' },
  'post /v1/conduct-cases/{id}/appeal': { text: '申诉' },
  'post /v1/conduct-cases/{id}/appeal/decision': { outcome: 'upheld', reason: 'ok' },
  'post /v1/campaigns/{id}/release-requests': { mode: 'single', feeVersion: 1 },
  'post /v1/campaigns/{id}/identity-resolutions': { party: 'patient', resolution: 'confirmed', reason: 'ok' },
  'post /v1/campaigns/{id}/decision': decision,
  'post /v1/campaigns/{id}/payee-account/acceptance': { version: 1 },
  'post /v1/campaigns/{id}/claims/{claim}': { state: 'verified', how: 'visit', note: '入户核实' },
  'post /v1/campaigns/{id}/evidence-requests': { claims: ['income'], language: 'zh', message: '请补充收入证明', dueInDays: 3 },
  'post /v1/evidence-requests/{id}/answer': { answer: '已补充' },
  'post /v1/releases/{id}/review': decision,
  'post /v1/releases/{id}/approval/signatures': { digest, decision: 'approve' },
  'post /v1/releases/{id}/use-evidence': { amountFen: '1', document: { sha256: digest, mediaType: 'image/png', byteLength: 1 } },
  'post /v1/use-evidence/{id}/decision': { decision: 'accept', reason: 'ok' },
  'post /v1/payouts/{id}/receipt': signedReceipt(ours.hospital, foreign['/v1/payouts/']!, 'confirm', '964000'),
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
  'post /v1/blacklist': { campaignId: foreign['/v1/campaigns/'], party: 'patient', ground: 'hidden-assets', reason: 'ok', evidence: 'ok' },
  'post /v1/blacklist/{id}/appeals': { text: 'ok' },
  'post /v1/blacklist-appeals/{id}/decision': { outcome: 'upheld', reason: 'ok' },
  'post /v1/campaigns/{id}/expense-lines': {
    lines: [{ date: '2021-01-01', item: '化疗', hospital: '第一医院', amountFen: '1', invoiceNumber: 'FP0001' }],
  },
  'post /v1/campaigns/{id}/expense-reconciliation': { lines: [{ lineId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', covered: [] }] },
  'post /v1/sandbox/earlier-raises': {
    tenantId: ours.id,
    patient: { name: '张三', idNumber: anIdNumber() },
    diagnosisCode: 'C91.0',
    platform: 'love-fund',
    askFen: '1',
    raisedFen: '1',
    status: 'settled',
  },
  'post /v1/sandbox/listings': { tenantId: ours.id, name: '张三', idNumber: anIdNumber() },
  'post /v1/sandbox/tenants': { platform: 'water-drop', fees: { serviceBp: 0, serviceCapFen: '0', channelBp: 0 }, clockStartsAt: null },
  'put /v1/sandbox/identities': { idNumber: anIdNumber(), name: '张三', answer: 'match' },
});
/** What stands behind a route's address, where it needs more than a body. */
const QUERIES: Record<string, string> = {
  'post /v1/campaigns/{id}/documents/uploads': '?kind=diagnosis',
  'get /v1/documents/{id}/content': '?reason=looking+around',
};
const nameOf = (route: Route): string => `${route.method} ${route.path}`;

/** Asks a route with a body it takes, for an object of another tenant or of nobody. */
async function knock(route: Route, secret: string | undefined, id: string): ReturnType<House['ask']> {
  const file = { raw: aPdf(), headers: { 'content-type': 'application/pdf' } };
  const body = route.method === 'get' ? {} : route.upload ? file : { body: bodies()[nameOf(route)] ?? {} };
  const address = addressOf(route, id) + (QUERIES[nameOf(route)] ?? '');
  return house.ask(methodOf(route), address, { ...(secret ? { as: secret } : {}), key: aKey(), ...body });
}

test('there are routes, each with named roles or open to all on purpose', () => {
  expect(routes.length).toBeGreaterThanOrEqual(30);
  expect(
    routes
      .filter((r) => r.access === 'public')
      .map(nameOf)
      .sort(),
  ).toEqual([
    'get /v1/public/blacklist',
    'get /v1/public/campaigns/{id}',
    'get /v1/public/complaints/{receiptNumber}',
    'get /v1/public/consents',
    'get /v1/public/gifts/{id}/{key}',
    'post /v1/public/campaigns/{id}/complaints',
    'post /v1/public/complaints/{receiptNumber}/appeal',
    'post /v1/public/gifts/{id}/{key}/refund-requests',
    'post /v1/sessions',
  ]);
  for (const route of routes)
    if (route.access !== 'public') expect([nameOf(route), route.access.every((role) => ROLES.includes(role))]).toEqual([nameOf(route), true]);
});

test('no key, a made-up key, a revoked key, an ended and an expired session: 401 on every route that is not public', async () => {
  const revoked = await house.ask<{ platformKey: string; tenantId: string }>('POST', '/v1/sandbox/tenants', {
    as: house.sandboxKey,
    body: { platform: 'love-fund', fees: { serviceBp: 0, serviceCapFen: '0', channelBp: 0 }, clockStartsAt: null },
  });
  await house.db('api_key').where('tenant_id', revoked.body.tenantId).update({ revoked_at: new Date() });
  const session = async (over: object): Promise<string> => {
    const { id, session: token } = await aColleague(house, ours, 'reviewer');
    await house.db('session').where('staff_id', id).update(over);
    return token;
  };
  const ended = await session({ ended_at: new Date() });
  const expired = await session({ expires_at: new Date(Date.now() - 1) });
  for (const route of routes.filter((r) => r.access !== 'public')) {
    for (const secret of [undefined, 'alm_platform_madeup', revoked.body.platformKey, ended, expired]) {
      const answer = await knock(route, secret, foreign['/v1/campaigns/']!);
      expect([nameOf(route), secret, answer.status]).toEqual([nameOf(route), secret, 401]);
      expect(answer.body).toMatchObject({ code: 'auth.required' });
    }
  }
});

test('every role that a route does not name: 403, and nothing in the database changes', async () => {
  const before = await rowCounts(house);
  let asked = 0;
  for (const route of routes) {
    if (route.access === 'public') continue;
    for (const role of ROLES) {
      if (route.access.includes(role)) continue;
      asked += 1;
      const answer = await knock(route, secrets[role], foreign['/v1/campaigns/']!);
      expect([nameOf(route), role, answer.status]).toEqual([nameOf(route), role, 403]);
    }
  }
  expect(asked).toBeGreaterThan(150);
  expect(await rowCounts(house)).toEqual(before);
});

test('the right role with another tenant’s object: 404, the same as for an object of nobody, and nothing changes', async () => {
  const before = await rowCounts(house);
  const walled = routes.filter((r) => r.access !== 'public' && !r.access.includes('sandbox') && r.path.includes('{id}'));
  expect(walled.length).toBeGreaterThanOrEqual(17);
  for (const route of walled) {
    const of = Object.keys(foreign).find((start) => route.path.startsWith(start))!;
    for (const role of route.access as readonly Role[]) {
      const theirsAnswer = await knock(route, secrets[role], foreign[of]!);
      const nobodys = await knock(route, secrets[role], '01ARZ3NDEKTSV4RRFFQ69G5FAV');
      expect([nameOf(route), role, theirsAnswer.status, nobodys.status]).toEqual([nameOf(route), role, 404, 404]);
      expect(theirsAnswer.body).toEqual(nobodys.body);
    }
  }
  expect(await rowCounts(house)).toEqual(before);
});

test('the same objects are there for their own people', async () => {
  expect((await house.ask('GET', `/v1/campaigns/${foreign['/v1/campaigns/']}`, { as: theirs.sessions.reviewer })).status).toBe(200);
  expect((await house.ask('GET', `/v1/releases/${foreign['/v1/releases/']}`, { as: theirs.sessions.checkerB })).status).toBe(200);
  const list = await house.ask<{ payouts: { id: string }[] }>('GET', '/v1/hospital/payouts', { as: theirs.hospital.key });
  expect(list.body.payouts.map((p) => p.id)).toEqual([foreign['/v1/payouts/']]);
});

test('a hospital sees no payout of another, and the sandbox no real platform', async () => {
  expect((await house.ask('GET', '/v1/hospital/payouts', { as: ours.hospital.key })).body).toEqual({ payouts: [] });
  await house.owner('tenant').where('id', theirs.id).update({ kind: 'platform', clock_id: null });
  const answer = await house.ask('GET', `/v1/sandbox/bank-entries?tenantId=${theirs.id}`, { as: house.sandboxKey });
  expect(answer).toMatchObject({ status: 403, body: { code: 'sandbox.only' } });
  await house.owner('tenant').where('id', theirs.id).update({ kind: 'sandbox', clock_id: theirs.clockId });
});

test('an address that is none: 404 as a problem', async () => {
  expect(await house.ask('GET', '/v1/admin')).toMatchObject({ status: 404, type: expect.stringContaining('application/problem+json') });
  expect((await house.ask('POST', `/v1/campaigns/${foreign['/v1/campaigns/']}`, { as: theirs.platformKey })).status).toBe(404);
});

test('where there are no simulators, no sandbox route exists', async () => {
  const product = everyRoute({ ...house, dependencies: { ...house.dependencies, sandbox: null } });
  expect(product.filter((r) => r.path.startsWith('/v1/sandbox'))).toEqual([]);
});
