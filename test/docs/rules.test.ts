import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RULE_IDS } from '../../src/domain/convention/terms';
import { checkoutRoot } from '../../src/paths';

// docs/rules.md says which code and which cases stand for a rule: what it names is there.
const root = checkoutRoot();
const text = readFileSync(path.join(root, 'docs/rules.md'), 'utf8');
const table = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| rule') && !line.startsWith('| ---'));
const cells = table.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()));
const cases = readdirSync(path.join(root, 'cases')).map((file) => file.replace(/\.json$/, ''));

test('a row is rule, code, gate and cases, and no rule has two', () => {
  expect(cells.map((row) => row.length)).toEqual(cells.map(() => 4));
  const rules = cells.map(([rule]) => rule);
  expect(new Set(rules).size).toBe(rules.length);
});

test('every row that names a rule names one that there is', () => {
  const named = cells.flatMap(([rule]) => [...rule!.matchAll(/`([A-Z-]+)`/g)].map((m) => m[1]!));
  expect(named.filter((rule) => !(RULE_IDS as readonly string[]).includes(rule))).toEqual([]);
});

test.each(cells.map((row) => [row[0]!, row[1]!, row[3]!]))('%s: its code and its cases exist', (_rule, code, named) => {
  for (const [, link] of code.matchAll(/\]\(([^)]+)\)/g)) expect([link, existsSync(path.join(root, 'docs', link!))]).toEqual([link, true]);
  for (const [, name] of named.matchAll(/`([a-z0-9*-]+)`/g)) {
    const pattern = new RegExp(`^${name!.replaceAll('*', '.*')}$`);
    expect([name, cases.some((one) => pattern.test(one))]).toEqual([name, true]);
  }
});

test('every rule id of the editions is told of', () => {
  expect(RULE_IDS.filter((rule) => !text.includes(`\`${rule}\``))).toEqual([]);
});

/** The gates before opening and at release: those whose rule decides alone have cases of their own. */
test.each([
  'DESIGNATION',
  'IDENTITY',
  'ONE-RAISE',
  'BLACKLIST',
  'PAYEE',
  'ASK-CAP',
  'ASK-CERT',
  'SECOND-ASK',
  'PRE-AUDIT',
  'PUBLICITY',
  'ROUTE',
  'BATCH',
])('%s has a row with cases', (rule) => {
  expect(cells.find((row) => row[0]!.includes(`\`${rule}\``))?.[3]).toMatch(/`[a-z0-9*-]+`/);
});
