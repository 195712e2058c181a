import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { administered, changeStaff, rolesGiven, staffOf, staffRow, type StaffRow } from '../../access/administration';
import { PERSONS } from '../../access/actors';
import { factorName, LogInGuard, logInName } from '../../access/guard';
import { addStaff } from '../../access/staff';
import { resetTotp } from '../../access/totp';
import type { Connection } from '../../database/connect';
import { DomainError } from '../../domain/errors';
import type { PersonalData } from '../../security/personalData';
import { route } from '../route';
import { id, idNumber, nameText } from '../schemas';
import { say } from '../text/say';

const login = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._@-]{2,99}$/, say({ zh: '须为 3 至 100 个小写字母、数字和 . _ @ -', en: '3 to 100 small letters, digits and . _ @ -' }));
const role = z.enum(PERSONS);
const person = z
  .object({
    id: z.string(),
    login: z.string(),
    displayName: z.string(),
    role,
    disabledAt: z.string().nullable(),
    addedAt: z.string(),
    secondFactor: z.enum(['set', 'required', 'optional']),
  })
  .openapi('StaffPerson');
/** Until when too many failed attempts keep them out, by password or second factor; null where nothing does. */
const listed = person.extend({ lockedUntil: z.string().nullable() }).openapi('StaffMember');
const answers = { 200: { description: 'The person. Their sessions are over.' } };

/** Who works in a house, kept by its administrator: a platform's, or a hospital's. Everything is on record, and nobody changes themselves. */
export function staffRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'get',
      path: '/v1/staff',
      tag: 'Administration',
      summary: "Lists the people of one's own platform or hospital",
      act: 'staff.read',
      input: {},
      answers: { 200: { description: 'At most 1,000, the newest first.', schema: z.object({ staff: z.array(listed) }) } },
      handler: async ({ tx, actor }) => ({ status: 200, body: { staff: await withLocks(tx, personalData, await staffOf(tx, actor)) } }),
    }),
    route({
      method: 'post',
      path: '/v1/staff',
      tag: 'Administration',
      summary: 'Gives somebody a log-in; the password is shown once',
      act: 'staff.add',
      input: { body: z.strictObject({ login, displayName: nameText(50), role, idNumber: idNumber.optional() }) },
      answers: {
        201: {
          description:
            'The person and their first password; they set up a second factor at their first log-in. With `idNumber`, of which only a keyed hash is kept, two log-ins of one human count once.',
          schema: person.extend({ password: z.string() }),
        },
      },
      handler: async ({ tx, body, actor }) => {
        if (!rolesGiven(actor).includes(body.role))
          throw new DomainError(
            'request.invalid',
            { zh: `role：只能是 ${rolesGiven(actor).join('、')}`, en: `role: one of ${rolesGiven(actor).join(', ')}` },
            { field: '/role' },
          );
        const password = randomBytes(15).toString('base64url');
        const house = actor.tenantId === null ? { institutionId: actor.institutionId! } : { tenantId: actor.tenantId };
        const identity = body.idNumber === undefined ? {} : { identityHash: personalData.lookup('id-number', body.idNumber) };
        const staffId = await addStaff(tx, { login: body.login, displayName: body.displayName, role: body.role, ...house, ...identity }, password);
        await administered(tx, actor, 'staff.added', `staff/${staffId}`, { role: body.role });
        return { status: 201, body: { ...staffView(await staffRow(tx, actor, staffId)), password } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/staff/{id}/disable',
      tag: 'Administration',
      summary: 'Ends a log-in; what they proposed or signed and is not yet paid is void',
      act: 'staff.change',
      input: { params: id },
      answers,
      handler: async ({ tx, params, actor }) => ({ status: 200, body: staffView(await changeStaff(tx, actor, params.id, { disabled: true })) }),
    }),
    route({
      method: 'post',
      path: '/v1/staff/{id}/enable',
      tag: 'Administration',
      summary: 'Lets somebody log in again',
      act: 'staff.change',
      input: { params: id },
      answers,
      handler: async ({ tx, params, actor }) => ({ status: 200, body: staffView(await changeStaff(tx, actor, params.id, { disabled: false })) }),
    }),
    route({
      method: 'post',
      path: '/v1/staff/{id}/role',
      tag: 'Administration',
      summary: 'Changes a role; no maker becomes a checker, or the reverse, in the middle of a release',
      act: 'staff.change',
      input: { params: id, body: z.strictObject({ role }) },
      answers,
      handler: async ({ tx, params, body, actor }) => ({
        status: 200,
        body: staffView(await changeStaff(tx, actor, params.id, { role: body.role })),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/staff/{id}/unlock',
      tag: 'Administration',
      summary: 'Unlocks a log-in that too many failed attempts locked, before its time; nothing else changes',
      act: 'staff.change',
      input: { params: id },
      answers: { 200: { description: 'The person. Failures of their log-in and second factor count from none again.' } },
      handler: async ({ tx, params, actor }) => {
        const person = await staffRow(tx, actor, params.id);
        const guard = new LogInGuard(personalData);
        await guard.clear(tx, logInName(person.login));
        await guard.clear(tx, factorName(person.id));
        await administered(tx, actor, 'staff.unlocked', `staff/${person.id}`);
        return { status: 200, body: staffView(person) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/staff/{id}/second-factor/reset',
      tag: 'Administration',
      summary: 'Takes a lost second factor away; the person sets up a new one at their next log-in',
      act: 'staff.change',
      input: { params: id },
      answers,
      handler: async ({ tx, params, actor }) => {
        if (params.id === actor.id)
          throw new DomainError('staff.own_change', {
            zh: '不得重置自己的第二因素，须由另一名管理员办理',
            en: 'Another administrator resets your second factor',
          });
        const { id: staffId } = await staffRow(tx, actor, params.id);
        await resetTotp(tx, staffId);
        await administered(tx, actor, 'second-factor.reset', `staff/${staffId}`);
        return { status: 200, body: staffView(await staffRow(tx, actor, staffId)) };
      },
    }),
  ];
}

/** @returns people as they are listed, each with the end of their lock. */
async function withLocks(tx: Connection, personalData: PersonalData, staff: readonly StaffRow[]): Promise<Record<string, unknown>[]> {
  const locked = await new LogInGuard(personalData).locked(
    tx,
    staff.flatMap((s) => [logInName(s.login), factorName(s.id)]),
  );
  return staff.map((s) => {
    const ends = [locked.get(logInName(s.login)), locked.get(factorName(s.id))].filter((end) => end !== undefined);
    return { ...staffView(s), lockedUntil: ends.length === 0 ? null : new Date(Math.max(...ends.map((end) => end.getTime()))).toISOString() };
  });
}

function staffView(s: StaffRow): Record<string, unknown> {
  return {
    id: s.id,
    login: s.login,
    displayName: s.display_name,
    role: s.role,
    disabledAt: s.disabled_at?.toISOString() ?? null,
    addedAt: s.created_at.toISOString(),
    secondFactor: s.totp_confirmed_at !== null ? 'set' : s.second_factor,
  };
}
