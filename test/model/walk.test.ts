import fc from 'fast-check';
import { Api } from '../../src/cli/play/api';
import { TheSystem } from '../system/support/theSystem';
import { submissions, walks } from './support/arbitraries';
import type { Tally } from './support/step';
import { World } from './support/world';

/** Fixed, so that a run is repeated exactly; WALK_SEED walks elsewhere, ALMONER_WALKS walks longer, WALK_PATH repeats the one that failed. */
const SEED = Number(process.env.WALK_SEED ?? 20_200_818);
const WALKS = Number(process.env.ALMONER_WALKS ?? 15);
const LANES = 3;
const STEPS = 100;

let system: TheSystem;
beforeAll(async () => {
  system = await TheSystem.start();
}, 180_000);
afterAll(() => system.end(), 60_000);

test(
  'no order of calls, by whomever, brings a campaign where a rule forbids it',
  async () => {
    const { url, sandboxKey } = system.running;
    const api = new Api(url, WALKS * 300_000);
    const tally: Tally = new Map();
    const phases = new Map<string, number>();
    const stranger = await World.begin(api, sandboxKey, fc.sample(submissions, { numRuns: 1, seed: 1 })[0]!, null);
    const walk = fc.asyncProperty(
      submissions,
      submissions,
      fc.nat(3).map((n) => n === 0),
      walks(STEPS),
      async (theCase, second, twice, commands) => {
        const world = await World.begin(api, sandboxKey, theCase, stranger);
        await world.submit(theCase);
        if (twice)
          await world.submit({
            ...theCase,
            sponsor: second.sponsor,
            payee: second.payee,
            documents: second.documents,
            patient: theCase.patient,
            earlier_raises: theCase.earlier_raises ?? [],
          });
        await fc.asyncModelRun(() => ({ model: {}, real: { world, tally, trail: [JSON.stringify(theCase)] } }), commands);
        for (const { look } of world.raises) phases.set(look.campaign.phase, (phases.get(look.campaign.phase) ?? 0) + 1);
        const verdict = await world.sandbox.post<Record<'ledger' | 'auditChain', { verified: boolean; differences: unknown[] }>>(
          `/v1/sandbox/verify?tenantId=${world.tenant.tenantId}`,
          {},
        );
        expect(verdict).toMatchObject({ ledger: { verified: true, differences: [] }, auditChain: { verified: true, differences: [] } });
      },
    );
    const path = process.env.WALK_PATH;
    const lanes = path === undefined ? Array.from({ length: LANES }, (_, lane) => SEED + lane) : [SEED];
    const numRuns = Math.ceil(WALKS / LANES);
    const walked = await Promise.all(
      lanes.map((seed) => fc.check(walk, { seed, numRuns, endOnFailure: true, ...(path === undefined ? {} : { path }) })),
    ).finally(() => api.close());
    const failures = walked
      .filter(({ failed }) => failed)
      .map((run) => `WALK_SEED=${run.seed} WALK_PATH=${run.counterexamplePath}: ${(run.errorInstance as Error).message}`);
    expect(failures.join('\n\n')).toBe('');
    if (process.env.WALK_TALLY) process.stdout.write(`${JSON.stringify([...phases])}\n${[...tally].map((t) => JSON.stringify(t)).join('\n')}\n`);
  },
  WALKS * 60_000,
);
