import type { Request, Response } from 'express';
import { requestLanguage } from '../language';
import { readCookie, setCookie } from './cookies';

export type Language = 'zh' | 'en';

const COOKIE = 'almoner_lang';
const YEAR_MS = 365 * 86_400_000;

/** @returns the page's language: `?lang=` (which is remembered), the remembered one, Accept-Language, Chinese. */
export function pageLanguage(req: Request, res: Response): Language {
  if (req.query.lang === 'zh' || req.query.lang === 'en') {
    setCookie(res, COOKIE, req.query.lang, { maxAgeMs: YEAR_MS, sameSite: 'Lax', secure: false });
    return req.query.lang;
  }
  const remembered = readCookie(req, COOKIE);
  return remembered === 'zh' || remembered === 'en' ? remembered : requestLanguage(req);
}
