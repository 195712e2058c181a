import { say } from '../text/say';
import { z } from 'zod';
import { EVENT_DATA_KEYS, EVENT_TYPES } from '../../audit/eventTypes';
import { type Connection, row, rows } from '../../database/connect';
import { route } from '../route';

/** A chain position; bigint in the database, so no more than 18 digits. */
const cursor = z.string().regex(/^(0|[1-9][0-9]{0,17})$/, say({ zh: '须为本接口返回的游标，或 0', en: 'a cursor that this route answered, or 0' }));
const limit = z
  .string()
  .regex(/^([1-9][0-9]?|100)$/, say({ zh: '须为 1 至 100', en: '1 to 100' }))
  .transform(Number);

/** What happened to a tenant, in the order of the sealed audit chain: nothing is skipped, nothing comes twice, whatever commits late. */
export const eventRoutes = [
  route({
    method: 'get',
    path: '/v1/events',
    tag: 'Events',
    summary: "The tenant's events in the order of the sealed audit chain",
    act: 'event.read',
    input: { query: z.strictObject({ after: cursor.default('0'), limit: limit.default(100) }) },
    answers: { 200: { description: 'Events after the cursor, and `next`: the cursor to ask with next time, also when there were none.' } },
    handler: async ({ tx, query, actor }) => ({ status: 200, body: await eventsAfter(tx, actor.tenantId!, query.after, query.limit) }),
  }),
];

interface EventRow {
  readonly position: bigint;
  readonly action: string;
  readonly subject: string;
  readonly campaign_id: string | null;
  readonly business_at: Date | null;
  readonly recorded_at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** @returns a page of a tenant's events after a place in the chain, and the place to go on from. */
export async function eventsAfter(connection: Connection, tenantId: string, after: string, limit: number) {
  // The head is read first: what is sealed meanwhile belongs to the next page.
  const head = (await row<{ position: bigint }>(connection, 'select coalesce(max(position), 0) as position from audit.link'))!.position;
  const page = await rows<EventRow>(
    connection,
    `select l.position, e.action, e.subject, e.campaign_id, e.business_at, e.recorded_at, e.data
     from audit.link l join audit.event e on e.seq = l.event_seq
     where l.position > ? and l.position <= ? and e.tenant_id = ? and e.action = any(?) order by l.position limit ?`,
    [after, head.toString(), tenantId, Object.keys(EVENT_TYPES), limit] as never,
  );
  // A page that is not full has seen everything up to the head, others' events included.
  const next = page.length === limit ? page.at(-1)!.position : BigInt(after) > head ? BigInt(after) : head;
  return {
    events: page.map((e) => ({
      id: e.position.toString(),
      type: e.action,
      subject: e.subject,
      campaignId: e.campaign_id,
      businessAt: e.business_at?.toISOString() ?? null,
      recordedAt: e.recorded_at.toISOString(),
      data: Object.fromEntries(EVENT_DATA_KEYS.flatMap((key) => (e.data[key] === undefined ? [] : [[key, e.data[key]]]))),
    })),
    next: next.toString(),
  };
}
