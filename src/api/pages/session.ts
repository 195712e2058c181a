import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Database } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { type Actor, actorOf, type Role } from '../../access/actors';
import { readCookie, setCookie } from './cookies';

/** A person who is logged in by cookie, and the token that their forms carry. */
export interface Session {
  readonly actor: Actor;
  readonly token: string;
  readonly formToken: string;
}

/** Where a role begins; a role without pages of its own begins at the front. */
export const HOMES: Readonly<Partial<Record<Role, string>>> = {
  'finance-maker': '/approvals',
  'finance-checker': '/approvals',
  'hospital-person': '/hospital',
  reviewer: '/console',
};

/** @returns where somebody goes who has just logged in. */
export function homeOf({ role, enrolsOnly }: { readonly role: Role; readonly enrolsOnly: boolean }): string {
  return enrolsOnly ? SECOND_FACTOR_PATH : (HOMES[role] ?? '/');
}

/** Where a person sets up their second factor. */
export const SECOND_FACTOR_PATH = '/second-factor';

const isSecure = (publicUrl: string): boolean => publicUrl.startsWith('https:');
// The prefix has browsers refuse the cookie from any other host or path; they take it over https only.
const cookieName = (publicUrl: string): string => (isSecure(publicUrl) ? '__Host-almoner_session' : 'almoner_session');

/** Gives the browser its session. SameSite=Strict: no other site's link or form carries it. */
export function keepSession(res: Response, publicUrl: string, token: string, expiresAt: Date): void {
  setCookie(res, cookieName(publicUrl), token, { maxAgeMs: expiresAt.getTime() - Date.now(), sameSite: 'Strict', secure: isSecure(publicUrl) });
}

/** Takes the session from the browser. */
export function dropSession(res: Response, publicUrl: string): void {
  setCookie(res, cookieName(publicUrl), '', { maxAgeMs: 0, sameSite: 'Strict', secure: isSecure(publicUrl) });
}

/** @returns the token in the request's cookie, whatever it is worth; null without one. API keys are no log-in. */
export function sessionToken(req: Request, publicUrl: string): string | null {
  const token = readCookie(req, cookieName(publicUrl));
  return token?.startsWith('alm_session_') ? token : null;
}

/** @returns the session of the request's cookie; null without one, or when it has ended. API keys are no log-in here. */
export async function sessionOf(db: Database, req: Request, publicUrl: string): Promise<Session | null> {
  const token = sessionToken(req, publicUrl);
  if (token === null) return null;
  try {
    return { actor: await actorOf(db, token), token, formToken: formTokenOf(token) };
  } catch (error) {
    if (error instanceof DomainError && error.code === 'auth.required') return null;
    throw error;
  }
}

/** Bound to the session and made without storing anything; who cannot read the cookie cannot make it. */
function formTokenOf(token: string): string {
  return createHmac('sha256', token).update('almoner form').digest('base64url');
}

/** @returns whether a form carries the token of this session. */
export function carriesFormToken(session: Session, given: string): boolean {
  const [a, b] = [Buffer.from(session.formToken), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Whether a POST comes from a page of ours. Browsers say where a form was sent from in Sec-Fetch-Site (trustworthy addresses) or Origin; a request
 * that says neither is not a form of a browser of today and is refused.
 */
export function isFromOurPages(req: Request, publicUrl: string): boolean {
  const site = req.get('sec-fetch-site');
  const origin = req.get('origin');
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin === undefined) return site === 'same-origin';
  return origin === new URL(publicUrl).origin || origin === `${req.protocol}://${req.get('host')}`;
}
