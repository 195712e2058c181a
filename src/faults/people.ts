import { randomInt } from 'node:crypto';

/** A person who belongs to nobody: rare characters make the name a canary, the number is well formed (GB 11643-1999). */
export interface Person {
  readonly name: string;
  readonly idNumber: string;
}

export interface Account {
  readonly number: string;
  readonly name: string;
  readonly bankCode: string;
}

const RARE = '翀彧甪骉麤龘靐齉飍飝虢鼗鼐鼒鼢鼫鼱龠龢麾黼黻黾鼋';
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const BANK = '104100000004';

const rare = (): string => RARE[randomInt(RARE.length)]!;
const digits = (length: number): string => Array.from({ length }, () => randomInt(10)).join('');

/**
 * Makes people and accounts that appear nowhere else, and remembers every word that must never be seen outside encrypted columns.
 */
export class People {
  readonly canaries: string[] = [];

  /** @param bornYear of the Gregorian calendar */
  person(bornYear: number): Person {
    const name = `王${rare()}${rare()}${rare()}`;
    const first17 = `110101${bornYear}${String(randomInt(1, 13)).padStart(2, '0')}${String(randomInt(1, 29)).padStart(2, '0')}${digits(3)}`;
    const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(first17[at]), 0);
    const idNumber = first17 + '10X98765432'[sum % 11];
    this.canaries.push(name, idNumber);
    return { name, idNumber };
  }

  /** An account of 19 digits with a Luhn check digit, under that name. */
  account(name: string): Account {
    const body = `62${digits(16)}`;
    const sum = [...body].reverse().reduce((total, digit, at) => {
      const doubled = Number(digit) * (at % 2 === 0 ? 2 : 1);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    const number = body + String((10 - (sum % 10)) % 10);
    this.canaries.push(number);
    return { number, name, bankCode: BANK };
  }
}
