import { Draws } from './random';

const VICTIMS = ['api', 'worker', 'simulators', 'temporal', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

/** Where in the submit of a payout the worker kills itself. */
const POINTS = ['before-intent', 'after-intent', 'before-call', 'after-call', 'before-record', 'after-record'] as const;
/** What the simulated bank does with the order of a story's first payout. */
const BANK_SCRIPTS = ['answer-lost', 'drop-before', '500-after-commit', 'not-found-then-found', 'slow', 'duplicate-callback'] as const;
const GARBLINGS = ['html', 'truncated', 'digits', 'lost', 'late'] as const;
const CALLBACK_TRICKS = ['hundredfold', 'reordered', 'forged', 'replayed', 'unanswered', 'lost'] as const;

export type Fault =
  | { readonly kind: 'kill'; readonly victims: readonly Victim[]; readonly apartMs: number }
  | { readonly kind: 'pause'; readonly victim: Victim; readonly forMs: number }
  | { readonly kind: 'commit-cut'; readonly when: 'before' | 'after'; readonly commits: number }
  | { readonly kind: 'database-refuses'; readonly forMs: number }
  | { readonly kind: 'database-stalls'; readonly forMs: number }
  | { readonly kind: 'disk-full'; readonly forMs: number }
  | { readonly kind: 'bank-wire'; readonly how: (typeof GARBLINGS)[number]; readonly answers: number }
  | { readonly kind: 'bank-script'; readonly script: (typeof BANK_SCRIPTS)[number] }
  | { readonly kind: 'worker-point'; readonly point: (typeof POINTS)[number] }
  | { readonly kind: 'callbacks'; readonly trick: (typeof CALLBACK_TRICKS)[number] };

const kill = (draws: Draws, ...victims: Victim[]): Fault => ({ kind: 'kill', victims, apartMs: draws.between(0, 400) });
const pause = (draws: Draws, victim: Victim): Fault => ({ kind: 'pause', victim, forMs: draws.between(2_500, 5_000) });
const pair = (draws: Draws): Fault => kill(draws, ...draws.shuffled(VICTIMS).slice(0, 2));

/** One bag of faults: whoever takes as many as it holds meets every kind. Kills of the worker are the most, as they are in life. */
const BAG: readonly ((draws: Draws) => Fault)[] = [
  (d) => kill(d, 'worker'),
  (d) => kill(d, 'postgres'),
  (d) => kill(d, 'temporal'),
  (d) => kill(d, 'api'),
  (d) => kill(d, 'simulators'),
  (d) => kill(d, 'worker'),
  pair,
  (d) => kill(d, ...d.shuffled(VICTIMS)),
  (d) => pause(d, 'worker'),
  (d) => pause(d, d.pick(['api', 'postgres', 'temporal', 'simulators'])),
  (d) => ({ kind: 'commit-cut', when: 'after', commits: d.between(2, 8) }),
  (d) => ({ kind: 'commit-cut', when: 'before', commits: d.between(2, 8) }),
  (d) => ({ kind: 'database-refuses', forMs: d.between(1_000, 4_000) }),
  (d) => ({ kind: 'database-stalls', forMs: d.between(1_000, 4_000) }),
  (d) => ({ kind: 'disk-full', forMs: d.between(2_000, 4_000) }),
  (d) => ({ kind: 'bank-wire', how: d.pick(GARBLINGS), answers: d.between(1, 4) }),
  (d) => ({ kind: 'bank-script', script: d.pick(BANK_SCRIPTS) }),
  (d) => ({ kind: 'worker-point', point: d.pick(POINTS) }),
  () => ({ kind: 'callbacks', trick: 'hundredfold' }),
  (d) => ({ kind: 'callbacks', trick: d.pick(CALLBACK_TRICKS) }),
];

/** How many faults hold every kind once. */
export const BAG_SIZE = BAG.length;

/**
 * Draws the faults of a run.
 * @param count how many
 * @param seed the same seed draws the same faults in the same order; when each meets which request is the machine's doing and cannot be repeated
 * @returns them in order; each {@link BAG_SIZE} of them hold every kind
 */
export function drawFaults(count: number, seed: number): Fault[] {
  const draws = new Draws(seed);
  const faults: Fault[] = [];
  while (faults.length < count) faults.push(...draws.shuffled(BAG).map((make) => make(draws)));
  return faults.slice(0, count);
}

/** @returns a fault in a few words, for the table. */
export function nameOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill ${fault.victims.join(', ')}`;
    case 'pause':
      return `pause ${fault.victim} for ${fault.forMs} ms`;
    case 'commit-cut':
      return `connection cut ${fault.when} ${fault.commits} commits`;
    case 'database-refuses':
      return `Postgres refuses connections for ${fault.forMs} ms`;
    case 'database-stalls':
      return `the way to Postgres stalls for ${fault.forMs} ms`;
    case 'disk-full':
      return `disk full for ${fault.forMs} ms`;
    case 'bank-wire':
      return `${fault.answers} answers of the bank: ${fault.how}`;
    case 'bank-script':
      return `the bank: ${fault.script}`;
    case 'worker-point':
      return `the worker dies ${fault.point}`;
    case 'callbacks':
      return `callbacks ${fault.trick}`;
  }
}
