import type { Journal } from '../support/journal';
import type { Settling } from '../support/settlement';
import type { AlipayEvent, Sweep } from './events';
import type { AlipayState } from './state';

/** How Alipay settles with its sellers: what it calls a withdrawal by itself (自动提现). */
export function sellerSettling(state: AlipayState, journal: Journal<AlipayEvent>): Settling<Sweep> {
  return {
    counterparty: { counterpartyName: '支付宝（中国）网络技术有限公司', counterpartyAccount: '215500690' },
    prefix: 'ALS',
    words: 'ALIPAY SETTLE',
    state,
    payee: (sellerId) => state.seller(sellerId),
    payeeOf: ({ sellerId }) => sellerId,
    *untold(sellerId) {
      for (const notice of state.notices.values())
        if (notice.kind === 'paid' && notice.trade.terms.sellerId === sellerId && notice.trade.paidAtMs !== undefined) yield notice.trade.paidAtMs;
    },
    recordSwept: (sellerId, swept) => journal.record({ type: 'swept', sellerId, ...swept }),
    recordBooked: (reference) => journal.record({ type: 'sweep-booked', reference }),
  };
}
