import { aHouse, type House } from '../support/house';

// Rates: who asks too often is answered 429 and told when to come back; nobody else is.
const openHouses: House[] = [];
async function aStrictHouse(settings: NodeJS.ProcessEnv): Promise<House> {
  const house = await aHouse(undefined, undefined, settings);
  openHouses.push(house);
  return house;
}
afterAll(async () => {
  for (const house of openHouses) await house.close();
});

type Problem = { readonly code: string; readonly detail: string; readonly retryable: boolean };
const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

test('a key is limited by itself: the other key and the stranger go on', async () => {
  const house = await aStrictHouse({ RATE_SANDBOX_KEY_PER_SECOND: '1' });
  const answers = await Promise.all(Array.from({ length: 14 }, () => house.ask('GET', '/v1/me', { as: house.sandboxKey })));
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(4);
  expect((await house.ask('GET', '/v1/openapi.json')).status).toBe(200);
  expect((await house.ask('GET', '/v1/me', { as: 'alm_platform_other' })).status).toBe(401);

  const refused = await fetch(`${house.url}/v1/me`, { headers: { authorization: `Bearer ${house.sandboxKey}`, 'accept-language': 'zh-CN' } });
  const problem = (await refused.json()) as Problem;
  expect(problem).toMatchObject({ code: 'rate.limited', retryable: true, detail: expect.stringContaining('请求过于频繁') });
  const waitS = Number(refused.headers.get('retry-after'));
  expect(waitS).toBeGreaterThanOrEqual(1);
  expect(waitS).toBeLessThanOrEqual(10);
  expect([refused.headers.get('ratelimit-limit'), refused.headers.get('ratelimit-remaining')]).toEqual(['10', '0']);
  await new Promise((resolve) => setTimeout(resolve, waitS * 1_000 + 200));
  expect((await house.ask('GET', '/v1/me', { as: house.sandboxKey })).status).not.toBe(429);
}, 30_000);

test('of a hundred log-ins from one address, for a hundred names, only the first are looked at', async () => {
  const house = await aStrictHouse({ RATE_LOG_INS_PER_MINUTE: '10' });
  const answers = [];
  for (let i = 0; i < 100; i += 1)
    answers.push(await house.ask<Problem>('POST', '/v1/sessions', { body: { login: `guessed-${i}`, password: 'wrong' } }));
  expect(answers.slice(0, 10).map(({ body }) => body.code)).toEqual(Array.from({ length: 10 }, () => 'auth.bad_credentials'));
  expect(answers.slice(10).every(({ status, body }) => status === 429 && body.code === 'rate.limited')).toBe(true);
});

test('made-up keys, each another, are refused by address before the database is asked', async () => {
  const house = await aStrictHouse({ RATE_GUESSES_PER_MINUTE: '5' });
  const statuses = [];
  for (let i = 0; i < 8; i += 1) statuses.push((await house.ask('GET', '/v1/me', { as: `alm_platform_guess${i}` })).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  expect((await house.ask('GET', '/v1/openapi.json')).status).toBe(200);
});

test('pages say so as pages, in the language of who looks; gift orders are counted apart', async () => {
  const house = await aStrictHouse({ RATE_GIFTS_PER_MINUTE: '2' });
  const give = (): Promise<Response> =>
    fetch(`${house.url}/c/01ARZ3NDEKTSV4RRFFQ69G5FAV/give`, {
      method: 'POST',
      headers: { accept: 'text/html', 'accept-language': 'en', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'yuan=1',
    });
  expect([(await give()).status, (await give()).status]).not.toContain(429);
  const third = await give();
  expect([third.status, third.headers.get('content-type')]).toEqual([429, 'text/html; charset=utf-8']);
  expect(await third.text()).toContain('Too many requests came from here');
  expect((await house.ask('GET', '/')).status).toBe(200);
});

test('an address is who connected, unless a proxy is trusted: then who that proxy names', async () => {
  const direct = await aStrictHouse({ RATE_ADDRESS_PER_SECOND: '1' });
  const behindOne = await aStrictHouse({ RATE_ADDRESS_PER_SECOND: '1', TRUST_PROXY: '1' });
  const flood = async (house: House): Promise<number> => {
    const answers = await Promise.all(
      Array.from({ length: 15 }, (_, i) => house.ask('GET', '/v1/openapi.json', { headers: from(`203.0.113.${i}`) })),
    );
    return answers.filter(({ status }) => status === 429).length;
  };
  expect(await flood(direct)).toBe(5);
  expect(await flood(behindOne)).toBe(0);
  // What a caller wrote in front of the proxy's word is not believed.
  const spoofed = await Promise.all(
    Array.from({ length: 15 }, (_, i) => behindOne.ask('GET', '/v1/openapi.json', { headers: from(`198.51.100.${i}, 203.0.113.200`) })),
  );
  expect(spoofed.filter(({ status }) => status === 429)).toHaveLength(5);
});

test('callbacks and health are never limited', async () => {
  const house = await aStrictHouse({ RATE_ADDRESS_PER_SECOND: '1' });
  const pushes = await Promise.all(Array.from({ length: 30 }, () => house.push('bank', {}, { 'x-fake-signature': 'bad' })));
  expect(new Set(pushes.map(({ status }) => status))).toEqual(new Set([401]));
  const alive = await Promise.all(Array.from({ length: 30 }, () => house.ask('GET', '/healthz')));
  expect(new Set(alive.map(({ status }) => status))).toEqual(new Set([200]));
});
