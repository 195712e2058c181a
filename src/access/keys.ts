import { ulid } from 'ulid';
import { type Connection, row, rows } from '../database/connect';
import { HOUR_MS } from '../domain/calendar';
import { DomainError } from '../domain/errors';
import type { Actor } from './actors';
import type { Scope } from './policy';
import { newSecret, secretHash } from './secrets';

/** Whose a key or a person is: a platform's or a hospital's; a sandbox key is nobody's. */
export interface House {
  readonly tenantId?: string | null;
  readonly institutionId?: string | null;
}

/** How a key differs from one that may all that its role may, for ever. */
export interface KeyLimits {
  readonly scopes?: readonly Scope[] | null;
  readonly expiresAt?: Date | null;
  readonly issuedBy?: string;
  readonly rotatedFrom?: string;
}

/** A key as its house's administrator sees it: never the secret, nor its hash. Times are of the wall. */
export interface KeyRow {
  readonly id: string;
  readonly role: 'platform' | 'hospital';
  readonly label: string;
  readonly scopes: Scope[] | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  /** YYYY-MM-DD. */
  readonly last_used_on: string | null;
  readonly rotated_from: string | null;
}

const COLUMNS = 'id, role, label, scopes, created_at, expires_at, revoked_at, last_used_on::text, rotated_from';
const OF_THE_HOUSE = 'tenant_id is not distinct from ? and institution_id is not distinct from ?';

/** @returns a new secret for a role, shown once; only its hash is stored. */
export async function issueKey(
  tx: Connection,
  role: 'platform' | 'hospital' | 'sandbox',
  house: House,
  label: string,
  limits: KeyLimits = {},
): Promise<string> {
  return (await newKey(tx, role, house, label, limits)).secret;
}

/** @returns a new key's id, and its secret, shown once. */
export async function newKey(
  tx: Connection,
  role: 'platform' | 'hospital' | 'sandbox',
  house: House,
  label: string,
  limits: KeyLimits,
): Promise<{ readonly id: string; readonly secret: string }> {
  const id = ulid();
  const secret = newSecret(role);
  await tx('api_key').insert({
    id,
    role,
    tenant_id: house.tenantId ?? null,
    institution_id: house.institutionId ?? null,
    secret_hash: secretHash(secret),
    label,
    scopes: limits.scopes ?? null,
    expires_at: limits.expiresAt ?? null,
    issued_by: limits.issuedBy ?? null,
    rotated_from: limits.rotatedFrom ?? null,
  });
  return { id, secret };
}

/** @returns the keys of the actor's house, the newest first. */
export async function keysOf(connection: Connection, actor: Actor): Promise<KeyRow[]> {
  return rows<KeyRow>(connection, `select ${COLUMNS} from api_key where ${OF_THE_HOUSE} order by created_at desc, id desc limit 1000`, [
    actor.tenantId,
    actor.institutionId,
  ] as never);
}

/** @returns a key of the actor's house, locked. @throws {DomainError} object.not_found. */
export async function keyRow(tx: Connection, actor: Actor, id: string): Promise<KeyRow> {
  const key = await row<KeyRow>(tx, `select ${COLUMNS} from api_key where id = ? and ${OF_THE_HOUSE} for update`, [
    id,
    actor.tenantId,
    actor.institutionId,
  ] as never);
  if (!key) throw new DomainError('object.not_found', { zh: '没有该密钥', en: 'There is no such key' });
  return key;
}

/**
 * Puts a new key in the place of one that holds: the same role, scopes and end. The old one holds for the overlap, so that nothing stands still meanwhile.
 * @param key locked. @throws {DomainError} key.over.
 */
export async function rotateKey(
  tx: Connection,
  actor: Actor,
  key: KeyRow,
  overlapHours: number,
): Promise<{ id: string; secret: string; oldUntil: Date }> {
  mustHold(key);
  const wanted = new Date(Date.now() + overlapHours * HOUR_MS);
  const oldUntil = key.expires_at !== null && key.expires_at < wanted ? key.expires_at : wanted;
  const made = await newKey(tx, key.role, actor, key.label, {
    scopes: key.scopes,
    expiresAt: key.expires_at,
    issuedBy: actor.id,
    rotatedFrom: key.id,
  });
  await tx('api_key').where('id', key.id).update({ expires_at: oldUntil });
  return { ...made, oldUntil };
}

/** Ends a key at once. @param key locked. @throws {DomainError} key.over. */
export async function revokeKey(tx: Connection, key: KeyRow): Promise<void> {
  mustHold(key);
  await tx('api_key').where('id', key.id).update({ revoked_at: new Date() });
}

function mustHold(key: KeyRow): void {
  if (key.revoked_at !== null || (key.expires_at !== null && key.expires_at.getTime() <= Date.now()))
    throw new DomainError('key.over', { zh: '该密钥已撤销或已到期；请另发新密钥', en: 'This key is revoked or has expired; issue another' });
}
