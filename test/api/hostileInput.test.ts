import { gzipSync } from 'node:zlib';
import { aSubmission, documentOf, submission } from '../support/campaigns';
import { type Answer, type Asking, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, type Tenant } from '../support/people';
import { rowCounts } from '../support/releases';
import { PROBLEMS } from '../../src/api/problems';

// What does not belong is named by its place, in the asker's language, and leaves nothing behind (reliability 40, 42, 43).
let house: House;
let tenant: Tenant;
let before: Record<string, number>;
// Failed log-ins are counted, and nothing else is changed by them.
const COUNTED = ['public.log_in_guard'];
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  before = await rowCounts(house, ...COUNTED);
});
afterEach(async () => expect(await rowCounts(house, ...COUNTED)).toEqual(before));
afterAll(() => house.close());

const submit = (over: Record<string, unknown>, headers: Record<string, string> = {}): Promise<Answer> =>
  house.ask('POST', '/v1/campaigns', { as: tenant.platformKey, key: aKey(), body: submission(tenant, over), headers });
const refused = (pointer: string): object => ({
  status: 400,
  type: expect.stringContaining('application/problem+json'),
  body: { code: 'request.invalid', status: 400, errors: expect.arrayContaining([{ pointer, message: expect.any(String) }]) },
});
const patient = { name: '张三', idNumber: '11010519491231002X', minor: false };

test.each([
  ['0', '0'],
  ['negative', '-1'],
  ['an exponent', '1e3'],
  ['full-width', '１２'],
  ['2^53 + 1 as a number', 9_007_199_254_740_993],
  ['a number', 100],
  ['16 digits', '1000000000000000'],
  ['a point', '1.5'],
  ['NaN', 'NaN'],
  ['a leading zero', '007'],
  ['a space', ' 1'],
  ['hexadecimal', '0x1f'],
  ['null', null],
  ['a list', ['1']],
  ['an object', {}],
  ['very long', '9'.repeat(100_000)],
])('an amount that is %s is refused by name', async (_what, askFen) => {
  expect(await submit({ askFen })).toMatchObject(refused('/askFen'));
});

test.each([
  ['a status', { status: 'open' }, '/status'],
  ['who approved it', { approvedBy: 'me' }, '/approvedBy'],
  ['money raised', { raisedFen: '1' }, '/raisedFen'],
  ['a tenant', { tenantId: 'x' }, '/tenantId'],
  ['a phase', { phase: 'fundraising' }, '/phase'],
  ['a nested field', { patient: { ...patient, verified: true } }, '/patient/verified'],
  ['a prototype', JSON.parse('{"__proto__": {"a": 1}}'), '/__proto__'],
  ['a constructor', { constructor: 'x' }, '/constructor'],
  ['a hidden field of a document', { documents: [{ ...documentOf('diagnosis'), verified: true }] }, '/documents/0/verified'],
])('a hidden field (%s) is refused, not ignored', async (_what, over, pointer) => {
  const raw = JSON.stringify({ ...submission(tenant), ...over });
  expect(await house.ask('POST', '/v1/campaigns', { as: tenant.platformKey, key: aKey(), raw })).toMatchObject(refused(pointer));
});

test.each([
  ['a NUL', 'a\u0000b'],
  ['a bell', 'a\u0007b'],
  ['an escape', '\u001b[2J'],
  ['a delete', 'a\u007fb'],
  ['right-to-left override', 'abc\u202egpj.exe'],
  ['an isolate', 'a\u2067b'],
  ['nothing but spaces', '   '],
  ['half a character', 'a\ud800b'],
  ['61 characters', '长'.repeat(61)],
])('a title with %s is refused', async (_what, title) => {
  expect(await submit({ title })).toMatchObject(refused('/title'));
});

