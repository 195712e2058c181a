import { isPublic, POLICY } from '../../src/access/policy';
import { openApiDocument } from '../../src/api/openapi';
import { PROBLEMS } from '../../src/api/problems';
import { aHouse, type House } from '../support/house';
import { everyRoute, type Route } from '../support/walls';

interface Operation {
  readonly summary?: string;
  readonly security?: unknown[];
  readonly 'x-act'?: string;
  readonly 'x-roles'?: string[];
  readonly parameters?: { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Record<string, { readonly schema: { readonly additionalProperties?: boolean } }>;
  };
  readonly responses: Record<string, { readonly description?: string }>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly securitySchemes: Record<string, unknown>; readonly schemas: Record<string, unknown> };
}

let house: House;
let document: Document;
let routes: Route[];
beforeAll(async () => {
  house = await aHouse();
  routes = everyRoute(house);
  document = (await house.ask<Document>('GET', '/v1/openapi.json')).body;
});
afterAll(() => house.close());

const operations = (): [string, string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, ops]) => Object.entries(ops).map(([m, op]) => [path, m, op] as [string, string, Operation]));

test('is served to everybody, as generated, in version 3.1', () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(document.info).toMatchObject({ title: 'Almoner', version: '1' });
  expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument(routes))));
});

test('names every route that is mounted, and no other', () => {
  expect(
    operations()
      .map(([path, method]) => `${method} ${path}`)
      .sort(),
  ).toEqual(routes.map((r) => `${r.method} ${r.path}`).sort());
});

test('declares every parameter of every path, as required, and the key where money moves', () => {
  for (const [path, method, op] of operations()) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
    const declared = op.parameters ?? [];
    expect([path, declared.filter((p) => p.in === 'path' && p.required).map((p) => p.name)]).toEqual([path, inPath]);
    const route = routes.find((r) => r.method === method && r.path === path)!;
    expect([path, declared.some((p) => p.name === 'Idempotency-Key' && p.required)]).toEqual([path, route.idempotencyKey ?? false]);
  }
});

test('says who may call, what is answered, and that every refusal is a problem', () => {
  for (const [path, method, op] of operations()) {
    const route = routes.find((r) => r.method === method && r.path === path)!;
    expect(op['x-roles']).toEqual(POLICY[route.act]);
    expect(op['x-act']).toBe(route.act);
    expect(op.security).toEqual(isPublic(route.act) ? [] : [{ bearer: [] }]);
    expect(op.summary).toMatch(/^[A-Z]/);
    expect(Object.keys(op.responses)).toContain('default');
    expect(Object.keys(op.responses).filter((s) => /^2\d\d$/.test(s))).toHaveLength(1);
    for (const response of Object.values(op.responses)) expect(response.description).toEqual(expect.any(String));
  }
});

test('every body takes named fields only, and every reference leads somewhere', () => {
  for (const [path, , op] of operations()) {
    const schema = op.requestBody?.content['application/json']?.schema;
    if (schema) expect([path, schema.additionalProperties]).toEqual([path, false]);
  }
  for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g))
    expect(document.components.schemas).toHaveProperty(name!);
});

test('operations that move money, or have a story go on, require a key', () => {
  const moving = [
    '/v1/operations/redrives',
    '/v1/campaigns',
    '/v1/campaigns/{id}/gifts',
    '/v1/campaigns/{id}/release-requests',
    '/v1/releases/{id}/approval/signatures',
    '/v1/releases/{id}/use-evidence',
    '/v1/payouts/{id}/receipt',
    '/v1/payouts/{id}/invoices',
    '/v1/payouts/{id}/surplus-returns',
    '/v1/invoices/{id}/allocations',
    '/v1/exceptions/{id}/match-sets',
    '/v1/exceptions/{id}/matches',
    '/v1/payout-batches',
    '/v1/payout-batches/{id}/lines',
    '/v1/payout-batches/{id}/lines/all-payable',
    '/v1/payout-batches/{id}/signatures',
  ];
  expect(
    routes
      .filter((r) => r.idempotencyKey)
      .map((r) => r.path)
      .sort(),
  ).toEqual(moving.sort());
});

test('pages to read it are served offline', async () => {
  expect(await house.ask('GET', '/docs/')).toMatchObject({ status: 200, type: expect.stringContaining('text/html') });
});

test('every problem has a status, and a title in Chinese and in English', () => {
  for (const [code, problem] of Object.entries(PROBLEMS)) {
    expect([code, problem.status >= 400 && problem.status < 600]).toEqual([code, true]);
    expect(problem.zh).toMatch(/[\u4e00-\u9fff]/);
    expect(problem.en).toMatch(/^[A-Z]/);
  }
});

test('health needs no key: alive, and ready or what is missing', async () => {
  expect(await house.ask('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'alive' } });
  expect(await house.ask('GET', '/readyz')).toMatchObject({
    status: 200,
    body: { status: 'ready', checks: { postgres: 'ok', migrations: 'ok', temporal: 'ok' } },
  });
});
