import { ulid } from 'ulid';

let people = 0;

/** A citizen number of nobody: a valid form (GB 11643) in a region’s last serials. @param bornIn a year; of age in every story unless told otherwise. */
export function anIdNumber(bornIn = 1970): string {
  people += 1;
  const stem = `110105${bornIn}${String(1 + (people % 12)).padStart(2, '0')}${String(1 + (Math.floor(people / 12) % 28)).padStart(2, '0')}${String(people % 1000).padStart(3, '0')}`;
  const remainder = [...stem].reduce((sum, digit) => ((sum + Number(digit)) * 2) % 11, 0);
  return stem + '10X98765432'[remainder]!;
}

/** A key that no other request has used. */
export function aKey(): string {
  return `test-${ulid()}`;
}
