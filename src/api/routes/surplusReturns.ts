import { z } from 'zod';
import { auditName } from '../../access/actors';
import { announceReturn, returnsOf, surplusView, withdrawReturn } from '../../records/surplusReturns';
import { nowOf } from '../ofPlatform';
import { route } from '../route';
import { amount, id, recordText } from '../schemas';

const announced = z.looseObject({ id: z.string(), reference: z.string(), state: z.enum(['announced', 'matched', 'withdrawn']) });

/** SURPLUS: a hospital sends money of a payment back. */
export const surplusReturnRoutes = [
  route({
    method: 'post',
    path: '/v1/payouts/{id}/surplus-returns',
    tag: 'Hospital',
    summary: 'Announces that money of a payment is sent back (SURPLUS); the answer has the reference for the transfer',
    act: 'surplus.announce',
    idempotencyKey: true,
    input: { params: id, body: z.strictObject({ amountFen: amount, reason: recordText(500) }) },
    answers: {
      201: { description: 'Announced. A credit of exactly this amount that names the reference is matched without anybody.', schema: announced },
    },
    handler: async ({ tx, params, body, actor }) => {
      const acting = { by: auditName(actor), at: await nowOf(tx, 'payout', params.id) };
      return { status: 201, body: surplusView(await announceReturn(tx, params.id, { ...body, institutionId: actor.institutionId! }, acting)) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/payouts/{id}/surplus-returns',
    tag: 'Hospital',
    summary: 'What was announced to be sent back of a payment, newest first',
    act: 'payout.read',
    input: { params: id },
    answers: { 200: { description: 'Announcements and where each stands.' } },
    handler: async ({ tx, params }) => ({ status: 200, body: { returns: await returnsOf(tx, params.id) } }),
  }),
  route({
    method: 'post',
    path: '/v1/surplus-returns/{id}/withdrawal',
    tag: 'Hospital',
    summary: 'Withdraws an announcement that has not come in',
    act: 'surplus.announce',
    input: { params: id },
    answers: { 200: { description: 'Withdrawn; a credit under its reference is a person’s to look at.' } },
    handler: async ({ tx, params, actor }) => {
      await withdrawReturn(tx, params.id, { by: auditName(actor), at: await nowOf(tx, 'surplus_return', params.id) });
      return { status: 200, body: { id: params.id } };
    },
  }),
];
