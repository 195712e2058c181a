import { say } from '../text/say';
import { ulid } from 'ulid';
import { z } from 'zod';
import { businessNow } from '../../database/clock';
import { row } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import { addSandboxListing, LISTING_GROUNDS } from '../../records/blacklist';
import { illnessOf } from '../../records/earlierRaises';
import { addPerson } from '../../records/people';
import { isUscc } from '../../domain/identifiers';
import type { PersonalData } from '../../security/personalData';
import { auditName } from '../../access/actors';
import { route } from '../route';
import { amount, diagnosisCode, fenText, idNumber, nameText, ulidText } from '../schemas';
import { PLATFORMS, sandboxTenant } from './sandbox';

/** What a story presupposes: somebody stands on the blacklist already, or raised money before. Synthetic, and seen by sandbox tenants alone. */
export function sandboxHistoryRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/sandbox/listings',
      tag: 'Sandbox',
      summary: 'Puts a synthetic person, or a synthetic hospital by its code, on the sandbox blacklist',
      act: 'sandbox.use',
      input: {
        body: z
          .strictObject({
            tenantId: ulidText,
            name: nameText(50).optional(),
            idNumber: idNumber.optional(),
            uscc: z
              .string()
              .refine(isUscc, say({ zh: '不是有效的统一社会信用代码（GB 32100）', en: 'is not a unified social credit code (GB 32100)' }))
              .optional(),
            ground: z.enum(LISTING_GROUNDS).default('forged-records'),
          })
          .refine(
            (b) =>
              (b.uscc === undefined) === (b.name !== undefined && b.idNumber !== undefined) && (b.name === undefined) === (b.idNumber === undefined),
            {
              path: ['idNumber'],
              message: say({ zh: '须为个人的 name 和 idNumber，或医院的 uscc', en: 'name and idNumber of a person, or uscc of a hospital' }),
            },
          ),
      },
      answers: { 201: { description: 'Listed.', schema: z.looseObject({ id: z.string() }) } },
      handler: async ({ tx, body, actor }) => {
        const tenant = await sandboxTenant(tx, body.tenantId);
        const at = await businessNow(tx, tenant.id);
        const hospital = body.uscc === undefined ? null : await row<{ id: string }>(tx, 'select id from institution where uscc = ?', [body.uscc]);
        if (body.uscc !== undefined && !hospital)
          throw new DomainError(
            'object.not_found',
            { zh: '登记中没有该机构', en: 'There is no such institution in the registry' },
            { field: '/uscc' },
          );
        const subject = hospital
          ? { institutionId: hospital.id }
          : { personId: (await addPerson(tx, personalData, tenant.id, { name: body.name!, idNumber: body.idNumber! })).id };
        const id = await addSandboxListing(tx, { tenantId: tenant.id, subject, ground: body.ground, by: auditName(actor), at });
        return { status: 201, body: { id } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/sandbox/earlier-raises',
      tag: 'Sandbox',
      summary: 'Enters a raise of any platform, not run on this system, in the register of earlier raises',
      act: 'sandbox.use',
      input: {
        body: z
          .strictObject({
            tenantId: ulidText,
            patient: z.strictObject({ name: nameText(50), idNumber }),
            diagnosisCode,
            platform: z.enum(PLATFORMS),
            askFen: amount,
            raisedFen: fenText.transform(BigInt),
            status: z.enum(['settled', 'running', 'refunded']),
          })
          .refine((b) => b.raisedFen <= b.askFen, {
            path: ['raisedFen'],
            message: say({ zh: '不得大于 askFen', en: 'raisedFen is at most askFen' }),
          }),
      },
      answers: {
        201: { description: 'Entered; a settled raise paid out what it raised, the others nothing yet.', schema: z.looseObject({ id: z.string() }) },
      },
      handler: async ({ tx, body, actor }) => {
        const tenant = await sandboxTenant(tx, body.tenantId);
        const patient = await addPerson(tx, personalData, tenant.id, body.patient);
        const id = ulid();
        await tx('earlier_raise').insert({
          id,
          tenant_id: tenant.id,
          platform: body.platform,
          patient_id: patient.id,
          id_number_hash: personalData.lookup('id-number', body.patient.idNumber),
          illness: illnessOf(body.diagnosisCode),
          ask_fen: body.askFen.toString(),
          raised_fen: body.raisedFen.toString(),
          paid_fen: body.status === 'settled' ? body.raisedFen.toString() : '0',
          status: body.status,
          reported_at: await businessNow(tx, tenant.id),
          reported_by: auditName(actor),
        });
        return { status: 201, body: { id } };
      },
    }),
  ];
}
