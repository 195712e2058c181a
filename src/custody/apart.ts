import { businessNow } from '../database/clock';
import { rows, type Transaction } from '../database/connect';
import { clearingOf, post, type Transfer } from '../ledger/post';
import type { PersonalData } from '../security/personalData';
import { channelNamed, type CustodyTenant } from './channelLines';
import { remittanceOf } from './words';

interface UnsaidLine {
  readonly account_number: string;
  readonly reference: string;
  readonly sign: 'CRDT' | 'DBIT';
  readonly words_enc: Buffer | null;
  /** What of it was taken off the one account of before, fen. */
  readonly fen: bigint;
  readonly matches: readonly { readonly id: string; readonly fen: string }[];
}

/**
 * Reads of the sweeps and collections of before whose they were, and moves what was Alipay's to Alipay's account, each once: migration 0208 has moved gifts and
 * returns, and could not read words that are sealed. A line that names no channel is WeChat Pay's, as it was when there was one account. Afterwards this is one look at an empty index.
 */
export async function tellApart(tx: Transaction, personalData: PersonalData, tenant: CustodyTenant): Promise<void> {
  const lines = await rows<UnsaidLine>(
    tx,
    `select l.account_number, l.reference, l.sign, l.words_enc, case when l.applied_at is null then 0 else l.amount_fen - l.unexplained_fen end as fen,
       coalesce((select jsonb_agg(jsonb_build_object('id', m.id, 'fen', m.amount_fen::text)) from bank_match m where m.account_number = l.account_number and m.reference = l.reference
         and m.sign = l.sign and m.target = 'channel' and m.undone_at is null), '[]') as matches
     from bank_line l where l.tenant_id = ? and l.channel is null and l.kind in ('collection', 'refund-funding') order by l.reference for update of l`,
    [tenant.id],
  );
  if (lines.length === 0) return;
  const businessAt = await businessNow(tx, tenant.id);
  const apart: Transfer[] = [];
  for (const line of lines) {
    const { account_number, reference, sign } = line;
    const channel = channelNamed(remittanceOf(personalData, line.words_enc), tenant) ?? 'wechat';
    await tx('bank_line').where({ account_number, reference, sign }).update({ channel });
    if (channel === 'wechat') continue;
    const [one, own] = [{ kind: clearingOf('wechat') }, { kind: clearingOf(channel) }];
    const common = {
      kind: 'clearing-apart',
      tenantId: tenant.id,
      businessAt,
      ...(sign === 'CRDT' ? { debit: one, credit: own } : { debit: own, credit: one }),
    };
    const subject = `bank-line/${account_number}/${reference}`;
    apart.push({ ...common, key: `${subject}/apart`, amountFen: line.fen, subject });
    for (const { id, fen } of line.matches) apart.push({ ...common, key: `match/${id}/apart`, amountFen: BigInt(fen), subject: `match/${id}` });
  }
  await post(tx, apart, 'bank');
}
