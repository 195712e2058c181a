/** Something that a bank line could be, as far as the books know. */
export interface Candidate {
  readonly kind: string;
  readonly id: string;
  /** What of it is open, fen. */
  readonly openFen: bigint;
  /** Matched in whole or not at all. */
  readonly whole: boolean;
  /** The line itself carries its id. */
  readonly named: boolean;
}

/** A candidate with what of the line would be matched with it. */
export type Proposal<C extends Candidate> = C & {
  readonly amountFen: bigint;
  /** It is one of those that explain the line, and nothing else explains it as well. */
  readonly chosen: boolean;
};

/** How many partial sums are looked at, at most: beyond it a set is not looked for and a person chooses. */
const MOST_SUMS = 20_000;

/**
 * Ranks what a line could be: what it names, then what comes to exactly what is open, then the largest that fit, then what is larger than the line.
 * Chosen is only what nothing else could be instead: the one that is named, the one of exactly the amount, or the only set that comes to it. It is advice: nothing is
 * matched by it without a person (decisions 0023, 0029).
 * @param openFen what of the line is open. @returns the candidates that could be matched with it at all.
 */
export function rankProposals<C extends Candidate>(openFen: bigint, candidates: readonly C[]): Proposal<C>[] {
  const possible = candidates.filter((c) => c.openFen > 0n && (!c.whole || c.openFen <= openFen));
  const place = (c: C): number => (c.named ? 0 : c.openFen === openFen ? 1 : c.openFen < openFen ? 2 : 3);
  const ranked = possible.toSorted((a, b) => place(a) - place(b) || sizes(a, b, place(a) === 3) || (a.id < b.id ? -1 : 1));
  const chosen = chosenOf(openFen, ranked);
  return ranked.map((c) => ({ ...c, amountFen: c.openFen < openFen ? c.openFen : openFen, chosen: chosen.has(c) }));
}

const sizes = (a: Candidate, b: Candidate, smallestFirst: boolean): number => {
  if (a.openFen === b.openFen) return 0;
  return a.openFen > b.openFen === smallestFirst ? 1 : -1;
};

function chosenOf<C extends Candidate>(openFen: bigint, ranked: readonly C[]): ReadonlySet<C> {
  const named = ranked.filter((c) => c.named);
  if (named.length > 0) return new Set(named.length === 1 ? named : []);
  const exact = ranked.filter((c) => c.openFen === openFen);
  if (exact.length > 0) return new Set(exact.length === 1 ? exact : []);
  const fitting = ranked.filter((c) => c.openFen < openFen);
  return new Set(onlySet(openFen, fitting) ?? []);
}

/** @returns the only set of candidates that comes to `openFen`; null where there is none, more than one, or too many to look at. */
function onlySet<C extends Candidate>(openFen: bigint, candidates: readonly C[]): C[] | null {
  // Sum so far → the one way to it; `null` once there are two.
  const ways = new Map<bigint, readonly C[] | null>([[0n, []]]);
  for (const candidate of candidates) {
    for (const [sum, way] of [...ways]) {
      const next = sum + candidate.openFen;
      if (next > openFen) continue;
      ways.set(next, ways.has(next) || way === null ? null : [...way, candidate]);
    }
    if (ways.size > MOST_SUMS) return null;
  }
  const found = ways.get(openFen);
  return found ? [...found] : null;
}
