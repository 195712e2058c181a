import { DAY_MS } from '../../src/domain/calendar';
import { REVIEW_KINDS, reviewDueMs, workingDaysPassed } from '../../src/domain/reviewTargets';
import { aSubmission, documentOf } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aColleague, aTenant, later, nowMs, type Tenant } from '../support/people';

interface Item {
  readonly kind: string;
  readonly subjectId: string;
  readonly verdict: string | null;
  readonly top: { readonly rule: string | null } | null;
  readonly claim: { readonly mine: boolean; readonly by: string } | null;
  readonly aside: { readonly until: string; readonly words: string } | null;
  readonly escalation: { readonly to: string; readonly words: string } | null;
}
interface Queue {
  readonly waiting: Item[];
  readonly total: number;
  readonly next: string | null;
}

// The reviewers' queue: what waits and for whom, and that one thing is in one person's hand.
let house: House;
let tenant: Tenant;
let second: string;
let ids: string[];
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  second = (await aColleague(house, tenant, 'reviewer')).session;
  ids = [];
  for (const over of [{}, { documents: [documentOf('id-cards')] }, {}]) {
    const id = await aSubmission(house, tenant, over);
    await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
    await later(house, tenant, 60_000);
    ids.push(id);
  }
  // Submitted, and the machine has not reported yet: nobody's turn but the machine's.
  await aSubmission(house, tenant);
});
afterAll(() => house.close());
afterEach(() => house.owner('review_claim').delete());

const queue = async (as: string, query = ''): Promise<Queue> => (await house.ask<Queue>('GET', `/v1/review-queue${query}`, { as })).body;
const next = (as: string, body: object = {}): Promise<Answer<{ item: Item | null }>> => house.ask('POST', '/v1/review-queue/next', { as, body });
const subject = (id: string) => ({ kind: 'prior-audit', subjectId: id });

test('lists what waits, the longest first, page by page, with the machine’s word and its first reason', async () => {
  const all = await queue(tenant.sessions.reviewer);
  expect(all).toMatchObject({ total: 3, next: null });
  expect(all.waiting.map((each) => each.subjectId)).toEqual(ids);
  expect(all.waiting[1]).toMatchObject({ verdict: 'fail', top: { rule: expect.any(String) }, claim: null });
  const pages: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: Queue = await queue(tenant.sessions.reviewer, `?limit=1${after && `&after=${after}`}`);
    pages.push(...page.waiting.map((each) => each.subjectId));
    after = page.next;
  }
  expect(pages).toEqual(ids);
  expect((await queue(tenant.sessions.reviewer, '?verdict=fail')).waiting.map((each) => each.subjectId)).toEqual([ids[1]]);
  expect((await queue(tenant.sessions.reviewer, '?kind=release-review')).total).toBe(0);
});

test('new evidence waits for the machine’s next word, and the clock begins anew with it', async () => {
  await house.owner('campaign').where('id', ids[1]).increment('evidence_version', 1);
  expect((await queue(second)).waiting.map((each) => each.subjectId)).toEqual([ids[0], ids[2]]);
  await later(house, tenant, 60_000);
  await house.campaigns.payment.reportByMachine(ids[1]!, await nowMs(house, tenant));
  expect((await queue(second)).waiting.map((each) => [each.subjectId, each.verdict])).toEqual([
    [ids[0], 'pass'],
    [ids[2], 'pass'],
    [ids[1], 'fail'],
  ]);
});

test('two who ask at once get different things; what is in hand is named, given back, and free again when its time is over', async () => {
  const both = await Promise.all([next(tenant.sessions.reviewer), next(second)]);
  const got = both.map((each) => each.body.item!.subjectId);
  expect(new Set(got).size).toBe(2);
  expect(await house.ask('POST', '/v1/review-queue/claims', { as: second, body: subject(got[0]!) })).toMatchObject({
    status: 409,
    body: { code: 'review.claimed' },
  });
  expect(await house.ask('POST', '/v1/review-queue/claims', { as: second, body: subject(got[1]!) })).toMatchObject({ status: 200 });
  expect((await queue(second, '?claimed=mine')).waiting.map((each) => each.subjectId)).toEqual([got[1]]);
  // Somebody else's claim is not theirs to give back.
  expect((await house.ask('POST', '/v1/review-queue/returns', { as: second, body: subject(got[0]!) })).status).toBe(204);
  expect((await queue(second, '?claimed=nobody')).total).toBe(1);
  expect((await house.ask('POST', '/v1/review-queue/returns', { as: tenant.sessions.reviewer, body: subject(got[0]!) })).status).toBe(204);
  expect((await queue(second, '?claimed=nobody')).total).toBe(2);
  await house.owner('review_claim').update({ claimed_at: new Date(Date.now() - 7_200_000), expires_at: new Date(Date.now() - 1_000) });
  expect((await queue(second, '?claimed=nobody')).total).toBe(3);
  expect(await house.ask('POST', '/v1/review-queue/claims', { as: tenant.sessions.reviewer, body: subject(got[1]!) })).toMatchObject({ status: 200 });
});

test('when everything is in hand there is nothing to take, and that is an answer', async () => {
  for (const _ of ids) expect((await next(second)).body.item).not.toBeNull();
  expect(await next(tenant.sessions.reviewer)).toMatchObject({ status: 200, body: { item: null } });
});

