import type { Role } from '../../src/access/actors';
import { heard } from '../../src/api/text/say';
import { openApiDocument } from '../../src/api/openapi';
import { bodiesOf, everyObject, QUERIES } from '../support/askable';
import { badTexts, faultsOf, type Schema } from '../support/badInput';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, type Tenant } from '../support/people';
import { rowCounts } from '../support/releases';
import { everyRole, everyRoute, methodOf, nameOf, type Route, rolesOf } from '../support/walls';

// What bad input gets, for every field of every route, from the document that the routes generate: a problem that names the field, in the asker's
// language, and nothing changed.
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
interface Refusal {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly field?: string;
  readonly rules?: string[];
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
}

const CHINESE = /[\u4e00-\u9fff]/;
let house: House;
let tenant: Tenant;
let objects: Record<string, string>;
let secrets: Record<Role, string>;
let routes: Route[];
let operations: Record<string, Record<string, Operation>>;
let before: Record<string, number>;

beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  secrets = await everyRole(house, tenant);
  objects = await everyObject(house, tenant);
  routes = everyRoute(house);
  operations = openApiDocument(routes).paths as typeof operations;
  before = await rowCounts(house, GUARD);
});
afterEach(async () => expect(await rowCounts(house, GUARD)).toEqual(before));
/** Attempts to log in are counted whether or not they were well-formed. */
const GUARD = 'public.log_in_guard';
afterAll(() => house.close());

const operationOf = (route: Route): Operation => operations[route.path]![route.method]!;
const bodyOf = (route: Route): unknown => bodiesOf(tenant, objects)[nameOf(route)];
const schemaOf = (route: Route): Schema | undefined => operationOf(route).requestBody?.content['application/json']?.schema;

function addressOf(route: Route): string {
  const object = Object.keys(objects).find((start) => route.path.startsWith(start));
  const id = object ? objects[object]! : route.path.includes('gifts') ? objects['/v1/gifts/']! : objects['/v1/campaigns/']!;
  return route.path
    .replace('{claim}', 'income')
    .replace('{item}', 'cars')
    .replace('{key}', 'a'.repeat(24))
    .replace(/\{\w+\}/g, id);
}

function ask(route: Route, language: string, address: string, body?: unknown): Promise<Answer> {
  const [role] = rolesOf(route);
  const secret = role === undefined ? {} : { as: secrets[role] };
  const sent = body === undefined ? {} : { body };
  return house.ask(methodOf(route), address, { ...secret, ...sent, key: aKey(), headers: { 'accept-language': language } });
}

/** @returns what is not as it should be with a refusal of one field, in both languages; null when all is. */
async function wrongWith(route: Route, pointer: string, alone: boolean, address: string, body?: unknown): Promise<string | null> {
  const [zh, en] = [await ask(route, 'zh-CN', address, body), await ask(route, 'en', address, body)];
  for (const answer of [zh, en]) {
    const said = answer.body as Refusal;
    const named = alone ? said.field === pointer : (said.errors ?? []).some((e) => e.pointer === pointer);
    if (answer.status < 400 || answer.status > 499 || !answer.type.includes('problem+json') || !said.code || !named)
      return `${answer.status} ${JSON.stringify(said).slice(0, 400)}`;
  }
  const [inChinese, inEnglish] = [zh.body as Refusal, en.body as Refusal];
  const words = (said: Refusal): string[] => [said.title, said.detail, ...(said.errors ?? []).map((e) => e.message)];
  if (!words(inChinese).every((text) => CHINESE.test(text))) return `not Chinese: ${words(inChinese).join(' | ')}`;
  if (!words(inEnglish).every((text) => text.length > 0 && !CHINESE.test(text))) return `not English: ${words(inEnglish).join(' | ')}`;
  return null;
}

test('every body of every route has an example here', () => {
  expect(routes.filter((route) => schemaOf(route) && bodyOf(route) === undefined).map(nameOf)).toEqual([]);
});

/** Every message that a schema and what is inside it bring themselves. */
function* messagesOf(value: unknown, seen = new Set<unknown>()): Generator<string> {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  const def = (value as { _zod?: { def: Record<string, unknown> } })._zod?.def ?? (value as Record<string, unknown>);
  if (typeof def.error === 'function') yield String((def.error as (issue: object) => unknown)({ code: 'custom', path: [] }));
  for (const inside of Object.values(def)) yield* messagesOf(inside, seen);
}

test('every message of every schema is there in both languages', () => {
  const messages = routes.flatMap((route) => [...messagesOf(route.input)]);
  expect(messages.length).toBeGreaterThan(50);
  for (const message of messages) {
    const { zh, en } = heard(message) ?? { zh: '', en: message };
    expect([en, CHINESE.test(zh), CHINESE.test(en)]).toEqual([en, true, false]);
  }
});

test('every field of every body: missing, null, of another type, empty, too long, malformed, unknown', async () => {
  const wrong: string[] = [];
  let asked = 0;
  for (const route of routes) {
    const schema = schemaOf(route);
    if (!schema) continue;
    for (const { what, pointer, alone, body } of faultsOf(schema, bodyOf(route))) {
      asked += 1;
      const found = await wrongWith(route, pointer, alone, addressOf(route), body);
      if (found !== null) wrong.push(`${nameOf(route)} ${pointer} ${what}: ${found}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(1_000);
}, 300_000);

test('every field of every query, and every id in an address', async () => {
  const wrong: string[] = [];
  const look = async (route: Route, what: string, pointer: string, address: string): Promise<void> => {
    const body = route.method === 'get' ? undefined : bodyOf(route);
    const found = await wrongWith(route, pointer, true, address, body);
    if (found !== null) wrong.push(`${nameOf(route)} ${pointer} ${what}: ${found}`);
  };
  for (const route of routes) {
    const query = (operationOf(route).parameters ?? []).filter((p) => p.in === 'query');
    const valid = new URLSearchParams(QUERIES[nameOf(route)] ?? '');
    for (const { name, required } of query) if (required && !valid.has(name)) valid.set(name, objects['/v1/campaigns/']!);
    const fullAddress = `${addressOf(route)}?${valid.toString()}`;
    for (const { name, required, schema } of query) {
      const withField = (value: string | null): string => {
        const asked = new URLSearchParams(valid);
        asked.delete(name);
        if (value !== null) asked.set(name, value);
        return `${addressOf(route)}?${asked.toString()}`;
      };
      if (required) await look(route, 'missing', `/query/${name}`, withField(null));
      await look(route, 'twice', `/query/${name}`, `${withField('a')}&${name}=b`);
      for (const [what, text] of badTexts(name, schema)) if (text.length < 5_000) await look(route, what, `/query/${name}`, withField(text));
    }
    if (query.length > 0) await look(route, 'unknown', '/query/unheardOf', `${fullAddress}&unheardOf=1`);
    if (route.path.includes('{id}'))
      await look(route, 'no id', '/params/id', `${route.path.replace('{id}', 'no-id').replace(/\{\w+\}/g, 'cars')}?${valid.toString()}`);
  }
  expect(wrong).toEqual([]);
});
