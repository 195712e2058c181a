/** One place where the result is not what the case expects. `got` is undefined where the result has nothing there. */
export type Difference = { pointer: string; expected: unknown; got: unknown };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * Objects compare by the keys given in `expected`, arrays whole and in order, scalars exactly (cases/README.md, Comparison).
 * @returns each difference with its JSON pointer into the result; none when the result contains everything expected
 */
export function differences(expected: unknown, got: unknown, pointer = ''): Difference[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length) return [{ pointer, expected, got }];
    return expected.flatMap((item, index) => differences(item, got[index], `${pointer}/${index}`));
  }
  if (isObject(expected)) {
    if (!isObject(got)) return [{ pointer, expected, got }];
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, Object.hasOwn(got, key) ? got[key] : undefined, `${pointer}/${escaped(key)}`),
    );
  }
  return Object.is(expected, got) ? [] : [{ pointer, expected, got }];
}

/** @returns the difference as a line for people: pointer, what was expected, what came. */
export function describe({ pointer, expected, got }: Difference): string {
  return `${pointer || '(whole result)'}: expected ${JSON.stringify(expected)}, got ${got === undefined ? 'nothing' : JSON.stringify(got)}`;
}
