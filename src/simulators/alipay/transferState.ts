import type { Agenda, ClockId } from '../support/agenda';

/** A transfer from a seller's balance as it was asked for; fen as decimal strings. */
export interface TransferTerms {
  readonly sellerId: string;
  readonly appId: string;
  readonly outBizNo: string;
  readonly identity: string;
  readonly name: string;
  readonly fen: string;
  readonly title: string;
  readonly scene: string;
  /** As JSON. */
  readonly reports: string;
  readonly notifyUrl: string;
}

type TransferStatus = 'DEALING' | 'SUCCESS' | 'FAIL' | 'REFUND';

export type TransferEvent =
  | ({ readonly type: 'transfer-asked' } & TransferTerms & { readonly orderId: string; readonly atMs: number; readonly dueMs: number })
  | {
      readonly type: 'transfer-moved';
      readonly sellerId: string;
      readonly outBizNo: string;
      readonly status: TransferStatus;
      readonly errorCode: string | null;
      readonly atMs: number;
      readonly noticeId: string;
    }
  /** The real name behind an identity; of others every name is right. */
  | { readonly type: 'person-named'; readonly identity: string; readonly name: string }
  /** An account that takes no money from now on. */
  | { readonly type: 'account-died'; readonly identity: string };

export interface Transfer {
  readonly terms: TransferTerms;
  readonly orderId: string;
  readonly atMs: number;
  status: TransferStatus;
  errorCode: string | null;
  paidAtMs: number | null;
}

const keyOf = ({ sellerId, outBizNo }: { readonly sellerId: string; readonly outBizNo: string }): string => `${sellerId}/${outBizNo}`;

/** The transfers of the simulated Alipay: what follows from its journal. */
export class TransferBook {
  readonly transfers = new Map<string, Transfer>();
  readonly names = new Map<string, string>();
  readonly dead = new Set<string>();

  constructor(
    private readonly agenda: Agenda,
    private readonly clockOf: (sellerId: string) => ClockId,
  ) {}

  find(sellerId: string, outBizNo: string): Transfer | undefined {
    return this.transfers.get(keyOf({ sellerId, outBizNo }));
  }

  /** @returns the transfer that was moved by this, as it stands then. */
  apply(event: TransferEvent): Transfer | null {
    switch (event.type) {
      case 'transfer-asked':
        this.transfers.set(keyOf(event), {
          terms: event,
          orderId: event.orderId,
          atMs: event.atMs,
          status: 'DEALING',
          errorCode: null,
          paidAtMs: null,
        });
        this.agenda.put(this.clockOf(event.sellerId), `transfer/${keyOf(event)}`, event.dueMs);
        return null;
      case 'transfer-moved': {
        const transfer = this.transfers.get(keyOf(event));
        if (transfer === undefined) throw new Error(`the simulator knows no transfer ${event.outBizNo}`);
        const paidAtMs = event.status === 'SUCCESS' ? event.atMs : transfer.paidAtMs;
        Object.assign(transfer, { status: event.status, errorCode: event.errorCode, paidAtMs });
        this.agenda.drop(this.clockOf(event.sellerId), `transfer/${keyOf(event)}`);
        return transfer;
      }
      case 'person-named':
        this.names.set(event.identity, event.name);
        return null;
      case 'account-died':
        this.dead.add(event.identity);
        return null;
    }
  }
}
