import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { CampaignRow } from './campaigns';

export type ReferralCause = 'refusal' | 'cap' | 'shortfall' | 'closing';
export type ReferralState = 'offered' | 'consented' | 'declined-by-seeker' | 'referred' | 'accepted' | 'declined';

export interface ReferralRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly cause: ReferralCause;
  readonly state: ReferralState;
  readonly offered_at: Date;
  readonly charity_id: string | null;
  readonly charity_name: string | null;
  readonly answer_due_at: Date | null;
  readonly answered_at: Date | null;
}

/** CHARITY: @returns why a refused campaign is offered a referral: the cap, where it was one of the rules that refused it. */
export function refusalCause(rules: readonly string[]): ReferralCause {
  return rules.some((rule) => rule === 'ASK-CAP' || rule === 'ASK-CERT') ? 'cap' : 'refusal';
}

/** CHARITY: offers a referral, once per cause, in the transaction of what caused it. Nothing leaves the house before the seeker agrees. */
export async function offerReferral(tx: Connection, campaign: CampaignRow, cause: ReferralCause, actor: string, at: Date): Promise<void> {
  const referral = { id: ulid(), tenant_id: campaign.tenant_id, campaign_id: campaign.id, cause, offered_at: at };
  const offered = await tx('charity_referral').insert(referral).onConflict(['campaign_id', 'cause']).ignore().returning('id');
  if (offered.length === 0) return;
  await audit(tx, {
    action: 'referral.offered',
    subject: `referral/${referral.id}`,
    actor,
    tenantId: campaign.tenant_id,
    campaignId: campaign.id,
    businessAt: at,
    data: { cause },
  });
}

/** Locks a referral. @throws {DomainError} object.not_found, also for another tenant's; referral.wrong_state when it does not stand at `state`. */
export async function referralAt(tx: Connection, id: string, tenantId: string, state: ReferralState): Promise<ReferralRow> {
  const referral = await row<ReferralRow>(tx, 'select * from charity_referral where id = ? and tenant_id = ? for update', [id, tenantId]);
  if (!referral) throw new DomainError('object.not_found', { zh: '没有该转介', en: 'There is no such referral' });
  if (referral.state !== state)
    throw new DomainError(
      'referral.wrong_state',
      { zh: `该转介处于 ${referral.state}，不在 ${state}`, en: `The referral stands at ${referral.state}, not at ${state}` },
      { rules: ['CHARITY'] },
    );
  return referral;
}

/** @returns how many charities were asked for this campaign; all that the public is told. */
export async function referralsMade(connection: Connection, campaignId: string): Promise<number> {
  return (await row<{ n: number }>(connection, 'select count(*)::int as n from charity_referral where campaign_id = ? and referred_at is not null', [
    campaignId,
  ]))!.n;
}
