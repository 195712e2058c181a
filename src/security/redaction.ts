/** How deep a logged object is looked into; what lies deeper is not written. */
const DEPTH = 6;

/** What has the form of a citizen number (18 or 15 characters), a mobile number, or a bank card, and is part of nothing longer. */
const NUMBERS = /(?<![\w.])(?:\d{17}[\dXx]|\d{15,19}|1[3-9]\d{9})(?![\w])/g;

/** @returns a text without what has the form of a citizen number, phone or card. */
export function withoutNumbers(text: string): string {
  return text.replace(NUMBERS, '[number]');
}

/** @returns where an error was thrown, without its message, which may run over many lines. @param most frames. */
export function framesOf(error: unknown, most = 6): string[] {
  const stack = (error as { stack?: unknown } | null)?.stack;
  if (typeof stack !== 'string') return [];
  return stack
    .split('\n')
    .filter((line) => /^\s+at \S.*(:\d+:\d+\)?|<anonymous>\)?|native\)?)$/.test(line))
    .slice(0, most)
    .map((line) => line.trim());
}

/** @returns what may be known of an error: kind, code, and the names (never the values) of what it is about. */
function knownOf(error: Error, depth: number): Record<string, unknown> {
  const { code, constraint, table, column, routine, cause } = error as Error & Record<string, unknown>;
  const said = Object.entries({ code, constraint, table, column, routine }).filter(
    ([, value]) => typeof value === 'string' && /^[\w.-]{1,63}$/.test(value),
  );
  return {
    type: /^\w{1,63}$/.test(error.name) ? error.name : 'Error',
    ...Object.fromEntries(said),
    stack: framesOf(error),
    ...(cause instanceof Error && depth > 0 ? { cause: knownOf(cause, depth - 1) } : {}),
  };
}

/**
 * @returns a value as it may be logged: of errors kind, code and frames alone, of bytes their number, of the rest the same down to a depth.
 * Messages of errors are never kept: database drivers put statements and values into them.
 */
export function safely(value: unknown, depth = DEPTH): unknown {
  if (value instanceof Error) return knownOf(value, depth);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return value;
  if (depth === 0) return '[deep]';
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((each) => safely(each, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, safely(each, depth - 1)]));
}
