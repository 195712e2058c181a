import { aRaise } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';

let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close());

interface Overview {
  readonly checks: readonly { readonly name: string; readonly state: string }[];
  readonly lag: { readonly words: number };
  readonly stuck: readonly {
    readonly workflow: string;
    readonly id: string;
    readonly cause: string;
    readonly attempts: number;
    readonly error: string | null;
    readonly ageSeconds: number;
  }[];
}

const overview = async (of = tenant): Promise<Overview> => (await house.ask<Overview>('GET', '/v1/operations', { as: of.sessions.operator })).body;
const redrive = (work: object, of = tenant, key = aKey()) =>
  house.ask<{ words: number }>('POST', '/v1/operations/redrives', { as: of.sessions.operator, key, body: work });

test('a word that does not arrive and a payment whose outcome is not known are on the list, with cause, attempts and age; another platform sees neither', async () => {
  const campaignId = await aRaise(house, tenant);
  const { payoutId } = await aReservedPayout(house, tenant, [1_000_000n]);
  const submitted = new Date((await nowMs(house, tenant)) - 7_200_000);
  await house.owner('payout').where('id', payoutId).update({ state: 'submitted', submitted_at: submitted, submits: 3 });
  expect((await overview()).stuck).toContainEqual(expect.objectContaining({ id: payoutId, cause: 'bank-silent', ageSeconds: 7_200 }));
  await house.owner('payout').where('id', payoutId).update({ state: 'unknown' });
  await house
    .owner('outbox')
    .where({ workflow_id: `campaign/${campaignId}` })
    .update({ created_at: house.owner.raw(`clock_timestamp() - interval '1 hour'`), attempts: 9, last_error: 'ServiceError' });
  const { stuck, lag, checks } = await overview();
  expect(stuck).toContainEqual(expect.objectContaining({ workflow: 'transfer', id: payoutId, cause: 'bank-unknown', attempts: 3 }));
  const word = stuck.find((each) => each.workflow === 'campaign' && each.id === campaignId)!;
  expect(word).toMatchObject({ cause: 'word-waits', attempts: 9, error: 'ServiceError' });
  expect(word.ageSeconds).toBeGreaterThanOrEqual(3_600);
  expect(lag.words).toBeGreaterThan(0);
  expect(checks).toContainEqual(expect.objectContaining({ name: 'postgres', state: 'ok' }));
  const other = await aTenant(house);
  expect((await overview(other)).stuck).toEqual([]);
  expect(await redrive({ workflow: 'transfer', id: payoutId }, other)).toMatchObject({ status: 404, body: { code: 'object.not_found' } });
  expect((await house.ask('GET', `/v1/operations/work?workflow=transfer&id=${payoutId}`, { as: other.sessions.operator })).status).toBe(404);
});

test('a re-drive has the words that wait go out now and tells the workflow once, also when it is asked twice; what has ended cannot be re-driven', async () => {
  const campaignId = await aRaise(house, tenant);
  const waits = house.owner('outbox').where({ workflow_id: `campaign/${campaignId}` });
  await waits.clone().update({ not_before: house.owner.raw(`clock_timestamp() + interval '1 hour'`) });
  const before = (await waits.clone()).length;
  const work = { workflow: 'campaign', id: campaignId };
  const key = aKey();
  const [one, again] = [await redrive(work, tenant, key), await redrive(work, tenant, key)];
  expect(one).toMatchObject({ status: 201, body: { words: before } });
  expect(again.body).toEqual(one.body);
  const now = await waits.clone().whereRaw('not_before <= clock_timestamp()');
  expect(now).toHaveLength(before + 1);
  expect(now.filter(({ notice }) => notice === 'repaired')).toHaveLength(1);
  expect(await house.db('audit.event').where({ action: 'workflow.redriven', subject: `campaign/${campaignId}` })).toHaveLength(1);
  expect(await redrive({ workflow: 'refund', id: campaignId })).toMatchObject({ status: 404 });
  expect((await house.ask('POST', '/v1/operations/redrives', { as: tenant.sessions.reviewer, key: aKey(), body: work })).status).toBe(403);
});
