import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { campaignBooks } from '../ledger/statement';
import { addListing } from './blacklist';
import type { CampaignRow } from './campaigns';
import { type ComplaintRow, type Ground, happened, holdWhileOpen } from './complaints';
import { openException } from './exceptions';
import { tell } from './outbox';
import { stopCampaign } from './stops';

/** A named person's decision. */
export interface Deciding {
  readonly staffId: string;
  readonly actor: string;
  readonly at: Date;
  /** Sealed under the complaint's key; null where that was destroyed. */
  readonly reasonEnc: Buffer | null;
  /** What everybody reads. */
  readonly reply: string;
}

/** No one judges what they approved themselves. @throws {DomainError} complaint.own_decision. */
export async function mustNotJudgeOwnAudit(tx: Transaction, campaign: CampaignRow, staffId: string): Promise<void> {
  const own = await row(tx, 'select 1 from audit_decision where campaign_id = ? and staff_id = ?', [campaign.id, staffId]);
  if (own)
    throw new DomainError(
      'complaint.own_decision',
      { zh: '作出该活动审核决定的人不得裁决对它的投诉', en: 'Whoever decided the audit of this campaign does not decide a complaint about it' },
      {
        rules: ['COMPLAINT'],
      },
    );
}

/** Rules a complaint admissible, which holds payouts while it is open, or inadmissible, which answers it. @param campaign locked. */
export async function ruleAdmissible(
  tx: Transaction,
  campaign: CampaignRow,
  complaint: ComplaintRow,
  admissible: boolean,
  by: Deciding,
): Promise<void> {
  mustBeOpen(complaint);
  if (complaint.admissible !== null)
    throw new DomainError('complaint.wrong_state', {
      zh: `该投诉已决定${complaint.admissible ? '受理' : '不予受理'}`,
      en: `The complaint was ruled ${complaint.admissible ? 'admissible' : 'inadmissible'} already`,
    });
  const ruled = { admissible, admissible_at: by.at, admissible_by: by.staffId, admissible_reason_enc: by.reasonEnc };
  const acknowledged = complaint.acknowledged_at === null ? { acknowledged_at: by.at, acknowledged_by: by.staffId } : {};
  const ended = admissible ? { state: 'investigating' } : { state: 'inadmissible', decided_at: by.at, decided_by: by.staffId, reply: by.reply };
  await tx('complaint')
    .where('id', complaint.id)
    .update({ ...ruled, ...acknowledged, ...ended });
  await audit(tx, happened(complaint, 'complaint.ruled', by.actor, by.at, { admissible }));
  await told(tx, complaint, 'decided', `admissible-${admissible}`);
  await holdWhileOpen(tx, campaign, `ruled-${complaint.id}`, by.actor, by.at);
}

/** Decides an admissible complaint and publishes the reply. Upheld: stop, refund, recover, blacklist. @param campaign locked. */
export async function decideComplaint(
  tx: Transaction,
  campaign: CampaignRow,
  complaint: ComplaintRow,
  verdict: { readonly kind: 'dismissed' } | { readonly kind: 'upheld'; readonly ground: Ground },
  by: Deciding,
): Promise<void> {
  mustBeOpen(complaint);
  if (complaint.admissible === null)
    throw new DomainError(
      'complaint.wrong_state',
      { zh: '请先决定是否受理该投诉', en: 'Rule first whether the complaint is admissible' },
      { rules: ['COMPLAINT'] },
    );
  await tx('complaint')
    .where('id', complaint.id)
    .update({
      state: verdict.kind,
      ground: verdict.kind === 'upheld' ? verdict.ground : null,
      decided_at: by.at,
      decided_by: by.staffId,
      reason_enc: by.reasonEnc,
      reply: by.reply,
    });
  await audit(tx, happened(complaint, `complaint.${verdict.kind}`, by.actor, by.at, verdict.kind === 'upheld' ? { ground: verdict.ground } : {}));
  if (verdict.kind === 'upheld') await upheld(tx, campaign, complaint, verdict.ground, by);
  await told(tx, complaint, 'decided', verdict.kind);
  await holdWhileOpen(tx, campaign, `decided-${complaint.id}`, by.actor, by.at);
}

/** COMPLAINT: upheld means stop, refund, recover, blacklist; the police report is a person's act with the bundle in hand. */
async function upheld(tx: Transaction, campaign: CampaignRow, complaint: ComplaintRow, ground: Ground, by: Deciding): Promise<void> {
  await stopCampaign(tx, campaign, { rule: 'COMPLAINT', cause: complaint.id, actor: by.actor, at: by.at });
  // A payee without a citizen number on file cannot be found again, and is not listed.
  const persons = await rows<{ id: string }>(tx, 'select id from person where id = any(?) and id_number_hash is not null', [
    [campaign.sponsor_id, ...(campaign.payee_person_id ? [campaign.payee_person_id] : [])],
  ] as never);
  for (const { id: personId } of persons)
    await addListing(tx, {
      campaign,
      personId,
      ground,
      // What everybody may read of the verdict; the reason itself stays with the complaint.
      reason: by.reply,
      evidence: `complaint/${complaint.id}`,
      staffId: by.staffId,
      tenantId: campaign.tenant_id,
      at: by.at,
    });
  const paidFen = (await campaignBooks(tx, campaign.id)).paidNetFen;
  if (paidFen > 0n)
    await openException(tx, {
      kind: 'recover',
      subject: complaint.id,
      tenantId: campaign.tenant_id,
      campaignId: campaign.id,
      actor: by.actor,
      businessAt: by.at,
      data: { paidFen: paidFen.toString(), ground },
    });
}

