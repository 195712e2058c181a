import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sealAndAnchor } from '../../src/audit/chain';
import { EVENT_DATA_KEYS, EVENT_TYPES, INTERNAL_ACTIONS } from '../../src/audit/eventTypes';
import { checkoutRoot } from '../../src/paths';
import { aRaise, aSubmission } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, type Tenant } from '../support/people';

let house: House;
let ours: Tenant;
let theirs: Tenant;
beforeAll(async () => {
  house = await aHouse();
  [ours, theirs] = [await aTenant(house), await aTenant(house)];
});
afterAll(() => house.close());

interface Events {
  readonly events: { readonly id: string; readonly type: string; readonly campaignId: string | null; readonly data: Record<string, unknown> }[];
  readonly next: string;
}
const read = async (tenant: Tenant, query = ''): Promise<Events> =>
  (await house.ask<Events>('GET', `/v1/events${query}`, { as: tenant.platformKey })).body;
const seal = async (): Promise<void> => {
  const { anchorFile, keys } = house.dependencies.sandbox!;
  while ((await sealAndAnchor(house.db, anchorFile, keys.anchorKey)) > 0);
};

test('a tenant reads its own events in the order of the chain, page by page, and nothing of others', async () => {
  const campaignId = await aRaise(house, ours);
  const other = await aSubmission(house, theirs);
  expect((await read(ours)).events).toEqual([]);
  await seal();
  const all = await read(ours);
  expect(all.events.filter((e) => e.campaignId === campaignId).map((e) => e.type)).toEqual([
    'campaign.submitted',
    'campaign.machine_reported',
    'campaign.audit_decided',
    'campaign.opened',
  ]);
  expect(JSON.stringify(all)).not.toContain(other);
  const paged: Events['events'] = [];
  for (let after = '0', full = true; full; ) {
    const page = await read(ours, `?after=${after}&limit=2`);
    paged.push(...page.events);
    full = page.events.length === 2;
    after = page.next;
  }
  expect(paged).toEqual(all.events);
  // The cursor stands at the head, past others' events, and stays there.
  expect(await read(ours, `?after=${all.next}`)).toEqual({ events: [], next: all.next });
});

test('an event carries ids, codes and fen, no person and no text', async () => {
  await seal();
  const text = JSON.stringify(await read(ours));
  expect(text).not.toMatch(/张三|11010519|材料齐全|621700/);
  for (const event of (await read(ours)).events) for (const key of Object.keys(event.data)) expect(EVENT_DATA_KEYS).toContain(key);
});

test.each(['after=-1', 'after=x', 'after=1.5', `after=${'9'.repeat(19)}`, 'limit=0', 'limit=101', 'limit=x', 'from=1'])(
  '%s is refused',
  async (query) => {
    expect(await house.ask('GET', `/v1/events?${query}`, { as: ours.platformKey })).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  },
);

/** Every action that the code writes; a template stands for a pattern. */
function actionsInCode(): string[] {
  const root = path.join(checkoutRoot(), 'src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (f) => f.endsWith('.ts') && !f.startsWith('cli/play') && !f.startsWith('simulators'),
  );
  const found = new Set<string>();
  for (const file of files) {
    const text = readFileSync(path.join(root, file), 'utf8');
    const places = [...text.matchAll(/\baction: ([^\n]+)/g), ...text.matchAll(/\b(?:happened|event|recorded)\(([^;]*)/g)].map((m) => m[1]!);
    for (const place of places) for (const [, action] of place.matchAll(/['`]([a-z]+\.[a-z_${}.]+)['`]/g)) found.add(action!);
  }
  return [...found];
}

test('every action in the code is a documented event or the house’s own affair, and the document has each', () => {
  const known = [...Object.keys(EVENT_TYPES), ...INTERNAL_ACTIONS];
  const written = actionsInCode();
  expect(written.length).toBeGreaterThan(60);
  const unknown = written.filter((action) => {
    const pattern = new RegExp(`^${action.replace(/\$\{[^}]*\}/g, '[a-z_]+').replaceAll('.', '\\.')}$`);
    return !known.some((k) => pattern.test(k));
  });
  expect(unknown).toEqual([]);
  const document = readFileSync(path.join(checkoutRoot(), 'docs/integration.md'), 'utf8');
  expect(Object.entries(EVENT_TYPES).filter(([type, words]) => !document.includes(`| \`${type}\` | ${words} |`))).toEqual([]);
});
