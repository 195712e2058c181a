import { ApplicationFailure } from '@temporalio/common';
import { ulid } from 'ulid';
import type { Banks, RailName } from '../adapters/payment/port';
import { audit, type AuditEvent } from '../audit/append';
import { parkUnheardReturn } from '../custody/parked';
import { type Connection, type Database, inTransaction, row } from '../database/connect';
import { addWorkingDays, DAY_MS, HOUR_MS } from '../domain/calendar';
import { editionOf } from '../domain/convention/editions';
import { useIsEvidenced } from '../domain/convention/rules/batch';
import { receipt } from '../domain/convention/rules/receipt';
import { type ClearingLimits, USUAL_LIMITS } from '../domain/routing';
import type { PayeeKind } from '../domain/convention/terms';
import { isWallet } from '../domain/wallets';
import { post } from '../ledger/post';
import { currentAccount } from '../records/approvals';
import { campaignRow } from '../records/campaigns';
import { recordMachineClaims } from '../records/claims';
import { openException } from '../records/exceptions';
import { tell } from '../records/outbox';
import { routeRefuses } from '../records/payeeChange';
import { keyOf } from '../records/people';
import { lookAtRecall } from '../records/recallAnswers';
import { endShortfalls } from '../records/receipts';
import { liftHold, moveStage, payoutRow, placeHold, type ReleaseRow, releaseRow } from '../records/releases';
import { cancelIfUnsent } from '../records/stops';
import { takeWalletReturn } from '../records/walletReturns';
import { objectionStands } from '../records/complaints';
import type { PersonalData } from '../security/personalData';
import { type Prepared, preparePayouts } from './payouts/preparing';
import { wayOf } from './payouts/ways';

export interface ReleaseDependencies {
  readonly db: Database;
  readonly banks: Banks;
  readonly personalData: PersonalData;
  /** What the bank's contract says of its clearings. */
  readonly limits?: ClearingLimits;
}

export interface ReceiptStep {
  readonly atMs: number | null;
  readonly then: 'receipt-due' | 'receipt-escalated' | 'receipt-held' | null;
}

const WORKFLOW = 'workflow:release';
/** When a bank that could not say whose account it is is asked again. */
const NAME_CHECK_RETRY = '5 seconds';

/** Whether the bank has not said yet whose account it is. */
const isUnanswered = (nameCheck: string | null): boolean => nameCheck === null || nameCheck === 'unavailable';

/** What happened to a release, for its audit row. */
function happened(action: string, release: ReleaseRow, businessAt: Date, data?: AuditEvent['data']): AuditEvent {
  const { id, tenant_id: tenantId, campaign_id: campaignId } = release;
  return { action, subject: `release/${id}`, actor: WORKFLOW, tenantId, campaignId, businessAt, data };
}

