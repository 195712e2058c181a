import { isPublic } from '../../src/access/policy';
import { bodiesOf, everyObject, QUERIES } from '../support/askable';
import { aPdf } from '../support/files';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aColleague, aTenant, type Tenant } from '../support/people';
import { addressOf, everyRoute, methodOf, nameOf, type Route } from '../support/walls';

// Default deny beside the matrix (matrix.test.ts): who is nobody at all, and the walls that are not in an address.
let house: House;
let ours: Tenant;
let theirs: Tenant;
/** Another tenant's objects, by what a route's address begins with. */
let foreign: Record<string, string>;
let routes: Route[];

beforeAll(async () => {
  house = await aHouse();
  ours = await aTenant(house);
  theirs = await aTenant(house);
  routes = everyRoute(house);
  foreign = await everyObject(house, theirs);
});
afterAll(() => house.close());

const bodies = (): Record<string, unknown> => bodiesOf(ours, foreign);

/** Asks a route with a body it takes, for an object of another tenant or of nobody. */
async function knock(route: Route, secret: string | undefined, id: string): ReturnType<House['ask']> {
  const file = { raw: aPdf(), headers: { 'content-type': 'application/pdf' } };
  const body = route.method === 'get' ? {} : route.upload ? file : { body: bodies()[nameOf(route)] ?? {} };
  const address = addressOf(route, id) + (QUERIES[nameOf(route)] ?? '');
  return house.ask(methodOf(route), address, { ...(secret ? { as: secret } : {}), key: aKey(), ...body });
}

test('there are routes, each with named roles or open to all on purpose', () => {
  expect(routes.length).toBeGreaterThanOrEqual(30);
  expect(
    routes
      .filter((r) => isPublic(r.act))
      .map(nameOf)
      .sort(),
  ).toEqual([
    'get /v1/public/blacklist',
    'get /v1/public/campaigns/{id}',
    'get /v1/public/complaints/{receiptNumber}',
    'get /v1/public/consents',
    'get /v1/public/editions',
    'get /v1/public/gifts/{id}/{key}',
    'post /v1/public/campaigns/{id}/complaints',
    'post /v1/public/complaints/{receiptNumber}/appeal',
    'post /v1/public/gifts/{id}/{key}/refund-requests',
    'post /v1/sessions',
  ]);
});

test('no key, a made-up key, a revoked key, an ended and an expired session: 401 on every route that is not public', async () => {
  const revoked = await house.ask<{ platformKey: string; tenantId: string }>('POST', '/v1/sandbox/tenants', {
    as: house.sandboxKey,
    body: { platform: 'love-fund', fees: { serviceBp: 0, serviceCapFen: '0', channelBp: 0 }, clockStartsAt: null },
  });
  await house.db('api_key').where('tenant_id', revoked.body.tenantId).update({ revoked_at: new Date() });
  const session = async (over: object): Promise<string> => {
    const { id, session: token } = await aColleague(house, ours, 'reviewer');
    await house.db('session').where('staff_id', id).update(over);
    return token;
  };
  const ended = await session({ ended_at: new Date() });
  const expired = await session({ expires_at: new Date(Date.now() - 1) });
  for (const route of routes.filter((r) => !isPublic(r.act))) {
    for (const secret of [undefined, 'alm_platform_madeup', revoked.body.platformKey, ended, expired]) {
      const answer = await knock(route, secret, foreign['/v1/campaigns/']!);
      expect([nameOf(route), secret, answer.status]).toEqual([nameOf(route), secret, 401]);
      expect(answer.body).toMatchObject({ code: 'auth.required' });
    }
  }
});

test('the same objects are there for their own people', async () => {
  expect((await house.ask('GET', `/v1/campaigns/${foreign['/v1/campaigns/']}`, { as: theirs.sessions.reviewer })).status).toBe(200);
  expect((await house.ask('GET', `/v1/releases/${foreign['/v1/releases/']}`, { as: theirs.sessions.checkerB })).status).toBe(200);
  const list = await house.ask<{ payouts: { id: string }[] }>('GET', '/v1/hospital/payouts', { as: theirs.hospital.key });
  expect(list.body.payouts.map((p) => p.id)).toEqual([foreign['/v1/payouts/']]);
});

test('a hospital sees no payout of another, and the sandbox no real platform', async () => {
  expect((await house.ask('GET', '/v1/hospital/payouts', { as: ours.hospital.key })).body).toEqual({ payouts: [] });
  await house.owner('tenant').where('id', theirs.id).update({ kind: 'platform', clock_id: null });
  const answer = await house.ask('GET', `/v1/sandbox/bank-entries?tenantId=${theirs.id}`, { as: house.sandboxKey });
  expect(answer).toMatchObject({ status: 403, body: { code: 'sandbox.only' } });
  await house.owner('tenant').where('id', theirs.id).update({ kind: 'sandbox', clock_id: theirs.clockId });
});

test('an address that is none: 404 as a problem; a method that it does not take: 405', async () => {
  expect(await house.ask('GET', '/v1/admin')).toMatchObject({ status: 404, type: expect.stringContaining('application/problem+json') });
  expect((await house.ask('POST', `/v1/campaigns/${foreign['/v1/campaigns/']}`, { as: theirs.platformKey })).status).toBe(405);
});

test('where there are no simulators, no sandbox route exists', async () => {
  const product = everyRoute({ ...house, dependencies: { ...house.dependencies, sandbox: null } });
  expect(product.filter((r) => r.path.startsWith('/v1/sandbox'))).toEqual([]);
});
