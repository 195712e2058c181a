/** A constraint, a trigger's rule or a value that does not fit: it is about a row, and comes again however often it is tried. */
const ABOUT_A_ROW = /^(22|23|AL|P0)/;

/**
 * Does something with many, all or none. Where one of them is refused by the database, they are halved until it stands alone, and the others go.
 * @param refused told of the one, with the refusal. @throws everything that is not about a row: the database is away, or the process ends.
 */
export async function halving<Item, Result>(
  items: readonly Item[],
  work: (items: readonly Item[]) => Promise<Result>,
  refused: (item: Item, error: Error) => void,
): Promise<Result[]> {
  if (items.length === 0) return [];
  try {
    return [await work(items)];
  } catch (error) {
    if (!ABOUT_A_ROW.test((error as { code?: string }).code ?? '')) throw error;
    if (items.length === 1) {
      refused(items[0]!, error as Error);
      return [];
    }
    const half = Math.ceil(items.length / 2);
    return [...(await halving(items.slice(0, half), work, refused)), ...(await halving(items.slice(half), work, refused))];
  }
}
