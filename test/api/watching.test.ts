import { countActivity } from '../../src/observability/metrics';
import { createApp } from '../../src/api/app';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../src/config';
import { aRaise, given } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, type Tenant } from '../support/people';

const TOKEN = 'm'.repeat(43);
let house: House;
let tenant: Tenant;
const servers: Server[] = [];
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  await house.close();
});

/** The same house behind an API of other settings. @returns its address. */
async function withSettings(settings: Partial<Config>, isEnding = () => false): Promise<string> {
  const server = createServer(createApp({ ...house.dependencies, isEnding, config: { ...house.dependencies.config, ...settings } }));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const limits = (over: Partial<Config['limits']>): Partial<Config> => ({ limits: { ...house.dependencies.config.limits, ...over } });

describe('the id of a request', () => {
  test('is given, is in the answer and on the line that tells of it; a caller may bring their own', async () => {
    const url = await withSettings({});
    for (const [theirs, kept] of [
      ['upstream-0001', true],
      ['short', false],
      ['x'.repeat(65), false],
      ['with space and more', false],
    ] as const) {
      const before = house.logged.length;
      const headers = { authorization: `Bearer ${tenant.platformKey}`, 'x-request-id': theirs };
      const answer = await fetch(`${url}/v1/campaigns`, { headers });
      const id = answer.headers.get('x-request-id')!;
      expect(id === theirs).toBe(kept);
      expect(id).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
      const lines = house.logged.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines).toContainEqual(expect.objectContaining({ requestId: id, method: 'GET', route: '/v1/campaigns', status: 200 }));
    }
  });

  test('an address is told by its pattern: no id and no query of it is logged', async () => {
    const before = house.logged.length;
    await house.ask('GET', '/v1/campaigns/01ARZ3NDEKTSV4RRFFQ69G5FAV?who=13800138000', { as: tenant.platformKey });
    await house.ask('GET', '/nowhere/13800138000%0Ainjected');
    const said = house.logged.slice(before).join('');
    expect(said).toContain('"/v1/campaigns/:id"');
    for (const never of ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '13800138000', 'injected', 'nowhere']) expect(said).not.toContain(never);
  });
});

describe('/metrics', () => {
  const scraped = async (url: string, token?: string): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${url}/metrics`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    return { status: answer.status, text: await answer.text() };
  };

  test('is for who shows the token, and for nobody where none is set', async () => {
    const url = await withSettings({ metricsToken: TOKEN });
    expect((await scraped(url)).status).toBe(401);
    expect((await scraped(url, `${TOKEN}x`)).status).toBe(401);
    expect((await scraped(url, tenant.platformKey)).status).toBe(401);
    expect((await scraped(url, TOKEN)).status).toBe(200);
    expect((await scraped(await withSettings({ metricsToken: '' }), '')).status).toBe(401);
  });

  test('counts requests, gifts, callbacks and activities, and says what waits; every name is the house’s and no label names anybody', async () => {
    const url = await withSettings({ metricsToken: TOKEN });
    const value = (text: string, line: RegExp): number => Number(new RegExp(`^${line.source} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
    const before = (await scraped(url, TOKEN)).text;
    await fetch(`${url}/v1/campaigns`, { headers: { authorization: `Bearer ${tenant.platformKey}` } });
    await given(house, tenant, await aRaise(house, tenant), [500n, 700n]);
    await house.db('money_exception').insert({ id: 'x1', tenant_id: tenant.id, kind: 'test-kind', subject: 's', data: '{}' });
    expect(await house.push('wechat', 'no notice', { 'wechatpay-signature': 'forged' })).toMatchObject({ status: expect.any(Number) as number });
    countActivity('preparePayout', 'done', 0.02);
    // What the database knows is asked for anew after five seconds.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    const { text } = await scraped(url, TOKEN);
    expect(value(text, /almoner_http_requests_total\{method="GET",route="\/v1\/campaigns",status="200"\}/)).toBeGreaterThan(0);
    expect(value(text, /almoner_gifts_posted_total/) - value(before, /almoner_gifts_posted_total/)).toBe(2);
    expect(value(text, /almoner_activity_seconds_count\{activity="preparePayout",outcome="done"\}/)).toBe(1);
    expect(value(text, /almoner_money_exceptions_open\{kind="test-kind"\}/)).toBe(1);
    expect(value(text, /almoner_outbox_undelivered/)).toBeGreaterThan(0);
    expect(value(text, /almoner_outbox_oldest_seconds/)).toBeGreaterThan(0);
    expect(value(text, /almoner_audit_unsealed/)).toBeGreaterThan(0);
    expect(value(text, /almoner_payouts_open\{state="unknown"\}/)).toBe(0);
    expect(value(text, /almoner_scrape_failed/)).toBe(0);
    expect(text).toMatch(/almoner_callbacks_total\{provider="wechat",status="\d{3}"\}/);
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
    expect(names.filter((name) => !name.startsWith('almoner_'))).toEqual([]);
    expect(text).not.toMatch(/[0-9A-Z]{26}/);
  }, 30_000);
});

