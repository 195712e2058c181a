import { hash as argonHash } from '@node-rs/argon2';
import { ulid } from 'ulid';
import type { Connection } from '../database/connect';
import type { Role } from './actors';

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
