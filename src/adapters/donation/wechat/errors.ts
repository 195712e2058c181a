import { z } from 'zod';

const errorBody = z.object({ code: z.string(), message: z.string().default('') });

/**
 * Codes that say: this request did nothing and will do nothing as it stands. Every other code, 429 and 5xx included, leaves
 * the outcome unknown (protocol rule: query, then the same number and parameters). ORDERPAID and OUT_TRADE_NO_USED are left
 * out on purpose: the order exists, and only a query tells its state.
 */
const REFUSALS = new Set([
  'PARAM_ERROR',
  'INVALID_REQUEST',
  'SIGN_ERROR',
  'NO_AUTH',
  'APPID_MCHID_NOT_MATCH',
  'MCH_NOT_EXISTS',
  'RULE_LIMIT',
  'NOT_ENOUGH',
  'USER_ACCOUNT_ABNORMAL',
  'ORDER_CLOSED',
]);

const ABSENCES = new Set(['ORDER_NOT_EXIST', 'RESOURCE_NOT_EXISTS', 'NOT_FOUND']);

/** @returns the code of an answer that is not a success; null when it names none. */
export function codeOf(body: unknown): string | null {
  return errorBody.safeParse(body).data?.code ?? null;
}

export type Refusal =
  | { readonly kind: 'REJECTED'; readonly code: string; readonly text: string }
  | { readonly kind: 'NOT_FOUND' }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };

/** Reads an answer that is not a success. Branches on `code` only; `message` is for people. */
export function readRefusal(status: number, body: unknown): Refusal {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return { kind: 'UNKNOWN', reason: `HTTP ${status} without a code` };
  const { code, message } = parsed.data;
  if (status === 404 && ABSENCES.has(code)) return { kind: 'NOT_FOUND' };
  if (status >= 400 && status < 500 && status !== 429 && REFUSALS.has(code)) return { kind: 'REJECTED', code, text: message };
  return { kind: 'UNKNOWN', reason: `HTTP ${status} ${code}: ${message}` };
}
