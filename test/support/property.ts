import fc, { type Arbitrary } from 'fast-check';

/** Fixed, so that a run is repeated exactly; PROPERTY_SEED walks another path. */
const SEED = Number(process.env.PROPERTY_SEED ?? 20_200_818);

/** Checks that `predicate` holds for `runs` values; a failure names the smallest counterexample and the seed. */
export function holds<A>(values: Arbitrary<A>, predicate: (value: A) => void, runs = 500): void {
  fc.assert(
    fc.property(values, (value) => {
      predicate(value);
    }),
    { seed: SEED, numRuns: runs },
  );
}

/** The same for predicates that wait. */
export async function holdsAsync<A>(values: Arbitrary<A>, predicate: (value: A) => Promise<void>, runs: number): Promise<void> {
  await fc.assert(fc.asyncProperty(values, predicate), { seed: SEED, numRuns: runs });
}

/** An amount in fen around the edges given, or anywhere up to the largest amount that the wire takes. */
export function fenAround(...edges: readonly bigint[]): Arbitrary<bigint> {
  const beside = edges.flatMap((edge) => [edge - 1n, edge, edge + 1n]).filter((value) => value >= 0n);
  return fc.oneof(fc.constantFrom(0n, 1n, ...beside), fc.bigInt(0n, 60_000_000n), fc.bigInt(0n, 999_999_999_999_999n));
}
