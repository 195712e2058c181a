import { hash as argonHash, verify as argonVerify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, type Database, inTransaction, row, type Transaction } from '../database/connect';
import { HOUR_MS } from '../domain/calendar';
import { DomainError } from '../domain/errors';
import { countLogInFailure } from '../observability/metrics';
import type { PersonalData } from '../security/personalData';
import type { Role } from './actors';
import type { Vouched } from './oidc';
import { factorName, LogInGuard, logInName } from './guard';
import { newSecret, secretHash } from './secrets';
import { useCode } from './totp';

/** How long a log-in lasts at most, ms. One that is idle ends sooner: see actors.ts. */
const SESSION_MS = 8 * HOUR_MS;

export interface Begun {
  readonly token: string;
  readonly expiresAt: Date;
  readonly role: Role;
  readonly name: string;
  /** True while this session may do nothing but set up the second factor that its person needs. */
  readonly enrolsOnly: boolean;
}

interface StaffRow {
  readonly id: string;
  readonly role: Role;
  readonly tenant_id: string | null;
  readonly display_name: string;
  readonly password_hash: string;
  readonly second_factor: 'required' | 'optional';
  readonly totp_confirmed_at: Date | null;
}

const STAFF = 'select id, role, tenant_id, display_name, password_hash, second_factor, totp_confirmed_at from staff';

/**
 * Logs a person in by password, and by the code of their second factor where they have one. Its commits are its own: failures stay counted.
 * @throws {DomainError} auth.bad_credentials, the same for an unknown log-in and a wrong password; auth.code_required, auth.bad_code, auth.locked.
 */
export async function logIn(db: Database, personalData: PersonalData, login: string, password: string, code?: string): Promise<Begun> {
  const guard = new LogInGuard(personalData);
  await guard.attempt(db, logInName(login));
  const staff = await row<StaffRow>(db, `${STAFF} where login = ? and disabled_at is null`, [login]);
  // An unknown log-in costs as long as a wrong password.
  const holds = await argonVerify(staff?.password_hash ?? (await decoy()), password);
  if (!staff || !holds) {
    countLogInFailure('password');
    if (staff) await tellRefused(db, staff, 'password');
    throw new DomainError('auth.bad_credentials', { zh: '登录名或密码不正确', en: 'Log-in or password is wrong' }, { field: '/password' });
  }
  // The password was right: what is guessed at from here on is the code.
  await guard.clear(db, logInName(login));
  if (staff.totp_confirmed_at === null) return begin(db, staff, 'password');
  if (code === undefined)
    throw new DomainError('auth.code_required', { zh: '还需要动态口令', en: 'The code of your second factor is needed too' }, { field: '/code' });
  await guard.attempt(db, factorName(staff.id));
  await useCode(db, personalData, staff.id, code).catch(async (error: unknown) => {
    countLogInFailure('code');
    await tellRefused(db, staff, 'code');
    throw error;
  });
  await guard.clear(db, factorName(staff.id));
  return begin(db, staff, 'password+totp');
}

/** Begins a session of somebody whose identity provider vouches for them. @throws {DomainError} auth.bad_credentials where nobody here is that subject; auth.second_factor_required. */
export async function logInBySubject(db: Database, { issuer, subject, bySecondFactor }: Vouched): Promise<Begun> {
  const staff = await row<StaffRow>(db, `${STAFF} where oidc_issuer = ? and oidc_subject = ? and disabled_at is null`, [issuer, subject]);
  if (!staff)
    throw new DomainError('auth.bad_credentials', {
      zh: '您的单位账号尚未与本系统的任何人员关联；请联系管理员',
      en: 'Nobody here is linked to this account of your identity provider; ask your administrator',
    });
  if (staff.second_factor === 'required' && !bySecondFactor)
    throw new DomainError('auth.second_factor_required', {
      zh: '单点登录服务未证明您使用了第二因素；请以口令登录，或请管理员在该服务中启用',
      en: 'Your identity provider did not say that you used a second factor; log in by password, or have it asked for there',
    });
  return begin(db, staff, 'oidc');
}

async function begin(db: Database, staff: StaffRow, by: 'password' | 'password+totp' | 'oidc'): Promise<Begun> {
  const token = newSecret('session');
  const expiresAt = new Date(Date.now() + SESSION_MS);
  const enrolsOnly = by === 'password' && staff.second_factor === 'required';
  await inTransaction(db, async (tx) => {
    const id = ulid();
    await tx('session').insert({
      id,
      token_hash: secretHash(token),
      staff_id: staff.id,
      expires_at: expiresAt,
      authenticated_by: by,
      enrols_only: enrolsOnly,
    });
    await audit(tx, { ...of(staff), action: 'session.begun', data: { session: id, by } });
  });
  return { token, expiresAt, role: staff.role, name: staff.display_name, enrolsOnly };
}

async function tellRefused(db: Database, staff: StaffRow, what: 'password' | 'code'): Promise<void> {
  await inTransaction(db, (tx) => audit(tx, { ...of(staff), actor: 'public', action: 'session.refused', data: { wrong: what } }));
}

const of = (staff: StaffRow) => ({
  subject: `staff/${staff.id}`,
  actor: `${staff.role}:${staff.id}`,
  ...(staff.tenant_id ? { tenantId: staff.tenant_id } : {}),
});

let decoyHash: Promise<string> | undefined;
const decoy = (): Promise<string> => (decoyHash ??= argonHash(randomBytes(16).toString('hex')));

/** Ends a session. */
export async function logOut(tx: Connection, token: string): Promise<void> {
  await tx('session').where('token_hash', secretHash(token)).whereNull('ended_at').update({ ended_at: new Date() });
}

/** A session as its own person sees it. */
export interface SessionView {
  readonly id: string;
  readonly begunAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  readonly by: string;
  readonly isThis: boolean;
}

/** @returns the sessions of a person that have not ended, the latest first. */
export async function sessionsOf(tx: Transaction, staffId: string, thisId: string): Promise<SessionView[]> {
  const found = await tx('session')
    .where('staff_id', staffId)
    .whereNull('ended_at')
    .where('expires_at', '>', new Date())
    .orderBy('created_at', 'desc')
    .select<{ id: string; created_at: Date; last_seen_at: Date; expires_at: Date; authenticated_by: string }[]>(
      'id',
      'created_at',
      'last_seen_at',
      'expires_at',
      'authenticated_by',
    );
  return found.map((s) => ({
    id: s.id,
    begunAt: s.created_at.toISOString(),
    lastSeenAt: s.last_seen_at.toISOString(),
    expiresAt: s.expires_at.toISOString(),
    by: s.authenticated_by,
    isThis: s.id === thisId,
  }));
}

/** Ends sessions of a person: one, or all but one. @returns how many ended. */
export async function endSessions(tx: Transaction, staffId: string, which: { readonly only: string } | { readonly allBut: string }): Promise<number> {
  const of = tx('session').where('staff_id', staffId).whereNull('ended_at');
  return ('only' in which ? of.where('id', which.only) : of.whereNot('id', which.allBut)).update({ ended_at: new Date() });
}
