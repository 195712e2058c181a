import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import { SESSION_PREFIX, secretHash } from './secrets';

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

/** The roles that a person has; the others are keys. */
export const PERSONS = [
  'reviewer',
  'finance-maker',
  'finance-checker',
  'operator',
  'hospital-person',
  'auditor',
  'regulator',
  'administrator',
] as const satisfies readonly Role[];

/** Who asks. Tenant staff and platform keys see one tenant; hospitals see what was paid to them; a regulator belongs to none and reads them all. */
export interface Actor {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  readonly tenantId: string | null;
  readonly institutionId: string | null;
  /** The log-in that asks; null for a key, which is nobody in person. */
  readonly sessionId: string | null;
  /** True while the person must set up a second factor before anything else. */
  readonly enrolsOnly: boolean;
  /** The policy's scopes that a key is narrowed to; null: all that its role may. People are never narrowed. */
  readonly scopes: readonly string[] | null;
}

/** A session that nobody used for this long has ended, s (ASVS 7.3.1). */
const IDLE_S = 1_800;
/** How exactly the last use is known, s: not every request writes a row. */
const SEEN_EVERY_S = 60;

/** @returns who a secret belongs to. @throws {DomainError} auth.required when it is none of ours, revoked or over. */
export async function actorOf(connection: Connection, secret: string): Promise<Actor> {
  const found = secret.startsWith(SESSION_PREFIX) ? await personOf(connection, secretHash(secret)) : await keyOwner(connection, secretHash(secret));
  if (!found)
    throw new DomainError(
      'auth.required',
      { zh: '密钥或会话无效，或已结束', en: 'This key or session is not known, or it has ended' },
      { field: 'Authorization' },
    );
  return found;
}

async function personOf(connection: Connection, tokenHash: Buffer): Promise<Actor | null> {
  const found = await row<Actor & { readonly seenAgoS: number }>(
    connection,
    `select s.id, s.role, s.display_name as name, s.tenant_id as "tenantId", s.institution_id as "institutionId", x.id as "sessionId", x.enrols_only as "enrolsOnly", null as scopes,
       extract(epoch from now() - x.last_seen_at)::float8 as "seenAgoS"
     from session x join staff s on s.id = x.staff_id
     where x.token_hash = ? and x.ended_at is null and x.expires_at > now() and x.last_seen_at > now() - make_interval(secs => ${IDLE_S}) and s.disabled_at is null`,
    [tokenHash],
  );
  if (!found) return null;
  const { seenAgoS, ...actor } = found;
  if (seenAgoS > SEEN_EVERY_S) await connection('session').where('id', actor.sessionId).update({ last_seen_at: connection.fn.now() });
  return actor;
}

async function keyOwner(connection: Connection, secret: Buffer): Promise<Actor | null> {
  const found = await row<Actor & { readonly usedToday: boolean }>(
    connection,
    `select id, role, label as name, tenant_id as "tenantId", institution_id as "institutionId", null as "sessionId", false as "enrolsOnly", scopes,
       last_used_on is not distinct from current_date as "usedToday"
     from api_key where secret_hash = ? and revoked_at is null and (expires_at is null or expires_at > now())`,
    [secret],
  );
  if (!found) return null;
  const { usedToday, ...actor } = found;
  // A day is enough to see what is still in use, and is one row a day.
  if (!usedToday) await connection.raw('update api_key set last_used_on = current_date where id = ?', [actor.id]);
  return actor;
}

/** @returns how an actor is named in audit rows: by id, never by name. */
export function auditName(actor: Actor): string {
  return `${actor.role}:${actor.id}`;
}

/** The wall that a handler's own query keeps up: the actor's tenant; none for the regulator, whom the policy lets look and nothing else. */
export function tenantWall(actor: Actor): { readonly tenantId?: string } {
  return actor.role === 'regulator' ? {} : { tenantId: actor.tenantId ?? '' };
}
