import { audit } from '../audit/append';
import { type Database, inTransaction, row } from '../database/connect';
import { DAY_MS } from '../domain/calendar';
import { editionOf } from '../domain/convention/editions';
import { campaignRow } from '../records/campaigns';
import { complaintRow, happened } from '../records/complaints';

export type ComplaintDuty = 'acknowledge' | 'answer';

export interface ComplaintStanding {
  /** Decided, and the time for an appeal is over. */
  readonly over: boolean;
  /** What should have been done by now and is not, noted nowhere yet. */
  readonly overdue: ComplaintDuty | null;
  /** When to look again, epoch ms; null: when told. */
  readonly dueAtMs: number | null;
}

/** What a complaint's workflow asks of the world. */
export function createComplaintActivities(db: Database) {
  return {
    reading: {
      /** @returns what the clock has to do with a complaint at `nowMs`. */
      async complaintStanding(complaintId: string, nowMs: number): Promise<ComplaintStanding> {
        const c = await complaintRow(db, complaintId);
        const more = (await row<{ appealed: boolean; noted: string[]; edition: string; window_speed: number }>(
          db,
          `select exists (select from complaint_appeal where complaint_id = :id and decided_at is null) as appealed,
             coalesce((select array_agg(duty) from complaint_overdue where complaint_id = :id), '{}') as noted, k.edition, t.window_speed
           from campaign k join tenant t on t.id = k.tenant_id where k.id = :campaign`,
          { id: complaintId, campaign: c.campaign_id },
        ))!;
        if (c.decided_at !== null) {
          if (more.appealed) return { over: false, overdue: null, dueAtMs: null };
          const overAtMs = c.decided_at.getTime() + (editionOf(more.edition).windows.appealDays * DAY_MS) / more.window_speed;
          return { over: nowMs >= overAtMs, overdue: null, dueAtMs: overAtMs };
        }
        const duties: [ComplaintDuty, Date, boolean][] = [
          ['acknowledge', c.acknowledge_due_at, c.acknowledged_at !== null],
          ['answer', c.answer_due_at, false],
        ];
        const waiting = duties.filter(([duty, , done]) => !done && !more.noted.includes(duty));
        const late = waiting.find(([, dueAt]) => nowMs >= dueAt.getTime());
        return { over: false, overdue: late?.[0] ?? null, dueAtMs: waiting[0]?.[1].getTime() ?? null };
      },
    },

    database: {
      /** Notes once that a person's duty is overdue: shown on the status page and in the lists, and on the audit chain. */
      async noteOverdueComplaint(complaintId: string, duty: ComplaintDuty, nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const c = await complaintRow(tx, complaintId);
          await campaignRow(tx, c.campaign_id, { lock: true });
          const noted = (await tx.raw(
            'insert into complaint_overdue (complaint_id, duty, noted_at) values (?, ?, ?) on conflict do nothing returning duty',
            [complaintId, duty, at],
          )) as { rows: unknown[] };
          if (noted.rows.length > 0) await audit(tx, happened(c, 'complaint.overdue', 'workflow:complaint', at, { duty }));
        });
      },
    },
  };
}

export type ComplaintActivities = ReturnType<typeof createComplaintActivities>;
