import { RULE_IDS, type RuleId } from '../../domain/convention/terms';
import type { FieldError } from '../../domain/errors';

/** Which rule wants a field, by its pointer, wherever the field's name says so. A message that begins with rule ids says it itself. */
const RULES_OF_FIELDS: readonly (readonly [RegExp, readonly RuleId[]])[] = [
  [/^\/askFen$/, ['ASK-CAP']],
  [/^\/(patient|sponsor)(\/|$)/, ['IDENTITY']],
  [/^\/payee(\/|$)/, ['PAYEE']],
  [/^\/broughtBy(\/|$)|^\/(bottomLine|promoterId|sanction|suspendedUntil|contractRef)$/, ['CONDUCT']],
  [/^\/consents?(\/|$)|^\/consentVersion$/, ['RIGHTS']],
  [/\/feeVersion$/, ['FEES']],
  [/^\/publications(\/|$)/, ['PUBLICITY']],
  [/^\/batches(\/|$)/, ['BATCH']],
  [/^\/mode$/, ['ROUTE']],
  [/^\/digest$/, ['DISBURSE-REVIEW']],
  [/^\/(signature|signedAt)$/, ['RECEIPT']],
  [/^\/lines(\/|$)|^\/unexplainedReason$/, ['SECOND-ASK']],
  [/^\/(diedOn|debtFen)$/, ['DEATH']],
  [/^\/(charityId|charityName)$/, ['CHARITY']],
  [/^\/bundleSha256$/, ['POLICE']],
];

/** @returns the rules that stand behind the fields that were refused, in the order of the Convention. */
export function rulesBehind(errors: readonly FieldError[]): RuleId[] {
  const named = errors.flatMap(({ pointer, message }) => [
    ...RULES_OF_FIELDS.filter(([field]) => field.test(pointer)).flatMap(([, rules]) => rules),
    ...(/^([A-Z-]+(, [A-Z-]+)*):/.exec(message.en)?.[1]?.split(', ') ?? []),
  ]);
  return RULE_IDS.filter((rule) => named.includes(rule));
}
