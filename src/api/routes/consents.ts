import { z } from 'zod';
import { shanghaiDate } from '../../domain/calendar';
import { consentTexts } from '../../records/consents';
import { route } from '../route';
import { dateText } from '../schemas';

/** RIGHTS: the rules that each party is shown before it is served. */
export const consentRoutes = [
  route({
    method: 'get',
    path: '/v1/public/consents',
    tag: 'Public',
    summary: 'The rules that seeker, sponsor and donor agree to before they are served, in both languages',
    act: 'public.read',
    input: { query: z.strictObject({ on: dateText.optional() }) },
    answers: { 200: { description: 'The newest text of each party in force on that day in Shanghai; today unless a day is given.' } },
    // The public has no tenant and so no test clock: today is the wall's.
    handler: async ({ tx, query }) => ({ status: 200, body: { consents: await consentTexts(tx, query.on ?? shanghaiDate(Date.now())) } }),
  }),
];
