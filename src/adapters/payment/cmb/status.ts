import type { QueryOutcome } from '../port';

/** What the bank says of a payment: how far it is (reqSts), and how it ended (rtnFlg, which counts under FIN alone). */
export interface CmbStatus {
  readonly reqSts: string;
  readonly rtnFlg: string;
  /** Why it ended so, in the bank's words. */
  readonly text: string;
}

/** Being received, waiting for somebody's approval at the bank, approved, with the bank. */
const ON_ITS_WAY = new Set(['OPR', 'AUT', 'NTE', 'BNK', 'WRF']);
/** Failed, rejected or let lapse or cancelled by an approver at the bank: this reference will never be booked. */
const ENDED = new Set(['F', 'R', 'D', 'C']);

export type Standing = 'on-its-way' | 'settled' | 'returned' | 'failed' | 'unclear';

/** Where a payment stands. Codes that are not in the tables are unclear, and so is U: the bank's own people must decide about it first. */
export function standingOf({ reqSts, rtnFlg }: CmbStatus): Standing {
  if (ON_ITS_WAY.has(reqSts)) return 'on-its-way';
  if (reqSts !== 'FIN') return 'unclear';
  if (rtnFlg === 'S') return 'settled';
  if (rtnFlg === 'B') return 'returned';
  return ENDED.has(rtnFlg) ? 'failed' : 'unclear';
}

/** The status as one code. */
export function codeOf({ reqSts, rtnFlg }: CmbStatus): string {
  return reqSts === 'FIN' ? `FIN/${rtnFlg}` : reqSts;
}

/** Why an unclear payment is unclear. */
export function unclear(status: CmbStatus): QueryOutcome & { readonly kind: 'UNKNOWN' } {
  const what = status.reqSts === 'FIN' && status.rtnFlg === 'U' ? 'suspended at the bank' : '';
  return { kind: 'UNKNOWN', reason: `${codeOf(status)} ${what} ${status.text}`.replaceAll(/ +/g, ' ').trim() };
}
