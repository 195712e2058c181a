import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Logger } from 'pino';
import { MessageError, SignatureError } from '../../adapters/errors';
import { CHANNELS, type ChannelName, type Channels } from '../../adapters/donation/port';
import { type Banks, type RailName, WALLETS } from '../../adapters/payment/port';
import type { CustodyNotices } from '../../custody/notices';
import type { Gifts } from '../../gifts/gifts';
import { countCallback } from '../../observability/metrics';

export interface Callbacks {
  readonly channels: Channels;
  readonly banks: Banks;
  readonly gifts: Gifts;
  readonly custody: CustodyNotices;
  readonly log: Logger;
}

const nothing = (res: Response): void => void res.status(204).end();
/** What each channel wants to hear of a notice that was taken: Alipay exactly this word, and sends again whatever else it hears. */
const TAKEN: Readonly<Record<ChannelName, (res: Response) => void>> = {
  wechat: nothing,
  alipay: (res) => void res.status(200).type('text/plain').send('success'),
};

/** Where each rail's bank pushes to. */
const BANK_PATHS: Readonly<Record<RailName, string>> = { iso20022: 'bank', cmb: 'cmb' };

/** A request without a body has no bytes. */
const bytesOf = (req: Request): Buffer => (Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0));

/** Where providers push. The raw bytes are verified before anything is read out of them; the answer is given when the news is durable. */
export function mountCallbacks(app: Express, { channels, banks, gifts, custody, log }: Callbacks): void {
  const raw = express.raw({ type: () => true, limit: '1mb' });
  const hearing =
    (provider: string, hear: (req: Request) => Promise<void>, taken: (res: Response) => void): RequestHandler =>
    async (req: Request, res: Response) => {
      try {
        await hear(req);
        taken(res);
        countCallback(provider, res.statusCode);
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
  for (const channel of CHANNELS) {
    const hear = async (req: Request): Promise<void> => gifts.hear(channel, await channels[channel].parseNotice(bytesOf(req), req.headers));
    app.post(`/callbacks/${channel}`, raw, hearing(channel, hear, TAKEN[channel]));
  }
  for (const wallet of WALLETS) {
    if (!banks.wallets) break;
    const { parseNotice } = banks.wallets[wallet];
    const hear = async (req: Request): Promise<void> => custody.hearOfPayout(wallet, await parseNotice(bytesOf(req), req.headers));
    app.post(`/callbacks/${wallet}-transfers`, raw, hearing(`${wallet}-transfers`, hear, TAKEN[wallet]));
  }
  for (const rail of banks.names) {
    const hear = async (req: Request): Promise<void> => custody.hear(await banks.of(rail).parseNotice(bytesOf(req), req.headers), rail);
    app.post(`/callbacks/${BANK_PATHS[rail]}`, raw, hearing(BANK_PATHS[rail], hear, nothing));
  }
}
