import { type Connection, row } from '../database/connect';
import { masked, type PersonKey } from '../security/personalData';
import type { ApprovalContent } from './approvals';

/** Whom a payment goes to, as those who sign for it see it. */
export interface PaidTo {
  readonly payeeName: string;
  /** Account or wallet identity, all but its last four characters masked. */
  readonly account: string;
  /** The account's bank, 12 digits; empty for a wallet. */
  readonly bankCode: string;
  readonly wallet: 'wechat' | 'alipay' | null;
}

/** @returns the account, or the wallet, of what is signed. @param key the patient's. */
export async function paidTo(connection: Connection, key: PersonKey, content: Pick<ApprovalContent, 'accountId' | 'wallet'>): Promise<PaidTo> {
  if (content.wallet) {
    const found = await row<{ holder_name_enc: Buffer; identity_enc: Buffer }>(connection, 'select * from payee_wallet where id = ?', [
      content.wallet.id,
    ]);
    return {
      payeeName: key.open(found!.holder_name_enc, 'payee-wallet.name'),
      account: masked(key.open(found!.identity_enc, 'payee-wallet.identity')),
      bankCode: '',
      wallet: content.wallet.rail,
    };
  }
  const found = await row<{ holder_name_enc: Buffer; number_enc: Buffer; bank_code: string }>(
    connection,
    'select * from payee_account where id = ?',
    [content.accountId],
  );
  return {
    payeeName: key.open(found!.holder_name_enc, 'payee-account.name'),
    account: masked(key.open(found!.number_enc, 'payee-account.number')),
    bankCode: found!.bank_code,
    wallet: null,
  };
}
