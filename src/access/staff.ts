import { hash as argonHash } from '@node-rs/argon2';
import { ulid } from 'ulid';
import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { Role } from './actors';
import { mustBeHardToGuess } from './passwords';

/** Somebody who is to have a log-in. */
export interface NewStaff {
  readonly login: string;
  readonly displayName: string;
  readonly role: Role;
  readonly tenantId?: string;
  readonly institutionId?: string;
  /** Left out: required. A sandbox's people may log in by password alone. */
  readonly secondFactor?: 'required' | 'optional';
  /** Keyed hash of their citizen number (kind `id-number`): one human counts once, and decides nothing of their own. */
  readonly identityHash?: Buffer;
}

/**
 * Makes a log-in. Argon2id by the library's defaults (19 MiB, 2 passes: OWASP's first choice).
 * @returns the person's id. @throws {DomainError} staff.login_taken.
 */
export async function addStaff(tx: Connection, staff: NewStaff, password: string): Promise<string> {
  const id = ulid();
  const made = {
    id,
    login: staff.login,
    display_name: staff.displayName,
    role: staff.role,
    tenant_id: staff.tenantId ?? null,
    institution_id: staff.institutionId ?? null,
    password_hash: await argonHash(password),
    second_factor: staff.secondFactor ?? 'required',
    identity_hash: staff.identityHash ?? null,
  };
  const added = await tx('staff').insert(made).onConflict('login').ignore().returning('id');
  if (added.length === 0)
    throw new DomainError('staff.login_taken', { zh: '该登录名已被使用，请换一个', en: 'That log-in is taken; choose another' }, { field: '/login' });
  return id;
}

/** A new password's least length (ASVS 6.2.1; its longest is 200). */
export const PASSWORD_LEAST = 12;

/** Changes a password. The person's other sessions end elsewhere: see endSessions. @throws {DomainError} request.invalid when it is easily guessed. */
export async function changePassword(tx: Connection, staffId: string, password: string): Promise<void> {
  const person = (await row<{ login: string; display_name: string }>(tx, 'select login, display_name from staff where id = ?', [staffId]))!;
  mustBeHardToGuess(password, [person.login, person.display_name]);
  await tx('staff')
    .where('id', staffId)
    .update({ password_hash: await argonHash(password) });
}
