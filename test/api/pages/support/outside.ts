import type { Channels, DonationChannel } from '../../../../src/adapters/donation/port';
import type { BankLink, PaymentOrder } from '../../../../src/adapters/payment/port';
import type { IdentityService } from '../../../../src/adapters/verification/port';
import type { SimulatorControls } from '../../../../src/sandbox/simulatorControls';

/** A channel that takes every order; who paid is said by the test through `Gifts.hear`. */
const channelOf = (code: string): DonationChannel => ({
  createOrder: async ({ orderId, client }) =>
    code.startsWith('https:') && client?.kind === 'browser'
      ? { kind: 'CREATED', payUrl: `https://openapi.alipay.com/gateway.do?n=${orderId}&back=${client.backUrl}` }
      : { kind: 'CREATED', codeUrl: `${code}${orderId}` },
  queryOrder: async () => ({ kind: 'NOT_PAID' }),
  refund: async () => ({ kind: 'PROCESSING' }),
  queryRefund: async () => ({ kind: 'NOT_FOUND' }),
  closeOrder: async () => ({ kind: 'CLOSED' }),
  fetchBill: async () => ({ kind: 'READY', lines: [] }),
  parseNotice: () => Promise.reject(new Error('no callbacks in this test')),
});

export const channels: Channels = { wechat: channelOf('weixin://wxpay/bizpayurl?pr='), alipay: channelOf('https://qr.alipay.com/bax') };

/** A bank that books every order at once and knows every account by its right name. @param bookedAt the bank's own time, RFC 3339. */
export function promptBank(bookedAt: () => string): BankLink {
  const orders = new Map<string, PaymentOrder>();
  return {
    submit: async (order) => {
      orders.set(order.payoutId, order);
      return { kind: 'ACCEPTED', reference: `BK${orders.size}` };
    },
    query: async (payoutId) => {
      const order = orders.get(payoutId);
      return order
        ? { kind: 'SUCCEEDED', reference: `BK-${payoutId.slice(-6)}`, bookedAt: bookedAt(), amountFen: order.amountFen }
        : { kind: 'NOT_FOUND' };
    },
    checkAccountName: async () => 'match',
    parseNotice: () => Promise.reject(new Error('no callbacks in this test')),
    statement: () => Promise.reject(new Error('no statements in this test')),
  };
}

export const identity: IdentityService = {
  checkTwoElements: async () => 'match',
  checkThreeElements: async () => 'match',
  checkFourElements: async () => 'match',
};

/** Nothing outside is simulated here: the sandbox's orders to the simulators are taken and forgotten. */
export const simulators = { call: async () => undefined } as unknown as SimulatorControls;
