import { row, rows } from '../../src/database/connect';
import { DAY_MS, HOUR_MS } from '../../src/domain/calendar';
import { campaignBooks } from '../../src/ledger/statement';
import { aRaise, aRaisedCampaign, aSubmission, given } from '../support/campaigns';
import { ADMISSIBLE, aComplaint, anAdmissibleComplaint, DISMISSED, judges, UPHELD } from '../support/endings';
import { aHouse, type House } from '../support/house';
import { aColleague, aTenant, later, nowMs, type Tenant } from '../support/people';
import { aReleaseInApproval, aReservedPayout, preparePayout, request, signedByAll } from '../support/releases';
import { pursue } from '../support/transfers';

// COMPLAINT: filed by anybody, acknowledged, ruled, investigated, decided, answered in public, appealed; it holds payouts while it is open.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());

const view = async (
  campaignId: string,
): Promise<{ phase: string; holds: { rule: string; liftedAt: string | null }[]; stoppedBy: string[]; blacklisted: boolean }> =>
  (await house.ask<never>('GET', `/v1/campaigns/${campaignId}`, { as: tenant.platformKey })).body;

test('anybody complains anonymously, keeps the number, and follows it to the published reply', async () => {
  const campaignId = await aRaise(house, tenant);
  const filed = await house.ask<{ receiptNumber: string }>('POST', `/v1/public/campaigns/${campaignId}/complaints`, {
    body: { subject: 'assets', text: '他家在县城有两间商铺' },
  });
  expect(filed).toMatchObject({ status: 201, body: { anonymous: true, state: 'received' } });
  expect(filed.body).not.toHaveProperty('id');
  const number = filed.body.receiptNumber;
  const at = await nowMs(house, tenant);
  expect(filed.body).toMatchObject({
    acknowledgeBy: new Date(at + 24 * HOUR_MS).toISOString(),
    answerBy: new Date(at + 15 * DAY_MS).toISOString(),
  });
  const id = (await row<{ id: string }>(house.db, 'select id from complaint where receipt_number = ?', [number]))!.id;
  expect(await judges(house, tenant, id, 'acknowledgement', {})).toMatchObject({
    status: 200,
    body: { state: 'acknowledged', text: '他家在县城有两间商铺' },
  });
  expect(await judges(house, tenant, id, 'admissibility', ADMISSIBLE)).toMatchObject({ status: 200 });
  const task = await judges<{ tasks: { id: string }[] }>(house, tenant, id, 'tasks', { kind: 'visit', note: '查不动产登记' });
  expect(task).toMatchObject({ status: 200, body: { tasks: [{ kind: 'visit', doneAt: null }] } });
  const found = { taskId: task.body.tasks[0]!.id, finding: '名下无商铺' };
  expect(await judges(house, tenant, id, 'findings', found)).toMatchObject({ status: 200, body: { tasks: [{ finding: '名下无商铺' }] } });
  expect(await judges(house, tenant, id, 'findings', found)).toMatchObject({ status: 404 });
  expect(await judges(house, tenant, id, 'decision', DISMISSED)).toMatchObject({ status: 200, body: { state: 'dismissed' } });
  const status = await house.ask('GET', `/v1/public/complaints/${number.toLowerCase()}`);
  expect(status).toMatchObject({ status: 200, body: { state: 'dismissed', reply: DISMISSED.reply } });
  expect(JSON.stringify(status.body)).not.toContain('商铺');
  const page = await house.ask('GET', `/v1/public/campaigns/${campaignId}`);
  expect(page.body).toMatchObject({ complaints: [{ subject: 'assets', state: 'dismissed', reply: DISMISSED.reply }] });
});

