import { z } from 'zod';
import { businessNow } from '../../database/clock';
import { row } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { appealRow, decideAppeal, fileAppeal, readAppeal } from '../../records/blacklistAppeals';
import { addListing, LISTING_GROUNDS } from '../../records/blacklist';
import { LISTING_STATES, listingOf, listings, type Looker } from '../../records/blacklistViews';
import type { PersonalData } from '../../security/personalData';
import { type Actor, auditName } from '../../access/actors';
import { may } from '../../access/policy';
import { route } from '../route';
import { id, personText, recordText, ulidText } from '../schemas';
import { PARTIES } from '../../domain/convention/terms';
import { ownCampaign } from './campaigns';

const page = z.strictObject({ before: ulidText.optional() });
const narrowed = page.extend({ id: ulidText.optional(), whose: z.enum(['own', 'others']).optional(), state: z.enum(LISTING_STATES).optional() });
const nullableText = z.string().nullable();
const standing = {
  id: z.string(),
  name: z.string(),
  ground: z.enum(LISTING_GROUNDS),
  platform: z.string(),
  publishedAt: z.string(),
  expiresAt: z.string(),
  state: z.enum(LISTING_STATES),
};
const appealAnswer = z.object({
  id: z.string(),
  filedAt: z.string(),
  outcome: z.enum(['upheld', 'dismissed']).nullable(),
  reason: nullableText,
  decidedAt: nullableText,
  acts: z.array(z.enum(['decide'])),
});
const listingAnswer = z
  .object({
    ...standing,
    reason: z.string(),
    evidence: z.string(),
    listedAt: z.string(),
    /** Whether the asker's platform listed. */
    own: z.boolean(),
    /** The newest appeal; null for other platforms' listings. */
    appeal: appealAnswer.nullable(),
  })
  .openapi('BlacklistListing');
const pageAnswer = z.object({ listings: z.array(listingAnswer), next: nullableText });
const publicPageAnswer = z.object({ listings: z.array(z.object(standing)), next: nullableText });
const looking = (actor: Actor): Looker => ({ tenantId: actor.tenantId!, staffId: actor.id, decides: may(actor, 'blacklist.decide-appeal') });

/** BLACKLIST: listed by a named person's decision with evidence, shared by all platforms, published, appealable, over after the edition's days. */
export function blacklistRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/blacklist',
      tag: 'Blacklist',
      summary: 'Puts a party of a campaign on the list that all platforms share',
      act: 'blacklist.list',
      input: {
        body: z.strictObject({
          campaignId: ulidText,
          party: z.enum(PARTIES),
          ground: z.enum(LISTING_GROUNDS),
          reason: recordText(1000),
          evidence: recordText(1000),
        }),
      },
      answers: { 201: { description: 'The listing, published at once; the same party, campaign and ground stand once.', schema: listingAnswer } },
      handler: async ({ tx, body, actor }) => {
        const campaign = await ownCampaign(tx, body.campaignId, actor, true);
        const payeeId = campaign.payee_kind === 'seeker' ? campaign.patient_id : campaign.payee_person_id;
        const personId = { patient: campaign.patient_id, sponsor: campaign.sponsor_id, payee: payeeId }[body.party];
        if (personId === null)
          throw new DomainError(
            'request.invalid',
            { zh: 'party：该收款方是机构；名单只列个人', en: 'party: this payee is an institution; persons are listed' },
            {
              field: '/party',
              rules: ['BLACKLIST'],
            },
          );
        const at = await businessNow(tx, campaign.tenant_id);
        const { ground, reason, evidence } = body;
        const listingId = await addListing(tx, {
          campaign,
          personId,
          ground,
          reason,
          evidence,
          staffId: actor.id,
          tenantId: campaign.tenant_id,
          at,
        });
        return { status: 201, body: await listingOf(tx, personalData, listingId, looking(actor)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/blacklist',
      tag: 'Blacklist',
      summary: 'The shared list as every platform sees it, newest first',
      act: 'blacklist.read',
      input: { query: narrowed },
      answers: {
        200: { description: 'Listings of every platform, with names masked; `next` leads on. `id` is one of them alone.', schema: pageAnswer },
      },
      handler: async ({ tx, query, actor }) => {
        const own = (await row<{ kind: 'platform' | 'sandbox' }>(tx, 'select kind from tenant where id = ?', [actor.tenantId]))!;
        return { status: 200, body: await listings(tx, personalData, { ...query, realm: own.kind, looker: looking(actor) }) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/public/blacklist',
      tag: 'Public',
      summary: 'Who stands on the list now: masked name, ground, dates and platform',
      act: 'public.read',
      input: { query: page.extend({ realm: z.enum(['platform', 'sandbox']).default('platform') }) },
      answers: { 200: { description: 'Standing listings, newest first; `next` leads on.', schema: publicPageAnswer } },
      handler: async ({ tx, query }) => ({
        status: 200,
        body: await listings(tx, personalData, { ...query, looker: null }),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/blacklist/{id}/appeals',
      tag: 'Blacklist',
      summary: 'Files an appeal for somebody whom this platform listed',
      act: 'blacklist.appeal',
      input: { params: id, body: z.strictObject({ text: personText(4000) }) },
      answers: { 201: { description: 'Filed; the listing stands until it is decided.', schema: z.looseObject({ id: z.string() }) } },
      handler: async ({ tx, params, body, actor }) => ({
        status: 201,
        body: { id: await fileAppeal(tx, personalData, { listingId: params.id, tenantId: actor.tenantId!, text: body.text, by: auditName(actor) }) },
      }),
    }),
    route({
      method: 'get',
      path: '/v1/blacklist-appeals/{id}',
      tag: 'Blacklist',
      summary: 'What an appeal says; each look is recorded',
      act: 'blacklist.read-appeal',
      input: { params: id },
      answers: {
        200: { description: 'The appeal.', schema: z.object({ id: z.string(), listingId: z.string(), filedAt: z.string(), text: z.string() }) },
      },
      handler: async ({ tx, params, actor }) => {
        const appeal = await appealRow(tx, params.id, actor.tenantId!);
        const text = await readAppeal(tx, personalData, appeal, auditName(actor));
        return { status: 200, body: { id: appeal.id, listingId: appeal.listing_id, filedAt: appeal.filed_at.toISOString(), text } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/blacklist-appeals/{id}/decision',
      tag: 'Blacklist',
      summary: 'Decides an appeal; another person than the one who listed',
      act: 'blacklist.decide-appeal',
      input: { params: id, body: z.strictObject({ outcome: z.enum(['upheld', 'dismissed']), reason: recordText(1000) }) },
      answers: { 200: { description: 'The listing: lifted where the appeal is upheld.', schema: listingAnswer } },
      handler: async ({ tx, params, body, actor }) => {
        const appeal = await appealRow(tx, params.id, actor.tenantId!, { lock: true });
        await decideAppeal(tx, appeal, { ...body, staffId: actor.id, by: auditName(actor) });
        return { status: 200, body: await listingOf(tx, personalData, appeal.listing_id, looking(actor)) };
      },
    }),
  ];
}
