import { z } from 'zod';
import { EVENT_DATA_KEYS, EVENT_TYPES } from '../../audit/eventTypes';
import { type Connection, rows } from '../../database/connect';
import { cursor, cursorAt, pageLimit } from '../cursor';
import { route } from '../route';
import { id } from '../schemas';
import { ownCampaign } from './campaigns';

const event = z
  .object({
    id: z.string(),
    /** Its position in the chain; null while it waits to be sealed. */
    sealed: z.string().nullable(),
    type: z.string(),
    subject: z.string(),
    by: z.object({ role: z.string(), name: z.string().nullable() }),
    businessAt: z.string().nullable(),
    recordedAt: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .openapi('TimelineEvent');

/** What happened to one campaign, as the audit chain has it: there is no second log. */
export const timelineRoutes = [
  route({
    method: 'get',
    path: '/v1/campaigns/{id}/timeline',
    tag: 'Campaigns',
    summary: 'Who did what to a campaign, newest first, from the audit chain',
    act: 'timeline.read',
    input: { params: id, query: z.strictObject({ after: cursor(/^[1-9][0-9]{0,17}$/).optional(), limit: pageLimit }) },
    answers: {
      200: {
        description: 'Events; `sealed` is the position in the chain, null before it is sealed; `next` leads on.',
        schema: z.object({ events: z.array(event), next: z.string().nullable() }),
      },
    },
    handler: async ({ tx, params, query, actor }) => {
      await ownCampaign(tx, params.id, actor);
      return { status: 200, body: await timelinePage(tx, params.id, query.after ?? null, query.limit) };
    },
  }),
];

interface EventRow {
  readonly seq: bigint;
  readonly position: bigint | null;
  readonly actor: string;
  readonly name: string | null;
  readonly action: string;
  readonly subject: string;
  readonly business_at: Date | null;
  readonly recorded_at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

async function timelinePage(connection: Connection, campaignId: string, after: string | null, limit: number) {
  const page = await rows<EventRow>(
    connection,
    `select e.seq, l.position, e.actor, s.display_name as name, e.action, e.subject, e.business_at, e.recorded_at, e.data
     from audit.event e left join audit.link l on l.event_seq = e.seq left join staff s on s.id = split_part(e.actor, ':', 2)
     where e.campaign_id = :campaign and e.action = any(:known) and (:after::bigint is null or e.seq < :after) order by e.seq desc limit :limit`,
    { campaign: campaignId, known: Object.keys(EVENT_TYPES), after, limit } as never,
  );
  return {
    events: page.map((e) => ({
      id: e.seq.toString(),
      sealed: e.position?.toString() ?? null,
      type: e.action,
      subject: e.subject,
      by: { role: e.actor.split(':')[0]!, name: e.name },
      businessAt: e.business_at?.toISOString() ?? null,
      recordedAt: e.recorded_at.toISOString(),
      data: Object.fromEntries(EVENT_DATA_KEYS.flatMap((key) => (e.data[key] === undefined ? [] : [[key, e.data[key]]]))),
    })),
    next: cursorAt(page.length === limit ? page.at(-1)!.seq.toString() : undefined),
  };
}
