import { ulid } from 'ulid';
import { type Connection, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { PersonalData } from '../security/personalData';
import type { CampaignRow } from './campaigns';
import { keyOf, personInTheClear } from './people';

export interface Account {
  readonly number: string;
  readonly name: string;
  readonly bankCode: string;
}

/**
 * Files the account that payouts go to, in place of an earlier one. It counts once the bank has confirmed the name and a reviewer has accepted it.
 * @param account null takes the treating hospital's whitelisted corporate account from the registry; nothing is filed where it has none.
 * @throws {DomainError} request.invalid when the account stands under another name than the payee's; an institution's is the registry's.
 */
export async function fileAccount(
  tx: Connection,
  personalData: PersonalData,
  campaign: CampaignRow,
  account: Account | null,
  by: string,
  at: Date,
): Promise<void> {
  const filed = account ?? (await registryAccount(tx, personalData, campaign));
  if (!filed) return;
  if (account && campaign.payee_kind === 'institution') await mustBeTheInstitutions(tx, campaign, account);
  if (account && campaign.payee_kind !== 'institution') await mustBeThePayees(tx, personalData, campaign, account.name);
  const key = await keyOf(tx, personalData, campaign.patient_id);
  await tx('payee_account').where('campaign_id', campaign.id).whereNull('superseded_at').update({ superseded_at: at });
  const version = await row<{ n: number }>(tx, 'select coalesce(max(version), 0) + 1 as n from payee_account where campaign_id = ?', [campaign.id]);
  await tx('payee_account').insert({
    id: ulid(),
    campaign_id: campaign.id,
    version: version!.n,
    bank_code: filed.bankCode,
    filed_at: at,
    filed_by: by,
    holder_name_enc: key.seal(filed.name, 'payee-account.name'),
    number_enc: key.seal(filed.number, 'payee-account.number'),
    number_hash: personalData.lookup('account', `${filed.bankCode}/${filed.number}/${filed.name}`),
  });
}

async function registryAccount(tx: Connection, personalData: PersonalData, campaign: CampaignRow): Promise<Account | null> {
  const institution = await row<{ account_number_enc: Buffer | null; account_name: string; account_bank_code: string }>(
    tx,
    'select account_number_enc, account_name, account_bank_code from institution where id = ? and whitelisted_at is not null',
    [campaign.hospital_id],
  );
  if (!institution?.account_number_enc) return null;
  return {
    number: personalData.openForHouse(institution.account_number_enc, 'institution.account'),
    name: institution.account_name,
    bankCode: institution.account_bank_code,
  };
}

/** Width and brackets do not make another name: （）and (), full-width letters and spaces are equal. */
const plainName = (name: string): string => name.normalize('NFKC').replace(/\s/g, '');

async function mustBeTheInstitutions(tx: Connection, campaign: CampaignRow, account: Account): Promise<void> {
  const institution = await row<{ name: string; account_name: string | null }>(tx, 'select name, account_name from institution where id = ?', [
    campaign.hospital_id,
  ]);
  if (!institution || plainName(institution.account_name ?? institution.name) !== plainName(account.name)) {
    throw new DomainError(
      'request.invalid',
      { zh: 'name：机构收款账户的户名须为其登记名称', en: 'name: an institution is paid to an account under its own registered name' },
      {
        field: '/name',
        rules: ['PAYEE'],
      },
    );
  }
}

/** PAYEE: bank or channel answers whether account or wallet is held under the name given; that this is the payee's own name is looked at here. @throws {DomainError} request.invalid. */
export async function mustBeThePayees(tx: Connection, personalData: PersonalData, campaign: CampaignRow, name: string): Promise<void> {
  const payee = await personInTheClear(tx, personalData, campaign.payee_person_id ?? campaign.patient_id);
  if (plainName(payee.name) !== plainName(name))
    throw new DomainError(
      'request.invalid',
      { zh: 'name：收款账户的户名须为收款人本人', en: "name: a payee is paid to an account under the payee's own name" },
      { field: '/name', rules: ['PAYEE'] },
    );
}
