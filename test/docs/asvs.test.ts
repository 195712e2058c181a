import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkoutRoot } from '../../src/paths';

// docs/asvs.md has every requirement of ASVS 5.0.0 at levels 1 and 2; what it calls met names what shows it.
const root = checkoutRoot();
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => /^\| V\d/.test(line))
    .map((line) => line.slice(2, -2).split(' | '));
const text = readFileSync(path.join(root, 'docs/asvs.md'), 'utf8');
const table = rowsOf(text);
const STATES = ['met', 'partly', 'not', 'not applicable'];
/** How many requirements of levels 1 and 2 each chapter has: a check that none was dropped (counted in the standard). */
const CHAPTERS = { 1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16, 17: 7 };

test('every requirement once, in a row of five cells, with one of four states', () => {
  expect(table.filter((cells) => cells.length !== 5)).toEqual([]);
  expect(new Set(table.map(([id]) => id)).size).toBe(table.length);
  expect(table.filter(([, , , state]) => !STATES.includes(state!)).map(([id]) => id)).toEqual([]);
  const counted: Record<string, number> = {};
  for (const [id] of table) counted[id!.slice(1).split('.')[0]!] = (counted[id!.slice(1).split('.')[0]!] ?? 0) + 1;
  expect(counted).toEqual(CHAPTERS);
  expect([table.filter(([, level]) => level === '1').length, table.filter(([, level]) => level === '2').length]).toEqual([70, 183]);
});

test('what is met names what shows it; what is not says why', () => {
  const shown = (cell: string) => /\]\(|\.md/.test(cell);
  expect(table.filter(([, , , state, why]) => state === 'met' && !shown(why!)).map(([id]) => id)).toEqual([]);
  expect(table.filter(([, , , state, why]) => state !== 'met' && why!.trim().length < 4).map(([id]) => id)).toEqual([]);
});

test.each(['asvs.md', 'threat-model.md'])('every file that %s names is there', (name) => {
  const links = [...readFileSync(path.join(root, 'docs', name), 'utf8').matchAll(/\]\(([^)#]+)\)/g)].map((m) => m[1]!);
  expect(links.length).toBeGreaterThan(40);
  expect(links.filter((link) => !existsSync(path.join(root, 'docs', link)))).toEqual([]);
});

test('the sum above the table is the table’s', () => {
  const of = (state: string) => table.filter((cells) => cells[3] === state).length;
  expect(text).toContain(`${table.length} requirements: ${STATES.map((state) => `${of(state)} ${state}`).join(', ')}.`);
});
