import { createHash } from 'node:crypto';
import type { Actor, Role } from '../access/actors';
import { type Database, inTransaction } from '../database/connect';
import { HOUR_MS } from '../domain/calendar';
import { openAccounts } from '../ledger/post';
import { campaignRow } from '../records/campaigns';
import { fileAccount } from '../records/payeeAccounts';
import { addPerson } from '../records/people';
import type { PersonalData } from '../security/personalData';
import { nextId } from './seededIds';
import type { Random } from './random';

/** Somebody of the platform. Two log-ins may be one human. */
export interface Person {
  readonly actor: Actor;
  readonly human: string;
}

/** The platform of one seed, with its people and its open raises. */
export interface House {
  readonly tenantId: string;
  readonly clockId: string;
  readonly custodyAccount: string;
  readonly merchantId: string;
  readonly beginsAtMs: number;
  readonly makers: readonly Person[];
  readonly checkers: readonly Person[];
  readonly reviewer: Person;
  readonly administrator: Person;
  readonly campaigns: readonly string[];
  readonly payeeName: string;
  readonly fees: { readonly serviceBp: number; readonly serviceCapFen: bigint; readonly channelBp: number };
}

/** Monday, 09:00 in Shanghai, under Convention 2.0. */
const BEGINS_AT_MS = Date.parse('2021-03-01T09:00:00+08:00');
const PAYEE = '张三';

/** Everybody: who is named twice has two log-ins. */
const STAFF: readonly (readonly [login: string, human: string, role: Role])[] = [
  ['maker', 'Ma', 'finance-maker'],
  ['maker-two', 'Mo', 'finance-maker'],
  ['checker-a', 'Chen', 'finance-checker'],
  ['checker-b', 'Deng', 'finance-checker'],
  ['checker-c', 'Fang', 'finance-checker'],
  ['checker-a-again', 'Chen', 'finance-checker'],
  ['maker-as-checker', 'Ma', 'finance-checker'],
  ['reviewer', 'Ren', 'reviewer'],
  ['administrator', 'An', 'administrator'],
];

/** Opens a platform with its raises, as prior audit and opening leave them. */
export async function openHouse(db: Database, personalData: PersonalData, seed: number, random: Random): Promise<House> {
  const [tenantId, clockId] = [nextId(), nextId()];
  const [custodyAccount, merchantId] = [`62${tenantId}`, `M${tenantId}`];
  const fees = { serviceBp: random.pick([300, 299, 0]), serviceCapFen: BigInt(random.pick([100, 450, 100_000])), channelBp: random.pick([60, 57]) };
  const at = new Date(BEGINS_AT_MS);
  return inTransaction(db, async (tx) => {
    await tx('test_clock').insert({ id: clockId, now: at });
    await tx('tenant').insert({
      id: tenantId,
      platform: 'water-drop',
      kind: 'sandbox',
      name_zh: `模拟${seed}`,
      name_en: `Simulation ${seed}`,
      clock_id: clockId,
      custody_account_number: custodyAccount,
      custody_account_name: 'custody',
      custody_bank_code: '105100000017',
      merchant_id: merchantId,
    });
    await tx('fee_schedule').insert({
      tenant_id: tenantId,
      version: 1,
      service_bp: fees.serviceBp,
      service_cap_fen: fees.serviceCapFen.toString(),
      channel_bp: fees.channelBp,
    });
    await openAccounts(tx, tenantId, null);
    const people: Person[] = STAFF.map(([login, human, role]) => {
      const id = nextId();
      return { human, actor: { id, role, name: login, tenantId, institutionId: null, sessionId: id, enrolsOnly: false, scopes: null } };
    });
    await tx('staff').insert(
      people.map(({ actor, human }) => ({
        id: actor.id,
        tenant_id: tenantId,
        login: `${actor.name}@${tenantId}`,
        display_name: actor.name,
        role: actor.role,
        password_hash: 'none',
        second_factor: 'optional',
        identity_hash: createHash('sha256').update(`${tenantId}/${human}`).digest(),
      })),
    );
    await tx('session').insert(
      people.map(({ actor }) => ({
        id: actor.id,
        token_hash: createHash('sha256').update(actor.id).digest(),
        staff_id: actor.id,
        expires_at: new Date('2099-01-01'),
      })),
    );
    const patient = await addPerson(tx, personalData, tenantId, { name: PAYEE, idNumber: null });
    const campaigns = [nextId(), nextId()];
    await tx('campaign').insert(
      campaigns.map((id) => ({
        id,
        tenant_id: tenantId,
        edition: 'convention-2.0',
        fee_version: 1,
        title: 'a raise',
        story_enc: patient.key.seal('a story', 'campaign.story'),
        ask_fen: random.between(3_000, 40_000),
        phase: 'fundraising',
        phase_since: at,
        submitted_at: at,
        opened_at: at,
        closes_at: new Date(BEGINS_AT_MS + 30 * 24 * HOUR_MS),
        patient_id: patient.id,
        patient_minor: false,
        sponsor_id: patient.id,
        sponsor_relation: 'self',
        payee_kind: 'seeker',
        hospital_name: 'a hospital',
        admission_number_enc: patient.key.seal('ZY1', 'campaign.admission-number'),
        diagnosis_code: 'C91.0',
        diagnosis_enc: patient.key.seal('C91.0', 'campaign.diagnosis'),
      })),
    );
    for (const id of campaigns) {
      await openAccounts(tx, tenantId, id);
      const account = { number: `60${id}`, name: PAYEE, bankCode: '105100000017' };
      await fileAccount(tx, personalData, await campaignRow(tx, id), account, 'platform', at);
    }
    const of = (role: Role): Person[] => people.filter(({ actor }) => actor.role === role);
    return {
      tenantId,
      clockId,
      custodyAccount,
      merchantId,
      beginsAtMs: BEGINS_AT_MS,
      makers: of('finance-maker'),
      checkers: of('finance-checker'),
      reviewer: of('reviewer')[0]!,
      administrator: of('administrator')[0]!,
      campaigns,
      payeeName: PAYEE,
      fees,
    };
  });
}