describe('a caller who asks too much', () => {
  const get = (url: string, bearer?: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/v1/campaigns`, { headers: { ...headers, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) } });
  const times = async (n: number, ask: () => Promise<Response>): Promise<number[]> => {
    const statuses: number[] = [];
    for (let i = 0; i < n; i += 1) statuses.push((await ask()).status);
    return statuses;
  };

  test.each([
    ['with a key', { keyPerSecond: 1 }, (): string => tenant.platformKey, 200],
    ['who is logged in', { sessionPerSecond: 1 }, (): string => tenant.sessions.reviewer, 200],
    ['without either', { addressPerSecond: 1 }, (): undefined => undefined, 401],
  ] as const)('%s is told to wait, in words and headers; others are not', async (_who, over, bearer, before) => {
    const url = await withSettings(limits(over));
    expect(await times(10, () => get(url, bearer()))).toEqual(Array<number>(10).fill(before));
    const answer = await get(url, bearer(), { 'accept-language': 'en' });
    expect(answer.status).toBe(429);
    expect(await answer.json()).toMatchObject({ code: 'rate.limited', retryable: true, status: 429 });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(answer.headers.get('ratelimit-limit')).toBe('10');
    expect(answer.headers.get('ratelimit-remaining')).toBe('0');
    expect((await get(url, tenant.sessions.operator)).status).toBe(200);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('gains nothing by a new made-up key for each request', async () => {
    const url = await withSettings(limits({ addressPerSecond: 1 }));
    let made = 0;
    const statuses = await times(12, () => get(url, `alm_platform_${'a'.repeat(20)}${made++}`));
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
  });

  test('may try a log-in only so often from one address, whoever they say they are', async () => {
    const url = await withSettings(limits({ logInsPerMinute: 3 }));
    let who = 0;
    const tries = await times(4, () =>
      fetch(`${url}/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login: `nobody${who++}`, password: 'wrong' }),
      }),
    );
    expect(tries).toEqual([401, 401, 401, 429]);
  });

  test('is known by the address that a trusted proxy saw, and by no other header', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const direct = await withSettings(limits({ addressPerSecond: 1 }));
    let n = 0;
    expect(await times(11, () => get(direct, undefined, from(`10.0.0.${n++}`)))).toContain(429);
    const behind = await withSettings({ ...limits({ addressPerSecond: 1 }), trustedProxies: 1 });
    expect(await times(11, () => get(behind, undefined, from(`10.0.1.${n++}`)))).not.toContain(429);
    expect(await times(11, () => get(behind, undefined, from(`10.9.9.9, 10.0.2.1`)))).toContain(429);
  });
});

test('a process that was told to end says that it takes no new work', async () => {
  const url = await withSettings({}, () => true);
  const answer = await fetch(`${url}/readyz`);
  expect(answer.status).toBe(503);
  expect(((await answer.json()) as { checks: Record<string, string> }).checks).toMatchObject({
    process: 'failed',
    postgres: 'ok',
    documents: 'ok',
  });
});
