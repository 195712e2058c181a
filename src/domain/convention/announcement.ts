import type { Edition } from './editions';

/** The Measures' first day: from then on major rule changes are reported to the ministry before they take effect (Measures 2024). */
const REPORTED_SINCE = '2024-09-05';

/**
 * Announces editions: in order of effect, each under an id of its own, and since the Measures of 2024 each with the day on which it was reported to the
 * ministry, not later than its first day in force. Run when the programme starts: an edition that may not be announced stops it.
 * @returns the same editions. @throws {RangeError} naming the edition and what is wrong.
 */
export function announceEditions(editions: readonly Edition[]): readonly Edition[] {
  for (const [i, e] of editions.entries()) {
    const before = editions[i - 1];
    if (before && before.effectiveOn >= e.effectiveOn)
      throw new RangeError(`Edition ${e.id} takes effect on ${e.effectiveOn}, not after ${before.id}`);
    if (editions.findIndex((other) => other.id === e.id) !== i) throw new RangeError(`Edition ${e.id} is announced twice; an edition never changes`);
    if (e.effectiveOn < REPORTED_SINCE) continue;
    if (e.reportedOn === null) throw new RangeError(`Edition ${e.id} was not reported to the ministry; it may not take effect on ${e.effectiveOn}`);
    if (e.reportedOn > e.effectiveOn)
      throw new RangeError(`Edition ${e.id} was reported on ${e.reportedOn}, after its first day in force, ${e.effectiveOn}`);
  }
  return editions;
}
