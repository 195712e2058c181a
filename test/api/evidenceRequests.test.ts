import { aRaise, aSubmission } from '../support/campaigns';
import { aPdf, upload } from '../support/files';
import { aHouse, type Answer, type House } from '../support/house';
import { aTenant, nowMs, staffId, type Tenant } from '../support/people';
import { rowCounts } from '../support/releases';

let house: House;
let tenant: Tenant;
let id: string;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
beforeEach(async () => {
  id = await aSubmission(house, tenant);
});
afterAll(() => house.close());

interface Request {
  readonly id: string;
  readonly status: string;
  readonly message?: string;
  readonly answer?: string | null;
}
const askFor = (over: Record<string, unknown>): Promise<Answer<Request>> =>
  house.ask<Request>('POST', `/v1/campaigns/${id}/evidence-requests`, {
    as: tenant.sessions.reviewer,
    body: { language: 'zh', message: '请补充张三的诊断证明', dueInDays: 7, ...over },
  });
const listed = async (): Promise<readonly Request[]> =>
  (await house.ask<{ requests: Request[] }>('GET', `/v1/campaigns/${id}/evidence-requests`, { as: tenant.platformKey })).body.requests;
const inView = async (): Promise<readonly Request[]> =>
  (await house.ask<{ evidenceRequests: Request[] }>('GET', `/v1/campaigns/${id}`, { as: tenant.platformKey })).body.evidenceRequests;
const answer = (requestId: string, body: object): Promise<Answer> =>
  house.ask('POST', `/v1/evidence-requests/${requestId}/answer`, { as: tenant.platformKey, body });
const withdraw = (requestId: string): Promise<Answer> =>
  house.ask('POST', `/v1/evidence-requests/${requestId}/withdrawal`, { as: tenant.sessions.reviewer });
const decide = async (decision: 'approve' | 'refuse', more: object = {}): Promise<Answer> => {
  await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
  return house.ask('POST', `/v1/campaigns/${id}/decision`, {
    as: tenant.sessions.reviewer,
    body: { decision, reason: '等待补充材料期间作出决定', ...more },
  });
};

test('the platform sees what is wanted until when, and its upload of every kind answers', async () => {
  const asked = await askFor({ documents: ['diagnosis', 'certificate'] });
  expect(asked).toMatchObject({ status: 201, body: { status: 'open', message: '请补充张三的诊断证明', dueAt: '2021-03-08T01:00:00.000Z' } });
  expect(await inView()).toMatchObject([{ documents: ['diagnosis', 'certificate'], status: 'open' }]);
  expect(JSON.stringify(await inView())).not.toContain('张三');
  await upload(house, tenant, id, 'diagnosis', aPdf('', `${id} diagnosis`));
  expect(await decide('approve')).toMatchObject({
    status: 409,
    body: { code: 'campaign.evidence_requested', rules: ['DOUBLE-AUDIT'], facts: { requests: [asked.body.id] } },
  });
  const certificate = await upload(house, tenant, id, 'certificate', aPdf('', `${id} certificate`));
  expect(await inView()).toMatchObject([{ status: 'answered', answeredWith: expect.arrayContaining([certificate.body.id]) }]);
  expect(await decide('approve')).toMatchObject({ status: 200 });
});

test('bytes for a document that was on file before are no answer', async () => {
  const old = await upload(house, tenant, id, 'diagnosis', aPdf('', `${id} old`));
  await askFor({ documents: ['diagnosis'] });
  expect((await upload(house, tenant, id, 'diagnosis', aPdf('', `${id} old`))).body.id).toBe(old.body.id);
  expect(await inView()).toMatchObject([{ status: 'open' }]);
});

test('a claim is answered in words, sealed, once the wanted documents are there', async () => {
  const { id: requestId } = (await askFor({ claims: ['income'], documents: ['relation-proof'] })).body;
  const before = await rowCounts(house);
  expect(await answer(requestId, { answer: '已补充' })).toMatchObject({
    status: 400,
    body: { field: '/documents', detail: expect.stringContaining('relation-proof') },
  });
  expect(await rowCounts(house)).toEqual(before);
  const document = (await upload(house, tenant, id, 'relation-proof', aPdf('', `${id} proof`))).body.id;
  expect(await inView()).toMatchObject([{ status: 'open' }]);
  expect(await answer(requestId, { answer: '张三的父亲月收入三千元', documents: [document] })).toMatchObject({
    status: 200,
    body: { status: 'answered' },
  });
  expect(await listed()).toMatchObject([{ status: 'answered', answer: '张三的父亲月收入三千元', answeredWith: [document] }]);
  const stored = await house.db('evidence_request').where('id', requestId).first('answer_enc', 'message_enc');
  expect(stored.answer_enc.includes(Buffer.from('张三')) || stored.message_enc.includes(Buffer.from('张三'))).toBe(false);
});

test('another campaign’s document is no answer', async () => {
  const { id: requestId } = (await askFor({ claims: ['income'] })).body;
  const other = await aSubmission(house, tenant);
  const document = (await upload(house, tenant, other, 'diagnosis', aPdf('', `${other} other`))).body.id;
  expect(await answer(requestId, { answer: '已补充', documents: [document] })).toMatchObject({ status: 400, body: { field: '/documents/0' } });
});

test('a request is closed once', async () => {
  const { id: requestId } = (await askFor({ claims: ['income'] })).body;
  expect(await withdraw(requestId)).toMatchObject({ status: 200, body: { status: 'withdrawn' } });
  for (const again of [withdraw(requestId), answer(requestId, { answer: '晚了' })])
    expect(await again).toMatchObject({ status: 409, body: { code: 'evidence_request.closed' } });
  await expect(house.db('evidence_request').where('id', requestId).update({ closed_as: 'answered' })).rejects.toMatchObject({ code: 'AL008' });
  expect(await decide('approve')).toMatchObject({ status: 200 });
});

test('refusing stays possible while a request is open, approving is not, not even in SQL', async () => {
  await askFor({ claims: ['income'] });
  await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
  const report = (await house.db('machine_report').where('campaign_id', id).first('id')) as { id: string };
  const common = { id: 'x', campaign_id: id, report_id: report.id, rules: [], reason: 'x', staff_id: await staffId(house, tenant, 'reviewer') };
  await expect(house.db('audit_decision').insert({ ...common, decision: 'approve', decided_at: new Date() })).rejects.toMatchObject({
    code: 'AL008',
  });
  expect(await decide('refuse', { rules: ['PRE-AUDIT'] })).toMatchObject({ status: 200 });
});

test('nothing is asked for after the decision', async () => {
  id = await aRaise(house, tenant);
  expect(await askFor({ claims: ['income'] })).toMatchObject({ status: 409, body: { code: 'campaign.wrong_phase' } });
});

test.each([
  ['nothing wanted', {}, '/documents'],
  ['a kind twice', { documents: ['diagnosis', 'diagnosis'] }, '/documents'],
  ['an unknown claim', { claims: ['age'] }, '/claims/0'],
  ['due today', { claims: ['income'], dueInDays: 0 }, '/dueInDays'],
  ['due in 61 days', { claims: ['income'], dueInDays: 61 }, '/dueInDays'],
  ['no message', { claims: ['income'], message: ' ' }, '/message'],
  ['another language', { claims: ['income'], language: 'fr' }, '/language'],
])('%s is refused by name', async (_what, over, field) => {
  expect(await askFor(over)).toMatchObject({ status: 400, body: { field } });
});
