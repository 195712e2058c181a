import { type Connection, row, type Transaction } from '../database/connect';
import { editionOf } from '../domain/convention/editions';
import { DomainError } from '../domain/errors';
import type { CampaignRow } from './campaigns';

export interface PromoterRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly staff_id: string | null;
  readonly wrapped_key: Buffer;
  readonly contract_ref: string;
  readonly registered_at: Date;
  readonly trained_at: Date | null;
  readonly left_at: Date | null;
}

/** Who brought a campaign, and what they get for it. */
export interface Origin {
  readonly kind: 'self' | 'hospital' | 'promoter' | 'online';
  readonly promoterId?: string | undefined;
  readonly compensation: 'salary' | 'none';
}

/** @throws {DomainError} object.not_found, also for another tenant's. */
export async function promoterRow(connection: Connection, id: string, tenantId: string, lock = false): Promise<PromoterRow> {
  const promoter = await row<PromoterRow>(connection, `select * from promoter where id = ? and tenant_id = ?${lock ? ' for update' : ''}`, [
    id,
    tenantId,
  ]);
  if (!promoter) throw new DomainError('object.not_found', { zh: '没有该推广人员', en: 'There is no such promoter' });
  return promoter;
}

/** @returns the sanction that keeps a promoter from bringing campaigns at `at`; an appeal that was upheld undoes it. */
export async function standingSanction(connection: Connection, promoterId: string, at: Date): Promise<'suspension' | 'removal' | null> {
  const standing = await row<{ sanction: 'suspension' | 'removal' }>(
    connection,
    `select c.sanction from conduct_case c left join conduct_appeal a on a.case_id = c.id
     where c.promoter_id = ? and (c.sanction = 'removal' or c.sanction = 'suspension' and c.suspended_until > ?) and a.outcome is distinct from 'upheld'
     order by c.sanction limit 1`,
    [promoterId, at],
  );
  return standing?.sanction ?? null;
}

/** Why a promoter may bring no campaign, as it is said in English, and in Chinese. */
const UNFIT_ZH = {
  'is not registered': '未登记',
  'has left': '已离职',
  'is not trained': '未经培训',
  'is suspended': '已被暂停',
  'was removed': '已被清退',
} as const;

async function unfitness(connection: Connection, tenantId: string, promoterId: string, at: Date): Promise<keyof typeof UNFIT_ZH | null> {
  // Locked, so that a sanction and a submission at the same moment queue.
  const promoter = await row<PromoterRow>(connection, 'select * from promoter where id = ? and tenant_id = ? for update', [promoterId, tenantId]);
  if (!promoter) return 'is not registered';
  if (promoter.left_at !== null && promoter.left_at <= at) return 'has left';
  if (promoter.trained_at === null || promoter.trained_at > at) return 'is not trained';
  const sanction = await standingSanction(connection, promoterId, at);
  return sanction && ({ suspension: 'is suspended', removal: 'was removed' } as const)[sanction];
}

/**
 * CONDUCT: every campaign records who brought it; a promoter must be registered, trained, contracted and under no sanction, where the edition has the rule.
 * @param campaign just submitted, in the same transaction. @throws {DomainError} conduct.promoter_unfit.
 */
export async function recordOrigin(tx: Transaction, campaign: CampaignRow, origin: Origin, at: Date): Promise<void> {
  if (origin.promoterId !== undefined) {
    const why = await unfitness(tx, campaign.tenant_id, origin.promoterId, at);
    // An unknown promoter is refused under every edition: there would be nobody to record.
    if (why !== null && (why === 'is not registered' || editionOf(campaign.edition).rules.has('CONDUCT')))
      throw new DomainError(
        'conduct.promoter_unfit',
        { zh: `CONDUCT：该推广人员${UNFIT_ZH[why]}，不得推荐求助`, en: `CONDUCT: this promoter ${why} and may bring no campaign` },
        {
          field: '/broughtBy/promoterId',
          rules: ['CONDUCT'],
        },
      );
  }
  const { kind, compensation, promoterId } = origin;
  await tx('campaign_origin').insert({ campaign_id: campaign.id, kind, compensation, promoter_id: promoterId ?? null });
}

/** CONDUCT: nobody verifies their own case. @throws {DomainError} conduct.own_case. */
export async function mustNotBeOwnCase(connection: Connection, campaignId: string, staffId: string): Promise<void> {
  const own = await row(
    connection,
    'select 1 from campaign_origin o join promoter p on p.id = o.promoter_id where o.campaign_id = ? and p.staff_id = ?',
    [campaignId, staffId],
  );
  if (own)
    throw new DomainError(
      'conduct.own_case',
      { zh: '该活动由您引入；须由另一名审核员决定', en: 'You brought this campaign; another reviewer decides on it' },
      { rules: ['CONDUCT'] },
    );
}

/** @returns who brought a campaign; null for one from before this was recorded. */
export async function originOf(connection: Connection, campaignId: string): Promise<Origin | null> {
  return row<Origin>(connection, 'select kind, promoter_id as "promoterId", compensation from campaign_origin where campaign_id = ?', [campaignId]);
}
