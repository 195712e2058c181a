import { z } from 'zod';
import { CHANNELS } from '../../adapters/donation/port';
import type { Gifts } from '../../gifts/gifts';
import type { PersonalData } from '../../security/personalData';
import { route } from '../route';
import { amount, donorConsent, id } from '../schemas';
import { giftKey } from './refunds';

/** Routes by which donors give. */
export function giftRoutes(gifts: Gifts, personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/gifts',
      tag: 'Gifts',
      summary: 'Orders gifts at a channel, each with its own QR code',
      act: 'gift.take',
      idempotencyKey: true,
      ownTransactions: true,
      input: {
        params: id,
        body: z.strictObject({
          gifts: z
            .array(z.strictObject({ amountFen: amount }))
            .min(1)
            .max(200),
          /** What an order is made at, is asked about, and goes back by. */
          channel: z.enum(CHANNELS).default('wechat'),
          consent: donorConsent,
        }),
      },
      answers: {
        201: {
          description:
            "An order per gift, in the order asked. The gift counts when the channel proves its payment. `donorKey` opens the gift's own page.",
        },
      },
      handler: async ({ params, body, actor, requestKey }) => {
        const orders = await gifts.order(
          actor.tenantId!,
          params.id,
          body.gifts.map((g) => g.amountFen),
          requestKey,
          body.consent,
          body.channel,
        );
        return { status: 201, body: { gifts: orders.map((order) => ({ ...order, donorKey: giftKey(personalData, order.id) })) } };
      },
    }),
  ];
}
