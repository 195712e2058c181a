import { CHANNELS, type ChannelName } from '../../../adapters/donation/port';
import { parseYuan } from '../../../domain/money';
import type { FieldErrors } from '../forms';
import type { Form } from '../serve';
import type { Translate } from '../text/catalogue';
import { PRESETS_FEN } from './givePage';

/**
 * @param mostFen more than is asked for is no gift.
 * @returns the gift's amount and the channel it is to be paid by (WeChat Pay where none is chosen), or what is wrong by field.
 */
export function readGift(
  t: Translate,
  form: Form,
  mostFen: bigint,
): { readonly amountFen: bigint; readonly channel: ChannelName } | { readonly errors: FieldErrors } {
  const { preset = '', consent = '' } = form;
  const channel = CHANNELS.find((each) => each === (form.channel || 'wechat'));
  const own = (form.amount ?? '').trim();
  const errors: Record<string, string> = {};
  let amountFen = 0n;
  if ((PRESETS_FEN as readonly string[]).includes(preset)) {
    amountFen = BigInt(preset);
    if (own !== '') errors.amount = t('give.amount.both');
    else if (amountFen > mostFen) errors.preset = t('give.amount.too_much');
  } else if (own === '') {
    if (preset === 'own') errors.amount = t('give.amount.missing');
    else errors.preset = t('give.preset.missing');
  } else {
    try {
      amountFen = parseYuan(own);
      if (amountFen === 0n) errors.amount = t('give.amount.wrong');
      if (amountFen > mostFen) errors.amount = t('give.amount.too_much');
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      errors.amount = t('give.amount.wrong');
    }
  }
  if (channel === undefined) errors.channel = t('give.channel.wrong');
  if (consent !== 'yes') errors.consent = t('give.consent.missing');
  return Object.keys(errors).length > 0 || channel === undefined ? { errors } : { amountFen, channel };
}
