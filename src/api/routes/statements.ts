import { z } from 'zod';
import { DomainError, invalidFields } from '../../domain/errors';
import { campaignRow } from '../../records/campaigns';
import { campaignPeriod, inOneSnapshot, platformDay } from '../../records/statements';
import { statementAnswer } from '../answers';
import { route } from '../route';
import { dateText, id, ulidText } from '../schemas';
import { tenantAsked } from './audit';
import { type Actor, tenantWall } from '../../access/actors';
import type { Transaction } from '../../database/connect';

export const days = z.strictObject({ from: dateText, to: dateText });
export const platform = z.strictObject({ tenantId: ulidText.optional(), day: dateText });

/** CUSTODY: opening, movements by kind and closing, with the identity of the money on both ends. */
export const statementRoutes = [
  route({
    method: 'get',
    path: '/v1/statements/campaigns/{id}',
    tag: 'Finance',
    summary: 'A campaign’s statement over whole days: opening, movements by kind, closing',
    act: 'statement.read',
    input: { params: id, query: days },
    answers: { 200: { description: 'As of its moment; `late` names what came into a day after its close.', schema: statementAnswer } },
    handler: async ({ tx, params, query, actor }) => ({ status: 200, body: await campaignStatementFor(tx, actor, params.id, query) }),
  }),
  route({
    method: 'get',
    path: '/v1/statements/platform',
    tag: 'Finance',
    summary: 'A platform’s day: opening, movements by kind, closing, the bank’s lines, and its close',
    act: 'statement.read',
    input: { query: platform },
    answers: {
      200: { description: 'As of its moment; `close` is null while the day is open, `late` names what came after it.', schema: statementAnswer },
    },
    handler: async ({ tx, query, actor }) => ({ status: 200, body: await platformStatementFor(tx, actor, query) }),
  }),
];

/** @throws {DomainError} request.invalid for days in the wrong order; object.not_found for another platform's campaign. */
export async function campaignStatementFor(tx: Transaction, actor: Actor, campaignId: string, asked: z.infer<typeof days>) {
  if (asked.from > asked.to) throw invalidFields([{ pointer: '/query/to', message: { zh: '不得早于 from', en: 'must not be before from' } }]);
  await inOneSnapshot(tx);
  return campaignPeriod(tx, await campaignRow(tx, campaignId, tenantWall(actor)), asked);
}

/** @throws {DomainError} object.not_found for another platform; request.invalid where a regulator names none. */
export async function platformStatementFor(tx: Transaction, actor: Actor, asked: z.infer<typeof platform>) {
  const tenantId = tenantAsked(actor, asked.tenantId);
  if (tenantId === null)
    throw new DomainError('request.invalid', { zh: 'tenantId：请指明平台', en: 'tenantId: name the platform' }, { field: '/query/tenantId' });
  await inOneSnapshot(tx);
  return platformDay(tx, tenantId, asked.day);
}
