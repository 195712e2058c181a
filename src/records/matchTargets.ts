import { row, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { ExceptionAct } from '../domain/moneyExceptions';
import { type AccountRef, balanceOf, clearingOf } from '../ledger/post';
import { payoutRow } from './releases';

export const MATCH_TARGETS = ['payout-debit', 'payout-return', 'back-to-payer', 'owed-back', 'chargeback', 'channel', 'channel-alipay'] as const;
export type MatchTarget = (typeof MATCH_TARGETS)[number];

/** The act that each target is. */
export const ACT_OF_TARGET = {
  'payout-debit': 'match-payout-debit',
  'payout-return': 'match-payout-return',
  'back-to-payer': 'match-back-to-payer',
  'owed-back': 'match-owed-back',
  chargeback: 'match-chargeback',
  channel: 'match-channel',
  'channel-alipay': 'match-channel',
} as const satisfies Readonly<Record<MatchTarget, ExceptionAct>>;

/** The channel that a target is about: WeChat Pay's keeps the name that it had as the only one. */
export const CHANNEL_OF_TARGET = { channel: 'wechat', 'channel-alipay': 'alipay' } as const;

/** A leg of a match in the ledger; `line` is the bank line's own. */
export interface Leg {
  readonly name: 'line' | 'campaign';
  readonly kind: string;
  readonly debit: AccountRef;
  readonly credit: AccountRef;
}

/** What a line is matched with: how much of it is open, what the ledger moves, and what a row of `bank_match` names. */
export interface Target {
  readonly campaignId: string | null;
  /** What is open of it, fen. */
  readonly openFen: bigint;
  /** A payment or a return is matched in whole, never in part. */
  readonly isWhole: boolean;
  readonly legs: readonly Leg[];
  readonly columns: Readonly<Partial<Record<'payout_id' | 'return_id' | 'credit_reference' | 'chargeback_id', string>>>;
  /** The exception that the match may end besides the line's own. */
  readonly alsoEnds: string | null;
}

const wrong = (zh: string, en: string): DomainError => new DomainError('exception.wrong_target', { zh, en }, { field: '/target/id' });

/**
 * Finds what a line of the tenant is matched with, locked. @param id a payout's, a return's, or another exception's id; the platform's for what one of its channels owes.
 * @throws {DomainError} exception.wrong_target: it is another platform's, or stands where it cannot be matched.
 */
export async function targetOf(tx: Transaction, tenantId: string, target: MatchTarget, id: string): Promise<Target> {
  switch (target) {
    case 'payout-debit':
      return payoutDebit(tx, tenantId, id);
    case 'payout-return':
      return payoutReturn(tx, tenantId, id);
    case 'back-to-payer':
      return suspendedCredit(tx, tenantId, id);
    case 'owed-back':
      return owedBack(tx, tenantId, id);
    case 'chargeback':
      return chargeback(tx, tenantId, id);
    case 'channel':
    case 'channel-alipay':
      return owedByChannel(tx, tenantId, id, CHANNEL_OF_TARGET[target]);
  }
}

async function ownPayout(tx: Transaction, tenantId: string, id: string) {
  if (!(await row(tx, 'select 1 from payout where id = ? and tenant_id = ?', [id, tenantId]))) throw wrong('没有该笔付款', 'There is no such payout');
  return payoutRow(tx, id, { lock: true });
}

/** The payout was posted when the bank said that it was booked; its debit line only lacks its name. No money moves in the ledger. */
async function payoutDebit(tx: Transaction, tenantId: string, id: string): Promise<Target> {
  const p = await ownPayout(tx, tenantId, id);
  const known = await row(tx, `select 1 from bank_line where payout_id = ? and kind = 'payout'`, [id]);
  if (known || (p.state !== 'succeeded' && p.state !== 'returned'))
    throw wrong('该笔付款尚未入账，或已有借记行', 'The bank has not said that this payout is booked, or its debit is known already');
  return { campaignId: p.campaign_id, openFen: p.net_fen, isWhole: true, legs: [], columns: { payout_id: id }, alsoEnds: null };
}

/** Money that the payee sent back: the campaign has it again, free, and the payout stands for the rest (SURPLUS decides what becomes of it). */
async function payoutReturn(tx: Transaction, tenantId: string, id: string): Promise<Target> {
  const p = await ownPayout(tx, tenantId, id);
  if (p.state !== 'succeeded' || (await row(tx, `select 1 from bank_line where payout_id = ? and kind = 'return'`, [id])))
    throw wrong('该笔付款尚未入账，或银行已整笔退回', 'The payout is not booked, or the bank has returned it whole already');
  const given = (await row<{ fen: bigint }>(tx, 'select given_back_fen as fen from payout where id = ?', [id]))!;
  return {
    campaignId: p.campaign_id,
    openFen: p.net_fen - given.fen,
    isWhole: false,
    legs: [
      { name: 'line', kind: 'suspense-returned', debit: { kind: 'suspense' }, credit: { kind: 'disbursed' } },
      {
        name: 'campaign',
        kind: 'payee-gave-back',
        debit: { kind: 'paid', campaignId: p.campaign_id },
        credit: { kind: 'held', campaignId: p.campaign_id },
      },
    ],
    columns: { payout_id: id },
    alsoEnds: null,
  };
}

/** A credit on suspense that went back to its payer. @param id the credit's own exception. */
async function suspendedCredit(tx: Transaction, tenantId: string, id: string): Promise<Target> {
  const credit = await row<{ reference: string; open: bigint }>(
    tx,
    `select l.reference, l.unexplained_fen - l.allocated_fen as open from money_exception e
     join bank_line l on l.tenant_id = e.tenant_id and e.subject = l.account_number || '/' || l.reference || '/' || l.sign
     where e.id = ? and e.tenant_id = ? and l.sign = 'CRDT' for update of l`,
    [id, tenantId],
  );
  if (!credit) throw wrong('没有该笔待查贷记', 'There is no such credit on suspense');
  return {
    campaignId: null,
    openFen: credit.open,
    isWhole: false,
    legs: [{ name: 'line', kind: 'suspense-given-back', debit: { kind: 'suspense' }, credit: { kind: 'custody' } }],
    columns: { credit_reference: credit.reference },
    alsoEnds: id,
  };
}

/** What a donor was owed and got by bank. */
async function owedBack(tx: Transaction, tenantId: string, id: string): Promise<Target> {
  const owed = await row<{ campaign_id: string; amount_fen: bigint; round_id: string | null }>(
    tx,
    `select r.campaign_id, r.amount_fen, r.round_id from gift_return r join campaign c on c.id = r.campaign_id
     where r.id = ? and c.tenant_id = ? and r.status = 'owed' for update of c, r`,
    [id, tenantId],
  );
  if (!owed) throw wrong('没有该笔应退未退款', 'No such return is owed');
  const exception = await row<{ id: string }>(tx, `select id from money_exception where kind = 'owed-back' and subject = ?`, [id]);
  const campaignId = owed.campaign_id;
  const custody = { kind: 'custody' } as const;
  const legs: Leg[] =
    owed.round_id === null
      ? [{ name: 'line', kind: 'excess-paid-back', debit: { kind: 'excess' }, credit: custody }]
      : [
          { name: 'line', kind: 'gift-paid-back', debit: { kind: 'returned' }, credit: custody },
          { name: 'campaign', kind: 'gift-refunded', debit: { kind: 'reserved', campaignId }, credit: { kind: 'refunded', campaignId } },
        ];
  return { campaignId, openFen: owed.amount_fen, isWhole: true, legs, columns: { return_id: id }, alsoEnds: exception?.id ?? null };
}

/** What the channel took back and somebody made good. @param id the exception that was booked as a chargeback. */
async function chargeback(tx: Transaction, tenantId: string, id: string): Promise<Target> {
  const booked = await row<{ open: bigint }>(
    tx,
    'select booked_fen - made_good_fen as open from money_exception where id = ? and tenant_id = ? and booked_fen > 0 for update',
    [id, tenantId],
  );
  if (!booked) throw wrong('没有该笔拒付应收款', 'There is no such chargeback');
  return {
    campaignId: null,
    openFen: booked.open,
    isWhole: false,
    legs: [{ name: 'line', kind: 'chargeback-made-good', debit: { kind: 'suspense' }, credit: { kind: 'chargeback' } }],
    columns: { chargeback_id: id },
    alsoEnds: id,
  };
}

/** What a channel owes by the books: its settlement came before its gifts were known. */
async function owedByChannel(tx: Transaction, tenantId: string, id: string, channel: 'wechat' | 'alipay'): Promise<Target> {
  if (id !== tenantId) throw wrong('须为本平台的编号', "It is the platform's own id");
  const clearing = { kind: clearingOf(channel) } as const;
  const owedFen = await balanceOf(tx, tenantId, clearing);
  return {
    campaignId: null,
    openFen: owedFen > 0n ? owedFen : 0n,
    isWhole: false,
    legs: [{ name: 'line', kind: 'suspense-was-channels', debit: { kind: 'suspense' }, credit: clearing }],
    columns: {},
    alsoEnds: null,
  };
}
