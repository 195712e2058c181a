import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { type Role, ROLES } from '../../src/access/actors';
import { newKey } from '../../src/access/keys';
import { type Act, isPublic, type Scope, SCOPES } from '../../src/access/policy';
import { row } from '../../src/database/connect';
import { bodiesOf, everyObject, QUERIES } from '../support/askable';
import { aPdf } from '../support/files';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aColleague, aTenant, type Tenant } from '../support/people';
import { type Operation, operationsOf } from '../support/permissions';
import { rowCounts } from '../support/releases';
import { everyRole } from '../support/walls';

// Who may what, from the OpenAPI document that the house serves: every role (and nobody), every route, one's own, another's and nobody's; each cell asked.
const WHOSE = ['own', 'other', 'nobody'] as const;
type Whose = (typeof WHOSE)[number];
type Asker = Role | 'public';
const ASKERS: readonly Asker[] = [...ROLES, 'public'];
const NOBODYS = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

let house: House;
let ours: Tenant;
let theirs: Tenant;
let secrets: Record<Asker, string | undefined>;
let objects: Record<Whose, Record<string, string>>;
let operations: Operation[];

beforeAll(async () => {
  house = await aHouse();
  [ours, theirs] = [await aTenant(house), await aTenant(house)];
  secrets = { ...(await everyRole(house, ours)), public: undefined };
  const [own, other] = [await everyObject(house, ours), await everyObject(house, theirs)];
  // What is ended and changed here must not be what asks.
  own['/v1/staff/'] = (await aColleague(house, ours, 'operator')).id;
  own['/v1/api-keys/'] = (await newKey(house.db, 'platform', { tenantId: ours.id }, 'to be ended', {})).id;
  own['/v1/sandbox/clocks/'] = ours.clockId;
  objects = { own, other, nobody: {} };
  operations = operationsOf((await house.ask<Parameters<typeof operationsOf>[0]>('GET', '/v1/openapi.json')).body);
});
afterAll(() => house.close());

const nameOf = (o: Operation): string => `${o.method} ${o.path}`;

/** Another's or nobody's clock: of a sandbox every clock is the sandbox key's own. */
async function idFor(o: Operation, asker: Asker, whose: Whose): Promise<string> {
  if (o.path.startsWith('/v1/me/sessions/') && whose === 'own') return ownSession(asker);
  if (o.path.startsWith('/v1/me/views/') && whose === 'own') return ownView(asker);
  const start = Object.keys(objects.own).find((s) => o.path.startsWith(s)) ?? (o.path.includes('/gifts/') ? '/v1/gifts/' : '/v1/campaigns/');
  return objects[whose][start] ?? NOBODYS;
}

/** One more session of whoever asks, to be ended. */
function ownSession(asker: Asker): Promise<string> {
  return ownOf(asker, 'session', (id) => ({ id, token_hash: randomBytes(32), expires_at: new Date(Date.now() + 60_000) }));
}

/** One more view of whoever asks, to be taken away. */
function ownView(asker: Asker): Promise<string> {
  return ownOf(asker, 'saved_view', (id) => ({ id, name: id, address: '/batches' }));
}

async function ownOf(asker: Asker, table: string, made: (id: string) => object): Promise<string> {
  const of = await row<{ staff_id: string }>(house.db, `select staff_id from session where token_hash = sha256(convert_to(?, 'UTF8'))`, [
    secrets[asker] ?? '',
  ]);
  if (!of) return NOBODYS;
  const id = ulid();
  await house.db(table).insert({ ...made(id), staff_id: of.staff_id });
  return id;
}

async function ask(o: Operation, secret: string | undefined, id: string): Promise<Answer<{ code?: string; field?: string }>> {
  const bodies = {
    ...bodiesOf(ours, objects.own),
    // Backwards: the walk itself is not what is asked about here.
    'post /v1/sandbox/clocks/{clockId}/advance': { to: '2000-01-01T00:00:00Z' },
    'post /v1/staff': { login: `new-${aKey().toLowerCase()}`, displayName: '新人', role: 'reviewer' },
  } as Record<string, unknown>;
  const file = { raw: aPdf(), headers: { 'content-type': 'application/pdf' } };
  const content = o.method === 'get' ? {} : o.path.endsWith('/uploads') ? file : { body: bodies[nameOf(o)] ?? {} };
  const missing = o.needsQuery.filter((name) => name === 'tenantId' || name === 'campaignId');
  const query = missing.map((name) => `${name}=${name === 'tenantId' ? ours.id : objects.own['/v1/campaigns/']}`).join('&');
  const at = o.path
    .replace('{claim}', 'income')
    .replace('{item}', 'cars')
    .replace('{key}', 'a'.repeat(24))
    .replace(/\{\w+\}/g, id);
  const address = at + (QUERIES[nameOf(o)] ?? (query && `?${query}`));
  return house.ask(o.method.toUpperCase() as 'GET', address, { ...(secret ? { as: secret } : {}), key: aKey(), ...content });
}

