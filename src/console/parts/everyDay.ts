/** What moved on a day, and what was there at its end: fen as the house answers them. */
export interface Day {
  readonly day: string;
  readonly inFen: string;
  readonly outFen: string;
  readonly closingFen: string;
}

const DAY_MS = 86_400_000;
const shifted = (day: string, by: 1 | -1): string => new Date(Date.parse(day) + by * DAY_MS).toISOString().slice(0, 10);

/** @param days those on which money moved, at least one, the first one first. @param until the last that is shown. @returns every day from the one before the first on: where nothing moved, what was there stays. */
export function everyDay(days: readonly Day[], until: string): Day[] {
  const moved = new Map(days.map((day) => [day.day, day]));
  const [first] = days as readonly [Day];
  const before = BigInt(first.closingFen) - BigInt(first.inFen) + BigInt(first.outFen);
  const all: Day[] = [{ day: shifted(first.day, -1), inFen: '0', outFen: '0', closingFen: before.toString() }];
  for (let day = first.day; day <= until; day = shifted(day, 1))
    all.push(moved.get(day) ?? { day, inFen: '0', outFen: '0', closingFen: all.at(-1)!.closingFen });
  return all;
}