test('text, name and contact are nowhere in the clear', async () => {
  const campaignId = await aRaise(house, tenant);
  const said = { text: '独一无二的举报内容', name: '举报人甲', contact: '13900001234' };
  const id = await aComplaint(house, tenant, campaignId, said);
  await judges(house, tenant, id, 'acknowledgement', {});
  const stored = await rows<Record<string, unknown>>(house.owner, 'select * from complaint where id = ?', [id]);
  const bytes = Object.values(stored[0]!).filter((value) => Buffer.isBuffer(value));
  expect(bytes.length).toBe(4);
  const written = await rows<{ text: string }>(
    house.owner,
    'select e::text as text from audit.event e union all select o::text from outbox o union all select c::text from complaint c',
  );
  const everything = [...written.map(({ text }) => text), ...house.logged, ...bytes.map((b) => b.toString('utf8'))].join('\n');
  for (const secret of Object.values(said)) expect(everything).not.toContain(secret);
  expect(await house.ask('GET', `/v1/complaints/${id}`, { as: tenant.sessions.reviewer })).toMatchObject({ body: said });
  const looked = await rows(house.db, `select actor from audit.event where subject = ? and action = 'complaint.read'`, [`complaint/${id}`]);
  expect(looked).toHaveLength(1);
});

test('an open admissible complaint holds payouts; its dismissal lets them go on', async () => {
  const release = await aReleaseInApproval(house, tenant);
  const complaintId = await anAdmissibleComplaint(house, tenant, release.campaignId);
  await signedByAll(house, tenant, release);
  expect(await preparePayout(house, tenant, release)).toBeNull();
  expect(await judges(house, tenant, complaintId, 'decision', DISMISSED)).toMatchObject({ status: 200 });
  expect((await view(release.campaignId)).holds).toMatchObject([{ rule: 'COMPLAINT', liftedAt: expect.any(String) }]);
  expect(await preparePayout(house, tenant, release)).toMatch(/^[0-9A-Z]{26}$/);
});

test('a complaint that comes after the signatures stops a payout that the bank has not heard of', async () => {
  const payout = await aReservedPayout(house, tenant);
  const complaintId = await anAdmissibleComplaint(house, tenant, payout.campaignId);
  expect(await pursue(house, tenant, payout.payoutId)).toBe('waiting');
  expect(house.bank.received.filter((o) => o.payoutId === payout.payoutId)).toEqual([]);
  expect(await judges(house, tenant, complaintId, 'decision', UPHELD)).toMatchObject({ status: 200 });
  expect(await pursue(house, tenant, payout.payoutId)).toBe('failed');
  expect(await preparePayout(house, tenant, payout)).toBe('cancelled');
  expect(house.bank.received.filter((o) => o.payoutId === payout.payoutId)).toEqual([]);
  expect(await campaignBooks(house.db, payout.campaignId)).toMatchObject({ heldFen: 1_000_000n, reservedFen: 0n });
});

test('money is asked for between the verdict and its workflow: refused, and nothing is kept from the donors', async () => {
  const campaignId = await aRaisedCampaign(house, tenant, [100_000n]);
  const complaintId = await anAdmissibleComplaint(house, tenant, campaignId);
  expect(await judges(house, tenant, complaintId, 'decision', UPHELD)).toMatchObject({ status: 200 });
  expect((await view(campaignId)).phase).toBe('release');
  const asked = await request(house, tenant, campaignId, { mode: 'single' });
  expect(asked).toMatchObject({ status: 409, body: { code: 'campaign.wrong_phase', rules: ['COMPLAINT'] } });
  expect(await campaignBooks(house.db, campaignId)).toMatchObject({ heldFen: 100_000n, reservedFen: 0n });
  expect(await rows(house.db, 'select id from release where campaign_id = ?', [campaignId])).toEqual([]);
});

test('two complaints hold until both are decided', async () => {
  const campaignId = await aRaisedCampaign(house, tenant, [100n]);
  const [one, two] = [await anAdmissibleComplaint(house, tenant, campaignId), await anAdmissibleComplaint(house, tenant, campaignId)];
  await judges(house, tenant, one, 'decision', DISMISSED);
  expect((await view(campaignId)).holds).toMatchObject([{ rule: 'COMPLAINT', liftedAt: null }]);
  await judges(house, tenant, two, 'decision', DISMISSED);
  expect((await view(campaignId)).holds).toMatchObject([{ rule: 'COMPLAINT', liftedAt: expect.any(String) }]);
});

test('inadmissible: answered, holds nothing', async () => {
  const campaignId = await aRaisedCampaign(house, tenant, [100n]);
  const id = await aComplaint(house, tenant, campaignId);
  expect(await judges(house, tenant, id, 'admissibility', { admissible: false, reason: '没有事实' })).toMatchObject({
    status: 400,
    body: { field: '/reply' },
  });
  const ruled = await judges(house, tenant, id, 'admissibility', { admissible: false, reason: '没有事实', reply: '未提供可核查的事实。' });
  expect(ruled).toMatchObject({ status: 200, body: { state: 'inadmissible', reply: '未提供可核查的事实。' } });
  expect((await view(campaignId)).holds).toEqual([]);
  expect(await judges(house, tenant, id, 'decision', UPHELD)).toMatchObject({ status: 409, body: { code: 'complaint.wrong_state' } });
});

