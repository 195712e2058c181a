import type { Sentence } from '../sentence';

/** A line of the expense list and what earlier raises are said to have covered of it. */
export interface ReconciledLine {
  readonly lineId: string;
  readonly amountFen: bigint;
  readonly covered: readonly { readonly raiseId: string; readonly amountFen: bigint }[];
}

export type Reconciled =
  | { readonly holds: true; readonly paidFen: bigint; readonly unexplainedFen: bigint }
  /** `place` is a path into the lines, for the asker. */
  | { readonly holds: false; readonly place: string; readonly why: Sentence };

/**
 * SECOND-ASK: sums a reconciliation up, exactly: never more than the line, never more than the raise paid out.
 * @param paidFen what each earlier raise paid out, by its id. @returns what no line explains of it, or the first thing that does not add up.
 */
export function reconcile(lines: readonly ReconciledLine[], paidFen: ReadonlyMap<string, bigint>): Reconciled {
  const leftFen = new Map(paidFen);
  for (const [i, line] of lines.entries()) {
    let lineFen = 0n;
    const seen = new Set<string>();
    for (const [j, { raiseId, amountFen }] of line.covered.entries()) {
      const place = `/lines/${i}/covered/${j}`;
      const left = leftFen.get(raiseId);
      if (left === undefined)
        return {
          holds: false,
          place: `${place}/raiseId`,
          why: { zh: '不是该患者先前已拨付的筹款', en: 'is no earlier raise of this patient that paid out' },
        };
      if (seen.has(raiseId)) return { holds: false, place: `${place}/raiseId`, why: { zh: '在同一行中重复', en: 'stands twice in one line' } };
      seen.add(raiseId);
      lineFen += amountFen;
      if (amountFen > left)
        return {
          holds: false,
          place: `${place}/amountFen`,
          why: {
            zh: `${amountFen} 分超过该筹款已拨付且未被其他行使用的 ${left} 分`,
            en: `${amountFen} fen are more than the ${left} fen that this raise paid out and no line took`,
          },
        };
      leftFen.set(raiseId, left - amountFen);
    }
    if (lineFen > line.amountFen)
      return {
        holds: false,
        place: `/lines/${i}/covered`,
        why: { zh: `${lineFen} 分超过该行的 ${line.amountFen} 分`, en: `${lineFen} fen are more than the line's ${line.amountFen} fen` },
      };
  }
  const sum = (amounts: Iterable<bigint>): bigint => [...amounts].reduce((total, fen) => total + fen, 0n);
  return { holds: true, paidFen: sum(paidFen.values()), unexplainedFen: sum(leftFen.values()) };
}
