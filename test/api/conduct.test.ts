import { ulid } from 'ulid';
import { DAY_MS } from '../../src/domain/calendar';
import { aSubmission, submission } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aColleague, aTenant, later, nowMs, staffId, type Tenant } from '../support/people';
import { rowCounts } from '../support/releases';

// CONDUCT: who brings campaigns is registered, trained, contracted, never paid per case, and never verifies their own.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());

const post = <B = { id: string }>(path: string, body: object, as = tenant.platformKey): Promise<Answer<B>> =>
  house.ask<B>('POST', path, { as, body });
const brings = (promoterId: string): Promise<Answer> =>
  house.ask('POST', '/v1/campaigns', {
    as: tenant.platformKey,
    key: aKey(),
    body: submission(tenant, { broughtBy: { kind: 'promoter', promoterId, compensation: 'salary' } }),
  });
async function aPromoter(over: object = {}): Promise<string> {
  const made = await post('/v1/promoters', { name: '赵推', contractRef: `LD-${ulid()}`, ...over });
  expect(made).toMatchObject({ status: 201, body: { trainedAt: null, sanction: null } });
  expect(await post(`/v1/promoters/${made.body.id}/training`, {})).toMatchObject({ status: 200 });
  return made.body.id;
}
const unfit = { status: 422, body: { code: 'conduct.promoter_unfit', field: '/broughtBy/promoterId', rules: ['CONDUCT'] } };

test('a campaign records who brought it; a promoter must be registered, trained and still there', async () => {
  const untrained = await post('/v1/promoters', { name: '赵推', contractRef: 'LD-1' });
  const before = await rowCounts(house);
  expect(await brings(untrained.body.id)).toMatchObject(unfit);
  expect(await brings(ulid())).toMatchObject(unfit);
  expect(await rowCounts(house)).toEqual(before);
  const id = await aPromoter();
  expect(await brings(id)).toMatchObject({ status: 201, body: { broughtBy: { kind: 'promoter', promoterId: id, compensation: 'salary' } } });
  expect((await house.ask('GET', '/v1/promoters', { as: tenant.platformKey })).body).toMatchObject({
    promoters: expect.arrayContaining([expect.objectContaining({ id, campaigns: 1 })]),
  });
  expect(await post(`/v1/promoters/${id}/departure`, {})).toMatchObject({ status: 200 });
  expect(await brings(id)).toMatchObject(unfit);
});

