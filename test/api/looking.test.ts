import { sealAndAnchor } from '../../src/audit/chain';
import { EVENT_DATA_KEYS } from '../../src/audit/eventTypes';
import { z } from 'zod';
import { overseenComplaintAnswer, platformFiguresAnswer } from '../../src/api/answers';
import { row } from '../../src/database/connect';
import { anAdmissibleComplaint, DISMISSED, judges } from '../support/endings';
import { aRaise, aSubmission } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aColleague, aTenant, type Tenant } from '../support/people';
import { aReservedPayout, rowCounts } from '../support/releases';

// What an auditor sees of one tenant, and a regulator of all: everything that happened, nothing of a person, and they change nothing.
let house: House;
let ours: Tenant;
let theirs: Tenant;
let auditor: string;
let regulator: string;
let theirCampaign: string;
beforeAll(async () => {
  house = await aHouse();
  [ours, theirs] = [await aTenant(house), await aTenant(house)];
  auditor = (await aColleague(house, ours, 'auditor')).session;
  regulator = (await aColleague(house, ours, 'regulator')).session;
  theirCampaign = await aSubmission(house, theirs);
});
afterAll(() => house.close());

interface Listed {
  readonly events: {
    readonly id: string;
    readonly sealed: string | null;
    readonly tenantId: string | null;
    readonly campaignId: string | null;
    readonly actor: string;
    readonly action: string;
    readonly recordedAt: string;
    readonly data: Record<string, unknown>;
  }[];
  readonly campaigns: { readonly id: string; readonly tenantId: string; readonly phase: string }[];
  readonly tenants: { readonly id: string; readonly campaigns: number }[];
  readonly next: string | null;
}
const platforms = z.object({ tenants: z.array(z.strictObject(platformFiguresAnswer.shape)) });
const complaints = z.object({ complaints: z.array(z.strictObject(overseenComplaintAnswer.shape)) });
const look = async (as: string, at: string): Promise<Listed> => {
  const answer = await house.ask<Listed>('GET', at, { as });
  expect([at, answer.status]).toEqual([at, 200]);
  return answer.body;
};

test('an auditor reads their tenant’s events alone, by campaign, action, actor and time, page by page', async () => {
  const campaignId = await aRaise(house, ours);
  const all = await look(auditor, '/v1/audit/events');
  expect(new Set(all.events.map((e) => e.tenantId))).toEqual(new Set([ours.id]));
  const of = await look(auditor, `/v1/audit/events?campaignId=${campaignId}`);
  expect(of.events.map((e) => e.action)).toEqual(['campaign.opened', 'campaign.audit_decided', 'campaign.machine_reported', 'campaign.submitted']);
  expect((await look(auditor, '/v1/audit/events?action=campaign.o')).events.map((e) => e.action)).toEqual(['campaign.opened']);
  const decided = of.events[1]!;
  expect((await look(auditor, `/v1/audit/events?actor=${decided.actor}`)).events.map((e) => e.action)).toEqual([
    'campaign.audit_decided',
    'session.begun',
  ]);
  const between = `from=${decided.recordedAt}&to=${of.events[0]!.recordedAt}`;
  expect((await look(auditor, `/v1/audit/events?campaignId=${campaignId}&${between}`)).events.map((e) => e.action)).toContain(
    'campaign.audit_decided',
  );
  expect((await look(auditor, '/v1/audit/events?from=2100-01-01T00:00:00Z')).events).toEqual([]);
  const paged: Listed['events'] = [];
  for (let next: string | null = ''; next !== null; ) {
    const page: Listed = await look(auditor, `/v1/audit/events?limit=2${next && `&after=${next}`}`);
    paged.push(...page.events);
    next = page.next;
  }
  expect(paged).toEqual(all.events);
  expect(await house.ask('GET', `/v1/audit/events?tenantId=${theirs.id}`, { as: auditor })).toMatchObject({ status: 404 });
  expect((await look(auditor, `/v1/audit/events?campaignId=${theirCampaign}`)).events).toEqual([]);
});

test.each(['after=MA', 'after=%00', 'after=bm90IGEgcGxhY2U', 'limit=0', 'limit=101', 'action=%25', 'actor=A', 'from=yesterday', 'order=asc'])(
  'events?%s is refused by name',
  async (query) => {
    expect(await house.ask('GET', `/v1/audit/events?${query}`, { as: auditor })).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  },
);

