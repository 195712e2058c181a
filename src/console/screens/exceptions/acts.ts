import { answer, api } from '../../client/client';
import type { Me } from '../../parts/me';
import type { MoneyException } from './exceptionsPage';

export type Channel = 'wechat' | 'alipay';

/** What a person fills in for an act. */
interface Filled {
  readonly reason: string;
  readonly id: string;
  readonly amountFen: string;
  /** Which channel a settlement is of. */
  readonly channel: Channel;
  /** One key per thing that is wanted done. */
  readonly key: string;
}

interface Act {
  readonly asks: readonly ('reason' | 'id' | 'amount' | 'channel')[];
  readonly send: (of: MoneyException, filled: Filled, me: Me) => Promise<unknown>;
}

const at = (of: MoneyException) => ({ path: { id: of.id } });

const own = (staffId: (me: Me) => string | null): Act => ({
  asks: [],
  send: (of, _filled, me) => answer(api.POST('/v1/exceptions/{id}/owner', { params: at(of), body: { staffId: staffId(me) } })),
});

type Target = 'payout-debit' | 'payout-return' | 'back-to-payer' | 'owed-back' | 'chargeback';

const sendMatch = (
  of: MoneyException,
  target: { readonly kind: Target | 'channel' | 'channel-alipay'; readonly id: string },
  { amountFen, key }: Filled,
) => answer(api.POST('/v1/exceptions/{id}/matches', { params: { ...at(of), header: { 'Idempotency-Key': key } }, body: { target, amountFen } }));

/** A match in part or in whole. */
const match = (kind: Target): Act => ({ asks: ['id', 'amount'], send: (of, filled) => sendMatch(of, { kind, id: filled.id }, filled) });

/** What a channel owes is the platform's own, and needs no id of anybody. */
const MATCH_CHANNEL: Act = {
  asks: ['channel', 'amount'],
  send: (of, filled) => sendMatch(of, { kind: filled.channel === 'alipay' ? 'channel-alipay' : 'channel', id: of.tenantId }, filled),
};

/** Each act of the API as a person does it. */
export const ACTS = {
  assign: own((me) => me.id),
  return: own(() => null),
  settle: {
    asks: ['reason'],
    send: (of, { reason }) => answer(api.POST('/v1/exceptions/{id}/settlement', { params: at(of), body: { reason } })),
  },
  'confirm-settlement': {
    asks: [],
    send: (of) => answer(api.POST('/v1/exceptions/{id}/settlement/confirmation', { params: at(of) })),
  },
  'withdraw-settlement': {
    asks: [],
    send: (of) => answer(api.POST('/v1/exceptions/{id}/settlement/withdrawal', { params: at(of) })),
  },
  'claim-release': {
    asks: ['id', 'reason'],
    send: (of, { reason, id }) => answer(api.POST('/v1/exceptions/{id}/settlement', { params: at(of), body: { reason, releaseId: id } })),
  },
  'match-payout-debit': match('payout-debit'),
  'match-payout-return': match('payout-return'),
  'match-back-to-payer': match('back-to-payer'),
  'match-owed-back': match('owed-back'),
  'match-chargeback': match('chargeback'),
  'match-channel': MATCH_CHANNEL,
  'take-as-bounce': {
    asks: ['id'],
    send: (of, { id }) => answer(api.POST('/v1/exceptions/{id}/bounce', { params: at(of), body: { payoutId: id } })),
  },
  'book-chargeback': {
    asks: [],
    send: (of) => answer(api.POST('/v1/exceptions/{id}/chargeback', { params: at(of) })),
  },
} as const satisfies Readonly<Record<string, Act>>;
export type ActName = keyof typeof ACTS;
