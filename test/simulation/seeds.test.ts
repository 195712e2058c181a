import { simulate } from '../support/simulate';

/** As many as leave time for the other tests; SIMULATION_SEEDS asks for another number. */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 100);
const HOUR_MS = 3_600_000;

// The command that anybody runs (docs/simulation.md), on an engine of its own.
test(
  `${SEEDS} seeds of the money paths: enough happens and enough goes wrong in each, and nothing is ever lost, paid twice or left without an owner`,
  async () => {
    const { code, last, said } = await simulate(['--from', '1', '--seeds', String(SEEDS)]);
    expect(said).toBe('');
    expect(last).toMatchObject({ seeds: SEEDS, violations: 0, first_violation_seed: null });
    expect(code).toBe(0);
    const { operations, faults } = last as { operations: number; faults: number };
    expect(operations).toBeGreaterThanOrEqual(200 * SEEDS);
    expect(faults).toBeGreaterThanOrEqual(5 * SEEDS);
  },
  HOUR_MS,
);
