import type { Sentence } from '../sentence';
import type { RuleId } from './terms';

/** What is looked at when somebody asks whether a release may be paid now. */
export interface PayableFacts {
  readonly stage: string;
  /** A named reviewer approved it. */
  readonly reviewed: boolean;
  /** Rules whose holds stand on its campaign and that it does not pass. */
  readonly holds: readonly string[];
  /** The payee's account is filed, checked by name and accepted. */
  readonly accountAccepted: boolean;
}

/**
 * The one predicate of what may be paid now, before any signature: DISBURSE-REVIEW and PUBLICITY (the release waits for finance), the holds of any rule, PAYEE (the account).
 * A payout batch takes lines by it; the release's workflow makes up a payout by it.
 * @returns null when it may be paid.
 */
export function whyNotPayable({ stage, reviewed, holds, accountAccepted }: PayableFacts): Exclusion | null {
  if (stage !== 'approval') return { code: 'wrong_stage', facts: { stage } };
  if (!reviewed) return { code: 'not_reviewed', facts: {} };
  if (holds.length > 0) return { code: 'held', facts: { holds: holds.join(', ') } };
  return accountAccepted ? null : { code: 'no_account', facts: {} };
}

type Say = (facts: Readonly<Record<string, string>>) => Sentence;

/** Why a line of a payout batch is left out, in both languages, and the rule behind it where its facts do not name one. */
const EXCLUSIONS = {
  wrong_stage: {
    rules: ['DISBURSE-REVIEW', 'PUBLICITY'],
    say: ({ stage }) => ({ zh: `该笔拨付处于 ${stage}，尚不能付款或已付款`, en: `The release stands in ${stage}: it does not wait for a payment` }),
  },
  not_reviewed: { rules: ['DISBURSE-REVIEW'], say: () => ({ zh: '该笔拨付尚未经审核员审核', en: 'No reviewer has approved the release' }) },
  held: { rules: [], say: ({ holds }) => ({ zh: `该活动的拨付被冻结：${holds}`, en: `Payouts of its campaign are held by ${holds}` }) },
  no_account: { rules: ['PAYEE'], say: () => ({ zh: '收款账户尚未通过', en: "The payee's account is not accepted" }) },
  no_such_release: { rules: [], say: () => ({ zh: '没有该笔拨付', en: 'There is no such release' }) },
  duplicate_line_id: {
    rules: [],
    say: () => ({ zh: '行号与本批次中已有的行重复', en: 'The batch has a line of this id already' }),
  },
  same_release: {
    rules: [],
    say: ({ lineId }) => ({ zh: `本批次第 ${lineId} 行已是同一笔拨付`, en: `Line ${lineId} of the batch is the same release` }),
  },
  in_another_batch: { rules: [], say: () => ({ zh: '该笔拨付已在另一付款批次中', en: 'The release is in another payout batch' }) },
  signed_alone: {
    rules: ['DISBURSE-REVIEW'],
    say: () => ({ zh: '该笔拨付正在单独复核，已有签字', en: 'The release is being approved by itself and carries a signature' }),
  },
  amount_differs: {
    rules: [],
    say: ({ givenFen, grossFen }) => ({
      zh: `所列金额 ${givenFen} 分，应为 ${grossFen} 分`,
      en: `The line says ${givenFen} fen; the release is ${grossFen} fen`,
    }),
  },
  related_party: {
    rules: ['DISBURSE-REVIEW'],
    say: () => ({ zh: '制单人与该活动有关联，须由他人制单', en: 'The maker is tied to the campaign: somebody else makes its payments' }),
  },
} as const satisfies Readonly<Record<string, { readonly rules: readonly RuleId[]; readonly say: Say }>>;

export type ExclusionCode = keyof typeof EXCLUSIONS;

/** Why a line is left out: the code, and the facts that its sentence names. */
export interface Exclusion {
  readonly code: ExclusionCode;
  readonly facts: Readonly<Record<string, string>>;
}

/** @returns an exclusion for people and programs: code, sentence, rules. A hold's rules are its own. */
export function told({ code, facts }: Exclusion): {
  readonly code: ExclusionCode;
  readonly zh: string;
  readonly en: string;
  readonly rules: readonly string[];
} {
  const { rules, say } = EXCLUSIONS[code] as { readonly rules: readonly string[]; readonly say: Say };
  return { code, ...say(facts), rules: code === 'held' ? (facts.holds ?? '').split(', ') : rules };
}