test('a regulator lists tenants, every tenant’s campaigns and events, and reads a campaign, its release and its complaints', async () => {
  const payout = await aReservedPayout(house, ours, [100_000n]);
  const { tenants } = await look(regulator, '/v1/tenants');
  expect(tenants.map((t) => t.id)).toEqual(expect.arrayContaining([ours.id, theirs.id]));
  const { campaigns } = await look(regulator, '/v1/campaigns');
  expect(new Set(campaigns.map((c) => c.tenantId))).toEqual(new Set([ours.id, theirs.id]));
  expect((await look(regulator, `/v1/campaigns?tenantId=${theirs.id}&phase=prior-audit`)).campaigns.map((c) => c.id)).toEqual([theirCampaign]);
  expect((await look(auditor, '/v1/campaigns')).campaigns.map((c) => c.tenantId)).not.toContain(theirs.id);
  const first = await look(regulator, '/v1/campaigns?limit=1');
  expect((await look(regulator, `/v1/campaigns?limit=1&after=${first.next}`)).campaigns).toEqual([campaigns[1]]);
  const { events } = await look(regulator, '/v1/audit/events');
  expect(new Set(events.map((e) => e.tenantId))).toEqual(new Set([null, ours.id, theirs.id]));
  for (const event of events) for (const key of Object.keys(event.data)) expect(EVENT_DATA_KEYS).toContain(key);
  for (const at of [
    `campaigns/${theirCampaign}`,
    `campaigns/${theirCampaign}/complaints`,
    `campaigns/${theirCampaign}/refunds`,
    `campaigns/${theirCampaign}/deaths`,
  ])
    await look(regulator, `/v1/${at}`);
  // The sheet that finance signs names the payee; who only looks gets the release without it.
  for (const as of [regulator, auditor]) expect(await look(as, `/v1/releases/${payout.id}`)).toMatchObject({ sheet: null });
});

test('a regulator reads each platform’s money and what is open there, and the complaints of all, without a word of them', async () => {
  const campaignId = await aRaise(house, theirs);
  const complaintId = await anAdmissibleComplaint(house, theirs, campaignId);
  const [figures] = platforms.parse((await house.ask('GET', `/v1/tenants?id=${theirs.id}`, { as: regulator })).body).tenants;
  expect(figures).toMatchObject({ id: theirs.id, openComplaints: 1, overdueComplaints: 0, standingHolds: 1, today: '2021-03-01' });
  const ofOurs = platforms.parse((await house.ask('GET', `/v1/tenants?id=${ours.id}`, { as: regulator })).body).tenants[0]!;
  const money = (await row<{ fen: string }>(
    house.db,
    `select sum(credits_fen - debits_fen)::text as fen from ledger.account where tenant_id = ?
    and kind in ('held', 'reserved', 'paid', 'fees', 'refunded')`,
    [ours.id],
  ))!;
  // raised = paid out + refunded + pending, as the books have it.
  expect(BigInt(ofOurs.paidFen) + BigInt(ofOurs.refundedFen) + BigInt(ofOurs.pendingFen)).toBe(BigInt(money.fen));
  expect(BigInt(ofOurs.pendingFen)).toBeGreaterThan(0n);
  const listed = async (query: string) => complaints.parse((await house.ask('GET', `/v1/complaints?${query}`, { as: regulator })).body).complaints;
  expect(await listed('')).toMatchObject([{ id: complaintId, tenantId: theirs.id, campaignId, state: 'investigating', holds: true, overdue: [] }]);
  expect(await listed(`tenantId=${ours.id}`)).toEqual([]);
  expect(await listed('state=overdue')).toEqual([]);
  await house.owner('complaint_overdue').insert({ complaint_id: complaintId, duty: 'answer', noted_at: new Date() });
  expect(await listed('state=overdue')).toMatchObject([{ id: complaintId, overdue: ['answer'] }]);
  expect((await judges(house, theirs, complaintId, 'decision', DISMISSED)).status).toBe(200);
  expect(await listed('state=open')).toEqual([]);
  expect(await listed('state=decided')).toMatchObject([{ id: complaintId, state: 'dismissed', holds: false }]);
  expect(JSON.stringify(await listed(''))).not.toContain('商铺');
  expect((await house.ask('GET', '/v1/complaints', { as: auditor })).status).toBe(403);
});

test('nothing of a person is in what they see', async () => {
  const seen = [];
  for (const as of [auditor, regulator])
    for (const at of ['audit/events', 'campaigns', `campaigns/${(await look(as, '/v1/campaigns')).campaigns[0]!.id}`])
      seen.push(JSON.stringify(await look(as, `/v1/${at}`)));
  // The title is the sponsor's own public words.
  const text = seen.join().replaceAll('为张三筹集治疗费用', '');
  expect(/张三|11010519|621700|急性/.exec(text)).toBeNull();
});

test('the chain’s standing: what waits, then the sealed head and the anchor that holds it', async () => {
  const before = await house.ask<{ unsealed: string; oldestUnsealedMs: number }>('GET', '/v1/audit/chain', { as: auditor });
  expect(Number(before.body.unsealed)).toBeGreaterThan(0);
  expect(before.body.oldestUnsealedMs).toBeGreaterThan(0);
  const { anchorFile, sandbox } = house.dependencies;
  while ((await sealAndAnchor(house.db, anchorFile, sandbox!.keys.anchorKey)) > 0);
  const after = await house.ask<{ head: { position: string; hash: string }; sealed: string }>('GET', '/v1/audit/chain', { as: regulator });
  expect(after.body).toMatchObject({
    unsealed: '0',
    oldestUnsealedMs: null,
    sealed: after.body.head.position,
    anchor: { ...after.body.head, behind: '0', ageMs: expect.any(Number) },
  });
  expect((await look(regulator, '/v1/audit/events?limit=1')).events[0]!.sealed).toBe(after.body.head.position);
});

test('looking changes nothing', async () => {
  const before = await rowCounts(house);
  for (const as of [auditor, regulator])
    for (const at of ['audit/events', 'audit/chain', 'campaigns', `campaigns/${theirCampaign}`]) await house.ask('GET', `/v1/${at}`, { as });
  expect(await rowCounts(house)).toEqual(before);
});
