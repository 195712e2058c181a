import { z } from 'zod';
import { administered } from '../../access/administration';
import type { Actor } from '../../access/actors';
import { keyRow, type KeyRow, keysOf, newKey, revokeKey, rotateKey } from '../../access/keys';
import { SCOPES, type Scope, scopesOf } from '../../access/policy';
import { DomainError } from '../../domain/errors';
import { route } from '../route';
import { id, personText, timeText } from '../schemas';

/** How long an old key holds beside its new one where nobody says otherwise, hours. */
const OVERLAP_HOURS = 24;
const MOST_OVERLAP_HOURS = 168;

const scope = z.enum(Object.keys(SCOPES) as [Scope, ...Scope[]]);
const issuing = z.strictObject({
  label: personText(100),
  scopes: z.array(scope).min(1).max(20).optional(),
  expiresAt: timeText.optional(),
});

const key = z
  .object({
    id: z.string(),
    role: z.string(),
    label: z.string(),
    scopes: z.array(z.string()),
    issuedAt: z.string(),
    expiresAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    lastUsedOn: z.string().nullable(),
    rotatedFrom: z.string().nullable(),
  })
  .openapi('ApiKey');

/**
 * The keys by which a house's machines ask. A platform's administrator issues platform keys; a hospital's, hospital keys: nobody of the platform that
 * pays can make the key that signs for the money.
 */
export const apiKeyRoutes = [
  route({
    method: 'get',
    path: '/v1/api-keys',
    tag: 'Administration',
    summary: 'Lists keys with their scopes, end and the day of their last use',
    act: 'key.read',
    input: {},
    answers: { 200: { description: 'At most 1,000, the newest first. Never a secret.', schema: z.object({ keys: z.array(key) }) } },
    handler: async ({ tx, actor }) => ({ status: 200, body: { keys: (await keysOf(tx, actor)).map(keyView) } }),
  }),
  route({
    method: 'post',
    path: '/v1/api-keys',
    tag: 'Administration',
    summary: 'Issues a key, for all that its role may or for some scopes; the secret is shown once',
    act: 'key.issue',
    input: { body: issuing },
    answers: { 201: { description: 'The key with its secret, of which only a hash is kept.', schema: key.extend({ secret: z.string() }) } },
    handler: async ({ tx, body, actor }) => {
      const role = keyRoleOf(actor);
      const foreign = body.scopes?.find((s) => !scopesOf(role).includes(s));
      if (foreign !== undefined)
        throw new DomainError(
          'request.invalid',
          {
            zh: `scopes：该类密钥没有 ${foreign}；可用：${scopesOf(role).join('、')}`,
            en: `scopes: ${foreign} is none of ${scopesOf(role).join(', ')}`,
          },
          { field: '/scopes' },
        );
      const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt);
      if (expiresAt !== null && expiresAt.getTime() <= Date.now())
        throw new DomainError('request.invalid', { zh: 'expiresAt：时间已过', en: 'expiresAt: lies in the past' }, { field: '/expiresAt' });
      const scopes = body.scopes === undefined ? null : [...new Set(body.scopes)];
      const made = await newKey(tx, role, actor, body.label, { scopes, expiresAt, issuedBy: actor.id });
      await administered(tx, actor, 'key.issued', `api-key/${made.id}`, { role, ...(scopes ? { scopes } : {}) });
      return { status: 201, body: { ...keyView(await keyRow(tx, actor, made.id)), secret: made.secret } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/api-keys/{id}/rotation',
    tag: 'Administration',
    summary: 'Puts a new key in the place of one; the old one holds for an overlap',
    act: 'key.issue',
    input: { params: id, body: z.strictObject({ overlapHours: z.int().min(0).max(MOST_OVERLAP_HOURS).default(OVERLAP_HOURS) }) },
    answers: {
      201: {
        description: 'The new key with its secret: same scopes, same end; and until when the old one holds.',
        schema: key.extend({ secret: z.string(), oldUntil: z.string() }),
      },
    },
    handler: async ({ tx, params, body, actor }) => {
      const made = await rotateKey(tx, actor, await keyRow(tx, actor, params.id), body.overlapHours);
      await administered(tx, actor, 'key.rotated', `api-key/${made.id}`, { endsAt: made.oldUntil.toISOString() });
      return { status: 201, body: { ...keyView(await keyRow(tx, actor, made.id)), secret: made.secret, oldUntil: made.oldUntil.toISOString() } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/api-keys/{id}/revocation',
    tag: 'Administration',
    summary: 'Ends a key at once',
    act: 'key.end',
    input: { params: id },
    answers: { 200: { description: 'The key, over.' } },
    handler: async ({ tx, params, actor }) => {
      await revokeKey(tx, await keyRow(tx, actor, params.id));
      await administered(tx, actor, 'key.revoked', `api-key/${params.id}`);
      return { status: 200, body: keyView(await keyRow(tx, actor, params.id)) };
    },
  }),
];

const keyRoleOf = (actor: Actor): 'platform' | 'hospital' => (actor.institutionId === null ? 'platform' : 'hospital');

function keyView(k: KeyRow): Record<string, unknown> {
  return {
    id: k.id,
    role: k.role,
    label: k.label,
    scopes: k.scopes ?? scopesOf(k.role),
    issuedAt: k.created_at.toISOString(),
    expiresAt: k.expires_at?.toISOString() ?? null,
    revokedAt: k.revoked_at?.toISOString() ?? null,
    lastUsedOn: k.last_used_on,
    rotatedFrom: k.rotated_from,
  };
}
