import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EVERYWHERE, PLANTS } from '../../src/simulation/plants';
import { simulate } from '../support/simulate';

const root = path.join(__dirname, '..', '..');
const MINUTES_MS = 600_000;

test('at least twenty bugs, each with a name of its own', () => {
  expect(new Set(PLANTS.map(({ name }) => name)).size).toBe(PLANTS.length);
  expect(PLANTS.length).toBeGreaterThanOrEqual(20);
});

test.each(PLANTS.map((plant) => [plant.name, plant] as const))('%s can still be planted in the sources as they are', (_name, { changes }) => {
  expect(changes.length).toBeGreaterThan(0);
  for (const { file, find, times } of [...EVERYWHERE, ...changes])
    expect([file, find, readFileSync(path.join(root, file), 'utf8').split(find).length - 1]).toEqual([file, find, times ?? 1]);
});

// Four of the list, of four kinds; `npm run simulate -- --plant all` looks for every one.
test.each(['order-key-dropped', 'cap-not-enforced', 'fee-counted-twice', 'resubmit-new-id'])(
  '%s is found',
  async (name) => {
    const { code, last, said } = await simulate(['--seeds', '1000', '--plant', name]);
    expect(last).toMatchObject({ violations: 1 });
    expect(said).toMatch(/^✗ seed \d+/m);
    expect(code).toBe(1);
  },
  MINUTES_MS,
);

test('a bug that nobody planted is refused by name', async () => {
  const { code, said } = await simulate(['--seeds', '1', '--plant', 'no-such-bug']);
  expect(code).toBe(2);
  expect(said).toMatch('no-such-bug');
});
