import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { ulid } from 'ulid';
import { addStaff } from '../../src/access/staff';
import type { Role } from '../../src/access/actors';
import { businessNow } from '../../src/database/clock';
import { row } from '../../src/database/connect';
import type { House } from './house';

const STAFF = ['reviewer', 'operator', 'maker', 'checkerA', 'checkerB'] as const;
export type StaffName = (typeof STAFF)[number];

export interface Hospital {
  readonly name: string;
  readonly uscc: string;
  readonly key: string;
  readonly login: string;
  readonly account: { readonly number: string; readonly name: string; readonly bankCode: string };
  readonly privateKey: KeyObject;
}

/** A platform in the sandbox with its key, its people's sessions, and a registered, qualified, whitelisted hospital. */
export interface Tenant {
  readonly id: string;
  readonly clockId: string;
  readonly platformKey: string;
  readonly sessions: Record<StaffName, string>;
  readonly custodyAccount: string;
  readonly merchantId: string;
  readonly hospital: Hospital;
  /** Where its custody bank pushes to. */
  readonly bankPath: 'bank' | 'cmb';
}

interface MadeTenant extends Pick<Tenant, 'clockId' | 'platformKey'> {
  readonly tenantId: string;
  readonly logins: Record<StaffName, unknown>;
}

interface MadeHospital extends Pick<Hospital, 'name' | 'uscc' | 'account'> {
  readonly hospitalKey: string;
  readonly hospitalLogin: unknown;
}

/** Monday, 09:00 in Shanghai, under Convention 2.0. */
const BEGINS = '2021-03-01T09:00:00+08:00';
const PUBLISHED_FEES = { serviceBp: 300, serviceCapFen: '500000', channelBp: 60 };

/** Makes a tenant through the sandbox's own API and logs its people in. */
export async function aTenant(
  house: House,
  fees: object = PUBLISHED_FEES,
  over: { readonly custodyRail?: 'cmb'; readonly wallets?: object } = {},
): Promise<Tenant> {
  const made = await house.ask<MadeTenant>('POST', '/v1/sandbox/tenants', {
    as: house.sandboxKey,
    body: { platform: 'water-drop', fees, clockStartsAt: BEGINS, ...over },
  });
  expect(made.status).toBe(201);
  const { tenantId, clockId, platformKey, logins } = made.body;
  const sessions = Object.fromEntries(
    await Promise.all(STAFF.map(async (name) => [name, await aSession(house, logins[name])])),
  ) as Tenant['sessions'];
  const tenant = (await row<{ custody_account_number: string; merchant_id: string }>(house.db, 'select * from tenant where id = ?', [tenantId]))!;
  const hospital = await aHospital(house, tenantId);
  return {
    id: tenantId,
    clockId,
    platformKey,
    sessions,
    custodyAccount: tenant.custody_account_number,
    merchantId: tenant.merchant_id,
    hospital,
    bankPath: over.custodyRail ?? 'bank',
  };
}

const passwords = new Map<string, string>();

/** @returns the password behind a session that was begun here. */
export function passwordOf(session: string): string {
  return passwords.get(session) ?? 'none';
}

/** Logs somebody in. @returns the session's token. */
export async function aSession(house: House, login: unknown): Promise<string> {
  const begun = await house.ask<{ token: string }>('POST', '/v1/sessions', { body: login });
  expect(begun.status).toBe(201);
  passwords.set(begun.body.token, (login as { password: string }).password);
  return begun.body.token;
}

/** One more person of a tenant, or a regulator, who is of none; logged in. */
export async function aColleague(house: House, tenant: Pick<Tenant, 'id'>, role: Role): Promise<{ id: string; session: string }> {
  const login = { login: `${role}-${ulid().toLowerCase()}`, password: 'only in this test' };
  const id = await addStaff(
    house.db,
    { login: login.login, displayName: role, role, secondFactor: 'optional', ...(role === 'regulator' ? {} : { tenantId: tenant.id }) },
    login.password,
  );
  return { id, session: await aSession(house, login) };
}

/** A hospital that is registered, qualified for the diagnosis of `submission`, whitelisted, and signs by key. */
async function aHospital(house: House, tenantId: string): Promise<Hospital> {
  const pair = generateKeyPairSync('ed25519');
  const receiptPublicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' });
  const body = { tenantId, registered: true, qualified: true, whitelisted: true, diagnosisCode: 'C91.0', receiptPublicKeyPem };
  const made = await house.ask<MadeHospital>('POST', '/v1/sandbox/institutions', { as: house.sandboxKey, body });
  expect(made.status).toBe(201);
  const { name, uscc, hospitalKey, hospitalLogin, account } = made.body;
  return { name, uscc, key: hospitalKey, login: await aSession(house, hospitalLogin), account, privateKey: pair.privateKey };
}

/** A receipt's body with the hospital's signature over it. */
export function signedReceipt(
  hospital: Hospital,
  payoutId: string,
  outcome: 'confirm' | 'deny',
  amountFen: string,
  reason = outcome === 'deny' ? 'not-credited' : undefined,
): Record<string, string> {
  const signedAt = '2021-03-05T10:00:00+08:00';
  const text = `almoner-receipt\n${payoutId}\n${outcome}\n${amountFen}\n${signedAt}\n${reason === undefined ? '' : `${reason}\n`}`;
  return {
    outcome,
    amountFen,
    signedAt,
    ...(reason === undefined ? {} : { reason }),
    signature: sign(null, Buffer.from(text), hospital.privateKey).toString('base64'),
  };
}

/** The id of the person or key behind a secret's role in a tenant, by role or log-in name. */
export async function staffId(house: House, tenant: Pick<Tenant, 'id'>, name: StaffName): Promise<string> {
  return (await row<{ id: string }>(house.db, 'select id from staff where login = ?', [`${name.toLowerCase()}@${tenant.id.toLowerCase()}`]))!.id;
}

/** The tenant's business time, epoch ms. */
export async function nowMs(house: House, tenant: Pick<Tenant, 'id'>): Promise<number> {
  return (await businessNow(house.db, tenant.id)).getTime();
}

/** Moves a tenant's test clock on. */
export async function later(house: House, tenant: Tenant, byMs: number): Promise<void> {
  await house
    .db('test_clock')
    .where('id', tenant.clockId)
    .update({ now: new Date((await nowMs(house, tenant)) + byMs) });
}
