import { type Connection, rows } from '../database/connect';
import type { CampaignAccount } from './post';

/** The ledger's own numbers of a campaign, in fen. raised = paid out + refunded + pending, always. */
export interface CampaignBooks {
  readonly raisedFen: bigint;
  readonly heldFen: bigint;
  readonly reservedFen: bigint;
  /** What reached payees, fees not included. */
  readonly paidNetFen: bigint;
  readonly feesFen: bigint;
  readonly refundedFen: bigint;
  readonly pendingFen: bigint;
}

/** @returns the balances of a campaign's accounts and what follows from them; zeros before the raise opened. */
export async function campaignBooks(connection: Connection, campaignId: string): Promise<CampaignBooks> {
  const balances = await rows<{ kind: CampaignAccount; balance: bigint }>(
    connection,
    'select kind, credits_fen - debits_fen as balance from ledger.account where campaign_id = ?',
    [campaignId],
  );
  const of = (kind: CampaignAccount): bigint => balances.find((b) => b.kind === kind)?.balance ?? 0n;
  const pendingFen = of('held') + of('reserved');
  return {
    heldFen: of('held'),
    reservedFen: of('reserved'),
    paidNetFen: of('paid'),
    feesFen: of('fees'),
    refundedFen: of('refunded'),
    pendingFen,
    raisedFen: pendingFen + of('paid') + of('fees') + of('refunded'),
  };
}

export interface StatementLine {
  readonly id: bigint;
  readonly businessAt: Date;
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly amountFen: bigint;
  readonly subject: string;
}

/** @returns every movement of a campaign's accounts in order of posting, at most `limit` after `afterId`. */
export async function campaignStatement(connection: Connection, campaignId: string, afterId: bigint, limit: number): Promise<StatementLine[]> {
  const own = await rows<{ id: bigint }>(connection, 'select id from ledger.account where campaign_id = ?', [campaignId]);
  if (own.length === 0) return [];
  // Each account by its own index, and named: so it is known how few movements a small one has, and its page is not looked for among everybody's.
  const sides = own.flatMap(({ id }) => ['debit_account', 'credit_account'].map((side) => ({ side, id: id.toString() })));
  const page = sides.map(({ side }) => `(select id from ledger.transfer where ${side} = ? and id > ? order by id limit ?)`).join(' union ');
  return rows<StatementLine>(
    connection,
    `select t.id, t.business_at as "businessAt", t.kind, d.kind as debit, c.kind as credit, t.amount_fen as "amountFen", t.subject
     from (${page} order by id limit ?) page join ledger.transfer t on t.id = page.id
     join ledger.account d on d.id = t.debit_account join ledger.account c on c.id = t.credit_account order by t.id`,
    [...sides.flatMap(({ id }) => [id, afterId.toString(), limit]), limit],
  );
}
