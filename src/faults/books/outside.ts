import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A line of the bank's own ledger of a custody account. */
interface BankLine {
  readonly account: string;
  readonly reference: string;
  readonly sign: 'CRDT' | 'DBIT';
  readonly kind: 'payout' | 'return' | 'collection';
  readonly amountFen: bigint;
  readonly endToEndId: string | null;
  readonly counterparty: string;
}

/** Money that moved between a donor and the channel. */
interface ChannelMove {
  readonly merchant: string;
  /** The gift's id, or the return's. */
  readonly id: string;
  readonly amountFen: bigint;
}

export interface OutsideBooks {
  readonly lines: readonly BankLine[];
  readonly captured: readonly ChannelMove[];
  readonly refunded: readonly ChannelMove[];
}

interface Order {
  readonly endToEndId: string;
  readonly debtorAccount: string;
  readonly creditorAccount: string;
  readonly amountFen: string;
}

type Event = { readonly type: string } & Record<string, unknown>;

function events(file: string): Event[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);
}

/** @returns what bank and channel themselves hold to have happened, from their own journals. @param folder of the simulators' state */
export function outsideBooks(folder: string): OutsideBooks {
  return { lines: bankLines(events(path.join(folder, 'bank.jsonl'))), ...channelMoves(events(path.join(folder, 'wechat.jsonl'))) };
}

function bankLines(journal: readonly Event[]): BankLine[] {
  const custody = new Set(journal.filter(({ type, kind }) => type === 'account' && kind === 'custody').map(({ accountNumber }) => accountNumber));
  const orders = new Map<unknown, Order>();
  const lines: BankLine[] = [];
  for (const event of journal) {
    if (event.type === 'received') orders.set((event.order as Order).endToEndId, event.order as Order);
    if (event.type === 'booked' || event.type === 'returned') {
      const order = orders.get(event.endToEndId)!;
      const [sign, kind] = event.type === 'booked' ? (['DBIT', 'payout'] as const) : (['CRDT', 'return'] as const);
      const { debtorAccount: account, creditorAccount: counterparty, endToEndId } = order;
      lines.push({ account, reference: String(event.reference), sign, kind, amountFen: BigInt(order.amountFen), endToEndId, counterparty });
    }
    if (event.type === 'collected') {
      const { accountNumber, reference, sign, amountFen, counterpartyAccount } = event as unknown as Record<string, string>;
      lines.push({
        account: accountNumber!,
        reference: reference!,
        sign: sign as 'CRDT' | 'DBIT',
        kind: 'collection',
        amountFen: BigInt(amountFen!),
        endToEndId: null,
        counterparty: counterpartyAccount!,
      });
    }
  }
  return lines.filter(({ account }) => custody.has(account));
}

function channelMoves(journal: readonly Event[]): Pick<OutsideBooks, 'captured' | 'refunded'> {
  const amounts = new Map<string, bigint>();
  const captured: ChannelMove[] = [];
  const refunded: ChannelMove[] = [];
  for (const event of journal) {
    const { type, mchid, outTradeNo, outRefundNo, totalFen, refundFen } = event as unknown as Record<string, string>;
    const merchant = mchid!;
    if (type === 'ordered') amounts.set(`${merchant}/${outTradeNo}`, BigInt(totalFen!));
    if (type === 'refund-asked') amounts.set(`${merchant}/${outRefundNo}`, BigInt(refundFen!));
    if (type === 'paid') captured.push({ merchant, id: outTradeNo!, amountFen: amounts.get(`${merchant}/${outTradeNo}`)! });
    if (type === 'refunded') refunded.push({ merchant, id: outRefundNo!, amountFen: amounts.get(`${merchant}/${outRefundNo}`)! });
  }
  return { captured, refunded };
}
