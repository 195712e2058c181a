import type { Request } from 'express';

/** @returns the asker's language: `?lang=`, then Accept-Language; Chinese where neither says. */
export function requestLanguage(req: Request): 'zh' | 'en' {
  const asked = typeof req.query.lang === 'string' ? req.query.lang : req.acceptsLanguages('zh', 'en') || 'zh';
  return asked.startsWith('en') ? 'en' : 'zh';
}
