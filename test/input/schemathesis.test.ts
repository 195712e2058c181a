import { openApiDocument } from '../../src/api/openapi';
import { everyObject } from '../support/askable';
import { aFolder } from '../support/folder';
import { aHouse, type House } from '../support/house';
import { aTenant, type Tenant } from '../support/people';
import { everyRole, everyRoute } from '../support/walls';
import { runSchemathesis } from './support/schemathesis';

/**
 * schemathesis asks every operation of the document, as somebody who may, about objects that are there: with what the schemas allow, with what they forbid, at
 * each boundary, with methods, headers and media types that are not declared. `SCHEMATHESIS_EXAMPLES` and `SCHEMATHESIS_SEED` make it longer and other.
 */
const EXAMPLES = Number(process.env.SCHEMATHESIS_EXAMPLES ?? 3);
const MINUTES_MS = 3_600_000;
const SEED = Number(process.env.SCHEMATHESIS_SEED ?? 1);

interface Operation {
  readonly 'x-roles': readonly string[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; schema: object }[];
}
type Document = { readonly paths: Record<string, Record<string, Operation>> };

/** Who asks, in this order: an operation is asked by the first who may. The administrator is last, since they take log-ins away. */
const ASKERS = [
  'public',
  'platform',
  'reviewer',
  'finance-maker',
  'finance-checker',
  'hospital',
  'sandbox',
  'operator',
  'administrator',
  'regulator',
];

/**
 * Where a body that the schema allows may still be refused with 400, because the rule is none that JSON Schema can say: check digits of numbers, fields that
 * go together, characters that look like others in names, hashes and people that must be there, cursors, a key that was used for something else. The negative checks look at these operations all the same.
 */
const BEYOND_THE_SCHEMA = [
  'GET /v1/campaigns',
  'GET /v1/audit/events',
  'GET /v1/tenants',
  'GET /v1/complaints',
  'GET /v1/exceptions',
  'GET /v1/unowned-exceptions',
  'GET /v1/conduct-cases',
  'POST /v1/invoices/{id}/allocations',
  'POST /v1/payouts/{id}/invoices',
  'POST /v1/payouts/{id}/surplus-returns',
  'GET /v1/payouts',
  'GET /v1/recalls',
  'POST /v1/payouts/{id}/recalls',
  'POST /v1/campaigns/{id}/gifts',
  'POST /v1/exceptions/{id}/card-refunds',
  'POST /v1/card-refunds/{id}/confirmation',
  'POST /v1/exceptions/{id}/bounce',
  'POST /v1/exceptions/{id}/match-sets',
  'POST /v1/exceptions/{id}/matches',
  'POST /v1/me/views',
  'POST /v1/payout-line-previews',
  'POST /v1/exceptions/{id}/owner',
  'POST /v1/payout-batches',
  'POST /v1/payout-batches/{id}/proposal',
  'POST /v1/payout-batches/{id}/lines',
  'POST /v1/payout-batches/{id}/lines/all-payable',
  'POST /v1/campaigns',
  'POST /v1/campaigns/{id}/plan-signatures',
  'POST /v1/campaigns/{id}/release-requests',
  'POST /v1/evidence-requests/{id}/answer',
  'POST /v1/promoters',
  'POST /v1/referrals/{id}/consent',
  'POST /v1/referrals/{id}/referral',
  'POST /v1/releases/{id}/use-evidence',
  'PUT /v1/campaigns/{id}/payee',
  'PUT /v1/campaigns/{id}/payee-account',
  'PUT /v1/campaigns/{id}/payee-wallet',
  'POST /v1/sandbox/wallet-confirmations',
  'POST /v1/campaigns/{id}/complaints',
  'POST /v1/public/campaigns/{id}/complaints',
  'POST /v1/complaints/{id}/admissibility',
  'POST /v1/complaints/{id}/decision',
  'POST /v1/deaths/{id}/decision',
  'POST /v1/campaigns/{id}/deaths',
  'POST /v1/payouts/{id}/receipt',
  'POST /v1/sandbox/earlier-raises',
  'POST /v1/sandbox/institutions',
  'POST /v1/sandbox/listings',
  'POST /v1/sandbox/tenants',
  'PUT /v1/sandbox/bank-accounts',
  'PUT /v1/sandbox/identities',
  'POST /v1/conduct-cases/{id}/decision',
  'POST /v1/people/{id}/deletion',
  'POST /v1/api-keys',
  'POST /v1/staff',
  'POST /v1/staff/{id}/role',
];

let house: House;
let tenant: Tenant;
let document: Document;
let bearers: Record<string, string>;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  document = withObjects(openApiDocument(everyRoute(house)) as unknown as Document, await everyObject(house, tenant));
  bearers = await everyRole(house, tenant);
}, 300_000);
afterAll(() => house.close());

/** Ids in addresses are those of objects that are there, so that what is asked gets past the wall. */
function withObjects(of: Document, objects: Record<string, string>): Document {
  const copy = structuredClone(JSON.parse(JSON.stringify(of)) as Document);
  for (const [address, operations] of Object.entries(copy.paths)) {
    const object = Object.entries(objects).find(([prefix]) => address.startsWith(`${prefix}{`));
    if (!object) continue;
    for (const { parameters } of Object.values(operations))
      for (const parameter of parameters ?? [])
        if (parameter.in === 'path' && parameter.name === 'id') parameter.schema = { type: 'string', enum: [object[1]] };
  }
  return copy;
}

/** The operations that this asker is the first to be allowed, as `POST /v1/campaigns`. */
function partOf(asker: string): string[] {
  return Object.entries(document.paths).flatMap(([address, operations]) =>
    Object.entries(operations)
      .filter(([, { 'x-roles': roles }]) => ASKERS.find((each) => roles.includes(each)) === asker)
      .map(([method]) => `${method.toUpperCase()} ${address}`),
  );
}

const SETTINGS = BEYOND_THE_SCHEMA.map(
  (name) => `[[operations]]\ninclude-name = "${name}"\n[operations.checks]\npositive_data_acceptance.enabled = false\n`,
).join('\n');

test('each operation has an asker', () => {
  const all = Object.entries(document.paths).flatMap(([address, each]) => Object.keys(each).map((method) => `${method.toUpperCase()} ${address}`));
  expect(ASKERS.flatMap(partOf).sort()).toEqual(all.sort());
  expect(BEYOND_THE_SCHEMA.filter((name) => !all.includes(name))).toEqual([]);
});

test.each(ASKERS)(
  'asked by %s, nothing is found',
  async (asker) => {
    const folder = aFolder();
    const bearer = bearers[asker];
    const { code, said } = await runSchemathesis({
      document,
      operations: partOf(asker),
      url: house.url,
      ...(bearer === undefined ? {} : { bearer }),
      seed: SEED,
      examples: EXAMPLES,
      settings: SETTINGS,
      folder: folder.path,
    });
    folder.remove();
    if (code !== 0) throw new Error(said);
  },
  MINUTES_MS,
);

test('and no answer was an error of ours', () => {
  expect(house.logged.map((line) => JSON.parse(line) as { level: number; msg: string }).filter(({ level }) => level >= 50)).toEqual([]);
});
