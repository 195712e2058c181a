import { z } from 'zod';
import { logIn } from '../../access/sessions';
import { STEP_UP_ACTS, stepUp } from '../../access/stepUp';
import type { PersonalData } from '../../security/personalData';
import { route } from '../route';
import { personText } from '../schemas';
import { say } from '../text/say';

/** A password as it is asked for: whole, of any characters. */
export const passwordText = z.string().min(1).max(200);
/** The six digits of a second factor. */
export const codeText = z.string().regex(/^\d{6}$/, say({ zh: '须为六位数字', en: 'six digits' }));

/** Routes by which a person logs in, and shows once more that it is them. */
export function sessionRoutes(personalData: PersonalData) {
  return [
    route({
      method: 'post',
      path: '/v1/sessions',
      tag: 'Log-in',
      summary: 'Logs a person in',
      act: 'session.begin',
      ownTransactions: true,
      input: { body: z.strictObject({ login: personText(100), password: passwordText, code: codeText.optional() }) },
      answers: {
        201: {
          description:
            'A session token: it ends after eight hours, or half an hour unused. `enrolsOnly`: it can set up the second factor that its person needs, and nothing else.',
        },
      },
      handler: async ({ db, body }) => {
        const session = await logIn(db, personalData, body.login, body.password, body.code);
        return { status: 201, body: { ...session, expiresAt: session.expiresAt.toISOString() } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/step-ups',
      tag: 'Log-in',
      summary: 'Shows once more that it is this person, for one act on one digest',
      act: 'step-up.make',
      ownTransactions: true,
      input: {
        body: z.strictObject({
          act: z.enum(STEP_UP_ACTS),
          digest: z.string().regex(/^[0-9a-f]{64}$/, say({ zh: '须为所展示的摘要', en: 'the digest that was shown' })),
          password: passwordText.optional(),
          code: codeText.optional(),
        }),
      },
      answers: {
        201: {
          description:
            'A token for that act in this session, once, within five minutes. Asks for the code where a second factor is set up, else for the password.',
          schema: z.object({ stepUp: z.string(), expiresAt: z.string() }),
        },
      },
      handler: async ({ db, body, actor }) => {
        const made = await stepUp(db, personalData, actor, body.act, body.digest, body);
        return { status: 201, body: { stepUp: made.stepUp, expiresAt: made.expiresAt.toISOString() } };
      },
    }),
  ];
}
