import { z } from 'zod';
import { type Actor, auditName } from '../../access/actors';
import { factorName, LogInGuard } from '../../access/guard';
import { endSessions, sessionsOf } from '../../access/sessions';
import { changePassword, PASSWORD_LEAST } from '../../access/staff';
import { passwordHolds } from '../../access/stepUp';
import { beginTotp, confirmTotp, hasTotp } from '../../access/totp';
import { audit } from '../../audit/append';
import { type Database, inTransaction, type Transaction } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import type { PersonalData } from '../../security/personalData';
import { meAnswer } from '../answers';
import { route } from '../route';
import { id } from '../schemas';
import { codeText, passwordText } from './sessions';

/** Asks for the password, counted like a log-in. @throws {DomainError} auth.bad_credentials, auth.locked. */
async function passwordOf(db: Database, personalData: PersonalData, actor: Actor, password: string): Promise<void> {
  const guard = new LogInGuard(personalData);
  await guard.attempt(db, factorName(actor.id));
  await passwordHolds(db, actor.id, password);
  await guard.clear(db, factorName(actor.id));
}

/** Begins a second factor for somebody who knows their password. @returns the secret, shown this once. @throws {DomainError} auth.second_factor_stands and as for a password. */
export async function newSecondFactor(db: Database, personalData: PersonalData, actor: Actor, password: string): ReturnType<typeof beginTotp> {
  await passwordOf(db, personalData, actor, password);
  return inTransaction(db, (tx) => beginTotp(tx, personalData, actor.id));
}

/** Takes the first code of a new second factor; the person's other sessions end. @throws {DomainError} auth.bad_code, auth.locked. */
export async function confirmSecondFactor(db: Database, personalData: PersonalData, actor: Actor, code: string): Promise<void> {
  const guard = new LogInGuard(personalData);
  await guard.attempt(db, factorName(actor.id));
  await inTransaction(db, async (tx) => {
    await confirmTotp(tx, personalData, actor.id, code);
    await endSessions(tx, actor.id, { allBut: actor.sessionId! });
    await guard.clear(tx, factorName(actor.id));
    await told(tx, actor, 'second-factor.set');
  });
}

/** Routes by which a person looks after their own log-in. */
export function meRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'get',
      path: '/v1/me',
      tag: 'Log-in',
      summary: 'Who is logged in',
      act: 'me.read',
      beforeSecondFactor: true,
      input: {},
      answers: { 200: { description: 'The person, and what their log-in is.', schema: meAnswer } },
      handler: async ({ tx, actor }) => ({
        status: 200,
        body: {
          id: actor.id,
          role: actor.role,
          name: actor.name,
          tenantId: actor.tenantId,
          institutionId: actor.institutionId,
          secondFactor: (await hasTotp(tx, actor.id)) ? 'set' : actor.enrolsOnly ? 'required' : 'none',
        },
      }),
    }),
    route({
      method: 'get',
      path: '/v1/me/sessions',
      tag: 'Log-in',
      summary: 'Where this person is logged in',
      act: 'me.read',
      input: {},
      answers: { 200: { description: 'Sessions that have not ended, the latest first.' } },
      handler: async ({ tx, actor }) => ({ status: 200, body: { sessions: await sessionsOf(tx, actor.id, actor.sessionId!) } }),
    }),
    route({
      method: 'post',
      path: '/v1/me/sessions/{id}/end',
      tag: 'Log-in',
      summary: 'Ends a session of this person',
      act: 'session.end',
      beforeSecondFactor: true,
      input: { params: id },
      answers: { 204: { description: 'Ended.' } },
      handler: async ({ tx, actor, params }) => {
        if ((await endSessions(tx, actor.id, { only: params.id })) === 0)
          throw new DomainError('object.not_found', { zh: '没有该会话', en: 'There is no such session' });
        await told(tx, actor, 'session.ended', { session: params.id });
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/v1/me/password',
      tag: 'Log-in',
      summary: 'Changes the password; every other session ends',
      act: 'me.change-log-in',
      ownTransactions: true,
      input: { body: z.strictObject({ password: passwordText, newPassword: z.string().min(PASSWORD_LEAST).max(200) }) },
      answers: { 204: { description: 'Changed.' } },
      handler: async ({ db, actor, body }) => {
        await passwordOf(db, personalData, actor, body.password);
        await inTransaction(db, async (tx) => {
          await changePassword(tx, actor.id, body.newPassword);
          await endSessions(tx, actor.id, { allBut: actor.sessionId! });
          await told(tx, actor, 'password.changed');
        });
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/v1/me/second-factor',
      tag: 'Log-in',
      summary: 'Begins a second factor: a secret for an authenticator app (TOTP, RFC 6238)',
      act: 'me.change-log-in',
      beforeSecondFactor: true,
      ownTransactions: true,
      input: { body: z.strictObject({ password: passwordText }) },
      answers: { 201: { description: 'The secret and its `otpauth:` address, shown this once; its first code confirms it.' } },
      handler: async ({ db, actor, body }) => ({ status: 201, body: await newSecondFactor(db, personalData, actor, body.password) }),
    }),
    route({
      method: 'post',
      path: '/v1/me/second-factor/confirmation',
      tag: 'Log-in',
      summary: 'Confirms the second factor by its first code; every other session ends',
      act: 'me.change-log-in',
      beforeSecondFactor: true,
      ownTransactions: true,
      input: { body: z.strictObject({ code: codeText }) },
      answers: { 204: { description: 'From now on its code is asked for.' } },
      handler: async ({ db, actor, body }) => {
        await confirmSecondFactor(db, personalData, actor, body.code);
        return { status: 204 };
      },
    }),
  ];
}

async function told(tx: Transaction, actor: Actor, action: string, data: Record<string, string> = {}): Promise<void> {
  await audit(tx, { action, subject: `staff/${actor.id}`, actor: auditName(actor), ...(actor.tenantId ? { tenantId: actor.tenantId } : {}), data });
}
