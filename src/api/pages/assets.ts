import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Router } from 'express';

/** A file whose address names its content: it may be kept for ever, and a changed file has another address. */
interface Asset {
  readonly url: string;
  readonly type: string;
  readonly body: Buffer;
}

function asset(file: string, type: string): Asset {
  const body = readFileSync(path.join(__dirname, file));
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { url: `/assets/${path.parse(file).name}.${hash}${path.extname(file)}`, type, body };
}

export const STYLESHEET = asset('style.css', 'text/css; charset=utf-8');
export const ICON = asset('icon.svg', 'image/svg+xml');

/** Serves the stylesheet and the icon. */
export function mountAssets(router: Router): void {
  for (const { url, type, body } of [STYLESHEET, ICON]) {
    router.get(url, (_req, res) => {
      res.set({ 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }).send(body);
    });
  }
}
