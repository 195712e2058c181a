import { randomInt } from 'node:crypto';

/** A synthetic person: the name and number belong to nobody on purpose; the number is well formed (GB 11643-1999). */
export type Person = { name: string; idNumber: string };
/** A payee's account; `bankCode` is the 12-digit CNAPS number. */
export type Account = { number: string; name: string; bankCode: string };

const provinces = [11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65];
const surnames = '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹';
const givenNames = '安宁平和明远思源清雅文博佳怡子涵雨桐志强建国秀英海燕春梅立新';
const bankCodes = ['102100099996', '103100000026', '104100000004', '105100000017', '308584000013'];
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

const pick = <T>(from: ArrayLike<T>): T => from[randomInt(from.length)] as T;
const digits = (value: number, length: number) => String(value).padStart(length, '0');

/** @returns the 18th character of a resident number for its first 17 digits (GB 11643, ISO 7064 MOD 11-2). */
export function checkCharacter(first17: string): string {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(first17[index]), 0);
  return '10X98765432'[sum % 11] as string;
}

/** @returns a birth date (YYYYMMDD) of someone who is `age` years old on the day of `onMs` (Asia/Shanghai). */
function birthDate(age: number, onMs: number): string {
  const today = new Date(onMs + 8 * 3_600_000);
  // At most 363 days before the youngest date, so that leap years cannot make the person a year older.
  const latest = Date.UTC(today.getUTCFullYear() - age, today.getUTCMonth(), today.getUTCDate());
  const born = new Date(latest - randomInt(0, 364) * 86_400_000);
  return born.toISOString().slice(0, 10).replaceAll('-', '');
}

/** @returns a new person of that age on that day. Drawn at random, so that repeated plays never meet the same person. */
export function newPerson(age: number, onMs: number): Person {
  const area = `${pick(provinces)}${digits(randomInt(1, 10), 2)}${digits(randomInt(1, 29), 2)}`;
  const first17 = `${area}${birthDate(age, onMs)}${digits(randomInt(0, 1_000), 3)}`;
  return { name: pick(surnames) + pick(givenNames) + pick(givenNames), idNumber: first17 + checkCharacter(first17) };
}

/** @returns a new account number of 19 digits (Luhn, as bank cards have) at one of a few real banks, under that name. */
export function newAccount(name: string, bankCode = pick(bankCodes)): Account {
  const body = `62${digits(randomInt(0, 100_000_000), 8)}${digits(randomInt(0, 100_000_000), 8)}`;
  const sum = [...body].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return { number: body + String((10 - (sum % 10)) % 10), name, bankCode };
}
