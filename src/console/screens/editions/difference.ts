import type { components } from '../../../../dist/openapi/schema';

export type Edition = components['schemas']['Edition'];

/** One rule or value in two editions. Null: it is not there. */
export interface Row {
  /** A rule is in force or not; a value is text. */
  readonly kind: 'rule' | 'value';
  /** The rule's id, or the value's path in the edition. */
  readonly path: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly change: 'added' | 'removed' | 'changed' | 'same';
}

const changeOf = (from: string | null, to: string | null): Row['change'] =>
  from === to ? 'same' : from === null ? 'added' : to === null ? 'removed' : 'changed';

/** @returns every rule and every value of either edition, rules first, each with what became of it. */
export function differences(from: Edition, to: Edition): Row[] {
  const row = (kind: Row['kind'], path: string, before: string | null, after: string | null): Row => ({
    ...{ kind, path, from: before, to: after },
    change: changeOf(before, after),
  });
  const both = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
  const has = (edition: Edition, rule: string): string | null => ((edition.rules as readonly string[]).includes(rule) ? rule : null);
  const values = ({ values: all }: Edition): Map<string, string> => new Map(all.map(({ path, value }) => [path, value]));
  const [before, after] = [values(from), values(to)];
  return [
    ...both(from.rules, to.rules).map((rule) => row('rule', rule, has(from, rule), has(to, rule))),
    ...both([...before.keys()], [...after.keys()]).map((path) => row('value', path, before.get(path) ?? null, after.get(path) ?? null)),
  ];
}

/** @returns the two editions that an address names: the newest and the one before it, unless it says otherwise; null where there are no two. */
export function pairOf(editions: readonly Edition[], asked: { readonly from?: string; readonly to?: string }): readonly [Edition, Edition] | null {
  const to = editions.find(({ id }) => id === asked.to) ?? editions.at(-1);
  if (!to || editions.length < 2) return null;
  const nth = editions.indexOf(to);
  return [editions.find(({ id }) => id === asked.from) ?? editions[nth === 0 ? 1 : nth - 1]!, to];
}
