import { z } from 'zod';
import { type Actor, auditName } from '../../access/actors';
import { may } from '../../access/policy';
import { businessNow } from '../../database/clock';
import { inTransaction } from '../../database/connect';
import type { DocumentStore } from '../../documents/store';
import { PARTIES } from '../../domain/convention/terms';
import { askDeletion, decideDeletion, deletionRow, deletions, type NamedDeletion } from '../../records/deletions';
import { removedBytes } from '../../records/documents';
import { campaignPeople, ownPerson, REVEAL_PURPOSES, REVEALED_FIELDS, REVEALS_PER_DAY, reveal, revealLog } from '../../records/reveals';
import type { PersonalData } from '../../security/personalData';
import { deletionAnswer } from '../answers';
import { route } from '../route';
import { id, personText, ulidText } from '../schemas';
import { say } from '../text/say';
import { ownCampaign } from './campaigns';

const reason = personText(500).refine((text) => text.length >= 10, say({ zh: '至少 10 个字符', en: 'at least 10 characters' }));
const limit = z
  .string()
  .regex(/^([1-9][0-9]?|100)$/, say({ zh: '须为 1 至 100', en: '1 to 100' }))
  .transform(Number);

const looks = z.object({
  reveals: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['person', 'document']),
      subject: z.string(),
      fields: z.array(z.string()),
      purpose: z.string().nullable(),
      reason: z.string().nullable(),
      staffId: z.string(),
      by: z.string(),
      at: z.string(),
    }),
  ),
  next: z.string().nullable(),
});

const parties = z.object({
  people: z.array(
    z.object({
      party: z.enum(PARTIES),
      personId: z.string(),
      name: z.string().nullable(),
      idNumber: z.string().nullable(),
      phone: z.string().nullable(),
      account: z.string().nullable(),
      deletedAt: z.string().nullable(),
    }),
  ),
});

/** Routes by which personal data is shown, and deleted. */
export function peopleRoutes(personalData: PersonalData, store: DocumentStore) {
  return [
    route({
      method: 'get',
      path: '/v1/campaigns/{id}/people',
      tag: 'People',
      summary: 'Whom a campaign is about, masked',
      act: 'person.read',
      input: { params: id },
      answers: { 200: { description: 'Patient, sponsor and payee; of a deleted person nothing but the id.', schema: parties } },
      handler: async ({ tx, params, actor }) => ({
        status: 200,
        body: { people: await campaignPeople(tx, personalData, await ownCampaign(tx, params.id, actor)) },
      }),
    }),
    route({
      method: 'post',
      path: '/v1/people/{id}/reveals',
      tag: 'People',
      summary: `Shows personal data in the clear to a named person, for a reason that is kept; at most ${REVEALS_PER_DAY} times in 24 hours`,
      act: 'person.reveal',
      input: {
        params: id,
        body: z.strictObject({
          fields: z.array(z.enum(REVEALED_FIELDS)).min(1).max(REVEALED_FIELDS.length),
          purpose: z.enum(REVEAL_PURPOSES),
          reason,
        }),
      },
      answers: { 201: { description: 'The values asked for; null where nothing is on file. The look is on record before they leave.' } },
      handler: async ({ tx, params, body, actor }) => {
        const person = await ownPerson(tx, params.id, actor.tenantId ?? '');
        const at = await businessNow(tx, person.tenant_id);
        const asked = { ...body, fields: [...new Set(body.fields)], staffId: actor.id, actor: auditName(actor), at };
        return { status: 201, body: await reveal(tx, personalData, person, asked) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/reveals',
      tag: 'People',
      summary: 'Every look at personal data and at documents, newest first',
      act: 'reveal.read',
      input: { query: z.strictObject({ before: ulidText.default('7ZZZZZZZZZZZZZZZZZZZZZZZZZ'), limit: limit.default(100) }) },
      answers: { 200: { description: 'Who looked at what, when, what for and why; `next` is asked with as `before`.', schema: looks } },
      handler: async ({ tx, query, actor }) => {
        const reveals = await revealLog(tx, personalData, actor.tenantId ?? '', query.before, query.limit);
        return { status: 200, body: { reveals, next: reveals.length === query.limit ? reveals.at(-1)!.id : null } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/people/{id}/deletion',
      tag: 'People',
      summary: "Takes a person's request to delete their data; another person confirms it",
      act: 'person.ask-deletion',
      input: { params: id, body: z.strictObject({ reason }) },
      answers: {
        201: {
          description:
            'Waits for its confirmation. Refused while a campaign of theirs is open, money unsettled, a complaint open, or the record kept by law.',
          schema: deletionAnswer,
        },
      },
      handler: async ({ tx, params, body, actor }) => {
        const person = await ownPerson(tx, params.id, actor.tenantId ?? '');
        const at = await businessNow(tx, person.tenant_id);
        const asked = await askDeletion(tx, personalData, person, { reason: body.reason, staffId: actor.id, actor: auditName(actor), at });
        return { status: 201, body: deletionView(personalData, asked, actor) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/deletions',
      tag: 'People',
      summary: 'Requests to delete personal data, newest first',
      act: 'deletion.read',
      input: {},
      answers: {
        200: {
          description: 'The last hundred; `acts` is what the asker may decide now.',
          schema: z.object({ deletions: z.array(deletionAnswer) }),
        },
      },
      handler: async ({ tx, actor }) => {
        const found = await deletions(tx, actor.tenantId ?? '');
        return { status: 200, body: { deletions: found.map((d) => deletionView(personalData, d, actor)) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/deletions/{id}/decision',
      tag: 'People',
      summary: "Confirms or declines a deletion; who asked for it may not. Confirmed, the person's key is destroyed",
      act: 'person.decide-deletion',
      input: { params: id, body: z.strictObject({ confirmed: z.boolean() }) },
      answers: { 200: { description: 'The deletion.', schema: deletionAnswer } },
      ownTransactions: true,
      handler: async ({ db, params, body, actor }) => {
        const tenantId = actor.tenantId ?? '';
        const documents = await inTransaction(db, async (tx) => {
          const at = await businessNow(tx, tenantId);
          return decideDeletion(tx, await deletionRow(tx, params.id, tenantId), body.confirmed, { staffId: actor.id, actor: auditName(actor), at });
        });
        // The key is gone, so the bytes are noise already; what a crash leaves of them here, `almoner retention` removes.
        const now = await businessNow(db, tenantId);
        for (const document of documents) await removedBytes(db, store, document, now);
        return { status: 200, body: deletionView(personalData, await deletionRow(db, params.id, tenantId), actor) };
      },
    }),
  ];
}

function deletionView(personalData: PersonalData, d: NamedDeletion, actor: Actor): Record<string, unknown> {
  const reasonText = personalData.openForHouse(d.reason_enc, 'deletion.reason');
  return {
    id: d.id,
    personId: d.person_id,
    reason: reasonText,
    state: d.state,
    askedBy: d.asked_by,
    askedByName: d.asked_by_name,
    askedAt: d.asked_at.toISOString(),
    decidedByName: d.decided_by_name,
    decidedAt: d.decided_at?.toISOString() ?? null,
    acts: d.state === 'asked' && d.asked_by !== actor.id && may(actor, 'person.decide-deletion') ? ['decide'] : [],
  };
}
