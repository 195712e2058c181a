import { Secret, TOTP } from 'otpauth';
import { type Connection, row, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { PersonalData } from '../security/personalData';

/** A code counts in its own half minute and in the one on either side (RFC 6238 §5.2). */
const WINDOW = 1;
const PURPOSE = 'staff.totp';

/** @returns a new secret of a person, not yet asked for at log-in: its first code confirms it. An earlier unconfirmed one is replaced. @throws {DomainError} auth.second_factor_stands. */
export async function beginTotp(tx: Transaction, personalData: PersonalData, staffId: string): Promise<{ secret: string; uri: string }> {
  const staff = (await row<{ login: string; totp_confirmed_at: Date | null }>(
    tx,
    'select login, totp_confirmed_at from staff where id = ? for update',
    [staffId],
  ))!;
  if (staff.totp_confirmed_at !== null)
    throw new DomainError('auth.second_factor_stands', {
      zh: '已设有动态口令；换新须由管理员先撤销',
      en: 'A second factor is set up already; an administrator resets it before a new one',
    });
  const secret = new Secret({ size: 20 });
  await tx('staff')
    .where('id', staffId)
    .update({ totp_secret_enc: personalData.sealForHouse(secret.base32, PURPOSE) });
  return { secret: secret.base32, uri: new TOTP({ issuer: 'Almoner', label: staff.login, secret }).toString() };
}

/** Takes the first code of a new secret: from now on it is asked for. @throws {DomainError} auth.bad_code. */
export async function confirmTotp(tx: Transaction, personalData: PersonalData, staffId: string, code: string): Promise<void> {
  await useCode(tx, personalData, staffId, code);
  await tx('staff').where('id', staffId).whereNull('totp_confirmed_at').update({ totp_confirmed_at: new Date() });
  // Who may only enrol has enrolled.
  await tx('session').where('staff_id', staffId).update({ enrols_only: false });
}

/** @returns whether codes are asked of a person. */
export async function hasTotp(connection: Connection, staffId: string): Promise<boolean> {
  return (await row(connection, 'select 1 from staff where id = ? and totp_confirmed_at is not null', [staffId])) !== null;
}

/** Takes a code, once: the time step it belongs to, and all before it, are spent. @throws {DomainError} auth.bad_code, the same for wrong, old and used. */
export async function useCode(connection: Connection, personalData: PersonalData, staffId: string, code: string): Promise<void> {
  const staff = await row<{ totp_secret_enc: Buffer | null; totp_last_step: bigint | null }>(
    connection,
    'select totp_secret_enc, totp_last_step from staff where id = ?',
    [staffId],
  );
  const step = staff?.totp_secret_enc
    ? stepOf(Secret.fromBase32(personalData.openForHouse(staff.totp_secret_enc, PURPOSE)), code, staff.totp_last_step)
    : null;
  const spent =
    step === null
      ? null
      : await row(connection, 'update staff set totp_last_step = ? where id = ? and coalesce(totp_last_step, -1) < ? returning id', [
          step,
          staffId,
          step,
        ]);
  if (!spent)
    throw new DomainError(
      'auth.bad_code',
      { zh: '动态口令不正确、已过期或已用过；请用下一个', en: 'This code is wrong, over or was used; take the next one' },
      { field: '/code' },
    );
}

/** @returns the time step that a code belongs to, the last used one and those before it left out; null for a code of none. */
function stepOf(secret: Secret, code: string, lastStep: bigint | null): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const totp = new TOTP({ secret });
  const delta = totp.validate({ token: code, window: WINDOW });
  if (delta === null) return null;
  const step = totp.counter() + delta;
  return lastStep !== null && step <= Number(lastStep) ? null : step;
}

/** Takes a person's second factor away, so that they set up a new one at their next log-in. Their sessions end. */
export async function resetTotp(tx: Transaction, staffId: string): Promise<void> {
  await tx('staff').where('id', staffId).update({ totp_secret_enc: null, totp_confirmed_at: null });
  await tx('session').where('staff_id', staffId).whereNull('ended_at').update({ ended_at: new Date() });
}
