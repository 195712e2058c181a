/** What somebody may have meant by what they wrote into the search. */
export interface SearchWords {
  /** In any of these ways it is looked for; what it cannot be is null. */
  readonly id: string | null;
  /** The last characters of an id, as screens show it. */
  readonly idEnd: string | null;
  /** A reference of the bank, by its beginning. */
  readonly reference: string | null;
  readonly amountFen: bigint | null;
  /** Words of a title. */
  readonly title: string | null;
}

/** A reference is looked for from so many characters on: fewer are the beginning of everything. */
const LEAST_REFERENCE = 4;
const LEAST_TITLE = 2;
const ID_END = 8;

/** @param written what somebody wrote, trimmed. @returns what it can be: an amount is in yuan, with or without ¥, 元, separators and decimals. */
export function searchWords(written: string): SearchWords {
  const upper = written.toUpperCase();
  const amount = /^[¥￥]?([0-9]{1,3}(?:[,，][0-9]{3})+|[0-9]{1,13})(?:\.([0-9]{1,2}))?元?$/.exec(written);
  return {
    id: /^[0-9A-Z]{26}$/.test(upper) ? upper : null,
    idEnd: new RegExp(`^[0-9A-Z]{${ID_END}}$`).test(upper) ? upper : null,
    reference: new RegExp(`^[0-9A-Za-z._/-]{${LEAST_REFERENCE},64}$`).test(written) ? written : null,
    amountFen: amount ? BigInt(amount[1]!.replace(/[,，]/g, '') + (amount[2] ?? '').padEnd(2, '0')) : null,
    title: written.length >= LEAST_TITLE ? written : null,
  };
}
