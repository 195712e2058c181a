import { sealAndAnchor } from '../../src/audit/chain';
import { aSubmission } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, type Tenant } from '../support/people';

// What happens, as it happens, to who listens: in the chain's order, resumed by the last id, never another tenant's.
let house: House;
let ours: Tenant;
let theirs: Tenant;
beforeAll(async () => {
  house = await aHouse();
  [ours, theirs] = [await aTenant(house), await aTenant(house)];
  await seal();
});
afterAll(() => house.close());

const seal = async (): Promise<void> => {
  const { anchorFile, keys } = house.dependencies.sandbox!;
  while ((await sealAndAnchor(house.db, anchorFile, keys.anchorKey)) > 0);
};

interface Heard {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly type?: string; readonly campaignId?: string };
}
const parse = (text: string): Heard[] =>
  text
    .split('\n\n')
    .filter((block) => block.includes('data: '))
    .map((block) => {
      const of = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      return { id: of('id'), event: of('event'), data: JSON.parse(of('data')) as Heard['data'] };
    });
const listen = async (as: string, query: string, headers: Record<string, string> = {}): Promise<Heard[]> =>
  parse((await house.ask<string>('GET', `/v1/live${query}`, { as, headers })).body);

test('from a place on, everything of one’s own tenant once, in order; from the last id on, nothing twice', async () => {
  const [hello] = await listen(ours.sessions.reviewer, '');
  expect(hello).toMatchObject({ event: 'listening', data: {} });
  const one = await aSubmission(house, ours);
  const other = await aSubmission(house, theirs);
  const two = await aSubmission(house, ours);
  // What is not sealed has no place yet.
  expect(await listen(ours.sessions.maker, `?after=${hello!.id}`)).toHaveLength(1);
  await seal();
  const heard = (await listen(ours.sessions.maker, `?after=${hello!.id}`)).slice(1);
  expect(heard.map((each) => each.data.campaignId)).toEqual([one, two]);
  expect(JSON.stringify(heard)).not.toContain(other);
  expect(Object.keys(heard[0]!.data).sort()).toEqual(['campaignId', 'subject', 'type']);
  const resumed = await listen(ours.sessions.maker, '', { 'last-event-id': heard[0]!.id });
  expect(resumed.slice(1).map((each) => each.id)).toEqual([heard[1]!.id]);
});

test('who listens hears of it while the connection stands, and the stream ends by itself', async () => {
  const response = await fetch(`${house.url}/v1/live?seconds=20`, { headers: { authorization: `Bearer ${ours.sessions.reviewer}` } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (words: string): Promise<void> => {
    while (!text.includes(words)) text += (await reader.read()).value ?? '';
  };
  await until('listening');
  const id = await aSubmission(house, ours);
  await seal();
  await until(id);
  await reader.cancel();
});

test('keys and hospitals do not listen; a place that is none is refused', async () => {
  for (const as of [ours.platformKey, ours.hospital.login]) expect((await house.ask('GET', '/v1/live', { as })).status).toBe(403);
  expect(await house.ask('GET', '/v1/live?after=x', { as: ours.sessions.maker })).toMatchObject({ status: 400 });
});
