import type { Channels } from '../adapters/donation/port';
import type { Banks, RailName } from '../adapters/payment/port';
import { audit } from '../audit/append';
import { CustodyNotices } from '../custody/notices';
import { type Database, inTransaction, row } from '../database/connect';
import { DAY_MS } from '../domain/calendar';
import type { Gifts } from '../gifts/gifts';
import { readStatement } from '../reconciliation/bank';
import { type BillFindings, merchantsOf, readChannelBill } from '../reconciliation/channel';
import { askAboutPaid } from '../reconciliation/wallets';
import { explainLateSweeps } from '../custody/lateSweeps';
import { closeDay } from '../records/dayClose';
import type { PersonalData } from '../security/personalData';

interface Dependencies {
  readonly db: Database;
  readonly banks: Banks;
  readonly channels: Channels;
  readonly gifts: Gifts;
  readonly personalData: PersonalData;
}

interface Day {
  readonly id: string;
  readonly tenant_id: string;
  readonly day: string;
  readonly finished_at: Date | null;
  readonly account: string;
  readonly rail: RailName;
}

/** When a day is read: statements come in the night, channel bills by 09:00 (Alipay) and 10:00 (WeChat Pay) of the next day. */
const READ_AFTER_MS = DAY_MS + 11 * 3_600_000;

/** What a day's reconciliation asks of bank, channel and books. Each act may come twice: lines are kept once, and what is parked is parked once. */
export function createReconciliationActivities({ db, banks, channels, gifts, personalData }: Dependencies) {
  const custody = new CustodyNotices(db, personalData);
  return {
    reading: {
      /** @returns when the day is to be read, epoch ms of business time. */
      async reconciliationDueAt(id: string): Promise<number> {
        return Date.parse(`${(await dayRow(db, id)).day}T00:00:00+08:00`) + READ_AFTER_MS;
      },
    },

    payment: {
      /** Reads the day's bank statement and the bill of each channel against the books. @returns whether all were read; else it is asked again later. */
      async reconcileDay(id: string, nowMs: number): Promise<boolean> {
        const of = await dayRow(db, id);
        if (of.finished_at !== null) return true;
        const tenant = { id: of.tenant_id, account: of.account, rail: of.rail, nowMs };
        const statement = await readStatement(db, banks, custody, tenant, of.day);
        const bills: (BillFindings | string)[] = [];
        for (const at of await merchantsOf(db, of.tenant_id))
          bills.push(await readChannelBill(db, channels[at.channel], gifts, { ...tenant, ...at }, of.day));
        const unasked = await askAboutPaid(db, banks.wallets, tenant, of.day);
        const unanswered = [statement, ...bills, ...unasked].filter((each) => typeof each === 'string');
        const told = bills.filter((each) => typeof each !== 'string');
        const read =
          typeof statement === 'string' || told.length < bills.length || unasked.length > 0
            ? null
            : { bankLines: statement.lines, ...together(told) };
        await inTransaction(db, async (tx) => {
          await tx('reconciliation_day')
            .where('id', id)
            .update({ attempts: tx.raw('attempts + 1'), unanswered, ...(read && { bank_lines: read.bankLines, finished_at: new Date(nowMs) }) });
          if (read === null) return;
          await explainLateSweeps(tx, of.tenant_id, new Date(nowMs));
          await closeDay(tx, of.tenant_id, of.day, new Date(nowMs));
          const data = { day: of.day, ...read };
          await audit(tx, {
            action: 'day.reconciled',
            subject: `reconciliation/${id}`,
            actor: 'workflow:reconciliation',
            tenantId: of.tenant_id,
            businessAt: new Date(nowMs),
            data,
          });
        });
        return read !== null;
      },
    },
  };
}

export type ReconciliationActivities = ReturnType<typeof createReconciliationActivities>;

/** What the channels' bills say together. */
function together(bills: readonly BillFindings[]): BillFindings {
  const sum = (of: keyof BillFindings): number => bills.reduce((count, bill) => count + bill[of], 0);
  return { lines: sum('lines'), matched: sum('matched'), posted: sum('posted'), differing: sum('differing'), missing: sum('missing') };
}

async function dayRow(db: Database, id: string): Promise<Day> {
  return (await row<Day>(
    db,
    `select d.id, d.tenant_id, to_char(d.day, 'YYYY-MM-DD') as day, d.finished_at, t.custody_account_number as account, t.custody_rail as rail
     from reconciliation_day d join tenant t on t.id = d.tenant_id where d.id = ?`,
    [id],
  ))!;
}