test('another tenant’s reviewer sees and takes nothing of it; what waits for nobody cannot be taken', async () => {
  const other = await aTenant(house);
  expect(await queue(other.sessions.reviewer)).toMatchObject({ total: 0, waiting: [] });
  expect((await next(other.sessions.reviewer)).body.item).toBeNull();
  for (const [as, id] of [
    [other.sessions.reviewer, ids[0]!],
    [tenant.sessions.reviewer, '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
  ] as const)
    expect(await house.ask('POST', '/v1/review-queue/claims', { as, body: subject(id) })).toMatchObject({
      status: 404,
      body: { code: 'object.not_found', field: '/subjectId' },
    });
});

test('what waits for the platform’s answer, and what is decided, is in no queue', async () => {
  const ask = { documents: ['diagnosis'], language: 'zh', message: '请补充', dueInDays: 3 };
  expect((await house.ask('POST', `/v1/campaigns/${ids[2]}/evidence-requests`, { as: tenant.sessions.reviewer, body: ask })).status).toBe(201);
  expect((await queue(second)).waiting.map((each) => each.subjectId)).toEqual([ids[0], ids[1]]);
  const decided = await house.ask('POST', `/v1/campaigns/${ids[0]}/decision`, { as: second, body: { decision: 'approve', reason: '材料齐全' } });
  expect(decided.status).toBe(200);
  expect((await queue(second)).waiting.map((each) => each.subjectId)).toEqual([ids[1]]);
});

test('its timeline is the audit chain’s, newest first, for who may see it', async () => {
  const { body } = await house.ask<{ events: { type: string; by: { role: string; name: string | null } }[] }>(
    'GET',
    `/v1/campaigns/${ids[0]}/timeline`,
    { as: second },
  );
  expect(body.events.map((each) => each.type)).toEqual(['campaign.audit_decided', 'campaign.machine_reported', 'campaign.submitted']);
  expect(body.events[0]!.by).toEqual({ role: 'reviewer', name: 'reviewer' });
  expect((await house.ask('GET', `/v1/campaigns/${ids[0]}/timeline`, { as: tenant.platformKey })).status).toBe(403);
});

test('its clock runs in working days of the mainland', () => {
  const friday = Date.parse('2021-03-05T10:00:00+08:00');
  expect(new Date(reviewDueMs('prior-audit', friday)).toISOString()).toBe('2021-03-10T02:00:00.000Z');
  expect(workingDaysPassed(friday, Date.parse('2021-03-08T12:00:00+08:00'))).toBe(1);
  expect(workingDaysPassed(friday, friday)).toBe(0);
  for (const kind of REVIEW_KINDS) expect(reviewDueMs(kind, friday)).toBeGreaterThan(friday);
});

/** One more audit that waits. @returns its id. */
async function another(): Promise<string> {
  const id = await aSubmission(house, tenant);
  await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
  await later(house, tenant, 60_000);
  return id;
}

test('what is put aside is out of the queue until its working day and back by itself; a day that will not do is named, and nothing is put aside', async () => {
  const as = tenant.sessions.reviewer;
  const id = await another();
  await another();
  const aside = (until: string, who = as) =>
    house.ask('POST', '/v1/review-queue/asides', { as: who, body: { kind: 'prior-audit', subjectId: id, until, words: '等医院回电' } });
  // It waits since Monday 1 March 2021: three working days are over on the 4th.
  for (const until of ['2021-03-01', '2021-02-26', '2021-03-06', '2021-03-05'])
    expect([until, await aside(until)]).toMatchObject([until, { status: 400, body: { code: 'request.invalid' } }]);
  expect((await queue(as)).waiting.map((each) => each.subjectId)).toContain(id);
  await house.ask('POST', '/v1/review-queue/claims', { as: second, body: { kind: 'prior-audit', subjectId: id } });
  expect(await aside('2021-03-03')).toMatchObject({ status: 409, body: { code: 'review.claimed' } });
  await house.owner('review_claim').delete();
  expect(await aside('2021-03-03')).toMatchObject({ status: 200, body: { item: { aside: { words: '等医院回电' }, claim: null } } });
  const before = (await queue(as)).total;
  expect((await queue(as)).waiting.map((each) => each.subjectId)).not.toContain(id);
  expect((await queue(second, '?aside=only')).waiting.map((each) => each.subjectId)).toEqual([id]);
  const next = await house.ask<{ item: { subjectId: string } }>('POST', '/v1/review-queue/next', { as, body: { kind: 'prior-audit' } });
  expect(next.body.item.subjectId).not.toBe(id);
  await later(house, tenant, 2 * DAY_MS);
  expect((await queue(as, `?subjectId=${id}`)).waiting).toMatchObject([{ subjectId: id, aside: null }]);
  expect((await queue(as)).total).toBe(before + 1);
  expect(await house.db('audit.event').where('action', 'review.put_aside').select('subject')).toEqual([{ subject: `prior-audit/${id}` }]);
});

test('what is handed to another reviewer is offered to them and not to oneself again, with its note', async () => {
  const as = tenant.sessions.reviewer;
  const id = await another();
  await another();
  const body = { kind: 'prior-audit', subjectId: id, words: '收入材料请再看一眼' };
  expect(await house.ask('POST', '/v1/review-queue/escalations', { as, body })).toMatchObject({ status: 200 });
  const next = (who: string) => house.ask<{ item: Item | null }>('POST', '/v1/review-queue/next', { as: who, body: { kind: 'prior-audit' } });
  const ours = [];
  for (let got = (await next(as)).body.item; got; got = (await next(as)).body.item) ours.push(got.subjectId);
  expect(ours.length).toBeGreaterThan(0);
  expect(ours).not.toContain(id);
  expect((await next(second)).body.item).toMatchObject({ subjectId: id, escalation: { to: 'reviewer', words: body.words } });
  expect(await house.ask('POST', '/v1/review-queue/escalations', { as, body })).toMatchObject({ status: 409, body: { code: 'review.claimed' } });
});
