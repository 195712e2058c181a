import { hash as argonHash, verify as argonVerify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { Role } from './actors';
import { newSecret, secretHash } from './secrets';

/** How long a log-in lasts, ms. */
const SESSION_MS = 8 * 3_600_000;

/** @returns a session. @throws {DomainError} auth.bad_credentials, the same for an unknown log-in and a wrong password. */
export async function logIn(tx: Connection, login: string, password: string): Promise<{ token: string; expiresAt: Date; role: Role; name: string }> {
  const staff = await row<{ id: string; role: Role; display_name: string; password_hash: string }>(
    tx,
    'select id, role, display_name, password_hash from staff where login = ? and disabled_at is null',
    [login],
  );
  // An unknown log-in costs as long as a wrong password.
  const holds = await argonVerify(staff?.password_hash ?? (await decoy()), password);
  if (!staff || !holds)
    throw new DomainError('auth.bad_credentials', { zh: '登录名或密码不正确', en: 'Log-in or password is wrong' }, { field: '/password' });
  const token = newSecret('session');
  const expiresAt = new Date(Date.now() + SESSION_MS);
  await tx('session').insert({ id: ulid(), token_hash: secretHash(token), staff_id: staff.id, expires_at: expiresAt });
  return { token, expiresAt, role: staff.role, name: staff.display_name };
}

let decoyHash: Promise<string> | undefined;
const decoy = (): Promise<string> => (decoyHash ??= argonHash(randomBytes(16).toString('hex')));

/** Ends a session. */
export async function logOut(tx: Connection, token: string): Promise<void> {
  await tx('session').where('token_hash', secretHash(token)).whereNull('ended_at').update({ ended_at: new Date() });
}
