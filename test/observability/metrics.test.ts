import { ulid } from 'ulid';
import { row } from '../../src/database/connect';
import { scrape } from '../../src/observability/metrics';
import { aRaise, given } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant } from '../support/people';
import { aReservedPayout } from '../support/releases';

// What a scrape tells, held against what happened.
let house: House;
beforeAll(async () => {
  house = await aHouse();
});
afterAll(() => house.close());

/** One scrape: value by series, as Prometheus reads it. */
async function series(): Promise<ReadonlyMap<string, number>> {
  const { text } = await scrape(house.db, true);
  const read = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(read.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/** Numbers of the database are given again for 5 s; a test that changed them waits until they are asked for anew. */
const lookedAgain = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5_050));

test('requests are counted by method, route pattern and status; an address that is none adds no series', async () => {
  const of = 'almoner_http_requests_total{method="GET",route="/v1/campaigns/:id",status="401"}';
  const before = (await series()).get(of) ?? 0;
  for (let i = 0; i < 3; i += 1) await house.ask('GET', `/v1/campaigns/${ulid()}`);
  for (let i = 0; i < 3; i += 1) await house.ask('GET', `/nowhere/${ulid()}`);
  const after = await series();
  expect(after.get(of)! - before).toBe(3);
  expect(after.get('almoner_http_request_seconds_count{method="GET",route="/v1/campaigns/:id"}')).toBeGreaterThanOrEqual(3);
  expect([...after.keys()].filter((each) => each.includes('nowhere'))).toEqual([]);
});

test('gifts and their fen, callbacks by answer, refused log-ins', async () => {
  const tenant = await aTenant(house);
  const before = await series();
  const grown = (after: ReadonlyMap<string, number>, of: string): number => (after.get(of) ?? 0) - (before.get(of) ?? 0);
  await given(house, tenant, await aRaise(house, tenant), [12_345n, 1n]);
  await house.push('wechat', {}, { 'x-fake-signature': 'bad' });
  await house.ask('POST', '/v1/sessions', { body: { login: 'nobody', password: 'wrong' } });
  const after = await series();
  expect(grown(after, 'almoner_gifts_posted_total')).toBe(2);
  expect(grown(after, 'almoner_gift_fen_total')).toBe(12_346);
  expect(grown(after, 'almoner_callbacks_total{provider="wechat",status="204"}')).toBe(2);
  expect(grown(after, 'almoner_callbacks_total{provider="wechat",status="401"}')).toBe(1);
  expect(grown(after, 'almoner_login_failures_total{wrong="password"}')).toBe(1);
});

test('what the database knows: words undelivered, rows unsealed, payouts open, exceptions by kind', async () => {
  const tenant = await aTenant(house);
  await aReservedPayout(house, tenant);
  await house.owner('money_exception').insert({ id: ulid(), tenant_id: tenant.id, kind: 'test-kind', subject: ulid(), data: '{}' });
  await lookedAgain();
  const found = await series();
  const count = async (sql: string): Promise<number> => Number((await row<{ n: bigint }>(house.owner, sql))!.n);
  expect(found.get('almoner_scrape_failed')).toBe(0);
  expect(found.get('almoner_outbox_undelivered')).toBe(await count('select count(*) as n from outbox where delivered_at is null'));
  expect(found.get('almoner_outbox_oldest_seconds')).toBeGreaterThan(0);
  expect(found.get('almoner_audit_unsealed')).toBe(await count('select count(*) as n from audit.event'));
  expect(found.get('almoner_audit_unsealed_oldest_seconds')).toBeGreaterThan(0);
  expect(found.get('almoner_payouts_open{state="reserved"}')).toBe(1);
  expect(found.get('almoner_payouts_open{state="unknown"}')).toBe(0);
  expect(found.get('almoner_money_exceptions_open{kind="test-kind"}')).toBe(1);
  expect(found.get('almoner_pool_connections{state="waiting"}')).toBe(0);
  await house.owner.raw('select audit.seal(100000)');
  await lookedAgain();
  expect((await series()).get('almoner_audit_unsealed')).toBe(0);
}, 60_000);

test('a database that refuses does not make a scrape fail, and stands in it', async () => {
  await house.owner.raw('alter table money_exception rename to hidden');
  try {
    await lookedAgain();
    expect((await series()).get('almoner_scrape_failed')).toBe(1);
  } finally {
    await house.owner.raw('alter table hidden rename to money_exception');
  }
  await lookedAgain();
  expect((await series()).get('almoner_scrape_failed')).toBe(0);
}, 60_000);

test('every name begins with almoner_, and no label holds an id, an address or a number of a person', async () => {
  const all = [...(await series()).keys()];
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter((each) => !each.startsWith('almoner_'))).toEqual([]);
  expect(all.filter((each) => /[0-9A-HJKMNP-TV-Z]{26}|\d{11}|https?:|127\.0\.0\.1/.test(each))).toEqual([]);
});