test.each<[string, unknown]>([
  ['nobody said', undefined],
  ['pay per case', { kind: 'promoter', promoterId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', compensation: 'per-case' }],
  ['a commission', { kind: 'promoter', promoterId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', compensation: 'commission' }],
  ['a promoter without a name', { kind: 'promoter', compensation: 'salary' }],
  ['pay for a sponsor who came alone', { kind: 'self', compensation: 'salary' }],
])('%s: refused by CONDUCT', async (_what, broughtBy) => {
  const body = submission(tenant, { broughtBy });
  expect(await house.ask('POST', '/v1/campaigns', { as: tenant.platformKey, key: aKey(), body })).toMatchObject({
    status: 400,
    body: { rules: ['CONDUCT'] },
  });
});

test('a reviewer who brought the campaign does not decide it, nor does SQL let them', async () => {
  const reviewer = await staffId(house, tenant, 'reviewer');
  const promoterId = await aPromoter({ staffId: reviewer });
  const id = await aSubmission(house, tenant, { broughtBy: { kind: 'promoter', promoterId, compensation: 'salary' } });
  await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
  const decision = { decision: 'approve', reason: '材料齐全' };
  expect(await post(`/v1/campaigns/${id}/decision`, decision, tenant.sessions.reviewer)).toMatchObject({
    status: 403,
    body: { code: 'conduct.own_case', rules: ['CONDUCT'] },
  });
  const report = (await house.db('machine_report').where('campaign_id', id).first('id')) as { id: string };
  const row = {
    id: ulid(),
    campaign_id: id,
    report_id: report.id,
    decision: 'approve',
    rules: [],
    reason: 'x',
    staff_id: reviewer,
    decided_at: new Date(),
  };
  await expect(house.db('audit_decision').insert(row)).rejects.toThrow('does not decide on it');
  const other = await aColleague(house, tenant, 'reviewer');
  expect(await post(`/v1/campaigns/${id}/decision`, decision, other.session)).toMatchObject({ status: 200 });
});

test('a breach is a case; suspension and removal bite at once, an upheld appeal by another person undoes them', async () => {
  const [operator, second] = [await aColleague(house, tenant, 'operator'), await aColleague(house, tenant, 'operator')];
  const promoterId = await aPromoter();
  const opened = await post('/v1/conduct-cases', { promoterId, bottomLine: 'sweeping', evidence: '病区监控记录' });
  expect(opened).toMatchObject({ status: 201 });
  const at = `/v1/conduct-cases/${opened.body.id}`;
  expect(await post(`${at}/decision`, { outcome: 'breach', reason: 'x' }, operator.session)).toMatchObject({
    status: 400,
    body: { rules: ['CONDUCT'] },
  });
  const suspendedUntil = new Date((await nowMs(house, tenant)) + 10 * DAY_MS).toISOString();
  const verdict = { outcome: 'breach', sanction: 'suspension', suspendedUntil, reason: '属实' };
  expect(await post(`${at}/decision`, verdict, operator.session)).toMatchObject({ status: 200 });
  expect(await post(`${at}/decision`, verdict, operator.session)).toMatchObject({ status: 409, body: { code: 'conduct.wrong_state' } });
  expect(await brings(promoterId)).toMatchObject(unfit);
  await later(house, tenant, 10 * DAY_MS);
  expect(await brings(promoterId)).toMatchObject({ status: 201 });

  const again = await post('/v1/conduct-cases', { promoterId, bottomLine: 'pay-per-case', evidence: '转账记录' });
  const removal = { outcome: 'breach', sanction: 'removal', reason: '属实' };
  const path = `/v1/conduct-cases/${again.body.id}`;
  expect(await post(`${path}/decision`, removal, operator.session)).toMatchObject({ status: 200 });
  expect(await brings(promoterId)).toMatchObject(unfit);
  expect(await post(`${path}/appeal`, { text: '并非本人' })).toMatchObject({ status: 201 });
  expect(await post(`${path}/appeal`, { text: '再次申诉' })).toMatchObject({ status: 409 });
  const upheld = { outcome: 'upheld', reason: '证据不足' };
  expect(await post(`${path}/appeal/decision`, upheld, operator.session)).toMatchObject({ status: 403, body: { code: 'conduct.own_case' } });
  expect(await post(`${path}/appeal/decision`, upheld, second.session)).toMatchObject({ status: 200 });
  expect(await brings(promoterId)).toMatchObject({ status: 201 });
});

test('cases are listed with what the asker may decide now; their words are read by judges alone, and each look is on record', async () => {
  const [first, second] = [await aColleague(house, tenant, 'operator'), await aColleague(house, tenant, 'operator')];
  const promoterId = await aPromoter({ staffId: second.id });
  const { id } = (await post('/v1/conduct-cases', { promoterId, bottomLine: 'sweeping', evidence: '病区监控记录' })).body;
  type Case = { id: string; state: string; acts: string[]; evidence?: string; appealText?: string; appeal: object | null };
  const list = async (as: string, query = '') => (await house.ask<{ cases: Case[] }>('GET', `/v1/conduct-cases${query}`, { as })).body.cases;
  expect(await list(first.session, '?state=waiting')).toMatchObject([
    { id, state: 'open', acts: ['decide'], bottomLine: { zh: expect.any(String) } },
  ]);
  // Who is the promoter decides nothing; a reviewer decides no case, and the platform sees its state.
  for (const as of [second.session, tenant.sessions.reviewer, tenant.platformKey]) expect(await list(as)).toMatchObject([{ id, acts: [] }]);
  expect(JSON.stringify(await list(tenant.platformKey))).not.toContain('监控');
  expect(await list((await aTenant(house)).sessions.operator)).toEqual([]);
  await post(`/v1/conduct-cases/${id}/decision`, { outcome: 'breach', sanction: 'removal', reason: '属实' }, first.session);
  expect(await list(first.session, '?state=waiting')).toEqual([]);
  await post(`/v1/conduct-cases/${id}/appeal`, { text: '并非本人' });
  expect((await list(first.session))[0]).toMatchObject({ state: 'appealed', acts: [] });
  const read = await house.ask<Case>('GET', `/v1/conduct-cases/${id}`, { as: tenant.sessions.reviewer });
  expect(read).toMatchObject({ status: 200, body: { acts: ['decide-appeal'], evidence: '病区监控记录', appealText: '并非本人' } });
  const looks = await house.db('audit.event').where({ action: 'conduct.read', subject: `conduct/${id}` });
  expect(looks).toMatchObject([{ actor: `reviewer:${await staffId(house, tenant, 'reviewer')}` }]);
});

test('everybody reads the editions, with what each changed', async () => {
  const { body } = await house.ask<{ editions: { id: string; rules: string[]; values: { path: string; value: string }[]; changes: unknown }[] }>(
    'GET',
    '/v1/public/editions',
  );
  expect(body.editions.map(({ id, changes }) => [id, changes === null])).toEqual([
    ['convention-1.0', true],
    ['convention-2.0', false],
    ['measures-2024', false],
  ]);
  expect(body.editions[1]!.changes).toMatchObject({
    rulesRemoved: ['ASK-CAP'],
    changed: [{ path: 'effectiveOn', from: '2018-10-19', to: '2020-08-18' }],
  });
  expect(body.editions[2]!.values).toContainEqual({ path: 'windows.fundraisingDays', value: '30' });
});