/** What a cell must be: `let in` is any answer but the three by which the doors refuse. */
type Verdict = 'no key' | 'not this role' | 'no such thing' | 'let in';
function expected(o: Operation, asker: Asker, whose: Whose): Verdict {
  if (isPublic(o.act)) return 'let in';
  if (asker === 'public') return 'no key';
  if (!o.roles.includes(asker)) return 'not this role';
  if (whose === 'own' || !o.path.includes('{')) return 'let in';
  // A regulator reaches every house's objects, and nobody's log-in but their own.
  return whose === 'other' && asker === 'regulator' && !o.path.startsWith('/v1/me/') ? 'let in' : 'no such thing';
}
function found({ status, body }: Answer<{ code?: string; field?: string }>): Verdict {
  if (status === 401 && body.code === 'auth.required') return 'no key';
  if (status === 403 && body.code === 'auth.forbidden') return 'not this role';
  // A missing thing that the body names is not the one that the address names.
  return status === 404 && body.code === 'object.not_found' && body.field === undefined ? 'no such thing' : 'let in';
}

const cells = (): [Operation, Asker, Whose][] =>
  operations.flatMap((o) => ASKERS.flatMap((a) => WHOSE.map((w): [Operation, Asker, Whose] => [o, a, w])));

test('every role, route and ownership is a cell, and each route has somebody who is let in', () => {
  expect(cells()).toHaveLength(operations.length * (ROLES.length + 1) * WHOSE.length);
  expect(operations.length).toBeGreaterThan(100);
  for (const o of operations) expect([nameOf(o), ASKERS.some((a) => expected(o, a, 'own') === 'let in')]).toEqual([nameOf(o), true]);
  for (const role of ROLES) expect([role, operations.some((o) => expected(o, role, 'own') === 'let in')]).toEqual([role, true]);
});

let asked = 0;
async function askAll(which: (verdict: Verdict) => boolean): Promise<string[]> {
  const wrong: string[] = [];
  for (const [o, asker, whose] of cells()) {
    const verdict = expected(o, asker, whose);
    if (!which(verdict)) continue;
    asked += 1;
    const answer = await ask(o, secrets[asker], await idFor(o, asker, whose));
    const got = isPublic(o.act) && found(answer) === 'no such thing' ? 'let in' : found(answer);
    if (got !== verdict || answer.status >= 500) wrong.push(`${nameOf(o)}, ${asker}, ${whose}: ${verdict}, but ${answer.status} ${answer.body.code}`);
  }
  return wrong;
}

test('who may not is refused in every such cell, and nothing changes', async () => {
  // The session that is not asked for is made by the test, not by the house.
  const before = await rowCounts(house, 'public.session');
  expect(await askAll((verdict) => verdict !== 'let in')).toEqual([]);
  expect(await rowCounts(house, 'public.session')).toEqual(before);
}, 180_000);

test('who may is let in, in every such cell', async () => {
  expect(await askAll((verdict) => verdict === 'let in')).toEqual([]);
  expect(asked).toBe(operations.length * (ROLES.length + 1) * WHOSE.length);
}, 180_000);

test('another’s and nobody’s answer alike, to the letter, for every role that may', async () => {
  let pairs = 0;
  for (const o of operations.filter((x) => x.path.includes('{') && !isPublic(x.act)))
    for (const role of ROLES.filter((r) => expected(o, r, 'other') === 'no such thing')) {
      const [other, nobodys] = [await ask(o, secrets[role], await idFor(o, role, 'other')), await ask(o, secrets[role], NOBODYS)];
      // Only the number of the request itself differs.
      const said = (answer: typeof other): object => ({ ...(answer.body as object), instance: undefined });
      expect([nameOf(o), role, other.status, said(other)]).toEqual([nameOf(o), role, nobodys.status, said(nobodys)]);
      pairs += 1;
    }
  expect(pairs).toBeGreaterThan(100);
}, 180_000);

test('a key of one scope may what the scope names and nothing else: every scope on every route', async () => {
  let scoped = 0;
  const wrong: string[] = [];
  for (const scope of Object.keys(SCOPES) as Scope[]) {
    const role = scope === 'receipts:write' ? 'hospital' : 'platform';
    const { institution_id: institutionId } = (await row<{ institution_id: string }>(
      house.db,
      'select hospital_id as institution_id from campaign where id = ?',
      [objects.own['/v1/campaigns/']!],
    ))!;
    const owner = role === 'hospital' ? { institutionId } : { tenantId: ours.id };
    const { secret } = await newKey(house.db, role, owner, scope, { scopes: [scope] });
    for (const o of operations) {
      scoped += 1;
      const may = isPublic(o.act) || (o.roles.includes(role) && (SCOPES[scope] as readonly Act[]).includes(o.act));
      const answer = await ask(o, secret, NOBODYS);
      if ((found(answer) !== 'not this role') !== may) wrong.push(`${scope}, ${nameOf(o)}: ${answer.status} ${answer.body.code}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(scoped).toBe(Object.keys(SCOPES).length * operations.length);
}, 180_000);
