import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { balanceOf, post } from '../ledger/post';
import type { CampaignRow } from './campaigns';
import { currentAccount } from './approvals';
import { tell, tellReleases } from './outbox';
import { liftHold, placeHold } from './releases';
import { stopCampaign } from './stops';

export interface DeathRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly died_on: string;
  readonly reported_at: Date;
  readonly state: 'reported' | 'confirmed' | 'mistaken';
  readonly decided_at: Date | null;
  readonly debt_fen: bigint | null;
}

/** DEATH: payouts freeze the moment a death is reported. @param campaign locked. @throws {DomainError} death.wrong_state when one stands already. */
export async function reportDeath(
  tx: Transaction,
  campaign: CampaignRow,
  report: { readonly diedOn: string; readonly evidenceSha256: string | null; readonly actor: string; readonly at: Date },
): Promise<string> {
  const standing = await row(tx, `select 1 from death_report where campaign_id = ? and state <> 'mistaken'`, [campaign.id]);
  if (standing)
    throw new DomainError(
      'death.wrong_state',
      { zh: '该活动已有身故记录', en: 'A death is on record for this campaign already' },
      { rules: ['DEATH'] },
    );
  const id = ulid();
  await tx('death_report').insert({
    id,
    tenant_id: campaign.tenant_id,
    campaign_id: campaign.id,
    died_on: report.diedOn,
    evidence_sha256: report.evidenceSha256,
    reported_at: report.at,
    reported_by: report.actor,
  });
  await audit(tx, event(campaign, id, 'death.reported', report.actor, report.at));
  const reason = "the patient's death was reported";
  if (await placeHold(tx, { id: ulid(), campaignId: campaign.id, releaseId: null, rule: 'DEATH', reason, at: report.at }))
    await audit(tx, {
      ...event(campaign, id, 'hold.placed', report.actor, report.at, { rule: 'DEATH', reason }),
      subject: `campaign/${campaign.id}`,
    });
  return id;
}

/** @throws {DomainError} object.not_found, also for another tenant's. */
export async function deathRow(connection: Connection, id: string, tenantId: string): Promise<DeathRow> {
  const death = await row<DeathRow>(connection, 'select * from death_report where id = ? and tenant_id = ?', [id, tenantId]);
  if (!death) throw new DomainError('object.not_found', { zh: '没有该身故报告', en: 'There is no such death report' });
  return death;
}

/**
 * A named person confirms the death, which stops the campaign, or finds the report mistaken, which lifts its hold. Proven debt at the hospital may still be
 * paid, to the hospital; the rest is SURPLUS.
 * @param campaign locked. @param decision.debtFen what the hospital has proven, fen; 0 for none.
 */
export async function decideDeath(
  tx: Transaction,
  campaign: CampaignRow,
  death: DeathRow,
  decision: {
    readonly confirmed: boolean;
    readonly debtFen: bigint;
    readonly reasonEnc: Buffer;
    readonly staffId: string;
    readonly actor: string;
    readonly at: Date;
  },
): Promise<void> {
  if (death.state !== 'reported')
    throw new DomainError(
      'death.wrong_state',
      { zh: `该报告已有决定：${death.state}`, en: `The report is decided: ${death.state}` },
      { rules: ['DEATH'] },
    );
  const { at, actor } = decision;
  await tx('death_report')
    .where('id', death.id)
    .update({
      state: decision.confirmed ? 'confirmed' : 'mistaken',
      decided_at: at,
      decided_by: decision.staffId,
      reason_enc: decision.reasonEnc,
      debt_fen: decision.confirmed ? decision.debtFen.toString() : null,
    });
  await audit(tx, event(campaign, death.id, decision.confirmed ? 'death.confirmed' : 'death.mistaken', actor, at, { debtFen: decision.debtFen }));
  if (!decision.confirmed) {
    if (await liftHold(tx, { campaignId: campaign.id, rule: 'DEATH', by: actor, at }))
      await audit(tx, { ...event(campaign, death.id, 'hold.lifted', actor, at, { rule: 'DEATH' }), subject: `campaign/${campaign.id}` });
    await tellReleases(tx, { id: campaign.id, tenantId: campaign.tenant_id }, ['approval'], 'hold-changed', death.id);
    return;
  }
  await stopCampaign(tx, campaign, { rule: 'DEATH', cause: death.id, actor, at });
  if (decision.debtFen > 0n) await planDebt(tx, campaign, decision.debtFen, death.id, actor, at);
}

/** The debt leaves as a release of its own: straight to the treating hospital, reviewed, publicised and approved like any other. */
async function planDebt(tx: Transaction, campaign: CampaignRow, debtFen: bigint, deathId: string, actor: string, at: Date): Promise<void> {
  const account = campaign.payee_kind === 'institution' ? await currentAccount(tx, campaign.id) : null;
  if (!account)
    throw new DomainError(
      'request.invalid',
      {
        zh: 'debtFen：所欠医院费用须付给医院；请先将收款方改为就诊医院',
        en: "debtFen: the hospital's debt is paid to the hospital; make the treating hospital the payee first",
      },
      {
        field: '/debtFen',
        rules: ['DEATH', 'PAYEE'],
      },
    );
  const unspentFen = campaign.opened_at === null ? 0n : await balanceOf(tx, campaign.tenant_id, { kind: 'held', campaignId: campaign.id });
  if (debtFen > unspentFen)
    throw new DomainError(
      'release.amount_unavailable',
      { zh: `欠费 ${debtFen} 分，未用 ${unspentFen} 分`, en: `${debtFen} fen of debt, and ${unspentFen} fen are unspent` },
      {
        field: '/debtFen',
        availableFen: unspentFen,
      },
    );
  const requestId = ulid();
  const releaseId = ulid();
  const before = await row<{ n: number }>(tx, 'select count(*)::int as n from release where campaign_id = ?', [campaign.id]);
  await tx('release_request').insert({
    id: requestId,
    campaign_id: campaign.id,
    mode: 'hospital-direct',
    amount_fen: debtFen.toString(),
    urgent: false,
    outcome: 'accepted',
    findings: JSON.stringify([]),
    requested_at: at,
    requested_by: actor,
  });
  await tx('release').insert({
    id: releaseId,
    campaign_id: campaign.id,
    request_id: requestId,
    seq: before!.n + 1,
    batch: 1,
    batches: 1,
    mode: 'hospital-direct',
    basis_points: 10_000,
    purpose: '结清住院欠费',
    gross_fen: debtFen.toString(),
    urgent: false,
    stage_since: at,
    settles_debt: true,
  });
  const money = { key: `release/${releaseId}/reserve`, kind: 'release-reserved', tenantId: campaign.tenant_id, amountFen: debtFen };
  const [debit, credit] = [{ kind: 'held', campaignId: campaign.id } as const, { kind: 'reserved', campaignId: campaign.id } as const];
  await post(tx, [{ ...money, debit, credit, subject: `release/${releaseId}`, businessAt: at }], actor);
  await audit(tx, event(campaign, deathId, 'release.requested', actor, at, { requestId, mode: 'hospital-direct', amountFen: debtFen }));
  await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'release-requested', cause: requestId });
}

function event(campaign: CampaignRow, deathId: string, action: string, actor: string, businessAt: Date, data: Record<string, unknown> = {}) {
  return { action, subject: `death/${deathId}`, actor, tenantId: campaign.tenant_id, campaignId: campaign.id, businessAt, data };
}
