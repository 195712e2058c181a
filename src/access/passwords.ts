import { zxcvbn, zxcvbnOptions } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { DomainError } from '../domain/errors';

// 49,000 of the commonest and leaked passwords are in the dictionary (ASVS 6.2.4, 6.2.12).
zxcvbnOptions.setOptions({ dictionary, graphs: adjacencyGraphs });

/** Words of the house that may not carry a password (ASVS 6.1.2, 6.2.11), beside the person's own log-in and name. */
const HOUSE_WORDS = [
  'almoner',
  'waterdrop',
  'shuidi',
  'qingsong',
  'relaxedfund',
  'lovefund',
  'majorillness',
  '360',
  'hospital',
  'yiyuan',
  'jiuzhu',
  '施助',
  '水滴',
  '轻松',
];
/** Of 0 to 4: at least 10^8 guesses, offline against a slow hash. */
const LEAST_SCORE = 3;
/** Longer ones are judged by their beginning: the search grows with the square of the length. */
const JUDGED = 64;

/**
 * Refuses a password that is on a list of common ones, or a play on one, on the keyboard, on a date, or on the person's own names.
 * @param own the person's log-in and name. @throws {DomainError} request.invalid at /newPassword.
 */
export function mustBeHardToGuess(password: string, own: readonly string[]): void {
  const words = [...own, ...own.flatMap((name) => name.split(/[^\p{L}\p{N}]+/u)), ...HOUSE_WORDS].filter((word) => word.length > 1);
  if (zxcvbn(password.slice(0, JUDGED), words).score >= LEAST_SCORE) return;
  throw new DomainError(
    'request.invalid',
    {
      zh: '密码太容易被猜到：请勿使用常见密码、键盘顺序、日期、自己的姓名或登录名；几个不相关的词连在一起即可',
      en: 'Too easy to guess: no common password, row of keys, date, or name of your own; a few unrelated words do',
    },
    { field: '/newPassword' },
  );
}