test.each([
  ['a zero-width space', '张\u200b三'],
  ['a zero-width joiner', '张\u200d三'],
  ['a byte order mark', '张\ufeff三'],
  ['a soft hyphen', 'Zhang\u00adSan'],
  ['a Hangul filler', '张三\u3164'],
  ['a Kangxi radical for a character', '\u2f65三'],
  ['a compatibility ideograph', '\uf9e1三'],
  ['full-width letters', 'Ｚhang San'],
  ['mathematical letters', '\u{1d419}hang San'],
  ['a Cyrillic letter among Latin ones', 'Zh\u0430ng San'],
  ['a Greek letter among Latin ones', 'Zhang S\u03b1n'],
])('a name with %s reads like another name, and is refused', async (_what, name) => {
  expect(await submit({ patient: { ...patient, name } })).toMatchObject(refused('/patient/name'));
  expect(await submit({ payee: { kind: 'seeker', account: { number: '12345678', name, bankCode: '105100000017' } } })).toMatchObject(
    refused('/payee/account/name'),
  );
});

test.each([
  ['a middle dot', '阿卜杜拉·买买提'],
  ['a rare character', '㛃\u{20089}'],
  ['a Han character that only looks like a compatibility one', '\ufa0e三'],
  ['Latin with an accent and an apostrophe', 'Zoë O’Neill-Núñez'],
  ['Cyrillic alone', 'Айгүл Жұмабек'],
  ['Tibetan', 'བཀྲ་ཤིས'],
  ['Uyghur', 'ئابدۇللا'],
])('a name with %s is a name', async (_what, name) => {
  await aSubmission(house, tenant, { patient: { ...patient, name } });
  before = await rowCounts(house, ...COUNTED);
});

test.each([
  ['a citizen number whose check digit is wrong', { patient: { ...patient, idNumber: '110105194912310020' } }, '/patient/idNumber'],
  [
    'a credit code whose check character is wrong',
    { hospital: { name: '医院', uscc: '91350100M000100Y44', admissionNumber: '1' } },
    '/hospital/uscc',
  ],
  [
    'a bank number whose check digit is wrong',
    { payee: { kind: 'seeker', account: { number: '12345678', name: '张三', bankCode: '105100000018' } } },
    '/payee/account/bankCode',
  ],
  [
    'an account with letters',
    { payee: { kind: 'seeker', account: { number: '12345678a', name: '张三', bankCode: '105100000017' } } },
    '/payee/account/number',
  ],
  [
    'an institution that brings its own account',
    { payee: { kind: 'institution', account: { number: '12345678', name: '张三', bankCode: '105100000017' } } },
    '/payee/account',
  ],
  ['a sponsor without a name', { sponsor: { relation: 'spouse' } }, '/sponsor/name'],
  ['a diagnosis that is no ICD-10 code', { diagnosis: { code: 'x', text: '病' } }, '/diagnosis/code'],
  ['an unknown kind of document', { documents: [documentOf('selfie')] }, '/documents/0/kind'],
  ['a document of no bytes', { documents: [{ ...documentOf('diagnosis'), byteLength: 0 }] }, '/documents/0/byteLength'],
  ['a document of half a byte', { documents: [{ ...documentOf('diagnosis'), byteLength: 1.5 }] }, '/documents/0/byteLength'],
  ['a hash in capitals', { documents: [{ ...documentOf('diagnosis'), sha256: 'A'.repeat(64) }] }, '/documents/0/sha256'],
  ['51 documents', { documents: Array.from({ length: 51 }, () => documentOf('diagnosis')) }, '/documents'],
  ['a list where an object belongs', { patient: [patient] }, '/patient'],
])('%s is refused by name', async (_what, over, pointer) => {
  expect(await submit(over)).toMatchObject(refused(pointer));
});

test('several faults at once are all named', async () => {
  const answer = await submit({ askFen: '-1', title: '', patient: { ...patient, idNumber: 'x' } });
  const { errors } = answer.body as { errors: { pointer: string }[] };
  expect(errors.map((e) => e.pointer).sort()).toEqual(['/askFen', '/patient/idNumber', '/title']);
});

