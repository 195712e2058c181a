import type { Sentence } from '../domain/sentence';
import { ulid } from 'ulid';
import { type Connection, row, rows } from '../database/connect';
import { reconcile } from '../domain/convention/reconciliation';
import { DomainError } from '../domain/errors';
import type { PersonalData } from '../security/personalData';
import type { CampaignRow } from './campaigns';
import { raisesBefore } from './earlierRaises';
import { keyOf } from './people';

/** SECOND-ASK: the newest expense list; once the prior audit is decided, the one it was decided on. */
const DECIDED_LIST = `select d.sha256 from document d left join audit_decision a on a.campaign_id = d.campaign_id
  where d.campaign_id = :id and d.kind = 'expense-list' and d.registered_at <= coalesce(a.decided_at, 'infinity') order by d.registered_at desc, d.id desc limit 1`;

/** @returns whether a reviewer reconciled the expense list and every line that is on file. */
export async function expensesReconciled(connection: Connection, campaignId: string): Promise<boolean> {
  const found = await row(
    connection,
    `select 1 from expense_reconciliation where campaign_id = :id and list_sha256 = (${DECIDED_LIST})
       and lines = (select count(*) from expense_line where campaign_id = :id) limit 1`,
    { id: campaignId },
  );
  return found !== null;
}

export interface NewExpense {
  /** Civil day, `YYYY-MM-DD`. */
  readonly date: string;
  readonly item: string;
  readonly hospital: string;
  readonly amountFen: bigint;
  readonly invoiceNumber: string;
}

/** Files lines of the expense list. What was bought and the invoice's number are sealed with the patient's key. @throws {DomainError} request.invalid for an invoice that is on file. */
export async function fileExpenses(
  tx: Connection,
  data: PersonalData,
  campaign: CampaignRow,
  expenses: readonly NewExpense[],
  by: string,
  at: Date,
): Promise<string[]> {
  const key = await keyOf(tx, data, campaign.patient_id);
  const ids: string[] = [];
  for (const [i, e] of expenses.entries()) {
    const added = await row<{ id: string }>(
      tx,
      `insert into expense_line (id, campaign_id, spent_on, item_enc, hospital, amount_fen, invoice_enc, invoice_hash, filed_at, filed_by)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (campaign_id, invoice_hash) do nothing returning id`,
      [
        ulid(),
        campaign.id,
        e.date,
        key.seal(e.item, 'expense.item'),
        e.hospital,
        e.amountFen.toString(),
        key.seal(e.invoiceNumber, 'expense.invoice'),
        data.lookup('invoice', e.invoiceNumber),
        at,
        by,
      ],
    );
    if (!added)
      throw new DomainError(
        'request.invalid',
        { zh: `lines/${i}/invoiceNumber：此票据号的费用已在档案中`, en: `lines/${i}/invoiceNumber: an expense with this invoice is on file already` },
        {
          field: `/lines/${i}/invoiceNumber`,
          rules: ['SECOND-ASK'],
        },
      );
    ids.push(added.id);
  }
  return ids;
}

/** @returns the lines on file, the earlier raises they are reconciled with, and whether that is done; for the reviewer. */
export async function expensesOf(connection: Connection, data: PersonalData, campaign: CampaignRow): Promise<Record<string, unknown>> {
  const key = await keyOf(connection, data, campaign.patient_id);
  const lines = await rows<{ id: string; spent_on: string; item_enc: Buffer; hospital: string; amount_fen: bigint; invoice_enc: Buffer }>(
    connection,
    'select * from expense_line where campaign_id = ? order by id',
    [campaign.id],
  );
  return {
    lines: lines.map((l) => ({
      id: l.id,
      date: l.spent_on,
      item: key.open(l.item_enc, 'expense.item'),
      hospital: l.hospital,
      amountFen: l.amount_fen,
      invoiceNumber: key.open(l.invoice_enc, 'expense.invoice'),
    })),
    earlierRaises: await raisesBefore(connection, campaign),
    reconciled: await expensesReconciled(connection, campaign.id),
  };
}

interface NewReconciliation {
  readonly lines: readonly { readonly lineId: string; readonly covered: readonly { readonly raiseId: string; readonly amountFen: bigint }[] }[];
  readonly unexplainedReason: string | null;
  readonly staffId: string;
  readonly at: Date;
}

/**
 * A reviewer reconciles every line with what the earlier raises paid out. @returns what no line explains, in fen.
 * @throws {DomainError} expense.does_not_add_up naming the place; campaign.rule_failed without an expense list.
 */
export async function reconcileExpenses(
  tx: Connection,
  campaign: CampaignRow,
  r: NewReconciliation,
): Promise<{ id: string; unexplainedFen: bigint }> {
  const list = await row<{ sha256: string }>(tx, DECIDED_LIST, { id: campaign.id });
  if (!list)
    throw new DomainError(
      'campaign.rule_failed',
      { zh: '档案中没有可核对的费用清单', en: 'There is no expense list on file to reconcile' },
      { rules: ['SECOND-ASK'] },
    );
  const onFile = new Map(
    (await rows<{ id: string; amount_fen: bigint }>(tx, 'select id, amount_fen from expense_line where campaign_id = ?', [campaign.id])).map((l) => [
      l.id,
      l.amount_fen,
    ]),
  );
  const named = new Set(r.lines.map((l) => l.lineId));
  if (named.size !== r.lines.length || named.size !== onFile.size || ![...named].every((id) => onFile.has(id)))
    throw wrong('/lines', {
      zh: `档案中的 ${onFile.size} 行费用须各列一次`,
      en: `must name each of the ${onFile.size} lines on file once`,
    });
  const raises = (await raisesBefore(tx, campaign)).filter((b) => b.status !== 'refunded');
  const lines = r.lines.map((l) => ({ ...l, amountFen: onFile.get(l.lineId)! }));
  const sums = reconcile(lines, new Map(raises.map((b) => [b.id, b.paidFen])));
  if (!sums.holds) throw wrong(sums.place, sums.why);
  if (sums.unexplainedFen > 0n && r.unexplainedReason === null)
    throw wrong('/unexplainedReason', {
      zh: `先前筹款已拨付的 ${sums.unexplainedFen} 分没有对应的费用：请说明原因`,
      en: `${sums.unexplainedFen} fen that earlier raises paid out are explained by no line: say why`,
    });
  const id = ulid();
  await tx('expense_reconciliation').insert({
    id,
    campaign_id: campaign.id,
    list_sha256: list.sha256,
    lines: lines.length,
    paid_fen: sums.paidFen.toString(),
    unexplained_fen: sums.unexplainedFen.toString(),
    reason: r.unexplainedReason,
    staff_id: r.staffId,
    reconciled_at: r.at,
  });
  const covers = lines.flatMap((l) =>
    l.covered.map((c) => ({
      reconciliation_id: id,
      line_id: l.lineId,
      line_fen: l.amountFen.toString(),
      raise_id: c.raiseId,
      covered_fen: c.amountFen.toString(),
    })),
  );
  if (covers.length > 0) await tx('expense_cover').insert(covers);
  return { id, unexplainedFen: sums.unexplainedFen };
}

const wrong = (field: string, why: Sentence): DomainError =>
  new DomainError('expense.does_not_add_up', { zh: `${field}：${why.zh}`, en: `${field}: ${why.en}` }, { field, rules: ['SECOND-ASK'] });
