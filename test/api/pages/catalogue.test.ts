import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MONEY_GROUPS } from '../../../src/api/pages/campaign/moneyPath';
import { CATALOGUE, texts, type TextKey } from '../../../src/api/pages/text/catalogue';
import { PROBLEMS } from '../../../src/api/problems';
import { PAYEE_KINDS, PUBLICITY_ITEMS, RELEASE_MODES } from '../../../src/domain/convention/terms';

const keys = Object.keys(CATALOGUE) as TextKey[];
const PAGES = path.join(__dirname, '../../../src/api/pages');
const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

test.each(keys)('%s is said in both languages, with the same places to fill', (key) => {
  const { zh, en } = CATALOGUE[key];
  expect(zh.trim()).not.toBe('');
  expect(en.trim()).not.toBe('');
  expect(places(zh)).toEqual(places(en));
  // A text of places alone is the same in every language but for its marks.
  expect(zh.replace(/\{\w+\}/g, '').length < 2 || /\p{Script=Han}/u.test(zh)).toBe(true);
  expect(en).not.toMatch(/\p{Script=Han}/u);
});

test('no text is in two catalogues', () => {
  const folder = path.join(PAGES, 'text');
  const written = readdirSync(folder).flatMap((file) =>
    [...readFileSync(path.join(folder, file), 'utf8').matchAll(/^ {2}'([\w.-]+)': \{/gm)].map((match) => match[1]!),
  );
  expect(written.length).toBe(new Set(written).size);
  expect(written.sort()).toEqual([...keys].sort());
});

test('every closed word of the house has a text', () => {
  const needed = [
    ...PUBLICITY_ITEMS.map((item) => `item.${item}`),
    ...PAYEE_KINDS.map((kind) => `payee.${kind}`),
    ...RELEASE_MODES.map((mode) => `mode.${mode}`),
    ...MONEY_GROUPS.flatMap(({ words }) => words.flatMap((word) => [`money.${word}`, `money.${word}.note`])),
  ];
  expect(needed.filter((key) => !(key in CATALOGUE))).toEqual([]);
});

test('advice is given about refusals that exist', () => {
  const codes = keys
    .filter((key) => key.startsWith('advice.'))
    .map((key) => key.slice('advice.'.length))
    .filter((code) => code.includes('.'));
  expect(codes.filter((code) => !(code in PROBLEMS))).toEqual([]);
});

test('places are filled', () => {
  expect(texts('en')('shell.batch', { n: 2, of: 3 })).toBe('Batch 2 of 3');
  expect(texts('zh')('shell.batch', { n: 2, of: 3 })).toBe('第 2 批，共 3 批');
});

test('no text is kept that no page says', () => {
  const files = (readdirSync(PAGES, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts') && !file.startsWith('text'));
  const source = files.map((file) => readFileSync(path.join(PAGES, file), 'utf8')).join('\n');
  const beginnings = [...source.matchAll(/`([\w.]+\.)\$\{/g)].map((match) => match[1]!);
  expect(keys.filter((key) => !source.includes(`'${key}'`) && !beginnings.some((beginning) => key.startsWith(beginning)))).toEqual([]);
});
