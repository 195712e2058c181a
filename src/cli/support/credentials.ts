import { readJson } from '../../engines/files';

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

function lines(value: Value, label: string, indent: string): string[] {
  if (value === null || typeof value !== 'object') return [`${indent}${label}: ${value}`];
  const entries = Array.isArray(value) ? value.map((item, index) => [String(index + 1), item] as const) : Object.entries(value);
  const flat = entries.every(([, inner]) => inner === null || typeof inner !== 'object');
  if (flat) return [`${indent}${label}: ${entries.map(([key, inner]) => (Array.isArray(value) ? inner : `${key} ${inner}`)).join('  ')}`];
  return [`${indent}${label}:`, ...entries.flatMap(([key, inner]) => lines(inner, key, `${indent}  `))];
}

/** @returns what `credentials.json` holds, as lines for the terminal: whatever the seeding made, in its own words and order. */
export function credentialLines(file: string): string[] {
  const content = readJson<Record<string, Value>>(file) ?? {};
  return Object.entries(content).flatMap(([key, value]) => lines(value, key, '  '));
}
