import { z } from 'zod';
import { CHANNELS, type GiverClient } from '../../adapters/donation/port';
import type { Gifts } from '../../gifts/gifts';
import type { PersonalData } from '../../security/personalData';
import { route } from '../route';
import { amount, donorConsent, id } from '../schemas';
import { say } from '../text/say';
import { giftKey } from './refunds';

const openid = z.string().regex(/^[0-9A-Za-z_-]{1,128}$/, say({ zh: '不是 openid', en: 'is not an openid' }));
/** Where the donor pays; the openid of a page inside of WeChat, and of no other. */
const client = z
  .strictObject({ kind: z.enum(['code', 'browser', 'wechat']), openid: openid.optional() })
  .refine((c) => (c.kind === 'wechat') === (c.openid !== undefined), {
    path: ['openid'],
    message: say({ zh: '在微信内付款时必填，其他情形不得填写', en: 'is given for a page inside of WeChat, and for no other' }),
  });

/** Routes by which donors give. @param config where the pages are that a browser comes back to from a channel's own. */
export function giftRoutes(gifts: Gifts, personalData: PersonalData, config: { readonly publicUrl: string }) {
  return [
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/gifts',
      tag: 'Gifts',
      summary: 'Orders gifts at a channel, each with what its giver’s client pays with',
      act: 'gift.take',
      idempotencyKey: true,
      ownTransactions: true,
      input: {
        params: id,
        body: z
          .strictObject({
            gifts: z
              .array(z.strictObject({ amountFen: amount }))
              .min(1)
              .max(200),
            /** What an order is made at, is asked about, and goes back by. */
            channel: z.enum(CHANNELS).default('wechat'),
            client: client.default({ kind: 'code' }),
            consent: donorConsent,
          })
          .refine((body) => body.channel === 'wechat' || body.client.kind !== 'wechat', {
            path: ['client', 'kind'],
            message: say({ zh: '在微信内只能使用微信支付', en: 'inside of WeChat only WeChat Pay can be used' }),
          }),
      },
      answers: {
        201: {
          description:
            "An order per gift, in the order asked: `codeUrl`, `payUrl` or `wechatPay`, whichever the client and the channel make of it. The gift counts when the channel proves its payment. `donorKey` opens the gift's own page.",
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
          clientOf(body.client, `${config.publicUrl}/c/${params.id}`),
        );
        return { status: 201, body: { gifts: orders.map((order) => ({ ...order, donorKey: giftKey(personalData, order.id) })) } };
      },
    }),
  ];
}

function clientOf({ kind, openid: payer }: z.output<typeof client>, backUrl: string): GiverClient {
  if (kind === 'browser') return { kind, backUrl };
  return payer === undefined ? { kind: 'code' } : { kind: 'wechat', openid: payer };
}
