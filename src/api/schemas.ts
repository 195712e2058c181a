import { say } from './text/say';
import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { DOCUMENT_KINDS, PAYEE_KINDS, PUBLICITY_ITEMS, RELATIONS, RELEASE_MODES } from '../domain/convention/terms';
import { withoutNumbers } from '../security/redaction';
import { isCnapsNumber, isIdCard, isUscc } from '../domain/identifiers';

extendZodWithOpenApi(z);

/** The wire's small words. Unknown fields are refused everywhere: a hidden `status` is an error, not a surprise. */
export const fenText = z
  .string()
  .regex(
    /^(0|[1-9][0-9]{0,14})$/,
    say({
      zh: '须为整数分的十进制字符串，无符号、小数点、指数和前导零',
      en: 'a decimal string of integer fen, without sign, point, exponent or leading zero',
    }),
  )
  .openapi({ example: '4600000', description: 'Integer fen (1/100 yuan) as a decimal string.' });
export const amount = fenText
  .refine((text) => text !== '0', say({ zh: '须大于 0 分', en: 'must be more than 0 fen' }))
  .openapi({ pattern: '^[1-9][0-9]{0,14}$' })
  .transform((text) => BigInt(text));
export const ulidText = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, say({ zh: '不是本系统的编号', en: 'not an id of this system' }));
/** Rules, fees and accounts are numbered from one. */
export const versionNumber = z.int().min(1).max(1_000_000);
export const id = z.strictObject({ id: ulidText });

/** `personText` as the document says it: something to see, and none of what may disguise a text. */
const PERSON_TEXT =
  '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\ufeff][^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*$';

/** Text that a person wrote: trimmed, no control or bidirectional override characters that could disguise it, no half of a character. */
export const personText = (max: number) =>
  z
    .string()
    .trim()
    .min(1, say({ zh: '不得为空', en: 'must not be empty' }))
    .max(max, say({ zh: `至多 ${max} 个字符`, en: `at most ${max} characters` }))
    .refine(
      (text) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(text),
      say({ zh: '含有控制字符', en: 'contains control characters' }),
    )
    .refine((text) => !/\p{Surrogate}/u.test(text), say({ zh: '含有不完整的字符', en: 'contains half a character' }))
    .openapi({ pattern: PERSON_TEXT });

/** Letters of these scripts look like each other; within one name they come from one of them. */
const ALIKE = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
/** Characters that show nothing: joiners, marks of direction, soft hyphens, fillers. */
const UNSEEN = /\p{Cf}|[\u115f\u1160\u2800\u3164\uffa0]/u;
/** A second code for a letter that has one already: full-width and mathematical letters, ligatures, Kangxi radicals, compatibility ideographs. */
const isDouble = (character: string): boolean => /[\p{L}\p{Script=Han}]/u.test(character) && character.normalize('NFKC') !== character;

/**
 * A name, of a person or a house: names are compared and found by their characters (bank account, blacklist, earlier raises), so nothing that reads
 * like another name may be written with other characters (Unicode TS 39, reliability 43).
 * @param max characters at most.
 */
export const nameText = (max: number) =>
  personText(max)
    .refine((text) => !UNSEEN.test(text), say({ zh: '姓名或名称中含有看不见的字符', en: 'a name holds no characters that cannot be seen' }))
    .refine(
      (text) => ![...text].some(isDouble),
      say({
        zh: '姓名或名称中含有全角字母、部首等形似字符；请使用通常的字符',
        en: 'a name holds no look-alikes (full-width letters, radicals, compatibility characters): write the usual ones',
      }),
    )
    .refine(
      (text) => ALIKE.filter((script) => script.test(text)).length <= 1,
      say({ zh: '同一姓名或名称中不得混用形似的拉丁、西里尔或希腊字母', en: 'a name does not mix Latin, Cyrillic and Greek letters' }),
    );

/** Words that stay in the clear, because the decision that they belong to is kept and shown as it was made: no number by which somebody could be found. */
export const recordText = (max: number) =>
  personText(max).refine(
    (text) => withoutNumbers(text) === text,
    say({
      zh: '不得写入身份证号码、手机号码或银行卡号；请写本系统中的编号',
      en: 'no citizen number, phone or card number here; name people by their ids in this system',
    }),
  );

export const idNumber = z.string().refine(
  isIdCard,
  say({
    zh: '不是有效的公民身份号码（GB 11643）：校验码、日期或地区不符',
    en: 'is not a citizen number (GB 11643): check digit, date or region do not hold',
  }),
);
/** A mobile phone of the mainland; `+86` before it is taken off. */
export const phone = z
  .string()
  .regex(/^(\+?86)?1[3-9][0-9]{9}$/, say({ zh: '不是大陆手机号码：11 位数字', en: 'is not a mobile phone number of the mainland: 11 digits' }))
  .transform((text) => text.slice(-11));
