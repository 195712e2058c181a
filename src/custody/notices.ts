import type { ChannelName } from '../adapters/donation/port';
import type { BankEntry, BankNotice, RailName, WalletName, WalletNotice } from '../adapters/payment/port';
import { audit } from '../audit/append';
import { type Database, inTransaction, row, type Transaction } from '../database/connect';
import { clearingOf, post } from '../ledger/post';
import type { ExceptionKind } from '../domain/moneyExceptions';
import { tell } from '../records/outbox';
import { isAsAnnounced, matchAnnounced, namedReturn } from '../records/surplusReturns';
import type { PersonalData } from '../security/personalData';
import { tellApart } from './apart';
import { channelNamed, type CustodyTenant, givenBackUnfunded, mostSwept, settlementOf } from './channelLines';
import { tellWhoWaits } from './lateSweeps';
import { parkLine, suspend } from './parked';
import { takePayoutLines } from './payoutLines';
import { wordsOf } from './words';

interface PayoutOfLine {
  readonly id: string;
  readonly net_fen: bigint;
  readonly state: string;
  readonly release_id: string;
  readonly campaign_id: string;
  readonly given_back_fen: bigint;
}

/** What the bank pushes about custody accounts: each line is kept once, posted or handed to the workflow that waits for it, or parked for a person. */
export class CustodyNotices {
  constructor(
    private readonly db: Database,
    private readonly personalData: PersonalData,
  ) {}

