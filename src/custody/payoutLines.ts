import type { BankEntry, RailName } from '../adapters/payment/port';
import { audit } from '../audit/append';
import { rows, type Transaction } from '../database/connect';
import { tellAll } from '../records/manyNotices';
import type { PersonalData } from '../security/personalData';
import { wordsOf } from './words';

interface PayoutOfLine {
  readonly id: string;
  readonly tenant_id: string;
  readonly campaign_id: string;
  readonly net_fen: bigint;
  readonly state: string;
  readonly conducted: boolean;
}

/**
 * Takes the booked debits of payouts that a notice holds many of, in few statements: those about which there is nothing to ask. Each is the first line of a payout of that account, to the
 * fen, that the bank has and that has not come back.
 * @param rail as for `CustodyNotices.hear`. @returns the lines that were not taken: they are looked at one by one.
 */
export async function takePayoutLines(
  tx: Transaction,
  personalData: PersonalData,
  entries: readonly BankEntry[],
  rail: RailName | null,
): Promise<BankEntry[]> {
  const named = entries.filter(({ status, sign, endToEndId }) => status === 'BOOK' && sign === 'DBIT' && endToEndId !== null);
  const payouts = named.length < 2 ? new Map<string, PayoutOfLine>() : await payoutsOf(tx, named, rail);
  const seen = new Set<string>();
  const taken: { readonly entry: BankEntry; readonly payout: PayoutOfLine }[] = [];
  const others: BankEntry[] = [];
  for (const entry of entries) {
    const payout = entry.status === 'BOOK' && entry.sign === 'DBIT' ? payouts.get(`${entry.accountNumber}/${entry.endToEndId}`) : undefined;
    if (payout?.net_fen === entry.amountFen && !seen.has(payout.id)) taken.push({ entry, payout });
    else others.push(entry);
    if (payout) seen.add(payout.id);
  }
  if (taken.length > 0) await keep(tx, personalData, taken);
  return others;
}

/** Locked, so that a success recorded at this moment either finds the line or is found by it. */
async function payoutsOf(tx: Transaction, entries: readonly BankEntry[], rail: RailName | null): Promise<Map<string, PayoutOfLine>> {
  const found = await rows<PayoutOfLine & { account: string }>(
    tx,
    `select p.id, p.tenant_id, p.campaign_id, p.net_fen, p.state, p.conducted, t.custody_account_number as account from payout p join tenant t on t.id = p.tenant_id
     where p.id = any(:ids) and p.state in ('submitted', 'unknown', 'succeeded') and t.custody_rail = coalesce(:rail, t.custody_rail)
     order by p.id for update of p`,
    { ids: entries.map(({ endToEndId }) => endToEndId), rail } as never,
  );
  const before = await rows<{ id: string }>(
    tx,
    `select payout_id as id from bank_line where payout_id = any(:ids)
     union all select payout_id from bank_match where payout_id = any(:ids) and undone_at is null`,
    { ids: found.map(({ id }) => id) } as never,
  );
  const touched = new Set(before.map(({ id }) => id));
  return new Map(found.filter(({ id }) => !touched.has(id)).map((payout) => [`${payout.account}/${payout.id}`, payout]));
}

async function keep(
  tx: Transaction,
  personalData: PersonalData,
  lines: readonly { readonly entry: BankEntry; readonly payout: PayoutOfLine }[],
): Promise<void> {
  const inserted = await rows<{ payout_id: string }>(
    tx,
    `insert into bank_line (account_number, reference, sign, tenant_id, amount_fen, booked_at, end_to_end_id, return_code, words_enc, kind, payout_id, applied_at)
     select x.account, x.reference, 'DBIT', x.tenant, x.fen, x.at, x.payout, x.code, decode(x.words, 'base64'), 'payout', x.payout, case when x.paid then x.at end
     from jsonb_to_recordset(?::jsonb) as x (account text, reference text, tenant text, fen bigint, at timestamptz, payout text, code text, words text, paid boolean)
     on conflict do nothing returning payout_id`,
    [
      JSON.stringify(
        lines.map(({ entry, payout }) => ({
          account: entry.accountNumber,
          reference: entry.reference,
          tenant: payout.tenant_id,
          fen: entry.amountFen.toString(),
          at: entry.bookedAt,
          payout: payout.id,
          code: entry.returnCode,
          words: wordsOf(personalData, entry).toString('base64'),
          // The bank's answer to a query may be posted before its line arrives: then this line is matched with what stands in the books already.
          paid: payout.state === 'succeeded',
        })),
      ),
    ],
  );
  const news = new Set(inserted.map((line) => line.payout_id));
  const fresh = lines.filter(({ payout }) => news.has(payout.id));
  if (fresh.length === 0) return;
  await tx.raw('select money_moved(x.tenant, x.at) from jsonb_to_recordset(?::jsonb) as x (tenant text, at timestamptz)', [
    JSON.stringify([
      ...new Map(
        fresh.map(({ entry, payout }) => [`${payout.tenant_id} ${entry.bookedAt}`, { tenant: payout.tenant_id, at: entry.bookedAt }]),
      ).values(),
    ]),
  ]);
  await audit(
    tx,
    ...fresh.map(({ entry, payout }) => ({
      action: 'bank.line_received',
      subject: `bank-line/${entry.accountNumber}/${entry.reference}`,
      actor: 'bank',
      tenantId: payout.tenant_id,
      campaignId: payout.campaign_id,
      businessAt: new Date(entry.bookedAt),
      data: { sign: entry.sign, kind: 'payout', amountFen: entry.amountFen, payoutId: payout.id },
    })),
  );
  await tellAll(
    tx,
    fresh
      .filter(({ payout }) => payout.state !== 'succeeded' && !payout.conducted)
      .map(
        ({ entry, payout }) =>
          ({ workflow: 'transfer', tenantId: payout.tenant_id, id: payout.id, notice: 'bank-line', cause: entry.reference }) as const,
      ),
  );
}
