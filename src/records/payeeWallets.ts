import { ulid } from 'ulid';
import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { Wallet } from '../domain/wallets';
import type { PersonalData } from '../security/personalData';
import type { CampaignRow } from './campaigns';
import { mustBeThePayees } from './payeeAccounts';
import { keyOf } from './people';

export interface NewWallet {
  readonly wallet: Wallet;
  /** WeChat: openid under the platform's appid. Alipay: user id or open id. */
  readonly identity: string;
  readonly name: string;
}

interface WalletRow {
  readonly id: string;
  readonly version: number;
  readonly wallet: Wallet;
  readonly accepted_at: Date | null;
  readonly refused_at: Date | null;
}

/** @returns the wallet on a campaign's file, accepted or not; null where there is none. */
export async function currentWallet(connection: Connection, campaignId: string): Promise<WalletRow | null> {
  return row<WalletRow>(
    connection,
    'select id, version, wallet, accepted_at, refused_at from payee_wallet where campaign_id = ? and superseded_at is null',
    [campaignId],
  );
}

/** Ends the wallet on file: of another payee, or in place of another. */
export async function supersedeWallet(tx: Connection, campaignId: string, at: Date): Promise<void> {
  await tx('payee_wallet').where('campaign_id', campaignId).whereNull('superseded_at').update({ superseded_at: at });
}

/**
 * Files the payee's wallet in place of an earlier one. It counts once a reviewer has accepted it; the channel compares the name at every payout. @param campaign locked by the caller.
 * @throws {DomainError} request.invalid when it stands under another name than the payee's, the payee is no person, or the platform has no terms with that channel.
 */
export async function fileWallet(
  tx: Connection,
  personalData: PersonalData,
  campaign: CampaignRow,
  wallet: NewWallet,
  by: string,
  at: Date,
): Promise<WalletRow> {
  if (campaign.payee_kind === 'institution' || campaign.payee_kind === 'company')
    throw refused('/wallet', { zh: '机构只能收款至其对公账户', en: 'an institution is paid to its corporate account alone' });
  const terms = await row(tx, 'select 1 from wallet_terms where tenant_id = ? and wallet = ?', [campaign.tenant_id, wallet.wallet]);
  if (!terms) throw refused('/wallet', { zh: '平台未开通该渠道的转账', en: 'the platform has no transfers with this channel' });
  await mustBeThePayees(tx, personalData, campaign, wallet.name);
  const key = await keyOf(tx, personalData, campaign.patient_id);
  await supersedeWallet(tx, campaign.id, at);
  const last = await row<{ n: number }>(tx, 'select coalesce(max(version), 0) + 1 as n from payee_wallet where campaign_id = ?', [campaign.id]);
  const filed = { id: ulid(), version: last!.n, wallet: wallet.wallet };
  await tx('payee_wallet').insert({
    ...filed,
    campaign_id: campaign.id,
    holder_name_enc: key.seal(wallet.name, 'payee-wallet.name'),
    identity_enc: key.seal(wallet.identity, 'payee-wallet.identity'),
    identity_hash: personalData.lookup('account', `${wallet.wallet}/${wallet.identity}/${wallet.name}`),
    filed_at: at,
    filed_by: by,
  });
  return { ...filed, accepted_at: null, refused_at: null };
}

function refused(field: string, why: { readonly zh: string; readonly en: string }): DomainError {
  return new DomainError('request.invalid', { zh: `${field.slice(1)}：${why.zh}`, en: `${field.slice(1)}: ${why.en}` }, { field, rules: ['PAYEE'] });
}
