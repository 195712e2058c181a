import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { DOCUMENT_KINDS, PAYEE_KINDS, PUBLICITY_ITEMS, RELATIONS, RELEASE_MODES } from '../domain/convention/terms';
import { isCnapsNumber, isIdCard, isUscc } from '../domain/identifiers';

extendZodWithOpenApi(z);

/** The wire's small words. Unknown fields are refused everywhere: a hidden `status` is an error, not a surprise. */
export const fenText = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,14})$/, 'a decimal string of integer fen, without sign, point, exponent or leading zero')
  .openapi({ example: '4600000', description: 'Integer fen (1/100 yuan) as a decimal string.' });
export const amount = fenText.refine((text) => text !== '0', 'must be more than 0 fen').transform((text) => BigInt(text));
export const ulidText = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'not an id of this system');
export const id = z.strictObject({ id: ulidText });

/** Text that a person wrote: trimmed, no control or bidirectional override characters that could disguise it, no half of a character. */
export const personText = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `at most ${max} characters`)
    .refine((text) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(text), 'contains control characters')
    .refine((text) => !/\p{Surrogate}/u.test(text), 'contains half a character');

export const idNumber = z.string().refine(isIdCard, 'is not a citizen number (GB 11643): check digit, date or region do not hold');
/** A mobile phone of the mainland; `+86` before it is taken off. */
export const phone = z
  .string()
  .regex(/^(\+?86)?1[3-9][0-9]{9}$/, 'is not a mobile phone number of the mainland: 11 digits')
  .transform((text) => text.slice(-11));
/** The database's calendar and ours agree from here on; nothing in the system is older or further away. */
const inOurTime = (text: string): boolean => text >= '2000' && text < '2200';
export const timeText = z.iso.datetime({ offset: true, message: 'an RFC 3339 time with offset' }).refine(inOurTime, 'a time between 2000 and 2199');
export const dateText = z.iso.date().refine(inOurTime, 'a date between 2000 and 2199');
export const bankAccount = z.strictObject({
  number: z.string().regex(/^[0-9]{8,32}$/, '8 to 32 digits'),
  name: personText(70),
  bankCode: z.string().refine(isCnapsNumber, 'is not a 12-digit CNAPS number'),
});
export const document = z.strictObject({
  kind: z.enum(DOCUMENT_KINDS),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256 in lower-case hex'),
  mediaType: z.enum(['image/jpeg', 'image/png', 'application/pdf']),
  byteLength: z.int().min(1).max(50_000_000),
});
export const diagnosisCode = z.string().regex(/^[A-Z][0-9]{2}(\.[0-9A-Z]{1,4})?$/, 'an ICD-10 code');
export const publication = z.strictObject({ item: z.enum(PUBLICITY_ITEMS), text: personText(4000) });

/** RIGHTS: what a party agreed to before it is served. */
export const consent = z.strictObject({ party: z.enum(['seeker', 'sponsor']), version: z.int().min(1), agreedAt: timeText.optional() });
/** RIGHTS, FEES: what a donor was shown before giving. */
export const donorConsent = z.strictObject(
  { version: z.int().min(1), feeVersion: z.int().min(1) },
  'RIGHTS, FEES: version of the rules and feeVersion, as shown to the donor before giving',
);

/** CONDUCT: who brought the campaign. Pay per case and commission on a raise are barred, so they are no values. */
const broughtBy = z
  .strictObject(
    {
      kind: z.enum(['self', 'hospital', 'promoter', 'online']),
      promoterId: ulidText.optional(),
      compensation: z.enum(['salary', 'none'], 'CONDUCT: salary or none; pay per case and commission on a raise are barred'),
    },
    'CONDUCT: who brought the campaign, and what they get for it',
  )
  .refine((b) => (b.kind === 'promoter') === (b.promoterId !== undefined), 'CONDUCT: a promoter, and only a promoter, is named by promoterId')
  .refine((b) => b.kind === 'promoter' || b.compensation === 'none', 'CONDUCT: only a promoter has a salary for it');

