import type { ErrorRequestHandler, Request, Response } from 'express';
import { DomainError } from '../../domain/errors';
import { asDomainError, logTrouble, PROBLEMS } from '../problems';
import { html } from './html';
import { layout, type Page } from './layout';
import { pageLanguage } from './language';
import { CATALOGUE, texts, type TextKey } from './text/catalogue';
import { type Pages, type Visit, visitOf } from './visit';

/** A refusal that only pages know. */
export class PageRefusal extends Error {
  override readonly name = 'PageRefusal';

  constructor(
    readonly status: number,
    readonly what: 'forged' | 'internal',
  ) {
    super(what);
  }
}

interface Said {
  readonly status: number;
  readonly title: string;
  readonly advice: string;
}

/** @returns what a refusal is called and what to do about it, in the visit's language. */
export function inWords({ lang, t }: Pick<Visit, 'lang' | 't'>, error: DomainError | PageRefusal): Said {
  if (error instanceof PageRefusal) return { status: error.status, title: t(`problem.${error.what}`), advice: t(`advice.${error.what}`) };
  const { status, ...title } = PROBLEMS[error.code];
  const known = (key: string): string | null => (key in CATALOGUE ? t(key as TextKey) : null);
  return { status, title: known(`problem.${error.code}`) ?? title[lang], advice: known(`advice.${error.code}`) ?? t('advice.other') };
}

function problemPage(visit: Visit, error: DomainError | PageRefusal): Page {
  const { status, title, advice } = inWords(visit, error);
  return {
    title,
    status,
    body: html`<h1>${title}</h1><p class="lead">${advice}</p><p class="muted">${visit.t('problem.status', { status })}</p><p><a class="button quiet" href="/">${visit.t('shell.front')}</a></p>`,
  };
}

/** Whether a person is looking: a page's own address, or any other that is no interface and is asked for as HTML. */
function isForAPerson(req: Request, res: Response): boolean {
  return res.locals.isPage === true || (!/^\/(v1|callbacks|healthz|readyz|metrics)(\/|$)/.test(req.path) && req.accepts(['json', 'html']) === 'html');
}

/** Answers errors as pages in the asker's language; what no person asked for goes on to the next handler. */
export function problemPages(d: Pages): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    if (res.headersSent || !isForAPerson(req, res)) return next(error);
    const known = error instanceof PageRefusal ? error : asDomainError(error);
    if (!(error instanceof PageRefusal)) logTrouble(d.log, error, req);
    // Who is asking may be what failed: without an answer the page is still in their language.
    const ofNobody = (): Visit => {
      const lang = pageLanguage(req, res);
      return { lang, t: texts(lang), session: null, path: '/' };
    };
    // Whoever asks too often is not looked up either.
    const tooOften = known instanceof DomainError && known.code === 'rate.limited';
    const visit = tooOften ? ofNobody() : await visitOf(d, req, res).catch(ofNobody);
    const page = problemPage({ ...visit, path: req.method === 'GET' ? visit.path : '/' }, known ?? new PageRefusal(500, 'internal'));
    res
      .status(page.status ?? 500)
      .type('html')
      .send(layout(visit, page));
  };
}
