import Module from 'node:module';

/**
 * Ids that follow from the seed, in place of those that follow from the hour: which of two rows comes first by id is part of what a seed repeats.
 * Loaded before everything that makes ids.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
let prefix = base32(0n, 9);
let count = 0n;

function base32(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value, i = 0; i < digits; i += 1, rest /= 32n) text = ALPHABET[Number(rest % 32n)]! + text;
  return text;
}

/** @returns the next id, in rising order: 26 characters like a ULID. */
export function nextId(): string {
  return `0${prefix}${base32((count += 1n), 16)}`;
}

/** From here on ids are those of this seed. */
export function beginIds(seed: number): void {
  prefix = base32(BigInt(seed), 9);
  count = 0n;
}

const place = require.resolve('ulid');
const seeded = new Module(place);
seeded.exports = { ulid: nextId, monotonicFactory: () => nextId };
seeded.loaded = true;
require.cache[place] = seeded;
