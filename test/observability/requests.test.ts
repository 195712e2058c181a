import { get } from 'node:http';
import { aHouse, type House } from '../support/house';
import { aTenant } from '../support/people';

// Each request has an id, on its answer and on each of its lines; one line tells of it, without address, person or secret.
let house: House;
beforeAll(async () => {
  house = await aHouse();
});
afterAll(() => house.close());

interface Line {
  readonly requestId?: string;
  readonly msg: string;
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly actor?: string;
  readonly ms?: number;
}
const lines = (): Line[] => house.logged.map((line) => JSON.parse(line) as Line);
const fetched = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(house.url + path, { method, headers });
const idOf = (answer: Response): string => answer.headers.get('x-request-id')!;
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** @returns the line that tells of a request, once it is over. */
async function lineOf(requestId: string): Promise<Line> {
  for (let waits = 0; waits < 100; waits += 1) {
    const line = lines().find((each) => each.requestId === requestId && each.msg === 'answered');
    if (line) return line;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no line tells of ${requestId}`);
}

test('a request without an id gets one, and every line of it bears it', async () => {
  const answer = await fetched('/v1/campaigns/01ARZ3NDEKTSV4RRFFQ69G5FAV?secretly=thing', { authorization: 'Bearer alm_platform_none' });
  const id = idOf(answer);
  expect(id).toMatch(ULID);
  expect(((await answer.json()) as { instance: string }).instance).toBe(`urn:almoner:request:${id}`);
  expect(await lineOf(id)).toMatchObject({ method: 'GET', route: '/v1/campaigns/:id', status: 401, actor: 'public', ms: expect.any(Number) });
  expect(house.logged.join('')).not.toMatch(/01ARZ3NDEKTSV4RRFFQ69G5FAV|secretly|alm_platform_none/);
});

test('the kind of who asked stands on the line, and nothing else of them', async () => {
  const tenant = await aTenant(house);
  const answer = await fetched('/v1/campaigns', { authorization: `Bearer ${tenant.platformKey}`, 'x-request-id': 'trace-me_0001' });
  expect(idOf(answer)).toBe('trace-me_0001');
  expect(await lineOf('trace-me_0001')).toMatchObject({ route: '/v1/campaigns', status: answer.status, actor: 'platform' });
});

test('lines of a callback that was not taken bear the id of its request too', async () => {
  const answer = await house.push('bank', {}, { 'x-fake-signature': 'bad', 'x-request-id': 'bank-push-1' });
  expect(answer.status).toBe(401);
  await lineOf('bank-push-1');
  expect(
    lines()
      .filter(({ requestId }) => requestId === 'bank-push-1')
      .map(({ msg }) => msg),
  ).toEqual(['a callback was not taken', 'answered']);
});

test.each([
  ['too short', 'abc'],
  ['too long', 'a'.repeat(65)],
  ['with a blank and words', 'good-id00 msg=forged'],
  ['with quotes and braces', '"},{"msg":"forged"}'],
  ['with letters of another script', Buffer.from('请求号请求号请求号').toString('latin1')],
  ['a phone number', '13800138000'],
  ['a citizen number', '11010519491231002X'],
])('an id %s is not taken over', async (_what, theirs) => {
  const answer = await fetched('/v1/openapi.json', { 'x-request-id': theirs });
  const id = idOf(answer);
  expect(id).toMatch(ULID);
  await lineOf(id);
  expect(house.logged.join('')).not.toContain(theirs);
});

test('an id with a line break never reaches us, and every line stays one JSON object', async () => {
  expect(() => get(house.url, { headers: { 'x-request-id': 'good-id00\r\n{"msg":"forged"}' } })).toThrow('Invalid character');
  for (const line of house.logged) {
    expect(line.trimEnd()).not.toContain('\n');
    expect(() => JSON.parse(line) as unknown).not.toThrow();
  }
});
