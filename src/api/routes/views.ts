import { z } from 'zod';
import { auditName } from '../../access/actors';
import { removeView, saveView, savedViews, shareView, SHARINGS } from '../../access/savedViews';
import { audit } from '../../audit/append';
import { savedViewAnswer } from '../answers';
import { route } from '../route';
import { id, recordText } from '../schemas';
import { say } from '../text/say';

const TAG = 'Log-in';
const address = z
  .string()
  .regex(
    /^\/(?!\/)[A-Za-z0-9/-]{1,100}(\?[A-Za-z0-9=&%._~+-]{1,500})?$/,
    say({ zh: '须为工作台中的地址，如 /exceptions?state=open', en: 'an address below the console, such as /exceptions?state=open' }),
  );

/** A person's own views of the console, and what colleagues share: addresses with their filters, by name. */
export const viewRoutes = [
  route({
    method: 'get',
    path: '/v1/me/views',
    tag: TAG,
    summary: 'The views that this person keeps, by name, and those that colleagues share with them',
    act: 'me.keep-views',
    input: {},
    answers: {
      200: {
        description: 'At most 50 of one’s own; `mine` says which, `by` whose the others are.',
        schema: z.object({ views: z.array(savedViewAnswer) }),
      },
    },
    handler: async ({ tx, actor }) => ({ status: 200, body: { views: await savedViews(tx, actor) } }),
  }),
  route({
    method: 'post',
    path: '/v1/me/views',
    tag: TAG,
    summary: 'Keeps a screen of the console with its filters, under a name of this person’s own',
    act: 'me.keep-views',
    input: { body: z.strictObject({ name: recordText(40), address }) },
    answers: { 201: { description: 'Kept.', schema: savedViewAnswer } },
    handler: async ({ tx, actor, body }) => ({ status: 201, body: await saveView(tx, actor, body.name, body.address) }),
  }),
  route({
    method: 'post',
    path: '/v1/me/views/{id}/sharing',
    tag: TAG,
    summary: 'Shares a view of this person with colleagues of the role or with the whole platform, or takes it back',
    act: 'me.keep-views',
    input: { params: id, body: z.strictObject({ shared: z.enum(SHARINGS) }) },
    answers: { 204: { description: 'Shared as asked. It stays this person’s to change.' } },
    handler: async ({ tx, actor, params, body }) => {
      if (await shareView(tx, actor.id, params.id, body.shared))
        await audit(tx, {
          action: 'view.shared',
          subject: `view/${params.id}`,
          actor: auditName(actor),
          ...(actor.tenantId ? { tenantId: actor.tenantId } : {}),
          data: { kind: body.shared },
        });
      return { status: 204 };
    },
  }),
  route({
    method: 'post',
    path: '/v1/me/views/{id}/removal',
    tag: TAG,
    summary: 'Takes a view of this person away',
    act: 'me.keep-views',
    input: { params: id },
    answers: { 204: { description: 'Gone.' } },
    handler: async ({ tx, actor, params }) => {
      await removeView(tx, actor.id, params.id);
      return { status: 204 };
    },
  }),
];
