import { z } from 'zod';
import { say } from './text/say';

/** How many a page holds where nobody asks for fewer. */
export const pageLimit = z
  .string()
  .regex(/^([1-9][0-9]?|100)$/, say({ zh: '须为 1 至 100', en: '1 to 100' }))
  .transform(Number)
  .default(100);

/** A place in a list, as it was answered: opaque to who asks. @param place what the text within must look like. */
export const cursor = (place: RegExp) =>
  z
    .string()
    .max(100)
    .transform((text) => Buffer.from(text, 'base64url').toString('utf8'))
    .refine((text) => place.test(text), say({ zh: '须为本接口返回的游标', en: 'a cursor that this route answered' }));

/** @returns a place in a list as a cursor; null at the end. */
export function cursorAt(place: string | undefined): string | null {
  return place === undefined ? null : Buffer.from(place).toString('base64url');
}
