import { type Database, rows } from '../../database/connect';
import type { Payment } from '../outside/channel';
import type { BankLine, Arrival } from '../outside/bank';
import type { People } from '../people';

/** All that the judge is told: what bank, channel and people remember, and where the tables are. Nothing of how the system works. */
export interface Evidence {
  readonly db: Database;
  readonly people: People;
  readonly bank: {
    readonly accountNumber: string;
    readonly lines: readonly BankLine[];
    readonly arrivals: readonly Arrival[];
    readonly balanceFen: bigint;
  };
  readonly channel: {
    readonly payments: ReadonlyMap<string, Payment>;
    readonly refunds: ReadonlyMap<string, { readonly state: string; readonly order: { readonly orderId: string; readonly refundFen: bigint } }>;
    readonly balanceFen: bigint;
  };
  readonly house: {
    readonly tenantId: string;
    readonly campaigns: readonly string[];
    readonly fees: { readonly serviceBp: number; readonly serviceCapFen: bigint; readonly channelBp: number };
  };
  readonly strays: readonly { readonly kind: string; readonly subject: string }[];
  wrong(what: string): void;
}

export interface PayoutFact {
  readonly id: string;
  readonly campaign_id: string;
  readonly release_id: string;
  readonly attempt: number;
  readonly state: string;
  readonly stage: string;
  readonly gross_fen: bigint;
  readonly fee_fen: bigint;
  readonly net_fen: bigint;
}

export interface GiftFact {
  readonly id: string;
  readonly campaign_id: string;
  readonly amount_fen: bigint;
  readonly status: string;
  readonly transaction_id: string | null;
  readonly credited_fen: bigint;
  readonly excess_fen: bigint;
}

export interface ReturnFact {
  readonly id: string;
  readonly gift_id: string;
  readonly round_id: string | null;
  readonly amount_fen: bigint;
  readonly status: string;
  readonly cause: string;
}

/** @returns every payout of the house, in the order in which they were made up. */
export const payouts = ({ db, house }: Evidence): Promise<PayoutFact[]> =>
  rows(db, 'select p.*, r.stage from payout p join release r on r.id = p.release_id where p.tenant_id = ? order by p.id', [house.tenantId]);

export const gifts = ({ db, house }: Evidence): Promise<GiftFact[]> =>
  rows(db, 'select * from gift where tenant_id = ? order by id', [house.tenantId]);

export const returns = ({ db, house }: Evidence): Promise<ReturnFact[]> =>
  rows(db, 'select r.* from gift_return r join gift g on g.id = r.gift_id where g.tenant_id = ? order by r.id', [house.tenantId]);

/** @returns the house's balances in fen by campaign (empty for the tenant's own) and kind, from the single movements alone. */
export async function balances({ db, house }: Evidence): Promise<(kind: string, campaignId?: string) => bigint> {
  const all = await rows<{ campaign_id: string | null; kind: string; normal: string; fen: bigint }>(
    db,
    `select a.campaign_id, a.kind, a.normal, coalesce(sum(case when t.debit_account = a.id then t.amount_fen else -t.amount_fen end), 0)::bigint as fen
     from ledger.account a left join ledger.transfer t on a.id in (t.debit_account, t.credit_account) where a.tenant_id = ? group by a.id`,
    [house.tenantId],
  );
  return (kind, campaignId) => {
    const found = all.find((a) => a.kind === kind && (a.campaign_id ?? undefined) === campaignId);
    return found === undefined ? 0n : found.normal === 'debit' ? found.fen : -found.fen;
  };
}

export const sum = (fen: readonly bigint[]): bigint => fen.reduce((total, one) => total + one, 0n);
