import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { row, rows, type Transaction } from '../database/connect';
import { failedRules, openingFindings, releaseFindings } from '../domain/convention/gates';
import type { PayeeKind } from '../domain/convention/terms';
import { DomainError } from '../domain/errors';
import type { PersonalData } from '../security/personalData';
import { type CampaignRow, campaignRow, evidenceChanged } from './campaigns';
import { openingFacts, releaseFacts } from './facts';
import { tell, tellReleases } from './outbox';
import { type Account, fileAccount } from './payeeAccounts';
import { supersedeWallet } from './payeeWallets';
import { addPerson } from './people';
import type { ReleaseRow } from './releases';
import { cancelIfUnsent } from './stops';

export interface NewPayee {
  readonly kind: PayeeKind;
  /** Null for the help-seeker and an institution. */
  readonly person: { readonly name: string; readonly idNumber: string } | null;
  /** Null for an institution, whose account is the registry's. */
  readonly account: Account | null;
}

const OF_A_PAYEE = new Set(['PAYEE', 'BLACKLIST']);

/**
 * PAYEE in mid-release: another payee, judged at once by PAYEE and BLACKLIST. Signatures are void, the account on file is superseded and the new one waits
 * for bank and reviewer. Releases that ROUTE would not grant to the new payee go back to the unspent money and are asked for anew; what was paid
 * stays what it was. @param campaign locked by the caller. @returns the ids of the releases that went back.
 * @throws {DomainError} campaign.wrong_phase when it has ended or is stopped; release.wrong_stage while a payment is under way; campaign.rule_failed
 *   with the rules that forbid this payee.
 */
export async function changePayee(
  tx: Transaction,
  data: PersonalData,
  campaign: CampaignRow,
  payee: NewPayee,
  by: string,
  at: Date,
): Promise<string[]> {
  if (campaign.ended_at || campaign.stopped_at)
    throw new DomainError('campaign.wrong_phase', {
      zh: `收款方只能在仍可拨付时变更；该活动处于 ${campaign.phase}`,
      en: `The payee changes while money may still be paid; the campaign stands in ${campaign.phase}`,
    });
  if (await row(tx, `select 1 from payout where campaign_id = ? and state in ('reserved', 'submitted', 'unknown')`, [campaign.id]))
    throw new DomainError('release.wrong_stage', {
      zh: '有付款正在进行；结果确定后才能变更收款方',
      en: 'A payment is under way; the payee can change when its outcome is certain',
    });
  const person = payee.person && (await addPerson(tx, data, campaign.tenant_id, payee.person));
  await tx('campaign')
    .where('id', campaign.id)
    .update({ payee_kind: payee.kind, payee_person_id: person?.id ?? null });
  const changed = await campaignRow(tx, campaign.id);
  const findings = openingFindings(await openingFacts(tx, changed, at)).filter((f) => OF_A_PAYEE.has(f.rule));
  const failed = failedRules(findings);
  if (failed.length > 0) {
    const why = findings.filter((f) => f.verdict === 'fail');
    const said = {
      zh: `该收款方不能接受。${why.map((f) => `${f.rule}：${f.zh}`).join('')}`,
      en: `This payee is refused. ${why.map((f) => `${f.rule}: ${f.en}`).join(' ')}`,
    };
    throw new DomainError('campaign.rule_failed', said, { field: '/kind', rules: failed, findings });
  }
  await tx('payee_account').where('campaign_id', campaign.id).whereNull('superseded_at').update({ superseded_at: at });
  await supersedeWallet(tx, campaign.id, at);
  await fileAccount(tx, data, changed, payee.account, by, at);
  await evidenceChanged(tx, campaign.id, at, 'the payee changed');
  const cancelled = await cancelWhatRouteRefuses(tx, changed, by, at);
  await audit(tx, {
    action: 'payee.changed',
    subject: `campaign/${campaign.id}`,
    actor: by,
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
    data: { from: campaign.payee_kind, to: payee.kind, cancelled },
  });
  const cause = `payee-${ulid()}`;
  await tell(tx, { workflow: 'campaign', tenantId: campaign.tenant_id, id: campaign.id, notice: 'evidence-changed', cause });
  await tellReleases(tx, { id: campaign.id, tenantId: campaign.tenant_id }, ['publicity', 'approval', 'correction'], 'account-changed', cause);
  return cancelled;
}

async function cancelWhatRouteRefuses(tx: Transaction, campaign: CampaignRow, by: string, at: Date): Promise<string[]> {
  const open = await rows<ReleaseRow>(tx, 'select * from release where campaign_id = ? and closed_at is null order by seq', [campaign.id]);
  const cancelled: string[] = [];
  for (const release of open) {
    if ((await routeRefuses(tx, campaign, release)) && (await cancelIfUnsent(tx, release.id, 'ROUTE: not to this payee', by, at)))
      cancelled.push(release.id);
  }
  return cancelled;
}

/** ROUTE: @returns whether a release that was granted would be refused to the payee of now. A single release does not depend on the payee. */
export async function routeRefuses(tx: Transaction, campaign: CampaignRow, release: Pick<ReleaseRow, 'mode' | 'request_id'>): Promise<boolean> {
  if (release.mode === 'single') return false;
  const batches = await rows<{ basis_points: number }>(tx, 'select basis_points from release where request_id = ? order by batch', [
    release.request_id,
  ]);
  const facts = await releaseFacts(tx, campaign, {
    mode: release.mode,
    requestedFen: 0n,
    batchesBp: batches.map((b) => b.basis_points),
  });
  return failedRules(releaseFindings(facts)).includes('ROUTE');
}
