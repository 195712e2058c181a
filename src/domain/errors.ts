import type { Sentence } from './sentence';

/** Every way in which Almoner says no. One table (api/problems.ts) maps a code to status, title and whether to try again. */
export type DomainErrorCode =
  | 'request.invalid'
  | 'request.key_missing'
  | 'request.key_reused'
  | 'request.method_not_allowed'
  | 'rate.limited'
  | 'auth.required'
  | 'auth.forbidden'
  | 'auth.bad_credentials'
  | 'auth.bad_code'
  | 'auth.code_required'
  | 'auth.locked'
  | 'auth.second_factor_required'
  | 'auth.second_factor_stands'
  | 'auth.step_up_required'
  | 'object.not_found'
  | 'campaign.wrong_phase'
  | 'campaign.rule_failed'
  | 'campaign.audit_decided'
  | 'campaign.no_report'
  | 'identity.mismatch_stands'
  | 'release.wrong_stage'
  | 'release.amount_unavailable'
  | 'release.bad_batches'
  | 'release.digest_changed'
  | 'release.maker_is_checker'
  | 'release.already_signed'
  | 'release.related_party'
  | 'release.no_account'
  | 'release.in_batch'
  | 'batch.wrong_state'
  | 'batch.other_maker'
  | 'batch.does_not_agree'
  | 'batch.lines_not_payable'
  | 'batch.digest_changed'
  | 'batch.nothing_to_retry'
  | 'receipt.bad_signature'
  | 'receipt.not_credited'
  | 'receipt.already_given'
  | 'receipt.wrong_amount'
  | 'invoice.does_not_add_up'
  | 'invoice.claimed'
  | 'invoice.does_not_fit'
  | 'invoice.withdrawn'
  | 'invoice.relied_on'
  | 'evidence.too_much'
  | 'evidence.already_decided'
  | 'review.claimed'
  | 'account.not_verified'
  | 'document.refused'
  | 'document.not_held'
  | 'document.damaged'
  | 'campaign.evidence_requested'
  | 'campaign.claim_contradicted'
  | 'evidence_request.closed'
  | 'expense.does_not_add_up'
  | 'exception.same_person'
  | 'exception.wrong_act'
  | 'exception.wrong_target'
  | 'match.too_much'
  | 'match.money_gone'
  | 'match.undone'
  | 'blacklist.not_appealable'
  | 'blacklist.appeal_decided'
  | 'blacklist.own_decision'
  | 'complaint.wrong_state'
  | 'complaint.own_decision'
  | 'complaint.too_late'
  | 'refund.nothing_left'
  | 'refund.wrong_state'
  | 'death.wrong_state'
  | 'surplus.not_now'
  | 'card_refund.same_person'
  | 'card_refund.differs'
  | 'card_refund.not_now'
  | 'recall.not_offered'
  | 'recall.stands'
  | 'recall.same_person'
  | 'recall.wrong_state'
  | 'clock.backwards'
  | 'clock.busy'
  | 'consent.not_current'
  | 'fees.not_shown'
  | 'channel.not_offered'
  | 'conduct.promoter_unfit'
  | 'conduct.own_case'
  | 'conduct.wrong_state'
  | 'referral.wrong_state'
  | 'staff.own_change'
  | 'staff.maker_and_checker'
  | 'staff.login_taken'
  | 'key.over'
  | 'reveal.too_many'
  | 'person.deleted'
  | 'deletion.not_now'
  | 'deletion.own_request'
  | 'deletion.wrong_state'
  | 'sandbox.only'
  | 'system.unavailable';

/** One field that cannot be taken: its JSON pointer (`/` is the body as a whole), and what it must be. */
export interface FieldError {
  readonly pointer: string;
  readonly message: Sentence;
}

interface Details {
  readonly field?: string;
  readonly rules?: readonly string[];
  readonly errors?: readonly FieldError[];
  readonly [fact: string]: unknown;
}

/** A refusal with a closed code, a sentence in both languages that tells a person what to do, and the facts it rests on. `message`, for logs, is the English one. */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: DomainErrorCode,
    readonly said: Sentence,
    readonly details: Details = {},
  ) {
    super(said.en);
  }
}

/** @returns the refusal of a request for its fields, each named with what it must be. @param rules the rules that stand behind them. */
export function invalidFields(errors: readonly [FieldError, ...FieldError[]], rules: readonly string[] = []): DomainError {
  const said = {
    zh: errors.map((e) => `${e.pointer}：${e.message.zh}`).join('；'),
    en: errors.map((e) => `${e.pointer}: ${e.message.en}`).join('; '),
  };
  return new DomainError('request.invalid', said, { field: errors[0].pointer, errors, ...(rules.length > 0 ? { rules } : {}) });
}
