import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** AES-256 keys of one use, by number: new things are sealed under the highest, older ones still open what they sealed. */
export interface KeyRing {
  readonly current: number;
  readonly keys: ReadonlyMap<number, Buffer>;
}

/** The first key lies under the ring's own name, as it did before keys were rotated; later ones under `name.2`, `name.3` … */
const fileOf = (name: string, number: number): string => (number === 1 ? name : `${name}.${number}`);

/** Makes the first key of a ring where none is. @param keysDir exists. */
export function ensureRing(keysDir: string, name: string): void {
  if (numbersOf(keysDir, name).length === 0) make(keysDir, name, 1);
}

/** Adds a key, which is the current one from the next start on. @returns its number. */
export function addKey(keysDir: string, name: string): number {
  const number = Math.max(0, ...numbersOf(keysDir, name)) + 1;
  make(keysDir, name, number);
  return number;
}

/** Removes a key that seals nothing any more. @throws for the current one. */
export function removeKey(keysDir: string, name: string, number: number): void {
  if (number === Math.max(...numbersOf(keysDir, name))) throw new RangeError('The current key stays');
  rmSync(join(keysDir, fileOf(name, number)));
}

/** @throws when there is no key: what was sealed under it could not be read, so nothing starts with a new one. */
export function loadRing(keysDir: string, name: string): KeyRing {
  const numbers = numbersOf(keysDir, name);
  if (numbers.length === 0) throw new Error(`There is no key ${name} in ${keysDir}`);
  const keys = new Map(numbers.map((n) => [n, Buffer.from(readFileSync(join(keysDir, fileOf(name, n)), 'utf8'), 'base64')]));
  return { current: Math.max(...numbers), keys };
}

function numbersOf(keysDir: string, name: string): number[] {
  if (!existsSync(keysDir)) return [];
  const numbers = readdirSync(keysDir).map((file) => (file === name ? 1 : file.startsWith(`${name}.`) ? Number(file.slice(name.length + 1)) : 0));
  return numbers.filter((n) => Number.isInteger(n) && n > 0);
}

function make(keysDir: string, name: string, number: number): void {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  // `wx`: of two that start at once, one makes the key and the other reads it.
  writeFileSync(join(keysDir, fileOf(name, number)), randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
}
