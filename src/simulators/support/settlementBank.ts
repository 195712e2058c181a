import type { ClockId } from './agenda';

/** What a channel asks of the bank: to find an account and to book a settlement once per reference. */
export interface SettlementBank {
  find(accountNumber: string): { readonly bankCode: string; readonly clockId: ClockId } | undefined;
  balanceFen(accountNumber: string): bigint;
  /** Books once per reference; a second call with the same reference does nothing. Resolves when it is on disk. */
  collect(booking: {
    readonly accountNumber: string;
    readonly reference: string;
    readonly amountFen: bigint;
    readonly sign: 'CRDT' | 'DBIT';
    readonly counterpartyName: string;
    readonly counterpartyAccount: string;
    readonly remittance: string;
    readonly atMs: number;
  }): Promise<void>;
}
