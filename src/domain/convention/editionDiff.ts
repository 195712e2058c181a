import type { Edition } from './editions';

export interface EditionDiff {
  readonly rulesAdded: readonly string[];
  readonly rulesRemoved: readonly string[];
  /** Every number, date and list that differs, by its path in the edition. */
  readonly changed: readonly { readonly path: string; readonly from: string | null; readonly to: string | null }[];
}

/** @returns every value of an edition but its id and rules, as text, by path: `windows.fundraisingDays` → `30`. Lists are joined with spaces. */
export function editionValues(edition: Edition): Map<string, string> {
  const values = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) values.set(path, value.join(' '));
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
    else if (value !== null) values.set(path, String(value));
  };
  const { id: _id, rules: _rules, ...rest } = edition;
  walk(rest, '');
  return values;
}

/** @returns what another edition has anew, lacks, and sets differently. */
export function diffEditions(from: Edition, to: Edition): EditionDiff {
  const [before, after] = [editionValues(from), editionValues(to)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return {
    rulesAdded: [...to.rules].filter((rule) => !from.rules.has(rule)),
    rulesRemoved: [...from.rules].filter((rule) => !to.rules.has(rule)),
    changed: paths
      .filter((path) => before.get(path) !== after.get(path))
      .map((path) => ({ path, from: before.get(path) ?? null, to: after.get(path) ?? null })),
  };
}
