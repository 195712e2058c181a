/** The most lines that one payout batch pays, and that one request gives. */
export const MOST_LINES = 10_000;
/** The most fen of one line: ten times the highest ask, and small enough for a spreadsheet to compute the control sum exactly. */
export const MOST_LINE_FEN = 5_000_000_000n;

/** A prime, so that every digit of both factors counts. */
const MODULUS = 999_983n;
/** How many characters at the end of a release's id are read as a number to the base 36. */
const TAIL = 4;

/** A line as its maker gives it: `lineId` is the maker's own and tells lines apart, never their content. `amountFen` is gross: what leaves the campaign's reserve. */
export interface GivenLine {
  readonly lineId: string;
  readonly releaseId: string;
  readonly amountFen: bigint;
}

/**
 * The control sum of lines: over each line the last four characters of the release's id, read to the base 36, times the amount in fen, modulo 999,983; summed.
 * It binds each amount to its release, which count and total do not, and a spreadsheet computes it: `MOD(DECIMAL(RIGHT(B2,4),36)*C2,999983)` a line.
 * A product stays below 36⁴ × 5·10⁹ < 2⁵³, so that a spreadsheet's numbers hold it exactly. It finds slips; forgery is what the digest is for.
 */
export function controlSum(lines: Iterable<Pick<GivenLine, 'releaseId' | 'amountFen'>>): bigint {
  let sum = 0n;
  for (const { releaseId, amountFen } of lines) sum += (BigInt(Number.parseInt(releaseId.slice(-TAIL), 36)) * amountFen) % MODULUS;
  return sum;
}
