import type { z } from 'zod';
import { parseYuan } from '../../../domain/money';
import { personText, type releaseRequest } from '../../schemas';
import type { FieldErrors } from '../forms';
import type { Form } from '../serve';
import type { Translate } from '../text/catalogue';

/** How many batches the page offers; the API takes more. */
export const BATCHES = [1, 2, 3, 4] as const;
/** Every field of the form, in its order: what the check page carries on. */
export const MONEY_FIELDS = ['mode', 'amount', 'purpose', ...BATCHES.flatMap((n) => [`part${n}`, `for${n}`])];

export type MoneyAsked = Omit<z.infer<typeof releaseRequest>, 'feeVersion'> & { readonly amountFen: bigint };

/** @returns basis points, exactly; null for what is no percentage of at most two decimals. */
function basisPointsIn(text: string): number | null {
  const match = /^([0-9]{1,3})(?:\.([0-9]{1,2}))?\s*%?$/.exec(text.trim());
  const points = match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : 0;
  return points >= 1 && points <= 10_000 ? points : null;
}

/** @param availableFen asked for where no amount is given, and never more. @returns what is asked for, or what is wrong by field. */
export function readMoney(t: Translate, form: Form, availableFen: bigint): { readonly asked: MoneyAsked } | { readonly errors: FieldErrors } {
  const errors: Record<string, string> = {};
  const { mode } = form;
  if (mode !== 'single' && mode !== 'hospital-direct' && mode !== 'batched') return { errors: { mode: t('sponsor.money.mode.missing') } };
  let amountFen = availableFen;
  const own = (form.amount ?? '').trim();
  try {
    if (own !== '') amountFen = parseYuan(own);
    if (amountFen === 0n) errors.amount = t('give.amount.wrong');
    if (amountFen > availableFen) errors.amount = t('sponsor.money.amount.too_much');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    errors.amount = t('give.amount.wrong');
  }
  const text = personText(200);
  const purpose = (form.purpose ?? '').trim();
  if (mode !== 'batched' && !text.safeParse(purpose).success) errors.purpose = t('sponsor.money.purpose.wrong');
  const batches = mode === 'batched' ? readBatches(t, form, errors) : undefined;
  if (Object.keys(errors).length > 0) return { errors };
  return { asked: { mode, amountFen, urgent: false, purpose: purpose === '' ? batches![0]!.purpose : purpose, ...(batches ? { batches } : {}) } };
}

function readBatches(t: Translate, form: Form, errors: Record<string, string>): { basisPoints: number; purpose: string }[] {
  const batches: { basisPoints: number; purpose: string }[] = [];
  for (const n of BATCHES) {
    const [part, purpose] = [(form[`part${n}`] ?? '').trim(), (form[`for${n}`] ?? '').trim()];
    if (part === '' && purpose === '') continue;
    const basisPoints = basisPointsIn(part);
    if (basisPoints === null) errors[`part${n}`] = t('sponsor.money.part.wrong', { n });
    if (!personText(200).safeParse(purpose).success) errors[`for${n}`] = t('sponsor.money.for.wrong', { n });
    batches.push({ basisPoints: basisPoints ?? 0, purpose });
  }
  const wrong = Object.keys(errors).some((field) => field.startsWith('part'));
  if (!wrong && batches.reduce((sum, b) => sum + b.basisPoints, 0) !== 10_000) errors.part1 = t('sponsor.money.part.sum');
  return batches;
}
