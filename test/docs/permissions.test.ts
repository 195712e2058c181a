import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PERSONS, type Role, ROLES } from '../../src/access/actors';
import { type Act, actsOf, POLICY, rulesOf, SCOPES, scopesOf } from '../../src/access/policy';
import { aHouse } from '../support/house';
import { type Operation, operationsOf, permissionsPage } from '../support/permissions';

let operations: Operation[];
beforeAll(async () => {
  const house = await aHouse();
  operations = operationsOf((await house.ask<Parameters<typeof operationsOf>[0]>('GET', '/v1/openapi.json')).body);
  await house.close();
});

test('docs/permissions.md is what the document says (ALMONER_WRITE_DOCS=1 writes it anew)', () => {
  const file = path.join(__dirname, '../../docs/permissions.md');
  const page = permissionsPage(operations);
  if (process.env.ALMONER_WRITE_DOCS === '1') writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
});

test('every act is of a route, or of pages and views by name; every route’s roles are its act’s', () => {
  const ofRoutes = new Set<string>(operations.map((o) => o.act));
  expect(Object.keys(POLICY).filter((act) => !ofRoutes.has(act))).toEqual(['release.see-sheet', 'release.see-waiting']);
  for (const { path: at, act, roles } of operations) expect([at, roles]).toEqual([at, POLICY[act]]);
});

test('each act of a platform’s or hospital’s key lies in exactly one scope, and no scope holds another', () => {
  for (const role of ['platform', 'hospital'] as const)
    for (const act of actsOf(role))
      expect([act, Object.values(SCOPES).filter((acts) => (acts as readonly Act[]).includes(act)).length]).toEqual([act, 1]);
  const keyed = [...actsOf('platform'), ...actsOf('hospital')];
  expect(
    Object.values(SCOPES)
      .flatMap((acts): Act[] => [...acts])
      .filter((act) => !keyed.includes(act)),
  ).toEqual([]);
  expect(scopesOf('hospital')).toEqual(['read', 'invoices:write', 'receipts:write']);
});

test('an administrator keeps people and keys; an auditor and a regulator change nothing', () => {
  const own = ['session.end', 'me.read', 'me.change-log-in', 'me.keep-views', 'step-up.make'];
  const more = (role: Role): string[] => actsOf(role).filter((act) => !own.includes(act));
  expect(more('administrator')).toEqual(['staff.read', 'staff.add', 'staff.change', 'key.read', 'key.issue', 'key.end']);
  const writes = operations.filter((o) => o.method !== 'get').map((o): string => o.act);
  for (const role of ['auditor', 'regulator'] as const) expect(more(role).filter((act) => writes.includes(act))).toEqual([]);
});

test('who belongs nowhere that their role reaches has no rule at all; an unknown scope gives nothing', () => {
  const nowhere = { tenantId: null, institutionId: null, scopes: null };
  for (const role of ROLES.filter((r) => r !== 'regulator' && r !== 'sandbox')) expect(rulesOf({ role, ...nowhere })).toEqual([]);
  expect(rulesOf({ role: 'platform', tenantId: 't', institutionId: null, scopes: ['everything'] })).toEqual([]);
  for (const role of PERSONS) expect(actsOf(role).length).toBeGreaterThan(0);
});
