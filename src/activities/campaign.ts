import { ulid } from 'ulid';
import { audit, type AuditEvent } from '../audit/append';
import { type Database, inTransaction, row, rows, type Transaction } from '../database/connect';
import { DAY_MS, HOUR_MS } from '../domain/calendar';
import { editionOf } from '../domain/convention/editions';
import { failedRules, openingFindings, verdictOf } from '../domain/convention/gates';
import { needsCertificate } from '../domain/convention/rules/askCert';
import { isRestricted } from '../domain/convention/rules/route';
import { balanceOf, openAccounts } from '../ledger/post';
import { type CampaignRow, campaignRow, movePhase } from '../records/campaigns';
import { claimView, recordMachineClaims, standingClaims } from '../records/claims';
import { complaintsAreOpen, objectionStands } from '../records/complaints';
import { lockPatient } from '../records/earlierRaises';
import { openingFacts, publishedItems } from '../records/facts';
import { tell } from '../records/outbox';
import { cancelIfUnsent } from '../records/stops';
import { beginSupervision, endSupervision } from '../records/supervision';
import { offerReferral, refusalCause } from '../records/referrals';
import { beginRefund } from '../records/refunds';
import { machineSignals } from '../records/signals';
import type { IdentityService } from '../adapters/verification/port';
import type { PersonalData } from '../security/personalData';
import { explainLateSweeps } from '../custody/lateSweeps';
import { checkCard, checkParties } from './identityChecks';
import type { Gifts } from '../gifts/gifts';

export interface CampaignDependencies {
  readonly db: Database;
  readonly personalData: PersonalData;
  readonly identity: IdentityService;
  readonly gifts: Gifts;
}

const WORKFLOW = 'workflow:campaign';

/** What happened to a campaign, for its audit row. */
function happened(action: string, campaign: CampaignRow, businessAt: Date, data?: AuditEvent['data']): AuditEvent {
  const { id: campaignId, tenant_id: tenantId } = campaign;
  return { action, subject: `campaign/${campaignId}`, actor: WORKFLOW, tenantId, campaignId, businessAt, data };
}

