import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Logger } from 'pino';
import { MessageError, SignatureError } from '../../adapters/errors';
import type { DonationChannel } from '../../adapters/donation/port';
import type { BankLink } from '../../adapters/payment/port';
import type { CustodyNotices } from '../../custody/notices';
import type { Gifts } from '../../gifts/gifts';
import { countCallback } from '../../observability/metrics';

export interface Callbacks {
  readonly channel: DonationChannel;
  readonly bank: BankLink;
  readonly gifts: Gifts;
  readonly custody: CustodyNotices;
  readonly log: Logger;
}

/** Where providers push. The raw bytes are verified before anything is read out of them; the answer is given when the news is durable. */
export function mountCallbacks(app: Express, { channel, bank, gifts, custody, log }: Callbacks): void {
  const raw = express.raw({ type: () => true, limit: '1mb' });
  const hearing =
    (provider: string, hear: (req: Request) => Promise<void>): RequestHandler =>
    async (req: Request, res: Response) => {
      try {
        await hear(req);
        res.status(204).end();
        countCallback(provider, 204);
      } catch (error) {
        const unauthentic = error instanceof SignatureError;
        const status = unauthentic ? 401 : error instanceof MessageError ? 400 : 500;
        // Not the message's words: they may name a person. A provider sends again what was not taken.
        log[status === 500 ? 'error' : 'warn'](
          { provider, status, error: (error as Error).name, code: (error as { code?: string }).code },
          'a callback was not taken',
        );
        countCallback(provider, status);
        res.status(status).json({ code: 'FAIL', message: unauthentic ? 'signature' : status === 400 ? 'message' : 'try again' });
      }
    };
  app.post(
    '/callbacks/wechat',
    raw,
    hearing('wechat', async (req) => gifts.hear(await channel.parseNotice(req.body as Buffer, req.headers))),
  );
  app.post(
    '/callbacks/bank',
    raw,
    hearing('bank', async (req) => custody.hear(await bank.parseNotice(req.body as Buffer, req.headers))),
  );
}
