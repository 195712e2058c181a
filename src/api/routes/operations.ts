import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { auditName } from '../../access/actors';
import type { Config } from '../../config';
import { businessNow } from '../../database/clock';
import { lagOf, noSuchWork, openWorkOf, redrive, stuckWork, type Work, WORKFLOWS, wordsTo } from '../../records/operations';
import { route } from '../route';
import { ulidText } from '../schemas';
import { type Health, lookAtAll } from './health';

const workflow = z.enum(WORKFLOWS);
const work = { workflow, id: ulidText };
const nullable = z.string().nullable();
const count = z.int();

const stuck = z
  .object({
    workflow,
    id: z.string(),
    cause: z.enum(['word-waits', 'bank-silent', 'bank-unknown', 'refund-open', 'day-open', 'batch-open']),
    campaignId: nullable,
    since: z.string(),
    ageSeconds: count,
    attempts: count,
    error: nullable,
  })
  .openapi('StuckWork');

const overview = z.object({
  checks: z.array(z.object({ name: z.string(), state: z.enum(['ok', 'failed']), ms: count, why: nullable })),
  lag: z.object({ words: count, oldestWordSeconds: count, unsealed: count, oldestUnsealedSeconds: count }),
  stuck: z.array(stuck),
});

const conducted = z.object({
  status: z.string(),
  startedAt: z.string(),
  events: count,
  /** What it is at, or tries again. */
  pending: z.array(z.object({ activity: z.string(), attempt: count, state: z.string(), nextAt: nullable, error: nullable })),
});

const one = z
  .object({
    workflow,
    id: z.string(),
    campaignId: nullable,
    stands: z.string(),
    since: z.string(),
    /** What Temporal has of it; null: nothing, and a re-drive begins it anew. */
    conducted: conducted.nullable(),
    words: z.array(z.object({ notice: z.string(), createdAt: z.string(), deliveredAt: nullable, attempts: count, error: nullable })),
    /** Where to see it in Temporal's own pages; null where nobody looks into them. */
    link: nullable,
    /** What a re-drive would do. */
    redrive: z.object({ words: count, begunAnew: z.boolean(), asksBankFirst: z.boolean() }),
  })
  .openapi('Work');

/** What stands still and should not, why, and how it is set going again without anything being done twice. Of one's own platform. */
export function operationRoutes(d: Pick<Health, 'db' | 'temporal' | 'config' | 'isMigrated'>) {
  return [
    route({
      method: 'get',
      path: '/v1/operations',
      tag: 'Operations',
      summary: 'What the house rests on, how far it is behind, and what is stuck, the oldest first',
      act: 'operation.read',
      ownTransactions: true,
      input: {},
      answers: { 200: { description: 'At this moment. `error` and `why` are names and codes, never messages.', schema: overview } },
      handler: async ({ db, actor }) => {
        const tenantId = actor.tenantId ?? '';
        const now = await businessNow(db, tenantId);
        const [checks, lag, found] = await Promise.all([lookAtAll(d), lagOf(db, tenantId), stuckWork(db, tenantId, now)]);
        const listed = Object.entries(checks).map(([name, { state, ms, why }]) => ({ name, state, ms, why: why ?? null }));
        return { status: 200, body: { checks: listed, lag, stuck: found } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/operations/work',
      tag: 'Operations',
      summary: 'One open story: where it stands, the words to it, what Temporal has of it, and what a re-drive would do',
      act: 'operation.read',
      ownTransactions: true,
      input: { query: z.strictObject(work) },
      answers: { 200: { description: 'The story, as Postgres knows it.', schema: one } },
      handler: async ({ db, query, actor }) => {
        const tenantId = actor.tenantId ?? '';
        const open = await openWorkOf(db, tenantId, query);
        if (!open) throw noSuchWork();
        const [words, found] = await Promise.all([wordsTo(db, tenantId, query), conductedOf(d.temporal, query)]);
        const waiting = words.filter(({ deliveredAt }) => deliveredAt === null).length;
        const money = ['transfer', 'payoutBatch', 'release', 'refund'].includes(query.workflow);
        const body = { ...query, campaignId: open.campaign_id, stands: open.stands, since: open.since.toISOString(), conducted: found, words };
        const preview = { words: waiting, begunAnew: found?.status !== 'RUNNING', asksBankFirst: money };
        return { status: 200, body: { ...body, link: linkTo(d.config, query), redrive: preview } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/operations/redrives',
      tag: 'Operations',
      summary: 'Has one open story looked at again; nothing is done twice',
      act: 'operation.redrive',
      idempotencyKey: true,
      input: { body: z.strictObject(work) },
      answers: { 201: { description: 'It will hear of it; how many words to it go out now.', schema: z.object({ words: count }) } },
      handler: async ({ tx, body, actor, requestKey }) => {
        const tenantId = actor.tenantId ?? '';
        const at = await businessNow(tx, tenantId);
        return { status: 201, body: { words: await redrive(tx, body, { tenantId, by: auditName(actor), at, cause: `redriven-${requestKey}` }) } };
      },
    }),
  ];
}

const workflowIdOf = ({ workflow: kind, id }: Work): string => `${kind}/${id}`;

function linkTo({ temporalUi }: Config, of: Work): string | null {
  if (!temporalUi) return null;
  return `${temporalUi.url}/namespaces/${encodeURIComponent(temporalUi.namespace)}/workflows/${encodeURIComponent(workflowIdOf(of))}`;
}

/** How long Temporal may take to answer, ms. */
const PATIENCE_MS = 3_000;

async function conductedOf(temporal: Client, of: Work): Promise<z.infer<typeof conducted> | null> {
  try {
    const found = await temporal.withDeadline(Date.now() + PATIENCE_MS, () => temporal.workflow.getHandle(workflowIdOf(of)).describe());
    return { status: found.status.name, startedAt: found.startTime.toISOString(), events: found.historyLength, pending: pendingOf(found) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** What people write may be in a failure's message: its kind is told and no more. */
function pendingOf({ raw }: WorkflowExecutionDescription): z.infer<typeof conducted>['pending'] {
  return (raw.pendingActivities ?? []).map((each) => {
    const next = each.scheduledTime?.seconds;
    const failure = each.lastFailure;
    return {
      activity: each.activityType?.name ?? '',
      attempt: each.attempt ?? 1,
      state: each.lastFailure ? 'retrying' : 'running',
      nextAt: failure && next ? new Date(Number(next) * 1_000).toISOString() : null,
      error: failure ? (failure.applicationFailureInfo?.type ?? 'failed') : null,
    };
  });
}
