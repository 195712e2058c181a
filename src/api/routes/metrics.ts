import type { Express } from 'express';
import { DomainError } from '../../domain/errors';
import { mayScrape } from '../../observability/metrics';

/** `GET /metrics` for a scraper that shows the token. Without a token there is no such address. */
export function mountMetrics(app: Express, token: string, scrape: () => Promise<{ readonly type: string; readonly text: string }>): void {
  app.get('/metrics', async (req, res) => {
    if (token === '') throw new DomainError('object.not_found', { zh: '该地址下没有内容', en: 'There is nothing at this address' });
    if (!mayScrape(req.get('authorization'), token))
      throw new DomainError('auth.required', {
        zh: '请以 `Authorization: Bearer …` 发送 METRICS_TOKEN',
        en: 'Send METRICS_TOKEN as `Authorization: Bearer …`',
      });
    const { type, text } = await scrape();
    res.set('Content-Type', type).send(text);
  });
}
