import { z } from 'zod';
import { audit } from '../../audit/append';
import type { Transaction } from '../../database/connect';
import { logIn } from '../../access/sessions';
import { route } from '../route';
import { personText } from '../schemas';

export const sessionRoutes = [
  route({
    method: 'post',
    path: '/v1/sessions',
    tag: 'Log-in',
    summary: 'Logs a person in',
    act: 'session.begin',
    input: { body: z.strictObject({ login: personText(100), password: z.string().min(1).max(200) }) },
    answers: { 201: { description: 'A session token that ends after eight hours.' } },
    handler: async ({ tx, body }) => {
      const session = await beginSession(tx, body.login, body.password);
      return { status: 201, body: { ...session, expiresAt: session.expiresAt.toISOString() } };
    },
  }),
];

/** Logs a person in and says so in the audit. @throws {DomainError} auth.bad_credentials. */
export async function beginSession(tx: Transaction, login: string, password: string): ReturnType<typeof logIn> {
  const session = await logIn(tx, login, password);
  await audit(tx, { action: 'session.begun', subject: `login/${login}`, actor: session.role });
  return session;
}