test('upheld: stopped, listed, what is unspent on its way back; paid money is to be recovered', async () => {
  const payout = await aReservedPayout(house, tenant, [600_000n, 400_000n]);
  await pursue(house, tenant, payout.payoutId);
  const complaintId = await anAdmissibleComplaint(house, tenant, payout.campaignId);
  expect(await judges(house, tenant, complaintId, 'decision', UPHELD)).toMatchObject({ status: 200, body: { state: 'upheld' } });
  expect(await view(payout.campaignId)).toMatchObject({ stoppedBy: ['COMPLAINT'], blacklisted: true });
  const open = await rows(house.db, `select kind, owner, data->>'paidFen' as paid from money_exception where campaign_id = ?`, [payout.campaignId]);
  expect(open).toEqual([{ kind: 'recover', owner: 'operator', paid: '964000' }]);
});

test('nothing is decided before it is ruled, twice, or by whoever approved the campaign', async () => {
  const campaignId = await aRaise(house, tenant);
  const id = await aComplaint(house, tenant, campaignId);
  expect(await judges(house, tenant, id, 'decision', UPHELD)).toMatchObject({ status: 409, body: { code: 'complaint.wrong_state' } });
  await judges(house, tenant, id, 'admissibility', ADMISSIBLE);
  const byItsReviewer = await house.ask('POST', `/v1/complaints/${id}/decision`, { as: tenant.sessions.reviewer, body: DISMISSED });
  expect(byItsReviewer).toMatchObject({ status: 403, body: { code: 'complaint.own_decision', rules: ['COMPLAINT'] } });
  const both = await Promise.all([judges(house, tenant, id, 'decision', DISMISSED), judges(house, tenant, id, 'decision', UPHELD)]);
  expect(both.map((a) => a.status).sort()).toEqual([200, 409]);
});

test('an appeal reopens what was dismissed, holds again, and another person decides it', async () => {
  const campaignId = await aRaise(house, tenant);
  await given(house, tenant, campaignId, [100n]);
  const filed = await house.ask<{ receiptNumber: string }>('POST', `/v1/public/campaigns/${campaignId}/complaints`, {
    body: { subject: 'plea', text: '病情不实' },
  });
  const number = filed.body.receiptNumber;
  const id = (await row<{ id: string }>(house.db, 'select id from complaint where receipt_number = ?', [number]))!.id;
  expect(await house.ask('POST', `/v1/public/complaints/${number}/appeal`, { body: { text: '请复查' } })).toMatchObject({ status: 409 });
  await judges(house, tenant, id, 'admissibility', ADMISSIBLE);
  await judges(house, tenant, id, 'decision', DISMISSED);
  expect(await house.ask('POST', `/v1/public/complaints/${number}/appeal`, { body: { text: '请复查' } })).toMatchObject({ status: 201 });
  expect((await view(campaignId)).holds.filter((h) => h.liftedAt === null)).toMatchObject([{ rule: 'COMPLAINT' }]);
  expect(await house.ask('POST', `/v1/public/complaints/${number}/appeal`, { body: { text: '再复查' } })).toMatchObject({ status: 409 });
  const changed = { outcome: 'changed', ground: 'invented-or-exaggerated', reason: '复查属实', reply: '复查后认定投诉属实。' };
  expect(await judges(house, tenant, id, 'appeal-decision', changed)).toMatchObject({ status: 403, body: { code: 'complaint.own_decision' } });
  const another = await aColleague(house, tenant, 'operator');
  const decided = await house.ask('POST', `/v1/complaints/${id}/appeal-decision`, { as: another.session, body: changed });
  expect(decided).toMatchObject({ status: 200, body: { state: 'upheld', reply: changed.reply } });
  expect(await view(campaignId)).toMatchObject({ stoppedBy: ['COMPLAINT'], blacklisted: true });
});

