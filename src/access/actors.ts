import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import { secretHash } from './secrets';

/** Every role of a key or a person, in the order in which documents list them. */
export const ROLES = [
  'platform',
  'hospital',
  'sandbox',
  'reviewer',
  'finance-maker',
  'finance-checker',
  'operator',
  'hospital-person',
  'auditor',
  'regulator',
  'administrator',
] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. Tenant staff and platform keys see one tenant; hospitals see what was paid to them; a regulator belongs to none and reads them all. */
export interface Actor {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  readonly tenantId: string | null;
  readonly institutionId: string | null;
  /** The policy's scopes that a key is narrowed to; null: all that its role may. People are never narrowed. */
  readonly scopes: readonly string[] | null;
}

/** @returns who a secret belongs to. @throws {DomainError} auth.required when it is none of ours, revoked or over. */
export async function actorOf(connection: Connection, secret: string): Promise<Actor> {
  const found = secret.startsWith('alm_session_')
    ? await row<Actor>(
        connection,
        `select s.id, s.role, s.display_name as name, s.tenant_id as "tenantId", s.institution_id as "institutionId", null as scopes
         from session x join staff s on s.id = x.staff_id where x.token_hash = ? and x.ended_at is null and x.expires_at > now() and s.disabled_at is null`,
        [secretHash(secret)],
      )
    : await row<Actor>(
        connection,
        `select id, role, label as name, tenant_id as "tenantId", institution_id as "institutionId", null as scopes from api_key where secret_hash = ? and revoked_at is null`,
        [secretHash(secret)],
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

/** The wall that a handler's own query keeps up: the actor's tenant; none for the regulator, whom the policy lets look and nothing else. */
export function tenantWall(actor: Actor): { readonly tenantId?: string } {
  return actor.role === 'regulator' ? {} : { tenantId: actor.tenantId ?? '' };
}
