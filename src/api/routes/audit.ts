import { z } from 'zod';
import type { KeyObject } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { type Actor } from '../../access/actors';
import { verifyChain } from '../../audit/chain';
import { EVENT_DATA_KEYS } from '../../audit/eventTypes';
import { proofLines } from '../../audit/proof';
import { chainStanding } from '../../audit/standing';
import { type Connection, rows } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { verifyLedger } from '../../ledger/verify';
import { cursor, cursorAt, pageLimit } from '../cursor';
import { route } from '../route';
import { timeText, ulidText } from '../schemas';
import { say } from '../text/say';

const filter = z.strictObject({
  tenantId: ulidText.optional(),
  campaignId: ulidText.optional(),
  action: z
    .string()
    .regex(/^[a-z][a-z0-9_.-]{0,63}$/, say({ zh: '须为事件名或其开头，如 release.', en: "an action's name or its beginning, such as release." }))
    .optional(),
  actor: z
    .string()
    .regex(/^[a-z][\w:-]{0,99}$/, say({ zh: '须为事件中的操作者，如 reviewer:编号', en: 'an actor as events name them, such as reviewer:<id>' }))
    .optional(),
  from: timeText.optional(),
  to: timeText.optional(),
  after: cursor(/^[1-9][0-9]{0,17}$/).optional(),
  limit: pageLimit,
});

const decimal = z.string();
const standing = z.object({
  head: z.object({ position: decimal, hash: z.string() }).nullable(),
  anchor: z.object({ position: decimal, hash: z.string(), at: z.string(), behind: decimal, ageMs: z.number() }).nullable(),
  sealed: decimal,
  unsealed: decimal,
  oldestUnsealedMs: z.number().nullable(),
});
const verdict = z.object({
  verified: z.boolean(),
  differences: z.array(z.object({ what: z.string(), subject: z.string(), expected: z.unknown(), found: z.unknown() })),
  ms: z.int(),
});
const listed = z.object({
  events: z.array(
    z.object({
      id: z.string(),
      sealed: z.string().nullable(),
      tenantId: z.string().nullable(),
      campaignId: z.string().nullable(),
      actor: z.string(),
      action: z.string(),
      subject: z.string(),
      businessAt: z.string().nullable(),
      recordedAt: z.string(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
  next: z.string().nullable(),
});

/** What an auditor reads of their own tenant, and a regulator of all: who did what, and where the chain stands. Ids, codes and fen; nothing of a person. */
export function auditRoutes(anchorFile: string, anchorKey: KeyObject) {
  return [
    route({
      method: 'get',
      path: '/v1/audit/events',
      tag: 'Audit',
      summary: 'What was done, newest first, sealed or not yet',
      act: 'audit.read',
      input: { query: filter },
      answers: {
        200: {
          description:
            'Events with `sealed` = their position in the chain, null before they are sealed; `next` leads on. `action` filters by beginning, `from` and `to` by when it was recorded.',
          schema: listed,
        },
      },
      handler: async ({ tx, query, actor }) => ({ status: 200, body: await eventPage(tx, actor, query) }),
    }),
    route({
      method: 'get',
      path: '/v1/audit/chain',
      tag: 'Audit',
      summary: 'Where the sealed chain of all events stands: head, last anchor, what waits to be sealed',
      act: 'audit.read',
      input: {},
      answers: { 200: { description: 'The standing, at this moment.', schema: standing } },
      handler: async ({ tx }) => ({ status: 200, body: await chainStanding(tx, anchorFile) }),
    }),
    route({
      method: 'get',
      path: '/v1/audit/verification',
      tag: 'Audit',
      summary: "Rebuilds the platform's balances, and recomputes the whole chain, from their rows",
      act: 'audit.verify',
      ownTransactions: true,
      input: {},
      answers: { 200: { description: 'What holds, and each difference; the same as `almoner verify`.', schema: verdict } },
      handler: async ({ db, actor }) => {
        const beganMs = Date.now();
        const ledger = await verifyLedger(db, tenantAsked(actor, undefined));
        const chain = await verifyChain(db, anchorFile, anchorKey);
        return { status: 200, body: { verified: ledger.length + chain.length === 0, differences: [...ledger, ...chain], ms: Date.now() - beganMs } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/audit/proof',
      tag: 'Audit',
      summary: 'The sealed chain as a file that anybody checks without the house, by `almoner check-proof FILE`',
      act: 'audit.verify',
      ownTransactions: true,
      input: {},
      answers: {
        200: {
          description: "Lines of JSON: the key, every link with its hash, one's own platform's events in full (a regulator's: all), every anchor.",
        },
      },
      sends: ['application/x-ndjson'],
      handler: async ({ db, actor }) => ({
        status: 200,
        stream: async (res) => {
          // The name first: by its ending Express would say that it is of no known type.
          res.attachment(`almoner-proof-${new Date().toISOString().slice(0, 10)}.ndjson`).type('application/x-ndjson');
          await pipeline(proofLines(db, tenantAsked(actor, undefined), anchorFile, anchorKey), res);
        },
      }),
    }),
  ];
}

interface EventRow {
  readonly seq: bigint;
  readonly position: bigint | null;
  readonly tenant_id: string | null;
  readonly campaign_id: string | null;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly business_at: Date | null;
  readonly recorded_at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

async function eventPage(connection: Connection, actor: Actor, query: z.infer<typeof filter>): Promise<Record<string, unknown>> {
  const tenantId = tenantAsked(actor, query.tenantId);
  const page = await rows<EventRow>(
    connection,
    `select e.*, l.position from audit.event e left join audit.link l on l.event_seq = e.seq
     where (:tenant::text is null or e.tenant_id = :tenant) and (:campaign::text is null or e.campaign_id = :campaign)
       and (:action::text is null or starts_with(e.action, :action)) and (:actor::text is null or e.actor = :actor)
       and (:from::timestamptz is null or e.recorded_at >= :from) and (:to::timestamptz is null or e.recorded_at < :to)
       and (:after::bigint is null or e.seq < :after) order by e.seq desc limit :limit`,
    {
      tenant: tenantId,
      campaign: query.campaignId ?? null,
      action: query.action ?? null,
      actor: query.actor ?? null,
      from: query.from ?? null,
      to: query.to ?? null,
      after: query.after ?? null,
      limit: query.limit,
    } as never,
  );
  return {
    events: page.map((e) => ({
      id: e.seq.toString(),
      sealed: e.position?.toString() ?? null,
      tenantId: e.tenant_id,
      campaignId: e.campaign_id,
      actor: e.actor,
      action: e.action,
      subject: e.subject,
      businessAt: e.business_at?.toISOString() ?? null,
      recordedAt: e.recorded_at.toISOString(),
      data: Object.fromEntries(EVENT_DATA_KEYS.flatMap((key) => (e.data[key] === undefined ? [] : [[key, e.data[key]]]))),
    })),
    next: cursorAt(page.length === query.limit ? page.at(-1)!.seq.toString() : undefined),
  };
}

/** @returns whose rows are read: the actor's own tenant's; a regulator's choice, or all. @throws {DomainError} object.not_found for another tenant's. */
export function tenantAsked(actor: Actor, asked: string | undefined): string | null {
  if (actor.role === 'regulator') return asked ?? null;
  if (asked !== undefined && asked !== actor.tenantId)
    throw new DomainError('object.not_found', { zh: '没有该租户', en: 'There is no such tenant' }, { field: '/query/tenantId' });
  return actor.tenantId ?? '';
}