/** The payee in place of the one before. A person is given with the citizen number, so that the blacklist can be looked at. */
export const changedPayee = z
  .strictObject({ kind: z.enum(PAYEE_KINDS), name: personText(50).optional(), idNumber: idNumber.optional(), account: bankAccount.optional() })
  .refine(
    (p) => (p.kind === 'institution') === (p.account === undefined),
    "account is given unless the payee is an institution, whose account is the registry's",
  )
  .refine((p) => {
    const isPerson = p.kind !== 'institution' && p.kind !== 'seeker';
    return isPerson === (p.name !== undefined) && isPerson === (p.idNumber !== undefined);
  }, 'name and idNumber are given for a person other than the help-seeker, and only then');

export const submission = z.strictObject({
  title: personText(60),
  story: personText(10_000),
  askFen: amount,
  patient: z.strictObject({ name: personText(50), idNumber, phone: phone.optional(), minor: z.boolean(), incapable: z.boolean().default(false) }),
  sponsor: z
    .strictObject({ relation: z.enum(RELATIONS), name: personText(50).optional(), idNumber: idNumber.optional(), phone: phone.optional() })
    .refine(
      (s) =>
        s.relation === 'self'
          ? s.name === undefined && s.idNumber === undefined && s.phone === undefined
          : s.name !== undefined && s.idNumber !== undefined,
      'name and idNumber (and a phone, if there is one) are given unless the relation is self',
    ),
  payee: z
    .strictObject({
      kind: z.enum(PAYEE_KINDS),
      name: personText(50).optional(),
      idNumber: idNumber.optional(),
      phone: phone.optional(),
      account: bankAccount.optional(),
    })
    .refine(
      (p) => p.phone === undefined || (p.kind !== 'institution' && p.kind !== 'seeker' && p.idNumber !== undefined),
      'a phone is given with the idNumber of a person who is not the help-seeker',
    )
    .refine(
      (p) => (p.kind === 'institution') === (p.account === undefined),
      "account is given unless the payee is an institution, whose account is the registry's",
    )
    .refine(
      (p) => p.kind === 'institution' || p.kind === 'seeker' || p.name !== undefined,
      'name is given unless the payee is the help-seeker or an institution',
    ),
  hospital: z.strictObject({
    name: personText(100),
    uscc: z.string().refine(isUscc, 'is not a unified social credit code (GB 32100)'),
    admissionNumber: personText(40),
  }),
  diagnosis: z.strictObject({ code: diagnosisCode, text: personText(200) }),
  documents: z.array(document).max(50),
  publications: z.array(publication).max(50),
  broughtBy,
  consents: z.array(consent, 'RIGHTS: what seeker and sponsor agreed to, by party and version').max(2),
});

export const releaseRequest = z
  .strictObject({
    mode: z.enum(RELEASE_MODES),
    amountFen: amount.optional(),
    feeVersion: z.int('FEES: the version of the fee schedule shown before withdrawing').min(1),
    urgent: z.boolean().default(false),
    purpose: personText(200).default('治疗费用'),
    batches: z
      .array(z.strictObject({ basisPoints: z.int().min(1).max(10_000), purpose: personText(200), dueOn: dateText.optional() }))
      .max(50)
      .optional(),
  })
  .refine((r) => (r.mode === 'batched') === (r.batches !== undefined), 'batches are given for the mode batched, and only then');

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    retryable: z.boolean().optional(),
    rules: z.array(z.string()).optional(),
    field: z.string().optional(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');
/** Answers are described loosely: they are views, and their fields are documented in the integration guide. */
export const campaignAnswer = z.looseObject({ id: z.string(), phase: z.string() }).openapi('Campaign');
export const releaseAnswer = z.looseObject({ id: z.string(), stage: z.string() }).openapi('Release');