/** What the campaign's workflow asks of the world, by reliability class. Each act is idempotent: it looks where the campaign stands first. */
export function createCampaignActivities({ db, personalData, identity, gifts }: CampaignDependencies) {
  /**
   * Starts each planned release whose predecessor in its request is unlocked: batch n+1 waits for receipt and evidence of batch n (BATCH, RECEIPT).
   * Once the campaign is stopped, or what is left was declared surplus, the free money begins its way back to the donors (COMPLAINT, DEATH, SURPLUS).
   */
  const moveMoneyOn = async (campaignId: string, nowMs: number): Promise<void> => {
    const at = new Date(nowMs);
    await inTransaction(db, async (tx) => {
      const c = await campaignRow(tx, campaignId, { lock: true });
      await cancelStrandedBatches(tx, campaignId, at);
      const due = await rows<{ id: string }>(
        tx,
        `select r.id from release r where r.campaign_id = ? and r.stage = 'planned' and r.started_at is null
               and not exists (select from release p where p.request_id = r.request_id and p.batch = r.batch - 1 and p.unlocked_at is null)
             order by r.seq`,
        [campaignId],
      );
      for (const { id } of due) {
        await tx('release').where('id', id).update({ started_at: at });
        await tell(tx, { workflow: 'release', tenantId: c.tenant_id, id, notice: 'started', cause: 'planned' });
        await audit(tx, {
          action: 'release.started',
          subject: `release/${id}`,
          actor: WORKFLOW,
          tenantId: c.tenant_id,
          campaignId,
          businessAt: at,
        });
      }
      await returnUnspent(tx, c, at);
    });
  };

  return {
    reading: {
      /** @returns the person's decision (a verdict or a death refuses too), and whether the machine's report is older than the evidence. */
      async auditStanding(campaignId: string): Promise<{ decision: 'approve' | 'refuse' | null; reportIsStale: boolean }> {
        const standing = await row<{ decision: 'approve' | 'refuse' | null; stale: boolean }>(
          db,
          `select case when c.stopped_at is not null then 'refuse' else (select decision from audit_decision where campaign_id = c.id) end as decision,
             not exists (select from machine_report m where m.campaign_id = c.id and m.evidence_version = c.evidence_version) as stale
           from campaign c where c.id = ?`,
          [campaignId],
        );
        return { decision: standing!.decision, reportIsStale: standing!.stale };
      },

      /** @returns whether the raise is open, when it ends, and why it should close now. */
      async raiseStanding(
        campaignId: string,
        nowMs: number,
      ): Promise<{ open: boolean; closesAtMs: number; closeBy: 'target' | 'deadline' | 'sponsor' | 'stopped' | null }> {
        const c = await campaignRow(db, campaignId);
        const closesAtMs = c.closes_at?.getTime() ?? 0;
        const closeBy =
          c.stopped_at !== null
            ? 'stopped'
            : c.raised_fen >= c.ask_fen
              ? 'target'
              : c.close_asked_at !== null
                ? 'sponsor'
                : nowMs >= closesAtMs
                  ? 'deadline'
                  : null;
        return { open: c.phase === 'fundraising', closesAtMs, closeBy };
      },

      /** @returns whether the certificate's publicity goes on, waits for an open objection, or is over, also by a stop. */
      async certificateStanding(campaignId: string, nowMs: number): Promise<'running' | 'objected' | 'over'> {
        const c = await campaignRow(db, campaignId);
        if (c.stopped_at !== null) return 'over';
        if (nowMs < (c.certificate_publicity_ends_at?.getTime() ?? 0)) return 'running';
        return (await objectionStands(db, campaignId, 'certificate')) ? 'objected' : 'over';
      },

      async returnsAreDue(campaignId: string): Promise<boolean> {
        const due = await row(
          db,
          `select 1 from gift_return where campaign_id = ? and round_id is null and status in ('due', 'processing') limit 1`,
          [campaignId],
        );
        return due !== null;
      },

      /** @returns whether nothing is pending, nothing due back and every release closed. */
      async isPaidOut(campaignId: string): Promise<boolean> {
        const left = await row<{ open: boolean; pending: bigint; due: boolean }>(
          db,
          `select exists (select from release where campaign_id = :id and closed_at is null) as open,
             coalesce((select sum(credits_fen - debits_fen)::bigint from ledger.account where campaign_id = :id and kind in ('held', 'reserved')), 0) as pending,
             exists (select from gift_return where campaign_id = :id and status in ('due', 'processing')) as due`,
          { id: campaignId },
        );
        // A complaint that is open may still change how the campaign ends.
        return !left!.open && left!.pending === 0n && !left!.due && !(await complaintsAreOpen(db, campaignId));
      },
    },

    database: {
      async refuseCampaign(campaignId: string, nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const c = await campaignRow(tx, campaignId, { lock: true });
          const decision = await row<{ rules: string[] }>(tx, 'select rules from audit_decision where campaign_id = ?', [campaignId]);
          // By the reviewer; or by a verdict or a death before the opening, and then by every gate that fails as well.
          const failed = decision === null ? failedRules(openingFindings(await openingFacts(tx, c, at))) : decision.rules;
          const rules = [...new Set([...failed, ...c.stopped_by])].sort();
          await refuse(tx, c, rules, at, { rules });
        });
      },

      /** @returns the end of the certificate's publicity, epoch ms; null when the ask needs no certificate. */
      async beginCertificatePublicity(campaignId: string, nowMs: number): Promise<number | null> {
        return inTransaction(db, async (tx) => {
          const c = await campaignRow(tx, campaignId, { lock: true });
          const edition = editionOf(c.edition);
          if (!needsCertificate({ askFen: c.ask_fen, edition })) return null;
          if (c.certificate_publicity_ends_at) return c.certificate_publicity_ends_at.getTime();
          const endsAt = new Date(nowMs + (edition.windows.certificatePublicityHours * HOUR_MS) / c.window_speed);
          await movePhase(tx, campaignId, ['prior-audit'], 'certificate-publicity', new Date(nowMs), { certificate_publicity_ends_at: endsAt });
          await audit(tx, happened('campaign.certificate_publicised', c, new Date(nowMs), { endsAt }));
          return endsAt.getTime();
        });
      },

      /**
       * Opens, or refuses: what held in the prior audit may hold no more (a listing, another raise of the patient), so every gate is asked again in the
       * transaction that opens. @returns false when a rule forbids the raise now; the campaign is then refused by it.
       */
      async openRaise(campaignId: string, nowMs: number): Promise<boolean> {
        const at = new Date(nowMs);
        return inTransaction(db, async (tx) => {
          const c = await campaignRow(tx, campaignId, { lock: true });
          if (c.opened_at !== null) return true;
          if (c.stopped_at !== null || c.phase === 'refused') return false;
          await lockPatient(tx, c);
          const findings = openingFindings(await openingFacts(tx, c, at));
          if (verdictOf(findings) !== 'pass') {
            const open = findings.filter((f) => f.verdict !== 'pass');
            const rules = open.map((f) => f.rule).sort();
            await refuse(tx, c, rules, at, { rules, when: 'at opening' });
            return false;
          }
          const closesAt = new Date(nowMs + (editionOf(c.edition).windows.fundraisingDays * DAY_MS) / c.window_speed);
          if (!(await movePhase(tx, campaignId, ['prior-audit', 'certificate-publicity'], 'fundraising', at, { opened_at: at, closes_at: closesAt })))
            return false;
          await openAccounts(tx, c.tenant_id, campaignId);
          await beginSupervision(tx, c, at);
          await audit(tx, happened('campaign.opened', c, at, { closesAt }));
          return true;
        });
      },

      async closeRaise(campaignId: string, nowMs: number, by: 'target' | 'deadline' | 'sponsor' | 'stopped'): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const c = await campaignRow(tx, campaignId, { lock: true });
          // The raise may have been extended since the deadline was read.
          if (by === 'deadline' && c.closes_at !== null && c.closes_at > at) return;
          const restricted = isRestricted({
            edition: editionOf(c.edition),
            raisedFen: c.raised_fen,
            published: await publishedItems(tx, campaignId),
            restrictedBefore: c.route_restricted,
          });
          const more = { closed_at: at, closed_by: by, route_restricted: restricted, route_at_close: restricted ? 'restricted' : 'single' };
          if (!(await movePhase(tx, campaignId, ['fundraising'], 'settlement', at, more))) return;
          await audit(tx, happened('campaign.closed', c, at, { by, raisedFen: c.raised_fen, route: more.route_at_close }));
          if (by !== 'stopped') await offerReferral(tx, c, c.raised_fen < c.ask_fen ? 'shortfall' : 'closing', WORKFLOW, at);
        });
      },

      /**
       * Every gift of the campaign is in custody: the channel sweeps first in, first out, so what is still with it must be owed to later gifts of others.
       * @returns true once the campaign stands in its release phase.
       */
      async settleBooks(campaignId: string, nowMs: number): Promise<boolean> {
        const at = new Date(nowMs);
        return inTransaction(db, async (tx) => {
          const c = await campaignRow(tx, campaignId, { lock: true });
          if (c.phase !== 'settlement') return true;
          const isWhole = async (): Promise<boolean> => {
            const books = await withChannel(tx, c);
            return c.raised_fen === 0n || books.with_channel <= books.later;
          };
          if (!(await isWhole()) && ((await explainLateSweeps(tx, c.tenant_id, at)) === 0n || !(await isWhole()))) return false;
          await movePhase(tx, campaignId, ['settlement'], 'release', at);
          await audit(tx, happened('campaign.books_settled', c, at, { raisedFen: c.raised_fen }));
          return true;
        });
      },

      moveMoneyOn,
      /** What runs of before the refunds call the same act (workflows/patches.ts). */
      startDueReleases: moveMoneyOn,

      /** @returns refunded when all that was raised went back to the donors, otherwise settled. */
      async settleCampaign(campaignId: string, nowMs: number): Promise<'settled' | 'refunded'> {
        const at = new Date(nowMs);
        return inTransaction(db, async (tx) => {
          const c = await campaignRow(tx, campaignId, { lock: true });
          const refundedFen = await balanceOf(tx, c.tenant_id, { kind: 'refunded', campaignId });
          const end = c.raised_fen > 0n && refundedFen === c.raised_fen ? 'refunded' : 'settled';
          if (await movePhase(tx, campaignId, ['release', 'refunding'], end, at, { ended_at: at })) {
            await audit(tx, happened(`campaign.${end}`, c, at, { raisedFen: c.raised_fen, refundedFen }));
            await endSupervision(tx, c);
          }
          return end;
        });
      },
    },

    payment: {
      /** DOUBLE-AUDIT's machine half: asks the identity service about each party it has no answer for, then evaluates every gate of the edition. */
      async reportByMachine(campaignId: string, nowMs: number): Promise<void> {
        const campaign = await campaignRow(db, campaignId);
        await checkParties({ db, personalData, identity }, campaign, nowMs);
        await checkCard({ db, personalData, identity }, campaign, nowMs);
        await inTransaction(db, async (tx) => {
          const c = await campaignRow(tx, campaignId, { lock: true });
          const stands = await row(tx, 'select 1 from machine_report where campaign_id = ? and evidence_version = ?', [
            campaignId,
            c.evidence_version,
          ]);
          if (stands) return;
          await recordMachineClaims(tx, c, new Date(nowMs));
          const findings = openingFindings(await openingFacts(tx, c, new Date(nowMs)));
          const report = {
            id: ulid(),
            campaign_id: campaignId,
            evidence_version: c.evidence_version,
            findings: JSON.stringify(findings),
            signals: JSON.stringify(await machineSignals(tx, c)),
            claims: JSON.stringify((await standingClaims(tx, campaignId)).map(claimView)),
            verdict: verdictOf(findings),
            reported_at: new Date(nowMs),
          };
          await tx('machine_report').insert(report);
          await audit(tx, {
            action: 'campaign.machine_reported',
            subject: `campaign/${campaignId}`,
            actor: 'machine',
            tenantId: c.tenant_id,
            campaignId,
            businessAt: new Date(nowMs),
            data: { report: report.id, verdict: report.verdict, failed: failedRules(findings) },
          });
        });
      },

      /** Asks the channel about orders that nobody told us of, so that a lost callback loses no gift. */
      async collectLateOrders(campaignId: string, _nowMs: number): Promise<void> {
        await gifts.collectLateOrders(campaignId);
      },

      /** Gives back what was above the target or after the close, by the original route. @returns whether something is still due. */
      async returnExcess(campaignId: string, nowMs: number): Promise<boolean> {
        return (await gifts.returns.send({ campaignId }, new Date(nowMs))).underWay;
      },
    },
  };
}

