import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import express, { type Express } from 'express';

/** Where `npm run build` puts the console; the same from `src` and from `dist`. */
const BUILT = path.join(__dirname, '..', '..', '..', 'dist', 'console');
/** In the built document, where each answer's own nonce goes. */
const NONCE = '__NONCE__';

/**
 * Serves the console under /console: files named by their content for ever, and one document for every address below it. Its policy knows no inline
 * script; the styles that its components make at run time carry the document's nonce.
 */
export function mountConsole(app: Express): void {
  const file = path.join(BUILT, 'index.html');
  if (!existsSync(file)) return;
  const document = readFileSync(file, 'utf8');
  app.use('/console/assets', express.static(path.join(BUILT, 'assets'), { immutable: true, maxAge: '365d', index: false, redirect: false }));
  app.get(['/console', '/console/*rest'], (req, res, next) => {
    // A file that is not there is not the document.
    if (req.path.startsWith('/console/assets/')) return next();
    const nonce = randomBytes(16).toString('base64');
    res.set({
      'Content-Security-Policy': [
        "default-src 'none'",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        'frame-src blob:',
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      'Cache-Control': 'no-store',
    });
    res.type('html').send(document.replaceAll(NONCE, nonce));
  });
}
