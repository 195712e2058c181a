import { z } from 'zod';
import { MessageError, SignatureError } from '../../errors';
import type { BankNotice } from '../port';
import type { CmbConfig } from './config';
import { open } from './envelope';
import { booking, entryOf } from './lines';
import { paid } from './query';
import { bookedAt } from './time';

const moved = booking.extend({ accnbr: z.string().min(1), trsdat: z.string(), trstim: z.string(), c_trsamt: z.string() });
const pushes = z.discriminatedUnion('msgtyp', [
  z.object({ msgtyp: z.literal('NCDBTTRS'), msgdat: moved.extend({ amtcdr: z.literal('D') }) }),
  z.object({ msgtyp: z.literal('NCCRTTRS'), msgdat: moved.extend({ amtcdr: z.literal('C') }) }),
  z.object({ msgtyp: z.literal('FINS'), msgdat: z.object({ trsInfo: paid }) }),
  z.object({ msgtyp: z.literal('FINB'), msgdat: z.object({ backInfo: z.object({ yurRef: z.string().min(1) }) }) }),
]);

/**
 * Verifies and reads a push: a line of the account, or that a payment ended or came back, which is only a reason to ask.
 * @throws {SignatureError} {MessageError} as the port says.
 */
export function readPush(config: CmbConfig, rawBody: Buffer): BankNotice {
  const form = new URLSearchParams(rawBody.toString('utf8'));
  if (form.get('UID') !== config.uid || form.get('ALG') !== 'SM') throw new SignatureError('the push is for another user, or not under SM');
  const { head, body } = open(config, form.get('DATA') ?? '', 'request');
  if (head.funcode !== form.get('FUNCODE')) throw new SignatureError('the push was signed for another function');
  const parsed = pushes.safeParse(body);
  if (!parsed.success) throw new MessageError('the bank does not push this message');
  const push = parsed.data;
  const messageId = head.reqid;
  switch (push.msgtyp) {
    case 'NCDBTTRS':
    case 'NCCRTTRS': {
      const { accnbr, trsdat, trstim, c_trsamt, ...line } = push.msgdat;
      return { kind: 'entries', messageId, entries: [entryOf(accnbr, line, c_trsamt, bookedAt(trsdat, trstim))] };
    }
    case 'FINS':
      return { kind: 'status', messageId, payoutId: push.msgdat.trsInfo.yurRef, outcome: { kind: 'PENDING', code: push.msgtyp } };
    case 'FINB':
      return { kind: 'status', messageId, payoutId: push.msgdat.backInfo.yurRef, outcome: { kind: 'PENDING', code: push.msgtyp } };
  }
}