/** The database's calendar and ours agree from here on; nothing in the system is older or further away. */
const inOurTime = (text: string): boolean => text >= '2000' && text < '2200';
export const timeText = z.iso
  .datetime({ offset: true, message: say({ zh: '须为带时区的 RFC 3339 时间', en: 'an RFC 3339 time with offset' }) })
  .refine(inOurTime, say({ zh: '须为 2000 年至 2199 年之间的时间', en: 'a time between 2000 and 2199' }))
  .openapi({ pattern: '^2[01][0-9]{2}-' });
export const dateText = z.iso
  .date()
  .refine(inOurTime, say({ zh: '须为 2000 年至 2199 年之间的日期', en: 'a date between 2000 and 2199' }))
  .openapi({ pattern: '^2[01][0-9]{2}-' });
export const bankAccount = z.strictObject({
  number: z.string().regex(/^[0-9]{8,32}$/, say({ zh: '须为 8 至 32 位数字', en: '8 to 32 digits' })),
  name: nameText(70),
  bankCode: z.string().refine(isCnapsNumber, say({ zh: '不是有效的 12 位联行号', en: 'is not a 12-digit CNAPS number' })),
});
export const document = z.strictObject({
  kind: z.enum(DOCUMENT_KINDS),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, say({ zh: '须为小写十六进制的 SHA-256', en: 'SHA-256 in lower-case hex' })),
  mediaType: z.enum(['image/jpeg', 'image/png', 'application/pdf']),
  byteLength: z.int().min(1).max(50_000_000),
});
export const diagnosisCode = z.string().regex(/^[A-Z][0-9]{2}(\.[0-9A-Z]{1,4})?$/, say({ zh: '须为 ICD-10 编码', en: 'an ICD-10 code' }));
export const publication = z.strictObject({ item: z.enum(PUBLICITY_ITEMS), text: personText(4000) });

/** RIGHTS: what a party agreed to before it is served. */
const consent = z.strictObject({ party: z.enum(['seeker', 'sponsor']), version: versionNumber, agreedAt: timeText.optional() });
/** RIGHTS, FEES: what a donor was shown before giving. */
export const donorConsent = z.strictObject(
  { version: versionNumber, feeVersion: versionNumber },
  say({
    zh: 'RIGHTS, FEES：捐赠前向捐赠人展示的权利义务告知版本和收费版本（feeVersion）',
    en: 'RIGHTS, FEES: version of the rules and feeVersion, as shown to the donor before giving',
  }),
);

/** CONDUCT: who brought the campaign. Pay per case and commission on a raise are barred, so they are no values. */
const broughtBy = z
  .strictObject(
    {
      kind: z.enum(['self', 'hospital', 'promoter', 'online']),
      promoterId: ulidText.optional(),
      compensation: z.enum(
        ['salary', 'none'],
        say({
          zh: 'CONDUCT：只能是 salary 或 none；禁止按单计酬和按筹款额提成',
          en: 'CONDUCT: salary or none; pay per case and commission on a raise are barred',
        }),
      ),
    },
    say({ zh: 'CONDUCT：须写明由谁引入活动，以及其报酬', en: 'CONDUCT: who brought the campaign, and what they get for it' }),
  )
  .refine((b) => (b.kind === 'promoter') === (b.promoterId !== undefined), {
    path: ['promoterId'],
    message: say({
      zh: 'CONDUCT：由推广人员引入时必填 promoterId，其他情形不得填写',
      en: 'CONDUCT: a promoter, and only a promoter, is named by promoterId',
    }),
  })
  .refine((b) => b.kind === 'promoter' || b.compensation === 'none', {
    path: ['compensation'],
    message: say({ zh: 'CONDUCT：只有推广人员可以因此领取薪酬', en: 'CONDUCT: only a promoter has a salary for it' }),
  });

const ACCOUNT_UNLESS_INSTITUTION = {
  path: ['account'],
  message: say({
    zh: '收款方不是机构时必填；机构的账户以登记为准，不得填写',
    en: "account is given unless the payee is an institution, whose account is the registry's",
  }),
};
const OF_ANOTHER_PERSON = say({
  zh: '收款方为求助人以外的个人时须填写 name 和 idNumber，其他情形不得填写',
  en: 'name and idNumber are given for a person other than the help-seeker, and only then',
});
const UNLESS_SELF = say({
  zh: '关系不是 self 时须填写 name 和 idNumber（有手机号可填写），self 时不得填写',
  en: 'name and idNumber (and a phone, if there is one) are given unless the relation is self',
});
const isAnother = (kind: (typeof PAYEE_KINDS)[number]): boolean => kind !== 'institution' && kind !== 'seeker';