/** Ends a campaign that has not opened, by these rules, and offers the seeker a charity. Where it moved on before, nothing happens. */
async function refuse(tx: Transaction, c: CampaignRow, rules: string[], at: Date, told: AuditEvent['data']): Promise<void> {
  if (!(await movePhase(tx, c.id, ['prior-audit', 'certificate-publicity'], 'refused', at, { ended_at: at, stopped_by: rules }))) return;
  await audit(tx, happened('campaign.refused', c, at, told));
  await offerReferral(tx, c, refusalCause(rules), WORKFLOW, at);
}

/** Gives back what nobody may spend any more, once the books are settled. One round at a time; what comes back from the bank later is another. */
async function returnUnspent(tx: Transaction, c: CampaignRow, at: Date): Promise<void> {
  const cause = c.stopped_at !== null ? 'stopped' : c.surplus_declared_at !== null ? 'surplus' : null;
  if (cause === null || (c.phase !== 'release' && c.phase !== 'refunding')) return;
  await movePhase(tx, c.id, ['release'], 'refunding', at);
  const amountFen = await balanceOf(tx, c.tenant_id, { kind: 'held', campaignId: c.id });
  const running = await row(tx, `select 1 from refund_round where campaign_id = ? and cause <> 'request' and finished_at is null`, [c.id]);
  if (amountFen > 0n && running === null) await beginRefund(tx, c, { cause, giftId: null, amountFen, actor: WORKFLOW, at });
}

