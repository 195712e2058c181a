import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Database, inTransaction } from '../database/connect';
import { editionOf } from '../domain/convention/editions';
import { type DutyStep, nextStep } from '../domain/supervision';
import { campaignRow } from '../records/campaigns';
import { tellReleases } from '../records/outbox';
import { placeHold } from '../records/releases';
import { dutiesOf, openDuties } from '../records/supervision';

const WORKFLOW = 'workflow:supervision';
const COLUMN: Readonly<Record<DutyStep, string>> = { reminded: 'reminded_at', marked: 'marked_at', held: 'held_at' };

export interface SupervisionStanding {
  /** The campaign has ended. */
  readonly over: boolean;
  /** Some duty is overdue by as much as its next step asks. */
  readonly stepIsDue: boolean;
  /** When to look again, epoch ms; null: when told. */
  readonly dueAtMs: number | null;
}

/** What a campaign's supervision asks of the world. Each act looks where the duties stand first. */
export function createSupervisionActivities(db: Database) {
  return {
    reading: {
      /** @returns what the clock has to do about a campaign's duties at `nowMs`. A stopped campaign has other worries: nothing more falls due. */
      async supervisionStanding(campaignId: string, nowMs: number): Promise<SupervisionStanding> {
        const c = await campaignRow(db, campaignId);
        if (c.ended_at !== null) return { over: true, stepIsDue: false, dueAtMs: null };
        if (c.stopped_at !== null) return { over: false, stepIsDue: false, dueAtMs: null };
        const { windows } = editionOf(c.edition);
        const times = openDuties(await dutiesOf(db, campaignId)).flatMap((d) => nextStep(d, windows, c.window_speed)?.atMs ?? []);
        const nextMs = times.length === 0 ? null : Math.min(...times);
        return { over: false, stepIsDue: nextMs !== null && nextMs <= nowMs, dueAtMs: nextMs };
      },
    },

    database: {
      /** SUPERVISE: takes each step that is due: reminder, public mark, hold of payouts. */
      async takeSupervisionSteps(campaignId: string, nowMs: number): Promise<void> {
        const at = new Date(nowMs);
        await inTransaction(db, async (tx) => {
          const c = await campaignRow(tx, campaignId, { lock: true });
          if (c.ended_at !== null || c.stopped_at !== null) return;
          const { windows, rules } = editionOf(c.edition);
          for (const duty of openDuties(await dutiesOf(tx, campaignId))) {
            const next = nextStep(duty, windows, c.window_speed);
            if (next === null || next.atMs > nowMs) continue;
            await tx('duty')
              .where('id', duty.id)
              .update({ [COLUMN[next.step]]: at });
            const event = { subject: `campaign/${campaignId}`, actor: WORKFLOW, tenantId: c.tenant_id, campaignId, businessAt: at };
            await audit(tx, { action: `duty.${next.step}`, ...event, data: { duty: duty.id, kind: duty.kind } });
            if (next.step !== 'held' || !rules.has('SUPERVISE')) continue;
            const reason = `an update on ${duty.kind} is overdue`;
            if (await placeHold(tx, { id: ulid(), campaignId, releaseId: null, rule: 'SUPERVISE', reason, at })) {
              await audit(tx, { action: 'hold.placed', ...event, data: { rule: 'SUPERVISE', reason } });
              await tellReleases(tx, { id: campaignId, tenantId: c.tenant_id }, ['publicity', 'approval'], 'hold-changed', `supervise-${duty.id}`);
            }
          }
        });
      },
    },
  };
}

export type SupervisionActivities = ReturnType<typeof createSupervisionActivities>;
