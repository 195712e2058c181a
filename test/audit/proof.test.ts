import { sealAndAnchor } from '../../src/audit/chain';
import { checkProof, proofLines } from '../../src/audit/proof';
import { aRaise } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, type Tenant } from '../support/people';

// What leaves the house and is checked without it.
let house: House;
let tenant: Tenant;
let lines: string[];
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  await aRaise(house, await aTenant(house));
  await aRaise(house, tenant);
  const { anchorFile, anchorKey } = house.dependencies;
  while ((await sealAndAnchor(house.db, anchorFile, anchorKey)) > 0);
  lines = [];
  for await (const line of proofLines(house.db, tenant.id, anchorFile, anchorKey)) lines.push(line.trim());
});
afterAll(() => house.close());

async function* from(of: readonly string[]): AsyncGenerator<string> {
  yield* of;
}
const check = (of: readonly string[]) => checkProof(from(of));
const linkAt = (of: (link: { e?: string }) => boolean): number =>
  lines.findIndex((line, nth) => nth > 1 && line.startsWith('{"p"') && of(JSON.parse(line) as { e?: string }));

test('it holds, has the platform’s own events and of the others only their hashes', async () => {
  const { links, events, anchors, differences } = await check(lines);
  expect(differences).toEqual([]);
  expect(events).toBeGreaterThan(0);
  expect(links).toBeGreaterThan(events);
  expect(anchors).toBeGreaterThan(0);
  const shown = lines.filter((line) => line.includes('"e":'));
  expect(shown.every((line) => line.includes(tenant.id))).toBe(true);
});

test.each([
  [
    'an altered event',
    'chain.hash',
    () =>
      lines.with(
        linkAt(({ e }) => e !== undefined),
        lines[linkAt(({ e }) => e !== undefined)]!.replace('"e":"[', '"e":"[0'),
      ),
  ],
  [
    'a link left out',
    'chain.gap',
    () =>
      lines.toSpliced(
        linkAt(() => true),
        1,
      ),
  ],
  [
    'the end cut off under an anchor',
    'chain.anchor',
    () =>
      lines.map((line) =>
        line.startsWith('{"p"') && lines.indexOf(line) === lines.findLastIndex((each) => each.startsWith('{"p"'))
          ? line.replace(/"h":"../, '"h":"00')
          : line,
      ),
  ],
  ['a forged anchor', 'anchor.signature', () => lines.map((line) => (line.startsWith('{"anchor"') ? line.replace(/"at":"20/, '"at":"21') : line))],
])('%s is found and named', async (_name, what, forged) => {
  const { differences } = await check(forged());
  expect(differences.map((each) => each.what)).toContain(what);
});

test('what is no proof is refused', async () => {
  await expect(check(['{"p":"1","h":"00"}'])).rejects.toThrow(SyntaxError);
  await expect(check([])).rejects.toThrow(SyntaxError);
});
