import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { INTERNAL, PROBLEMS } from '../../src/api/problems';
import { fieldErrors } from '../../src/api/text/issues';
import { rulesBehind } from '../../src/api/text/rulesOfFields';
import { heard, say } from '../../src/api/text/say';

const CHINESE = /[\u4e00-\u9fff]/;

/** The table of docs/problems.md, from the one table of problems. */
function table(): string {
  const line = (code: string, p: { status: number; zh: string; en: string; retryable?: boolean }): string =>
    `| \`${code}\` | ${p.status} | ${p.zh} | ${p.en} | ${p.retryable ? 'yes' : 'no'} |`;
  return [
    '| code | status | zh-CN | en | retryable |',
    '| --- | --- | --- | --- | --- |',
    ...Object.entries(PROBLEMS).map(([code, problem]) => line(code, problem)),
    line('internal', { status: 500, ...INTERNAL, retryable: true }),
  ].join('\n');
}

test('docs/problems.md has every code with its status, titles, and whether to try again', () => {
  expect(readFileSync(path.join(__dirname, '../../docs/problems.md'), 'utf8')).toContain(`${table()}\n`);
});

test('every code has a title in Chinese and one in English', () => {
  for (const [code, { zh, en }] of [...Object.entries(PROBLEMS), ['internal', INTERNAL] as const])
    expect([code, CHINESE.test(zh), en.length > 0 && !CHINESE.test(en)]).toEqual([code, true, true]);
});

test('what is said in one string is heard in both languages; any other message is not', () => {
  expect(heard(say({ zh: '须为整数', en: 'a whole number' }))).toEqual({ zh: '须为整数', en: 'a whole number' });
  expect(heard('Invalid input')).toBeNull();
});

test.each([
  ['a missing field', z.strictObject({ a: z.string() }), {}, '/a', '必填', 'is required'],
  ['null', z.strictObject({ a: z.string() }), { a: null }, '/a', '须为字符串', 'must be a string'],
  ['an entry of a list', z.strictObject({ a: z.array(z.int().max(3)) }), { a: [1, 4] }, '/a/1', '至多为 3', 'must be at most 3'],
  ['too few entries', z.strictObject({ a: z.array(z.int()).min(1) }), { a: [] }, '/a', '至少 1 项', 'must have at least 1 entries'],
  ['a word that is none', z.strictObject({ a: z.enum(['x', 'y']) }), { a: 'z' }, '/a', '须为以下之一：x、y', 'must be one of x, y'],
  ['a field that is none, escaped', z.strictObject({}), { 'a/b~': 1 }, '/a~1b~0', '没有此字段', 'is no field of this request'],
])('%s is named with what it must be', (_what, schema, body, pointer, zh, en) => {
  const { error } = schema.safeParse(body, { reportInput: true });
  expect(fieldErrors(error!.issues, [])).toEqual([{ pointer, message: { zh, en } }]);
});

test.each([
  ['/broughtBy/kind', 'must be one of x', ['CONDUCT']],
  ['/consent/feeVersion', 'is required', ['FEES', 'RIGHTS']],
  ['/consent', 'RIGHTS, FEES: as shown', ['FEES', 'RIGHTS']],
  ['/title', 'is required', []],
  ['/reason', 'UNHEARD-OF: is no rule', []],
])('behind %s (%s) stand %j', (pointer, en, rules) => {
  expect(rulesBehind([{ pointer, message: { zh: '', en } }])).toEqual(rules);
});
