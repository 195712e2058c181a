import { hash as argonHash, verify as argonVerify } from '@node-rs/argon2';
import { createHash, randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';

export type Role = 'platform' | 'hospital' | 'sandbox' | 'reviewer' | 'finance-maker' | 'finance-checker' | 'operator' | 'hospital-person';

/** Who asks. Tenant staff and platform keys see one tenant; hospitals see what was paid to them. */
export interface Actor {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  readonly tenantId: string | null;
  readonly institutionId: string | null;
}

/** How long a log-in lasts, ms. */
const SESSION_MS = 8 * 3_600_000;
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** @returns a new secret for a role, shown once; only its hash is stored. */
export async function issueKey(
  tx: Connection,
  role: 'platform' | 'hospital' | 'sandbox',
  owner: { tenantId?: string; institutionId?: string },
  label: string,
): Promise<string> {
  const secret = `alm_${role}_${randomBytes(24).toString('base64url')}`;
  await tx('api_key').insert({
    id: ulid(),
    role,
    tenant_id: owner.tenantId ?? null,
    institution_id: owner.institutionId ?? null,
    secret_hash: sha256(secret),
    label,
  });
  return secret;
}

/** Makes a log-in. Argon2id by the library's defaults (19 MiB, 2 passes: OWASP's first choice). */
export async function addStaff(
  tx: Connection,
  staff: { readonly login: string; readonly displayName: string; readonly role: Role; readonly tenantId?: string; readonly institutionId?: string },
  password: string,
): Promise<string> {
  const id = ulid();
  await tx('staff').insert({
    id,
    login: staff.login,
    display_name: staff.displayName,
    role: staff.role,
    tenant_id: staff.tenantId ?? null,
    institution_id: staff.institutionId ?? null,
    password_hash: await argonHash(password),
  });
  return id;
}

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
  const token = `alm_session_${randomBytes(24).toString('base64url')}`;
  const expiresAt = new Date(Date.now() + SESSION_MS);
  await tx('session').insert({ id: ulid(), token_hash: sha256(token), staff_id: staff.id, expires_at: expiresAt });
  return { token, expiresAt, role: staff.role, name: staff.display_name };
}

let decoyHash: Promise<string> | undefined;
const decoy = (): Promise<string> => (decoyHash ??= argonHash(randomBytes(16).toString('hex')));

/** Ends a session. */
export async function logOut(tx: Connection, token: string): Promise<void> {
  await tx('session').where('token_hash', sha256(token)).whereNull('ended_at').update({ ended_at: new Date() });
}

/** @returns who a secret belongs to. @throws {DomainError} auth.required when it is none of ours, revoked or over. */
export async function actorOf(connection: Connection, secret: string): Promise<Actor> {
  const found = secret.startsWith('alm_session_')
    ? await row<Actor>(
        connection,
        `select s.id, s.role, s.display_name as name, s.tenant_id as "tenantId", s.institution_id as "institutionId"
         from session x join staff s on s.id = x.staff_id where x.token_hash = ? and x.ended_at is null and x.expires_at > now() and s.disabled_at is null`,
        [sha256(secret)],
      )
    : await row<Actor>(
        connection,
        `select id, role, label as name, tenant_id as "tenantId", institution_id as "institutionId" from api_key where secret_hash = ? and revoked_at is null`,
        [sha256(secret)],
      );
  if (!found)
    throw new DomainError(
      'auth.required',
      { zh: '密钥或会话无效，或已结束', en: 'This key or session is not known, or it has ended' },
      { field: 'Authorization' },
    );
  return found;
}

/** @returns how an actor is named in audit rows: by id, never by name. */
export function auditName(actor: Actor): string {
  return `${actor.role}:${actor.id}`;
}
