import type { Journal } from '../support/journal';
import type { Settling } from '../support/settlement';
import type { Sweep, WechatEvent } from './events';
import type { WechatState } from './state';

/** How WeChat Pay settles with its merchants. */
export function merchantSettling(state: WechatState, journal: Journal<WechatEvent>): Settling<Sweep> {
  return {
    counterparty: { counterpartyName: '财付通支付科技有限公司', counterpartyAccount: '243300133' },
    prefix: 'WXS',
    words: 'WXPAY SETTLE',
    state,
    payee: (mchid) => state.merchant(mchid),
    payeeOf: ({ mchid }) => mchid,
    *untold(mchid) {
      for (const notice of state.notices.values()) if (notice.kind === 'paid' && notice.order.terms.mchid === mchid) yield notice.atMs;
    },
    recordSwept: (mchid, swept) => journal.record({ type: 'swept', mchid, ...swept }),
    recordBooked: (reference) => journal.record({ type: 'sweep-booked', reference }),
  };
}
