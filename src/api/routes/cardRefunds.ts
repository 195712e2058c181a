import { z } from 'zod';
import { CARD_BANKS } from '../../adapters/donation/port';
import { isBankCard } from '../../domain/identifiers';
import { askCardRefund, confirmCardRefund, withdrawCardRefund } from '../../records/cardRefunds';
import type { PersonalData } from '../../security/personalData';
import { route } from '../route';
import { id, nameText } from '../schemas';
import { acting } from './exceptions';
import { say } from '../text/say';

const card = z.strictObject({
  bank: z.enum(CARD_BANKS),
  number: z.string().refine(
    isBankCard,
    say({
      zh: '不是有效的银行卡号：16 至 19 位数字，末位为校验码（Luhn）',
      en: 'is not a bank card: 16 to 19 digits, the last one their check digit (Luhn)',
    }),
  ),
  holder: nameText(50),
});

/** REFUND: what a donor's account takes no more goes to a debit card of theirs, by two people of finance. */
export function cardRefundRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/exceptions/{id}/card-refunds',
      tag: 'Finance',
      summary: 'Writes down the card to which a donor wants a refund that their account takes no more',
      act: 'exception.act',
      input: { params: id, body: card },
      answers: { 201: { description: 'Written down; nothing moves before another person confirms it.', schema: z.looseObject({ id: z.string() }) } },
      handler: async ({ tx, params, body, actor }) => ({
        status: 201,
        body: { id: await askCardRefund(tx, personalData, params.id, body, await acting(tx, actor)) },
      }),
    }),
    route({
      method: 'post',
      path: '/v1/card-refunds/{id}/confirmation',
      tag: 'Finance',
      summary: 'Writes the card down again, from the donor’s own words; where both say the same, the channel is asked',
      act: 'card-refund.confirm',
      input: { params: id, body: card },
      answers: { 200: { description: 'Confirmed; the return is on its way again.' } },
      handler: async ({ tx, params, body, actor }) => {
        await confirmCardRefund(tx, personalData, params.id, body, await acting(tx, actor));
        return { status: 200, body: { id: params.id } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/card-refunds/{id}/withdrawal',
      tag: 'Finance',
      summary: 'Takes a card back that nobody has confirmed',
      act: 'exception.act',
      input: { params: id },
      answers: { 200: { description: 'Withdrawn, and forgotten.' } },
      handler: async ({ tx, params, actor }) => {
        await withdrawCardRefund(tx, params.id, await acting(tx, actor));
        return { status: 200, body: { id: params.id } };
      },
    }),
  ];
}
