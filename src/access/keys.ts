import { ulid } from 'ulid';
import type { Connection } from '../database/connect';
import { newSecret, secretHash } from './secrets';

/** @returns a new secret for a role, shown once; only its hash is stored. */
export async function issueKey(
  tx: Connection,
  role: 'platform' | 'hospital' | 'sandbox',
  owner: { tenantId?: string; institutionId?: string },
  label: string,
): Promise<string> {
  const secret = newSecret(role);
  await tx('api_key').insert({
    id: ulid(),
    role,
    tenant_id: owner.tenantId ?? null,
    institution_id: owner.institutionId ?? null,
    secret_hash: secretHash(secret),
    label,
  });
  return secret;
}
