import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import type { Database } from '../../database/connect';
import type { DocumentStore } from '../../documents/store';
import type { Gifts } from '../../gifts/gifts';
import { askedBy } from '../../observability/requestContext';
import type { PersonalData } from '../../security/personalData';
import { type Language, pageLanguage } from './language';
import { type Session, sessionOf } from './session';
import { texts, type Translate } from './text/catalogue';

/** What the pages need of the house. */
export interface Pages {
  readonly db: Database;
  readonly personalData: PersonalData;
  readonly config: Pick<Config, 'publicUrl' | 'oidc'>;
  readonly log: Logger;
  readonly gifts: Gifts;
  readonly documents: DocumentStore;
}

/** One person looking at one page: their language, and who they are. */
export interface Visit {
  readonly lang: Language;
  readonly t: Translate;
  readonly session: Session | null;
  /** Path of a page that can be opened again, for the language links. */
  readonly path: string;
}

/** @returns the visit that a request is, and sets the headers that every page has. */
export async function visitOf({ db, config }: Pick<Pages, 'db' | 'config'>, req: Request, res: Response): Promise<Visit> {
  const lang = pageLanguage(req, res);
  const session = await sessionOf(db, req, config.publicUrl);
  if (session) askedBy(session.actor.role);
  res.locals.isPage = true;
  res.vary('Cookie').vary('Accept-Language');
  res.set('Cache-Control', session ? 'no-store' : 'private, no-cache');
  return { lang, t: texts(lang), session, path: req.path };
}

/** For pages whose address is a key: no cache keeps them and no search engine lists them. */
export function keepPrivate(res: Response): void {
  res.set({ 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex, nofollow' });
}
