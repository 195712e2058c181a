import path from 'node:path';
import { playCase } from '../../src/cli/play/playCase';
import { Progress } from '../../src/cli/play/progress';
import { readCase } from '../../src/cli/play/validate';
import { checkoutRoot } from '../../src/paths';
import { TheSystem } from './support/theSystem';

/**
 * A choice of cases on a worker that forgets its workflows at once (0) or keeps too few of them (2): every wake is a replay, so what is not deterministic
 * shows. `ALMONER_WORKFLOW_CACHE=2 npm start` and `npm run almoner -- play` do the same with any other case.
 */
const CHOICE = [
  'plain',
  'answer-lost-alone',
  'bounce-twice',
  'bounce-second-batch',
  'complaint-upheld-between-batches',
  'complaint-dismissed-approval',
  'complaint-upheld-fundraising',
  'death-after-bounce',
  'hospital-silent',
  'ask-500000-01-certified',
  'target-crossed',
  'worker-killed-alone',
];
const GIFTS_MAX = 40;
const LANES = 3;

/** With none kept each wake waits for a workflow task of its own, some of them until the last one's time is over: a few cases, one after the other. */
describe.each([
  { kept: 0, choice: CHOICE.slice(0, 2), lanes: 1 },
  { kept: 2, choice: CHOICE, lanes: LANES },
])('with $kept workflows kept in memory', ({ kept, choice, lanes }) => {
  let system: TheSystem;
  const differences = new Map<string, readonly string[]>();
  beforeAll(async () => {
    system = await TheSystem.start({ ALMONER_WORKFLOW_CACHE: String(kept) });
    const queue = [...choice];
    const lane = async (): Promise<void> => {
      for (let name = queue.shift(); name; name = queue.shift()) {
        const theCase = readCase(path.join(checkoutRoot(), 'cases', `${name}.json`));
        const donations = { ...theCase.donations, count: Math.min(theCase.donations.count, GIFTS_MAX) };
        const played = await playCase({ ...theCase, donations }, system.running, { progress: new Progress(() => undefined) });
        differences.set(name, [...played.differences.map(String), ...played.broken]);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }, 420_000);
  afterAll(() => system.end(), 60_000);

  test.each(choice)('%s plays to its expectation', (name) => {
    expect(differences.get(name)).toEqual([]);
  });

  test('and the books balance', async () => {
    const { code, stdout } = await system.almoner('verify', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, differences: [] });
    expect(code).toBe(0);
  }, 60_000);
});