describe('a body that is none', () => {
  const send = (asking: Asking): Promise<Answer> => house.ask('POST', '/v1/campaigns', { as: tenant.platformKey, key: aKey(), ...asking });
  const deep = (n: number): string => `${'['.repeat(n)}${']'.repeat(n)}`;

  test.each<[string, Asking]>([
    ['not JSON', { raw: '{"title": ' }],
    ['cut off', { raw: '{"askFen": "100"' }],
    ['a bare word', { raw: 'null' }],
    ['a list', { raw: '[]' }],
    ['nothing', {}],
    ['XML', { raw: '<a/>', headers: { 'content-type': 'application/xml' } }],
    ['a form', { raw: 'askFen=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['100,000 levels deep', { raw: deep(100_000) }],
    ['deep inside a field', { raw: JSON.stringify(submission(tenant2())).replace('"10000000"', deep(50_000)) }],
    ['more than a megabyte', { raw: JSON.stringify({ story: 'a'.repeat(1_100_000) }) }],
    ['in a charset that is none', { raw: '{}', headers: { 'content-type': 'application/json; charset=utf-99' } }],
    ['compressed, it says', { raw: '{}', headers: { 'content-encoding': 'gzip' } }],
    [
      'a hundred megabytes in a hundred kilobytes',
      { raw: new Uint8Array(gzipSync(Buffer.alloc(100_000_000, ' '))), headers: { 'content-encoding': 'gzip' } },
    ],
    ['of an encoding that is none', { raw: '{}', headers: { 'content-encoding': 'zip-bomb' } }],
  ])('%s: 400, a problem', async (_what, asking) => {
    const answer = await send(asking);
    expect(answer).toMatchObject({ status: 400, type: expect.stringContaining('application/problem+json'), body: { code: 'request.invalid' } });
  });

  /** Enough of a tenant for a submission's form. */
  function tenant2(): Tenant {
    return { hospital: { name: '医院', uscc: '91350100M000100Y43' } } as Tenant;
  }
});

test.each([
  ['GET', '/v1/campaigns/not-an-id'],
  ['GET', `/v1/campaigns/${"' or 1=1 --".padEnd(26, 'x')}`],
  ['GET', '/v1/campaigns/%00'],
  ['GET', '/v1/campaigns/%E0%A4%A'],
  ['GET', `/v1/campaigns/${'0'.repeat(5_000)}`],
  ['POST', '/v1/campaigns/..%2f..%2fetc/close'],
] as const)('%s %s is refused as no id', async (method, path) => {
  expect(await house.ask(method, path, { as: tenant.platformKey })).toMatchObject({ status: 400, type: expect.stringContaining('problem+json') });
});

test.each(['Bearer', 'Basic abc', 'Bearer a b', 'bearer x', "Bearer ' or 1=1", `Bearer ${'a'.repeat(8_000)}`])(
  'Authorization: %s is nobody',
  async (authorization) => {
    expect(await house.ask('GET', '/v1/hospital/payouts', { headers: { authorization } })).toMatchObject({
      status: 401,
      body: { code: 'auth.required' },
    });
  },
);

test.each([
  ['a NUL', 'a\u0000'],
  ['a lone surrogate', '\ud800'],
  ['a quote', "' or 1=1 --"],
])('a log-in with %s is a wrong log-in or no log-in, never an error of ours', async (_what, login) => {
  const answer = await house.ask('POST', '/v1/sessions', { body: { login, password: login } });
  expect([400, 401]).toContain(answer.status);
});

test('titles are in the asker’s language: Chinese where nothing is said', async () => {
  const { zh, en } = PROBLEMS['request.invalid'];
  const title = async (headers: Record<string, string>): Promise<unknown> =>
    ((await submit({ askFen: '0' }, headers)).body as { title: string }).title;
  expect(await title({})).toBe(zh);
  expect(await title({ 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' })).toBe(zh);
  expect(await title({ 'accept-language': 'en-GB,en;q=0.9' })).toBe(en);
  expect(await title({ 'accept-language': 'fr' })).toBe(zh);
});

test('what a person wrote is kept as text: quotes, markup, formulas and SQL come back as they were', async () => {
  const title = `=HYPERLINK("x") <b>'; drop table gift; --`;
  const id = await aSubmission(house, tenant, { title });
  expect((await house.ask('GET', `/v1/campaigns/${id}`, { as: tenant.platformKey })).body).toMatchObject({ title });
  before = await rowCounts(house, ...COUNTED);
});

test('nothing that was sent is in the log: no name, no number', () => {
  const text = house.logged.join('');
  expect(text).not.toMatch(/张三|11010519|6217001/);
});