test('after the days for an appeal it is too late', async () => {
  const campaignId = await aRaise(house, tenant);
  const id = await anAdmissibleComplaint(house, tenant, campaignId);
  await judges(house, tenant, id, 'decision', UPHELD);
  await later(house, tenant, 15 * DAY_MS + 1);
  const late = await house.ask('POST', `/v1/complaints/${id}/appeal`, { as: tenant.platformKey, body: { text: '不服' } });
  expect(late).toMatchObject({ status: 409, body: { code: 'complaint.too_late', rules: ['COMPLAINT'] } });
});

test('what is not done in time is noted once, and shown', async () => {
  const campaignId = await aRaise(house, tenant);
  const id = await aComplaint(house, tenant, campaignId);
  const at = await nowMs(house, tenant);
  expect(await house.complaints.reading.complaintStanding(id, at)).toEqual({ over: false, overdue: null, dueAtMs: at + 24 * HOUR_MS });
  expect(await house.complaints.reading.complaintStanding(id, at + 24 * HOUR_MS)).toMatchObject({ overdue: 'acknowledge' });
  await house.complaints.database.noteOverdueComplaint(id, 'acknowledge', at + 24 * HOUR_MS);
  await house.complaints.database.noteOverdueComplaint(id, 'acknowledge', at + 25 * HOUR_MS);
  expect(await house.complaints.reading.complaintStanding(id, at + 25 * HOUR_MS)).toEqual({ over: false, overdue: null, dueAtMs: at + 15 * DAY_MS });
  const listed = await house.ask('GET', `/v1/campaigns/${campaignId}/complaints`, { as: tenant.platformKey });
  expect(listed.body).toMatchObject({ complaints: [{ overdue: [{ duty: 'acknowledge', since: new Date(at + 24 * HOUR_MS).toISOString() }] }] });
  const noted = await rows(house.db, `select 1 from audit.event where subject = ? and action = 'complaint.overdue'`, [`complaint/${id}`]);
  expect(noted).toHaveLength(1);
});

test('a police report stands with the bundle’s hash, only on an upheld complaint', async () => {
  const campaignId = await aRaise(house, tenant);
  const id = await anAdmissibleComplaint(house, tenant, campaignId);
  const report = { authority: '某市公安局', caseNumber: '2021-001', bundleSha256: 'b'.repeat(64) };
  expect(await judges(house, tenant, id, 'police-reports', report)).toMatchObject({ status: 409, body: { rules: ['POLICE'] } });
  await judges(house, tenant, id, 'decision', UPHELD);
  await judges(house, tenant, id, 'police-reports', report);
  const again = await judges<{ policeReports: object[] }>(house, tenant, id, 'police-reports', report);
  expect(again.body.policeReports).toHaveLength(1);
});

test('what the public never saw cannot be complained about in public; the platform may forward it', async () => {
  const campaignId = await aSubmission(house, tenant);
  const body = { subject: 'plea', text: '不实' };
  expect(await house.ask('POST', `/v1/public/campaigns/${campaignId}/complaints`, { body })).toMatchObject({ status: 404 });
  expect(await house.ask('POST', `/v1/campaigns/${campaignId}/complaints`, { as: tenant.platformKey, body })).toMatchObject({ status: 201 });
});

test('an objection to the certificate keeps its publicity open until it is decided', async () => {
  const campaignId = await aSubmission(house, tenant, { askFen: '60000000' });
  await house.campaigns.payment.reportByMachine(campaignId, await nowMs(house, tenant));
  await house.ask('POST', `/v1/campaigns/${campaignId}/decision`, {
    as: tenant.sessions.reviewer,
    body: { decision: 'approve', reason: '材料齐全' },
  });
  const endsAtMs = (await house.campaigns.database.beginCertificatePublicity(campaignId, await nowMs(house, tenant)))!;
  const standing = (atMs: number): Promise<string> => house.campaigns.reading.certificateStanding(campaignId, atMs);
  const id = await aComplaint(house, tenant, campaignId, { subject: 'certificate' });
  expect([await standing(endsAtMs - 1), await standing(endsAtMs)]).toEqual(['running', 'objected']);
  await judges(house, tenant, id, 'admissibility', { admissible: false, reason: '没有事实', reply: '证明经核实。' });
  expect(await standing(endsAtMs)).toBe('over');
});
