import { generateKeyPairSync, type KeyObject, randomBytes, randomInt } from 'node:crypto';
import type { House } from '../http';
import type { Journal } from '../journal';
import type { Account, People, Person } from '../people';
import type { Campaign, Institution, Tenant } from './answers';

/** What a story is about: who is paid, in how many batches, and whether somebody complains. */
export interface Plot {
  readonly name: string;
  readonly payee: 'institution' | 'parent';
  readonly batches: readonly number[];
  readonly gifts: number;
  readonly askFen: bigint;
  readonly complaint: boolean;
}

/** A tenant with its people, and one campaign of it. */
export interface Stage {
  readonly plot: Plot;
  readonly tenant: Tenant;
  readonly institution: Institution;
  readonly receiptKey: KeyObject;
  readonly account: Account;
  readonly campaignId: string;
  readonly sessions: Readonly<Record<keyof Tenant['logins'], string>>;
}

export interface Props {
  readonly house: House;
  readonly sandboxKey: string;
  readonly people: People;
  readonly journal: Journal;
}

const STARTS_AT = '2026-03-02T01:00:00Z';
const DOCUMENTS = ['id-cards', 'relation-proof', 'diagnosis', 'admission-record', 'medical-plan', 'expense-list'] as const;
const ITEMS = [
  'identity',
  'relation',
  'diagnosis',
  'hospital',
  'treatment-plan',
  'cost-plan',
  'income',
  'houses',
  'cars',
  'insurance',
  'social-aid',
  'other-raises',
  'use-of-funds',
  'payee',
] as const;
const DIAGNOSIS = 'C91.0';

/** @returns a sandbox tenant. @param onTestClock false: on the wall clock */
export function makeTenant({ house, sandboxKey }: Pick<Props, 'house' | 'sandboxKey'>, onTestClock: boolean): Promise<Tenant> {
  const clock = onTestClock ? { clockStartsAt: STARTS_AT } : { clockStartsAt: null };
  const body = { platform: 'water-drop', fees: { serviceBp: 0, serviceCapFen: '0', channelBp: 0 }, ...clock };
  return house.until<Tenant>('POST', '/v1/sandbox/tenants', { bearer: sandboxKey, body });
}

/** @returns a hospital and the key that it signs its receipts with. */
export async function makeHospital({ house, sandboxKey }: Props, tenantId: string): Promise<{ institution: Institution; receiptKey: KeyObject }> {
  const keys = generateKeyPairSync('ed25519');
  const institution = await house.until<Institution>('POST', '/v1/sandbox/institutions', {
    bearer: sandboxKey,
    body: {
      tenantId,
      registered: true,
      qualified: true,
      whitelisted: true,
      diagnosisCode: DIAGNOSIS,
      receiptPublicKeyPem: keys.publicKey.export({ type: 'spki', format: 'pem' }),
    },
  });
  return { institution, receiptKey: keys.privateKey };
}

/** The sponsor, a parent, submits for a child. @returns the campaign's id; the same key submits once */
export async function submit(
  props: Props,
  tenant: Tenant,
  institution: Institution,
  plot: Plot,
  key: string,
): Promise<{ id: string; account: Account }> {
  const { house, sandboxKey, people, journal } = props;
  const [patient, sponsor] = [people.person(2017), people.person(1986)];
  for (const person of [patient, sponsor])
    await house.until('PUT', '/v1/sandbox/identities', { bearer: sandboxKey, body: { ...person, answer: 'match' } });
  const account = plot.payee === 'institution' ? institution.account : people.account(sponsor.name);
  if (plot.payee !== 'institution')
    await house.until('PUT', '/v1/sandbox/bank-accounts', { bearer: sandboxKey, body: { tenantId: tenant.tenantId, ...account } });
  const day = new Date(Date.parse(tenant.now) + 8 * 3_600_000).toISOString().slice(0, 10);
  const { consents } = await house.until<{ consents: { party: string; version: number }[] }>('GET', `/v1/public/consents?on=${day}`);
  const body = submission({ patient, sponsor, account, institution, plot, consents });
  const campaign = await house.until<Campaign>('POST', '/v1/campaigns', { bearer: tenant.platformKey, key, body });
  journal.add({ what: 'campaign', id: campaign.id });
  return { id: campaign.id, account };
}

interface Told {
  readonly patient: Person;
  readonly sponsor: Person;
  readonly account: Account;
  readonly institution: Institution;
  readonly plot: Plot;
  readonly consents: readonly { party: string; version: number }[];
}

function submission({ patient, sponsor, account, institution, plot, consents }: Told): object {
  return {
    title: 'Help with the treatment of leukaemia',
    story: 'One of us has fallen seriously ill, and the family cannot pay for the treatment.',
    askFen: String(plot.askFen),
    patient: { ...patient, minor: true },
    sponsor: { relation: 'parent', ...sponsor },
    payee: plot.payee === 'institution' ? { kind: 'institution' } : { kind: 'parent', ...sponsor, account },
    hospital: { name: institution.name, uscc: institution.uscc, admissionNumber: `ZY${randomInt(10_000_000, 100_000_000)}` },
    diagnosis: { code: DIAGNOSIS, text: 'Acute lymphoblastic leukaemia' },
    documents: DOCUMENTS.map((kind) => ({ kind, ...newDocument() })),
    publications: ITEMS.map((item) => ({ item, text: `What is known of ${item}, as the documents show.` })),
    broughtBy: { kind: 'self', compensation: 'none' },
    consents: consents.filter(({ party }) => party !== 'donor').map(({ party, version }) => ({ party, version })),
  };
}

/** @returns a document as the API takes it: nobody's hash and measure. */
export function newDocument(): { sha256: string; mediaType: string; byteLength: number } {
  return { sha256: randomBytes(32).toString('hex'), mediaType: 'application/pdf', byteLength: randomInt(20_000, 900_000) };
}

/** Makes everything that one story needs, up to its submission. */
export async function setStage(props: Props, plot: Plot, onTestClock = true): Promise<Stage> {
  const tenant = await makeTenant(props, onTestClock);
  const { institution, receiptKey } = await makeHospital(props, tenant.tenantId);
  const { id, account } = await submit(props, tenant, institution, plot, `submit ${tenant.tenantId}`);
  const sessions = {} as Record<keyof Tenant['logins'], string>;
  for (const [role, login] of Object.entries(tenant.logins)) sessions[role as keyof Tenant['logins']] = await props.house.logIn(login);
  return { plot, tenant, institution, receiptKey, account, campaignId: id, sessions };
}

/** The identity service was away when it was asked: a person calls, and confirms. @returns whether there was somebody to confirm */
export async function confirmIdentities(house: House, campaign: Campaign, reviewer: string): Promise<boolean> {
  const parties = (['patient', 'sponsor'] as const).filter((party) => {
    const state = campaign.identity?.[party];
    return state?.verdict === 'unavailable' && state.resolution === null;
  });
  for (const party of parties) {
    const body = { party, resolution: 'confirmed', reason: 'Compared the identity card with the person in a call.' };
    await house.once('POST', `/v1/campaigns/${campaign.id}/identity-resolutions`, { bearer: reviewer, body });
  }
  return parties.length > 0;
}
