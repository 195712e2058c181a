import { aHouse, type House } from '../support/house';

// Rates where a person looks, and where none holds; keys, sessions, addresses and log-ins are in watching.test.ts.
const openHouses: House[] = [];
async function aStrictHouse(settings: NodeJS.ProcessEnv): Promise<House> {
  const house = await aHouse(undefined, undefined, settings);
  openHouses.push(house);
  return house;
}
afterAll(async () => {
  for (const house of openHouses) await house.close();
});

test('pages say so as pages, in the language of who looks; gift orders are counted apart', async () => {
  const house = await aStrictHouse({ RATE_GIFTS: '2' });
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

test('callbacks and health are never limited', async () => {
  const house = await aStrictHouse({ RATE_ADDRESS: '1' });
  const pushes = await Promise.all(Array.from({ length: 30 }, () => house.push('bank', {}, { 'x-fake-signature': 'bad' })));
  expect(new Set(pushes.map(({ status }) => status))).toEqual(new Set([401]));
  const alive = await Promise.all(Array.from({ length: 30 }, () => house.ask('GET', '/healthz')));
  expect(new Set(alive.map(({ status }) => status))).toEqual(new Set([200]));
});