/** The payee in place of the one before. A person is given with the citizen number, so that the blacklist can be looked at. */
export const changedPayee = z
  .strictObject({ kind: z.enum(PAYEE_KINDS), name: nameText(50).optional(), idNumber: idNumber.optional(), account: bankAccount.optional() })
  .refine((p) => (p.kind === 'institution') === (p.account === undefined), ACCOUNT_UNLESS_INSTITUTION)
  .refine((p) => isAnother(p.kind) === (p.name !== undefined), { path: ['name'], message: OF_ANOTHER_PERSON })
  .refine((p) => isAnother(p.kind) === (p.idNumber !== undefined), { path: ['idNumber'], message: OF_ANOTHER_PERSON });

export const submission = z.strictObject({
  title: recordText(60),
  story: personText(10_000),
  askFen: amount,
  patient: z.strictObject({ name: nameText(50), idNumber, phone: phone.optional(), minor: z.boolean(), incapable: z.boolean().default(false) }),
  sponsor: z
    .strictObject({ relation: z.enum(RELATIONS), name: nameText(50).optional(), idNumber: idNumber.optional(), phone: phone.optional() })
    .refine((s) => (s.relation !== 'self') === (s.name !== undefined), { path: ['name'], message: UNLESS_SELF })
    .refine((s) => (s.relation !== 'self') === (s.idNumber !== undefined), { path: ['idNumber'], message: UNLESS_SELF })
    .refine((s) => s.relation !== 'self' || s.phone === undefined, { path: ['phone'], message: UNLESS_SELF }),
  payee: z
    .strictObject({
      kind: z.enum(PAYEE_KINDS),
      name: nameText(50).optional(),
      idNumber: idNumber.optional(),
      phone: phone.optional(),
      account: bankAccount.optional(),
    })
    .refine((p) => p.phone === undefined || (isAnother(p.kind) && p.idNumber !== undefined), {
      path: ['phone'],
      message: say({
        zh: '手机号须与求助人以外个人的 idNumber 一同填写',
        en: 'a phone is given with the idNumber of a person who is not the help-seeker',
      }),
    })
    .refine((p) => (p.kind === 'institution') === (p.account === undefined), ACCOUNT_UNLESS_INSTITUTION)
    .refine((p) => !isAnother(p.kind) || p.name !== undefined, {
      path: ['name'],
      message: say({ zh: '收款方不是求助人或机构时必填', en: 'name is given unless the payee is the help-seeker or an institution' }),
    }),
  hospital: z.strictObject({
    name: nameText(100),
    uscc: z.string().refine(isUscc, say({ zh: '不是有效的统一社会信用代码（GB 32100）', en: 'is not a unified social credit code (GB 32100)' })),
    admissionNumber: personText(40),
  }),
  diagnosis: z.strictObject({ code: diagnosisCode, text: personText(200) }),
  documents: z.array(document).max(50),
  publications: z.array(publication).max(50),
  broughtBy,
  consents: z
    .array(
      consent,
      say({ zh: 'RIGHTS：须列出求助人和发起人各自同意的告知版本', en: 'RIGHTS: what seeker and sponsor agreed to, by party and version' }),
    )
    .max(2),
});

export const releaseRequest = z
  .strictObject({
    mode: z.enum(RELEASE_MODES),
    amountFen: amount.optional(),
    feeVersion: z
      .int(say({ zh: 'FEES：须为提款前所展示的收费标准版本', en: 'FEES: the version of the fee schedule shown before withdrawing' }))
      .min(1)
      .max(1_000_000),
    urgent: z.boolean().default(false),
    purpose: recordText(200).default('治疗费用'),
    batches: z
      .array(z.strictObject({ basisPoints: z.int().min(1).max(10_000), purpose: recordText(200), dueOn: dateText.optional() }))
      .max(50)
      .optional(),
  })
  .refine((r) => (r.mode === 'batched') === (r.batches !== undefined), {
    path: ['batches'],
    message: say({ zh: 'mode 为 batched 时必填，其他情形不得填写', en: 'batches are given for the mode batched, and only then' }),
  });

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
    instance: z.string().optional(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');
/** Answers are described loosely: they are views, and their fields are documented in the integration guide. */
export const campaignAnswer = z.looseObject({ id: z.string(), phase: z.string() }).openapi('Campaign');
export const releaseAnswer = z.looseObject({ id: z.string(), stage: z.string() }).openapi('Release');
