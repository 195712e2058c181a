import { z } from 'zod';
import { sendLive } from '../live';
import { route } from '../route';
import { say } from '../text/say';

const PLACE = /^(0|[1-9][0-9]{0,17})$/;
/** How long one stream lasts at most, s: then the log-in is looked at again. */
const LONGEST_S = 300;

const listening = z.strictObject({
  after: z
    .string()
    .regex(PLACE, say({ zh: '须为此前事件的编号', en: 'the id of an event before' }))
    .optional(),
  seconds: z
    .string()
    .regex(/^(0|[1-9][0-9]?|[12][0-9]{2}|300)$/, say({ zh: `须为 0 至 ${LONGEST_S} 的整数`, en: `0 to ${LONGEST_S}` }))
    .transform(Number)
    .default(0),
});

/** What happens to a tenant, to who has a screen open. @param isEnding whether this process lets go of its connections. */
export const liveRoutes = (isEnding: () => boolean) => [
  route({
    method: 'get',
    path: '/v1/live',
    tag: 'Events',
    summary: 'What happens to the own tenant, as server-sent events in the order of the sealed chain',
    act: 'live.read',
    input: { query: listening },
    sends: ['text/event-stream'],
    answers: {
      200: {
        description:
          'First `listening` with the place to go on from, then an event each: its id is its place in the chain. `seconds`: how long to listen, 0 for what there is. Resume by `Last-Event-ID`, or by `after`; with neither, from now on.',
      },
    },
    handler: async ({ db, query, actor }) => ({
      status: 200,
      stream: (res) => {
        const last = res.req.get('last-event-id');
        const after = last !== undefined && PLACE.test(last) ? last : (query.after ?? null);
        return sendLive(res, db, { tenantId: actor.tenantId ?? '', after, seconds: query.seconds, isEnding });
      },
    }),
  }),
];
