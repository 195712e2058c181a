import { verify as argonVerify } from '@node-rs/argon2';
import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Database, inTransaction, row, type Transaction } from '../database/connect';
import { MINUTE_MS } from '../domain/calendar';
import { DomainError } from '../domain/errors';
import type { PersonalData } from '../security/personalData';
import { type Actor, auditName } from './actors';
import { factorName, LogInGuard } from './guard';
import { newSecret, secretHash } from './secrets';
import { hasTotp, useCode } from './totp';

/** How long a step-up waits for its act, ms. */
const VALID_MS = 5 * MINUTE_MS;

/** The acts that ask a person to show once more that it is them. */
export const STEP_UP_ACTS = ['approval.sign', 'batch.sign', 'recall.confirm'] as const;
export type StepUpAct = (typeof STEP_UP_ACTS)[number];

/** What a person shows: the code of their second factor where they have one, else their password. */
export interface Shown {
  readonly password?: string | undefined;
  readonly code?: string | undefined;
}

/**
 * A person shows once more that it is them, for one act on one digest (ASVS 7.5.3). Failures are counted like log-ins.
 * @returns a token for that act, once, within five minutes, in this session alone. @throws {DomainError} auth.bad_code, auth.bad_credentials, auth.locked.
 */
export async function stepUp(
  db: Database,
  personalData: PersonalData,
  actor: Actor,
  act: StepUpAct,
  digest: string,
  shown: Shown,
): Promise<{ stepUp: string; expiresAt: Date }> {
  if (actor.sessionId === null)
    throw new DomainError('auth.forbidden', { zh: '只有登录的人可以再次验证', en: 'Only a person who is logged in can step up' });
  const guard = new LogInGuard(personalData);
  await guard.attempt(db, factorName(actor.id));
  const method = (await hasTotp(db, actor.id)) ? 'totp' : 'password';
  if (method === 'totp') await useCode(db, personalData, actor.id, shown.code ?? '');
  else await passwordHolds(db, actor.id, shown.password ?? '');
  const token = newSecret('stepup');
  const madeAt = new Date();
  const expiresAt = new Date(madeAt.getTime() + VALID_MS);
  const id = ulid();
  await inTransaction(db, async (tx) => {
    await guard.clear(tx, factorName(actor.id));
    await tx('step_up').insert({
      id,
      token_hash: secretHash(token),
      session_id: actor.sessionId,
      staff_id: actor.id,
      act,
      digest,
      method,
      made_at: madeAt,
      expires_at: expiresAt,
    });
    await audit(tx, {
      action: 'step-up.made',
      subject: `step-up/${id}`,
      actor: auditName(actor),
      ...(actor.tenantId ? { tenantId: actor.tenantId } : {}),
      data: { act, digest, method },
    });
  });
  return { stepUp: token, expiresAt };
}

/** Uses a step-up for its act. @returns its id. @throws {DomainError} auth.step_up_required unless it is this session's, for this act and digest, unused and in time. */
export async function useStepUp(tx: Transaction, actor: Actor, act: StepUpAct, digest: string, token: string): Promise<string> {
  const used = await row<{ id: string }>(
    tx,
    `update step_up set used_at = now() where token_hash = ? and session_id = ? and staff_id = ? and act = ? and digest = ? and used_at is null and expires_at > now() returning id`,
    [secretHash(token), actor.sessionId ?? '', actor.id, act, digest],
  );
  if (!used)
    throw new DomainError(
      'auth.step_up_required',
      {
        zh: '请先就这一内容再次验证身份（POST /v1/step-ups），并在 5 分钟内使用，仅一次',
        en: 'Show once more that it is you, for exactly this (POST /v1/step-ups), and use it once within five minutes',
      },
      { field: '/stepUp' },
    );
  return used.id;
}

/** @throws {DomainError} auth.bad_credentials unless the password is this person's. */
export async function passwordHolds(db: Database, staffId: string, password: string): Promise<void> {
  const staff = await row<{ password_hash: string }>(db, 'select password_hash from staff where id = ?', [staffId]);
  if (!staff || !(await argonVerify(staff.password_hash, password)))
    throw new DomainError('auth.bad_credentials', { zh: '密码不正确', en: 'The password is wrong' }, { field: '/password' });
}