  /** Takes a verified notice. @param rail whose bank said it; that of another rail speaks for no account of this one. Not given: whoever holds the account. @returns once it is durable. */
  async hear(notice: BankNotice, rail: RailName | null = null): Promise<void> {
    if (notice.kind === 'status') {
      await inTransaction(this.db, (tx) => this.#tellTransfer(tx, notice.payoutId, notice.messageId));
      return;
    }
    const { entries } = notice;
    const others = entries.length < 2 ? entries : await inTransaction(this.db, (tx) => takePayoutLines(tx, this.personalData, entries, rail));
    for (const entry of others) if (entry.status === 'BOOK') await inTransaction(this.db, (tx) => this.#take(tx, entry, rail));
  }

  /** Reads whose the settlements were that an earlier version kept without saying it; a line does the same for its platform (`tellApart`). */
  async tellSettlementsApart(tenantId: string): Promise<void> {
    const tenant = (await row<CustodyTenant>(this.db, 'select id, merchant_id, alipay_seller_id from tenant where id = ?', [tenantId]))!;
    await inTransaction(this.db, (tx) => tellApart(tx, this.personalData, tenant));
  }

  /** A channel says that a payout to a wallet of its changed: whoever waits for it asks. @returns once it is durable. */
  async hearOfPayout(wallet: WalletName, { payoutId, messageId }: WalletNotice): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      if (await row(tx, 'select 1 from payout where id = ? and rail = ?', [payoutId, wallet])) await this.#tellTransfer(tx, payoutId, messageId);
    });
  }

  async #take(tx: Transaction, entry: BankEntry, rail: RailName | null): Promise<void> {
    const tenant = await row<CustodyTenant>(
      tx,
      'select id, merchant_id, alipay_seller_id from tenant where custody_account_number = ? and custody_rail = coalesce(?, custody_rail)',
      [entry.accountNumber, rail],
    );
    if (!tenant) {
      await parkLine(tx, null, 'bank-account-unknown', entry);
      return;
    }
    await tellApart(tx, this.personalData, tenant);
    const payout =
      entry.endToEndId === null
        ? null
        : await row<PayoutOfLine>(
            // Locked, so that a success recorded at this moment, or the end of the release, either finds this line or is found by it.
            tx,
            'select id, net_fen, state, release_id, campaign_id, given_back_fen from payout where id = ? and tenant_id = ? for update',
            [entry.endToEndId, tenant.id],
          );
    const misfit = payout && (await this.#misfit(tx, payout, entry));
    // A hospital's own reference outranks what the line looks like otherwise.
    const returned = payout === null && entry.sign === 'CRDT' ? await namedReturn(tx, tenant.id, [entry.remittance, entry.endToEndId]) : null;
    const channel = entry.endToEndId === null ? await settlementOf(tx, entry, tenant) : null;
    const kind = returned
      ? 'unknown'
      : isInterest(entry)
        ? 'interest'
        : payout && !misfit
          ? entry.sign === 'DBIT'
            ? 'payout'
            : 'return'
          : entry.endToEndId !== null
            ? 'unknown'
            : entry.sign === 'CRDT'
              ? channel !== null
                ? 'collection'
                : 'unknown'
              : channel !== null && (await givenBackUnfunded(tx, tenant.id, channel)) >= entry.amountFen
                ? 'refund-funding'
                : 'unknown';
    const taken = (await tx.raw(
      `insert into bank_line (account_number, reference, sign, tenant_id, amount_fen, booked_at, end_to_end_id, return_code, words_enc, kind, payout_id, unexplained_fen, names_merchant, channel)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing returning reference`,
      [
        entry.accountNumber,
        entry.reference,
        entry.sign,
        tenant.id,
        entry.amountFen.toString(),
        entry.bookedAt,
        entry.endToEndId,
        entry.returnCode,
        wordsOf(this.personalData, entry),
        kind,
        payout?.id ?? null,
        kind === 'unknown' ? entry.amountFen.toString() : '0',
        kind === 'collection' && channelNamed(entry.remittance, tenant) !== null,
        kind === 'collection' || kind === 'refund-funding' ? channel : null,
      ],
    )) as { rows: unknown[] };
    // The same line again, however often, changes nothing.
    if (taken.rows.length === 0) return;
    await tx.raw('select money_moved(?, ?)', [tenant.id, entry.bookedAt]);
    await audit(tx, {
      action: 'bank.line_received',
      subject: `bank-line/${entry.accountNumber}/${entry.reference}`,
      actor: 'bank',
      tenantId: tenant.id,
      campaignId: payout?.campaign_id,
      businessAt: new Date(entry.bookedAt),
      data: { sign: entry.sign, kind, amountFen: entry.amountFen, payoutId: payout?.id ?? null },
    });
    if (kind === 'collection') return this.#collect(tx, tenant.id, channel!, entry);
    if (kind === 'interest') return this.#earn(tx, tenant.id, entry);
    if (kind === 'refund-funding') return this.#fund(tx, tenant.id, channel!, entry);
    if (kind === 'unknown' || !payout) {
      if (entry.sign === 'CRDT') await suspend(tx, tenant.id, entry, entry.amountFen);
      if (returned) return this.#takeBack(tx, tenant.id, returned, entry);
      await parkLine(tx, tenant.id, misfit ?? 'bank-line-unknown', entry);
      return;
    }
    if (kind === 'payout') {
      // The bank's answer to a query may be posted before its line arrives: then this line is matched with what stands in the books already.
      if (payout.state === 'succeeded' || payout.state === 'returned') return this.#applied(tx, entry, new Date(entry.bookedAt));
      return this.#tellTransfer(tx, payout.id, entry.reference);
    }
    await tell(tx, { workflow: 'transfer', tenantId: tenant.id, id: payout.id, notice: 'bank-line', cause: entry.reference });
    await tell(tx, { workflow: 'release', tenantId: tenant.id, id: payout.release_id, notice: 'bank-returned', cause: entry.reference });
  }

  /** What a hospital announced comes in: to the fen it is matched at once; anything else is a person's. */
  async #takeBack(tx: Transaction, tenantId: string, announced: Parameters<typeof matchAnnounced>[1], entry: BankEntry): Promise<void> {
    const asAnnounced = await isAsAnnounced(tx, announced, entry.amountFen);
    const exceptionId = await parkLine(tx, tenantId, asAnnounced ? 'bank-line-unknown' : 'surplus-differs', entry);
    if (asAnnounced) await matchAnnounced(tx, announced, exceptionId, new Date(entry.bookedAt));
  }

  /** A payout is debited once and returned at most once, each to the fen, while its release is open. @returns what is wrong with a line that says otherwise; null when it fits. */
  async #misfit(tx: Transaction, payout: PayoutOfLine, entry: BankEntry): Promise<ExceptionKind | null> {
    const what = entry.sign === 'DBIT' ? 'payout' : 'return';
    if (entry.amountFen !== payout.net_fen) return what === 'return' ? 'partial-return' : 'payout-amount';
    if (payout.state === 'reserved' || payout.state === 'failed') return `${what}-unexpected`;
    // A match by hand outranks what the machine would make of a later line.
    if (what === 'return' && payout.given_back_fen > 0n) return 'return-twice';
    const before = await row(
      tx,
      `select 1 from bank_line where payout_id = :id and kind = :what and reference <> :reference
       union all select 1 from bank_match where payout_id = :id and target = 'payout-debit' and :what = 'payout' and undone_at is null`,
      { id: payout.id, what, reference: entry.reference },
    );
    if (before) return `${what}-twice`;
    // Asked after the payout is locked: the end of a release locks it too. Nobody waits for this money any more.
    const ended = await row(tx, 'select 1 from release where id = ? and closed_at is not null', [payout.release_id]);
    return what === 'return' && ended ? 'return-late' : null;
  }

  /** CUSTODY: interest is in custody, no gift and no revenue. */
  async #earn(tx: Transaction, tenantId: string, entry: BankEntry): Promise<void> {
    const businessAt = new Date(entry.bookedAt);
    const subject = `bank-line/${entry.accountNumber}/${entry.reference}`;
    const earned = { key: `${subject}/interest`, kind: 'interest-credited', debit: { kind: 'custody' }, credit: { kind: 'interest' } } as const;
    await post(tx, [{ ...earned, tenantId, amountFen: entry.amountFen, subject, businessAt }], 'bank');
    await this.#applied(tx, entry, businessAt);
  }

  /** The channel gave more back to donors than it collected, and took the difference from custody. */
  async #fund(tx: Transaction, tenantId: string, channel: ChannelName, entry: BankEntry): Promise<void> {
    const businessAt = new Date(entry.bookedAt);
    const subject = `bank-line/${entry.accountNumber}/${entry.reference}`;
    const common = { tenantId, amountFen: entry.amountFen, subject, businessAt };
    const funding = {
      ...common,
      key: `${subject}/funded`,
      kind: 'refund-funded',
      debit: { kind: clearingOf(channel) },
      credit: { kind: 'custody' },
    } as const;
    await post(tx, [funding], 'bank');
    await this.#applied(tx, entry, businessAt);
  }

  /**
   * Money that a channel swept into custody. It is taken off what that channel owes, of which refunds it has made meanwhile may not be netted yet; more
   * than that is nobody's yet.
   */
  async #collect(tx: Transaction, tenantId: string, channel: ChannelName, entry: BankEntry): Promise<void> {
    const businessAt = new Date(entry.bookedAt);
    const mostFen = await mostSwept(tx, tenantId, channel);
    const owedFen = mostFen < 0n ? 0n : mostFen < entry.amountFen ? mostFen : entry.amountFen;
    const subject = `bank-line/${entry.accountNumber}/${entry.reference}`;
    const collected = {
      key: `${subject}/collected`,
      kind: 'channel-settled',
      debit: { kind: 'custody' },
      credit: { kind: clearingOf(channel) },
    } as const;
    await post(tx, [{ ...collected, tenantId, amountFen: owedFen, subject, businessAt }], 'bank');
    await suspend(tx, tenantId, entry, entry.amountFen - owedFen);
    if (owedFen < entry.amountFen) await parkLine(tx, tenantId, 'unexplained-credit', entry);
    await this.#applied(tx, entry, businessAt);
    await tellWhoWaits(tx, tenantId, entry.reference);
  }

  async #applied(tx: Transaction, entry: BankEntry, at: Date): Promise<void> {
    await tx('bank_line').where({ account_number: entry.accountNumber, reference: entry.reference, sign: entry.sign }).update({ applied_at: at });
  }

  async #tellTransfer(tx: Transaction, payoutId: string, cause: string): Promise<void> {
    const payout = await row<{ tenant_id: string }>(
      tx,
      `select tenant_id from payout where id = ? and state in ('submitted', 'unknown') and not conducted`,
      [payoutId],
    );
    if (payout) await tell(tx, { workflow: 'transfer', tenantId: payout.tenant_id, id: payoutId, notice: 'bank-line', cause });
  }
}

/** ISO 20022 external bank transaction code set: account management, miscellaneous credit operations, interest. */
const INTEREST = 'ACMT/MCOP/INTR';
/** What a bank without codes writes before its quarterly interest. */
const INTEREST_WORDS = /^(结息|利息|活期结息|存款利息|存款结息)/;

/** The bank's code decides; its words only where it gives no code: anybody may write words. */
function isInterest({ sign, endToEndId, transactionCode, remittance }: BankEntry): boolean {
  if (sign !== 'CRDT' || endToEndId !== null) return false;
  return transactionCode == null ? INTEREST_WORDS.test(remittance ?? '') : transactionCode === INTEREST;
}
