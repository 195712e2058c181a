import { createPublicKey, type KeyObject } from 'node:crypto';

/**
 * A key of the other side as its file gives it: a public key or a certificate in PEM (WeChat Pay has both) or a shared secret, or that with the moment from which it is good no more
 * (RFC 3339). In a rotation the old one, with its end, and the new one stand side by side.
 */
export type StandingKey = string | { readonly key: string; readonly until: string };

/** Finds the key that signed, by the name that the message gives it. */
export interface KeyRing {
  /** @returns undefined for a name that nobody here knows, and for a key whose time is over. */
  get(name: string): KeyObject | undefined;
}

/** The key's own text. */
export const textOf = (key: StandingKey): string => (typeof key === 'string' ? key : key.key);

/** @returns whether the key is still good. @param nowMs the wall's time, epoch ms. */
export function isStanding(key: StandingKey, nowMs = Date.now()): boolean {
  return typeof key === 'string' || nowMs < Date.parse(key.until);
}

/** Parses the keys once; their end is looked at with every message. @throws when a PEM is no key, or an end is no moment. */
export function keyRing(keys: Readonly<Record<string, StandingKey>>): KeyRing {
  const parsed = new Map(Object.entries(keys).map(([name, key]) => [name, { key, object: createPublicKey(textOf(key)) }]));
  for (const [name, { key }] of parsed)
    if (typeof key !== 'string' && Number.isNaN(Date.parse(key.until))) throw new Error(`the end of key ${name} is no moment: ${key.until}`);
  return {
    get: (name) => {
      const found = parsed.get(name);
      return found && isStanding(found.key) ? found.object : undefined;
    },
  };
}