export type CampaignActivities = ReturnType<typeof createCampaignActivities>;

/** BATCH: a batch starts when the one before it is received and used. One that was refused or cancelled never is: the rest of its plan is free to be asked for anew. */
async function cancelStrandedBatches(tx: Transaction, campaignId: string, at: Date): Promise<void> {
  const stranded = await rows<{ id: string }>(
    tx,
    `select r.id from release r where r.campaign_id = ? and r.stage = 'planned'
       and exists (select from release p where p.request_id = r.request_id and p.batch < r.batch and p.stage in ('refused', 'cancelled'))
     order by r.seq`,
    [campaignId],
  );
  for (const { id } of stranded) await cancelIfUnsent(tx, id, 'BATCH: the batch before it was not paid', WORKFLOW, at);
}

/** @returns what the channels still hold of this platform's raises, and how much of that later gifts of other campaigns explain, fen. */
async function withChannel(tx: Transaction, c: CampaignRow): Promise<{ readonly with_channel: bigint; readonly later: bigint }> {
  return (await row<{ with_channel: bigint; later: bigint }>(
    tx,
    `select (select sum(debits_fen - credits_fen)::bigint from ledger.account where tenant_id = :tenant and kind in ('clearing', 'clearing-alipay'))
                  - (select credits_fen - debits_fen from ledger.account where tenant_id = :tenant and kind = 'excess') as with_channel,
               coalesce((select sum(credited_fen)::bigint from gift where tenant_id = :tenant and campaign_id <> :id and status = 'paid'
                 and paid_at >= (select max(paid_at) from gift where campaign_id = :id and status = 'paid')), 0) as later`,
    { tenant: c.tenant_id, id: c.id },
  ))!;
}