/** What a release's workflow asks of the world. Each act is idempotent: it looks where the release stands first. */
export function createReleaseActivities({ db, banks, personalData, limits = USUAL_LIMITS }: ReleaseDependencies) {
  /** @returns corrected when there is nothing (more) to correct: an account other than the last payout's is filed and accepted. */
  const correctionStanding = async (releaseId: string): Promise<'corrected' | 'cancelled' | null> => {
    if ((await releaseRow(db, releaseId)).stage === 'cancelled') return 'cancelled';
    const corrected = await row(
      db,
      `select 1 from release r left join payee_account a on a.campaign_id = r.campaign_id and a.superseded_at is null and a.accepted_at is not null
       where r.id = :id and (r.stage <> 'correction' or a.id <> (select account_id from payout where release_id = :id order by attempt desc limit 1))`,
      { id: releaseId },
    );
    return corrected === null ? null : 'corrected';
  };

  return {
    reading: {
      async reviewOf(releaseId: string): Promise<'approve' | 'refuse' | 'cancelled' | null> {
        const release = await releaseRow(db, releaseId);
        return release.stage === 'cancelled' ? 'cancelled' : release.review;
      },

      /** @returns whether the publicity goes on, waits for an open objection, is over, or ended with the release. */
      async publicityStanding(releaseId: string, nowMs: number): Promise<'running' | 'objected' | 'over' | 'cancelled'> {
        const release = await releaseRow(db, releaseId);
        if (release.stage === 'cancelled') return 'cancelled';
        if (release.publicity_ends_at !== null && nowMs < release.publicity_ends_at.getTime()) return 'running';
        return (await objectionStands(db, release.campaign_id, 'payout')) ? 'objected' : 'over';
      },

      /** @returns how the transfer ended; null while the bank's answer is not certain. */
      async settledState(payoutId: string): Promise<'succeeded' | 'failed' | null> {
        const { state } = await payoutRow(db, payoutId);
        if (state === 'failed') return 'failed';
        return state === 'succeeded' || state === 'returned' ? 'succeeded' : null;
      },

      /** @returns the receipt's state; null where the payee is a person. */
      async receiptOf(releaseId: string): Promise<'awaited' | 'part' | 'signed' | 'overdue' | 'denied' | null> {
        return (await releaseRow(db, releaseId)).receipt;
      },

      /** BATCH: whether accepted receipts cover the edition's share of what was paid. */
      async useIsEvidenced(releaseId: string): Promise<boolean> {
        const release = await releaseRow(db, releaseId);
        const campaign = await campaignRow(db, release.campaign_id);
        // Of a payment whose rest a person settled, only what the hospital confirmed counts.
        const sums = await row<{ paid: bigint | null; used: bigint | null }>(
          db,
          `select (select case when exists (select from money_exception e where e.kind = 'receipt-short' and e.subject = p.id and e.resolution = 'settled') then confirmed_fen
               else net_fen - given_back_fen end from payout p where release_id = :id and state = 'succeeded') as paid,
             (select sum(amount_fen)::bigint from use_evidence where release_id = :id and decision = 'accept') as used`,
          { id: releaseId },
        );
        return sums!.paid !== null && useIsEvidenced(sums!.paid, sums!.used ?? 0n, editionOf(campaign.edition).batch.evidenceBp);
      },

      /** @returns whether the bank booked a return of this payout that is, or is to be, recorded. */
      async returnIsBooked(payoutId: string): Promise<boolean> {
        return (
          (await row(
            db,
            `select 1 from bank_line where payout_id = :id and kind = 'return' union all select 1 from payout where id = :id and clearing = 'wallet' and state = 'returned'`,
            { id: payoutId },
          )) !== null
        );
      },

      async accountAwaitsNameCheck(releaseId: string): Promise<boolean> {
        const release = await releaseRow(db, releaseId);
        const account = await currentAccount(db, release.campaign_id);
        return account !== null && isUnanswered(account.name_check);
      },

      /** What runs of before the cancellations ask; they cannot be cancelled while they wait here. */
      async accountIsCorrected(releaseId: string): Promise<boolean> {
        return (await correctionStanding(releaseId)) === 'corrected';
      },

      correctionStanding,
    },

    database: {
      async beginReview(releaseId: string, nowMs: number): Promise<void> {
        await moved(releaseId, nowMs, ['planned'], 'review');
      },

      /** The reviewer refused: the reserved money is free again. */
      async refuseRelease(releaseId: string, nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const r = await releaseRow(tx, releaseId, { lock: true });
          if (!(await moveStage(tx, releaseId, ['review'], 'refused', at, { closed_at: at }))) return;
          await post(
            tx,
            [
              {
                key: `release/${releaseId}/void`,
                kind: 'release-voided',
                tenantId: r.tenant_id,
                debit: { kind: 'reserved', campaignId: r.campaign_id },
                credit: { kind: 'held', campaignId: r.campaign_id },
                amountFen: r.gross_fen,
                subject: `release/${releaseId}`,
                businessAt: at,
              },
            ],
            WORKFLOW,
          );
          await audit(tx, happened('release.refused', r, at));
          await tell(tx, { workflow: 'campaign', tenantId: r.tenant_id, id: r.campaign_id, notice: 'release-closed', cause: releaseId });
        });
      },

      /** @returns the end of the payout's publicity, epoch ms. */
      async beginPublicity(releaseId: string, nowMs: number): Promise<number> {
        return inTransaction(db, async (tx) => {
          const r = await releaseRow(tx, releaseId, { lock: true });
          if (r.publicity_ends_at) return r.publicity_ends_at.getTime();
          const c = await campaignRow(tx, r.campaign_id);
          const { payoutPublicityHours, urgentPublicityHours } = editionOf(c.edition).windows;
          const endsAt = new Date(nowMs + ((r.urgent ? urgentPublicityHours : payoutPublicityHours) * HOUR_MS) / c.window_speed);
          await moveStage(tx, releaseId, ['review'], 'publicity', new Date(nowMs), { publicity_ends_at: endsAt });
          await audit(tx, happened('release.publicised', r, new Date(nowMs), { endsAt, grossFen: r.gross_fen }));
          return endsAt.getTime();
        });
      },

      async beginApproval(releaseId: string, nowMs: number): Promise<void> {
        await moved(releaseId, nowMs, ['publicity', 'correction'], 'approval');
      },

      /** Makes up the payout once everything allows it: see `preparePayouts`. @returns the payout's id; null while something is missing; cancelled when the release ended. */
      async preparePayout(releaseId: string, nowMs: number): Promise<Prepared> {
        return inTransaction(db, async (tx) => (await preparePayouts(tx, [releaseId], new Date(nowMs), { limits })).get(releaseId) ?? null);
      },

      async startTransfer(payoutId: string, _nowMs: number): Promise<void> {
        await inTransaction(db, async (tx) => {
          const p = await payoutRow(tx, payoutId);
          if (p.state === 'reserved')
            await tell(tx, { workflow: 'transfer', tenantId: p.tenant_id, id: payoutId, notice: 'started', cause: 'reserved' });
        });
      },

      /** RECEIPT: when the hospital is reminded, when it is escalated, when payouts are held. @returns no steps where the payee is a person. */
      async beginReceipt(releaseId: string, payoutId: string, nowMs: number): Promise<ReceiptStep[]> {
        return inTransaction(db, async (tx) => {
          const r = await releaseRow(tx, releaseId, { lock: true });
          const c = await campaignRow(tx, r.campaign_id);
          const p = await payoutRow(tx, payoutId);
          const { windows } = editionOf(c.edition);
          const bookedMs = (p.booked_at ?? new Date(nowMs)).getTime();
          const atMs = (days: number): number => addWorkingDays(bookedMs, days, c.window_speed);
          const institution = p.payee_kind === 'institution';
          await moveStage(
            tx,
            releaseId,
            ['transfer'],
            'receipt',
            new Date(nowMs),
            institution ? { receipt: 'awaited', receipt_due_at: new Date(atMs(windows.receiptDueWorkingDays)) } : {},
          );
          if (!institution) return [];
          return [
            { atMs: atMs(windows.receiptDueWorkingDays), then: 'receipt-due' },
            { atMs: atMs(windows.receiptEscalatedWorkingDays), then: 'receipt-escalated' },
            { atMs: atMs(windows.receiptHeldWorkingDays), then: 'receipt-held' },
          ];
        });
      },

      async remind(payoutId: string, kind: 'receipt-due' | 'receipt-escalated', nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const p = await payoutRow(tx, payoutId);
          const sent = (await tx.raw(
            'insert into reminder (payout_id, release_id, kind, sent_at) values (?, ?, ?, ?) on conflict do nothing returning kind',
            [payoutId, p.release_id, kind, at],
          )) as { rows: unknown[] };
          if (sent.rows.length > 0)
            await audit(tx, {
              action: `reminder.${kind.replace('-', '_')}`,
              subject: `payout/${payoutId}`,
              actor: WORKFLOW,
              tenantId: p.tenant_id,
              campaignId: p.campaign_id,
              businessAt: at,
            });
        });
      },

      /** RECEIPT: overdue or denied, the campaign's payouts stand still. */
      async holdForReceipt(releaseId: string, nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const r = await releaseRow(tx, releaseId, { lock: true });
          if (r.receipt === null || r.paid_at === null) return;
          const c = await campaignRow(tx, r.campaign_id);
          const booked = await row<{ booked_at: Date; payee_kind: PayeeKind }>(
            tx,
            `select booked_at, payee_kind from payout where release_id = ? and state = 'succeeded'`,
            [releaseId],
          );
          const edition = editionOf(c.edition);
          const heldFromMs = addWorkingDays((booked?.booked_at ?? at).getTime(), edition.windows.receiptHeldWorkingDays, c.window_speed);
          const finding = receipt({
            edition,
            payeeKind: booked?.payee_kind ?? c.payee_kind,
            receipt: r.receipt === 'overdue' || r.receipt === 'part' ? 'awaited' : r.receipt,
            nowMs,
            heldFromMs,
          });
          if (finding.verdict !== 'fail') return;
          if (r.receipt === 'awaited') await tx('release').where('id', releaseId).update({ receipt: 'overdue' });
          const reason = finding.en;
          const placed = await placeHold(tx, { id: ulid(), campaignId: r.campaign_id, releaseId, rule: finding.rule, reason, at });
          if (placed) await audit(tx, happened('hold.placed', r, at, { rule: finding.rule, reason }));
        });
      },

      async beginEvidence(releaseId: string, nowMs: number): Promise<void> {
        await moved(releaseId, nowMs, ['receipt'], 'evidence');
      },

      /** Receipt and use are proven: the next batch may start. */
      async unlockNext(releaseId: string, nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const r = await releaseRow(tx, releaseId, { lock: true });
          if (r.unlocked_at) return;
          await tx('release').where('id', releaseId).update({ unlocked_at: at });
          await audit(tx, happened('release.unlocked', r, at));
          await tell(tx, { workflow: 'campaign', tenantId: r.tenant_id, id: r.campaign_id, notice: 'release-unlocked', cause: releaseId });
        });
      },

      /** @returns until when the bank may still return the money, epoch ms. */
      async beginWatch(releaseId: string, nowMs: number): Promise<number> {
        await moved(releaseId, nowMs, ['evidence'], 'watch');
        const r = await releaseRow(db, releaseId);
        const c = await campaignRow(db, r.campaign_id);
        const booked = await row<{ booked_at: Date }>(db, `select booked_at from payout where release_id = ? and state = 'succeeded'`, [releaseId]);
        return (booked?.booked_at.getTime() ?? nowMs) + (editionOf(c.edition).windows.lateReturnDays * DAY_MS) / c.window_speed;
      },

      async beginCorrection(releaseId: string, nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const r = await releaseRow(tx, releaseId, { lock: true });
          if (
            !(await moveStage(tx, releaseId, ['transfer', 'receipt', 'evidence', 'watch'], 'correction', at, {
              receipt: null,
              receipt_due_at: null,
              paid_at: null,
            }))
          )
            return;
          await tx('approval')
            .where('release_id', releaseId)
            .whereNull('voided_at')
            .update({ voided_at: at, void_reason: 'the payment failed or came back' });
          await audit(tx, happened('release.correction_begun', r, at));
          // What comes back to a stopped campaign is not paid again: it goes to the donors.
          const c = await campaignRow(tx, r.campaign_id);
          if (c.stopped_at !== null) await cancelIfUnsent(tx, releaseId, 'the campaign is stopped', WORKFLOW, at);
          // The payee changed while the money was away: what ROUTE does not grant to the new one is asked for anew.
          else if (await routeRefuses(tx, c, r)) await cancelIfUnsent(tx, releaseId, 'ROUTE: not to this payee', WORKFLOW, at);
          // Money that came back needs no receipt any more.
          await endShortfalls(tx, releaseId, { by: WORKFLOW, at });
          if (await liftHold(tx, { campaignId: r.campaign_id, releaseId, rule: 'RECEIPT', by: WORKFLOW, at }))
            await audit(tx, happened('hold.lifted', r, at, { rule: 'RECEIPT' }));
        });
      },

      /** The bank booked the money back: a new entry undoes the payment, the release is open again. */
      async recordReturn(payoutId: string, nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const p = await payoutRow(tx, payoutId, { lock: true });
          if (p.state !== 'succeeded') return;
          const line = await row<{ amount_fen: bigint; reference: string; booked_at: Date; return_code: string | null }>(
            tx,
            `select amount_fen, reference, booked_at, return_code from bank_line where payout_id = ? and kind = 'return'`,
            [payoutId],
          );
          const common = { tenantId: p.tenant_id, amountFen: p.net_fen, subject: `payout/${payoutId}`, businessAt: line!.booked_at };
          await post(
            tx,
            [
              {
                ...common,
                key: `payout/${payoutId}/returned`,
                kind: 'payout-returned',
                debit: { kind: 'paid', campaignId: p.campaign_id },
                credit: { kind: 'reserved', campaignId: p.campaign_id },
              },
              {
                ...common,
                key: `payout/${payoutId}/custody-back`,
                kind: 'custody-returned',
                debit: { kind: 'custody' },
                credit: { kind: 'disbursed' },
              },
            ],
            'bank',
          );
          await tx('payout').where('id', payoutId).update({ state: 'returned', returned_at: line!.booked_at, failure_code: line!.return_code });
          await tx('bank_line').where({ payout_id: payoutId, kind: 'return' }).update({ applied_at: at });
          await audit(tx, {
            action: 'payout.returned',
            subject: `payout/${payoutId}`,
            actor: 'bank',
            tenantId: p.tenant_id,
            campaignId: p.campaign_id,
            businessAt: at,
            data: { netFen: p.net_fen, code: line!.return_code },
          });
          await lookAtRecall(tx, payoutId, { by: 'bank', at });
        });
      },

      async closeRelease(releaseId: string, nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          // A line of the bank that arrives at this moment waits, and then finds the release closed.
          await tx('payout').where('release_id', releaseId).forUpdate().select('id');
          const r = await releaseRow(tx, releaseId, { lock: true });
          if (!(await moveStage(tx, releaseId, ['watch'], 'closed', at, { closed_at: at }))) return;
          await parkUnheardReturn(tx, releaseId);
          await audit(tx, happened('release.closed', r, at));
          await tell(tx, { workflow: 'campaign', tenantId: r.tenant_id, id: r.campaign_id, notice: 'release-closed', cause: releaseId });
        });
      },
    },

    payment: {
      /** PAYEE: the bank says whether the account is held under this name. One answer per filed account: a bank that cannot say is asked again. */
      async checkAccountName(releaseId: string, nowMs: number): Promise<void> {
        const release = await releaseRow(db, releaseId);
        const account = await currentAccount(db, release.campaign_id);
        if (!account || !isUnanswered(account.name_check)) return;
        const campaign = await campaignRow(db, release.campaign_id);
        const key = await keyOf(db, personalData, campaign.patient_id);
        const { custody_rail: rail } = await custodyOf(db, release.tenant_id);
        const answer = await banks.of(rail).checkAccountName({
          accountNumber: key.open(account.number_enc, 'payee-account.number'),
          name: key.open(account.holder_name_enc, 'payee-account.name'),
          bankCode: account.bank_code,
        });
        if (answer === 'unavailable')
          throw ApplicationFailure.create({
            type: 'BankDoesNotSay',
            message: `account ${account.id} is not checked yet`,
            nextRetryDelay: NAME_CHECK_RETRY,
          });
        await inTransaction(db, async (tx) => {
          const at = new Date(nowMs);
          const unanswered = tx('payee_account').where('id', account.id).whereRaw(`coalesce(name_check, 'unavailable') = 'unavailable'`);
          if ((await unanswered.update({ name_check: answer, name_checked_at: at })) === 0) return;
          await recordMachineClaims(tx, await campaignRow(tx, release.campaign_id, { lock: true }), at);
          await audit(tx, {
            action: 'account.name_checked',
            subject: `payee-account/${account.id}`,
            actor: 'bank',
            tenantId: release.tenant_id,
            campaignId: release.campaign_id,
            businessAt: at,
            data: { answer },
          });
        });
      },

      /** Asks the bank a last time whether it returned the money, in case its push was lost. */
      async askForLateReturn(payoutId: string): Promise<void> {
        const p = await payoutRow(db, payoutId);
        const { custody_account_number: account } = await custodyOf(db, p.tenant_id);
        const outcome = await wayOf(db, personalData, banks, p).ask();
        if (outcome.kind === 'UNKNOWN') throw new Error(`The bank did not answer about payout ${payoutId}: ${outcome.reason}`);
        if (outcome.kind !== 'RETURNED') return;
        if (isWallet(p.rail)) return inTransaction(db, (tx) => takeWalletReturn(tx, payoutId, outcome, new Date(outcome.bookedAt)));
        // What a person matched already stays theirs; the rest of such a return is for a person too.
        const { given_back_fen: matchedFen } = (await row<{ given_back_fen: bigint }>(db, 'select given_back_fen from payout where id = ?', [
          payoutId,
        ]))!;
        if (outcome.amountFen !== p.net_fen || matchedFen > 0n) {
          const data = { netFen: p.net_fen.toString(), returnedFen: outcome.amountFen.toString() };
          await inTransaction(db, (tx) =>
            openException(tx, { kind: 'partial-return', subject: payoutId, tenantId: p.tenant_id, campaignId: p.campaign_id, actor: 'bank', data }),
          );
          return;
        }
        await inTransaction(db, async (tx) => {
          const taken = (await tx.raw(
            `insert into bank_line (account_number, reference, sign, tenant_id, amount_fen, booked_at, end_to_end_id, return_code, words_enc, kind, payout_id)
             values (?, ?, 'CRDT', ?, ?, ?, ?, ?, ?, 'return', ?) on conflict do nothing returning reference`,
            [
              account,
              outcome.reference,
              p.tenant_id,
              outcome.amountFen.toString(),
              outcome.bookedAt,
              payoutId,
              outcome.code,
              personalData.sealForHouse(JSON.stringify({ counterparty: null, remittance: null, returnText: outcome.text }), 'bank-line.words'),
              payoutId,
            ],
          )) as { rows: unknown[] };
          if (taken.rows.length === 0) return;
          await audit(tx, {
            action: 'bank.line_received',
            subject: `bank-line/${account}/${outcome.reference}`,
            actor: 'bank',
            tenantId: p.tenant_id,
            campaignId: p.campaign_id,
            businessAt: new Date(outcome.bookedAt),
            data: { sign: 'CRDT', kind: 'return', amountFen: outcome.amountFen, payoutId },
          });
        });
      },
    },
  };

  async function custodyOf(connection: Connection, tenantId: string): Promise<{ custody_account_number: string; custody_rail: RailName }> {
    return (await row(connection, 'select custody_account_number, custody_rail from tenant where id = ?', [tenantId]))!;
  }

  async function moved(releaseId: string, nowMs: number, from: Parameters<typeof moveStage>[2], to: Parameters<typeof moveStage>[3]): Promise<void> {
    const at = new Date(nowMs);
    await inTransaction(db, async (tx) => {
      const r = await releaseRow(tx, releaseId, { lock: true });
      if (!(await moveStage(tx, releaseId, from, to, at))) return;
      await audit(tx, happened(`release.${to}_begun`, r, at));
    });
  }
}

export type ReleaseActivities = ReturnType<typeof createReleaseActivities>;
