import type { PaymentOrder } from '../../adapters/payment/port';
import { type Connection, row, rows } from '../../database/connect';
import { shanghaiDate } from '../../domain/calendar';
import type { PayoutRow } from '../../records/releases';
import type { PersonalData } from '../../security/personalData';

/** @returns the platform's account at the bank that its payouts leave from. */
export async function custodyOf(connection: Connection, tenantId: string): Promise<PaymentOrder['custody']> {
  const tenant = await row<{ custody_account_number: string; custody_account_name: string; custody_bank_code: string }>(
    connection,
    'select custody_account_number, custody_account_name, custody_bank_code from tenant where id = ?',
    [tenantId],
  );
  return { accountNumber: tenant!.custody_account_number, name: tenant!.custody_account_name, bankCode: tenant!.custody_bank_code };
}

interface OrderRow {
  readonly id: string;
  readonly campaign_id: string;
  readonly mode: string;
  readonly urgent: boolean;
  readonly admission_number_enc: Buffer;
  readonly wrapped_key: Buffer | null;
  readonly holder_name_enc: Buffer;
  readonly number_enc: Buffer;
  readonly bank_code: string;
}

/** What the bank is asked to pay. A second sending under the same id carries the same fields. @param payouts of one platform. @returns one order for each payout, in their order. */
export async function ordersOf(
  connection: Connection,
  personalData: PersonalData,
  payouts: readonly PayoutRow[],
  nowMs: number,
): Promise<PaymentOrder[]> {
  if (payouts.length === 0) return [];
  const custody = await custodyOf(connection, payouts[0]!.tenant_id);
  const found = await rows<OrderRow>(
    connection,
    `select p.id, p.campaign_id, r.mode, r.urgent, c.admission_number_enc, h.wrapped_key, a.holder_name_enc, a.number_enc, a.bank_code
     from payout p join release r on r.id = p.release_id join campaign c on c.id = p.campaign_id join person h on h.id = c.patient_id
       join payee_account a on a.id = p.account_id where p.id = any(?)`,
    [payouts.map(({ id }) => id)] as never,
  );
  const byId = new Map(found.map((each) => [each.id, each]));
  return payouts.map((payout) => {
    const facts = byId.get(payout.id)!;
    const key = personalData.personKey(facts.wrapped_key);
    const admission = facts.mode === 'single' ? '' : ` 住院号${key.open(facts.admission_number_enc, 'campaign.admission-number')}`;
    return {
      payoutId: payout.id,
      amountFen: payout.net_fen,
      custody,
      payee: {
        accountNumber: key.open(facts.number_enc, 'payee-account.number'),
        name: key.open(facts.holder_name_enc, 'payee-account.name'),
        bankCode: facts.bank_code,
      },
      remittance: `大病求助拨付 ${facts.campaign_id}${admission}`,
      // The date of the first sending.
      executionDate: shanghaiDate(payout.reserved_at.getTime() || nowMs),
      urgent: payout.clearing === null ? facts.urgent : payout.clearing === 'hvps',
    };
  });
}