/** An appeal reopens what was decided, within the edition's days and once a party. A complainant's holds payouts again. @param campaign locked. */
export async function fileAppeal(
  tx: Transaction,
  campaign: CampaignRow,
  complaint: ComplaintRow,
  appeal: {
    readonly party: 'complainant' | 'fundraiser';
    readonly textEnc: Buffer;
    readonly actor: string;
    readonly at: Date;
    readonly untilMs: number;
  },
): Promise<string> {
  if (complaint.decided_at === null || complaint.decided_by === null)
    throw new DomainError('complaint.wrong_state', {
      zh: '该投诉尚无决定，不能申诉',
      en: 'The complaint is not decided yet; there is nothing to appeal',
    });
  const lost = appeal.party === 'complainant' ? complaint.state !== 'upheld' : complaint.state === 'upheld';
  if (!lost)
    throw new DomainError('complaint.wrong_state', {
      zh: `该决定有利于申诉方（${appeal.party}）`,
      en: `The decision went in favour of the ${appeal.party}`,
    });
  if (appeal.at.getTime() > appeal.untilMs)
    throw new DomainError('complaint.too_late', { zh: '申诉期限已过', en: 'The time for an appeal is over' }, { rules: ['COMPLAINT'] });
  const before = await row(tx, 'select 1 from complaint_appeal where complaint_id = ? and by_party = ?', [complaint.id, appeal.party]);
  if (before) throw new DomainError('complaint.wrong_state', { zh: '已提出过申诉', en: 'An appeal was filed already' });
  const id = ulid();
  await tx('complaint_appeal').insert({
    id,
    complaint_id: complaint.id,
    by_party: appeal.party,
    text_enc: appeal.textEnc,
    filed_at: appeal.at,
    first_decider: complaint.decided_by,
  });
  await audit(tx, happened(complaint, 'complaint.appealed', appeal.actor, appeal.at, { party: appeal.party }));
  await told(tx, complaint, 'appealed', id);
  await holdWhileOpen(tx, campaign, `appealed-${id}`, appeal.actor, appeal.at);
  return id;
}

/**
 * Decides an appeal: by another person than the first decider. A complainant's appeal that changes a dismissal upholds the complaint, with all its effects;
 * one against “inadmissible” reopens it. A fundraiser's that succeeds corrects the public record; money that went back stays with the donors.
 */
export async function decideAppeal(
  tx: Transaction,
  campaign: CampaignRow,
  complaint: ComplaintRow,
  decision: { readonly outcome: 'changed' | 'stands'; readonly ground: Ground | null },
  by: Deciding,
): Promise<void> {
  const appeal = await row<{ id: string; by_party: 'complainant' | 'fundraiser'; first_decider: string }>(
    tx,
    'select id, by_party, first_decider from complaint_appeal where complaint_id = ? and decided_at is null',
    [complaint.id],
  );
  if (!appeal) throw new DomainError('complaint.wrong_state', { zh: '没有待决定的申诉', en: 'No appeal is open' });
  if (appeal.first_decider === by.staffId)
    throw new DomainError(
      'complaint.own_decision',
      { zh: '申诉须由作出原决定以外的人决定', en: 'An appeal is decided by another person than the first decision' },
      { rules: ['COMPLAINT'] },
    );
  const dismissalFalls = decision.outcome === 'changed' && appeal.by_party === 'complainant' && complaint.state === 'dismissed';
  if (dismissalFalls !== (decision.ground !== null))
    throw new DomainError(
      'request.invalid',
      {
        zh: 'ground：驳回的投诉经申诉成立时必填，其他情形不得填写',
        en: 'ground: given when a dismissed complaint is upheld on appeal, and only then',
      },
      { field: '/ground' },
    );
  await tx('complaint_appeal')
    .where('id', appeal.id)
    .update({ decided_at: by.at, decided_by: by.staffId, outcome: decision.outcome, reply: by.reply });
  await audit(tx, happened(complaint, 'complaint.appeal_decided', by.actor, by.at, { outcome: decision.outcome, party: appeal.by_party }));
  if (dismissalFalls) {
    await tx('complaint').where('id', complaint.id).update({ state: 'upheld', ground: decision.ground, reason_enc: by.reasonEnc, reply: by.reply });
    await upheld(tx, campaign, complaint, decision.ground!, by);
  } else if (decision.outcome === 'changed' && complaint.state === 'inadmissible') {
    await tx('complaint')
      .where('id', complaint.id)
      .update({ state: 'investigating', admissible: true, decided_at: null, decided_by: null, reply: null });
  }
  await told(tx, complaint, 'decided', `appeal-${appeal.id}`);
  await holdWhileOpen(tx, campaign, `appeal-decided-${appeal.id}`, by.actor, by.at);
}

function mustBeOpen(complaint: ComplaintRow): void {
  if (complaint.decided_at !== null)
    throw new DomainError('complaint.wrong_state', { zh: `该投诉已有决定：${complaint.state}`, en: `The complaint is decided: ${complaint.state}` });
}

async function told(
  tx: Transaction,
  complaint: Pick<ComplaintRow, 'id' | 'tenant_id'>,
  notice: 'decided' | 'appealed',
  cause: string,
): Promise<void> {
  await tell(tx, { workflow: 'complaint', tenantId: complaint.tenant_id, id: complaint.id, notice, cause });
}
