/** What a column holds: words, a count, or an amount in fen, which is written twice: yuan with two decimals for people, integer fen for machines. */
export interface Column {
  readonly title: string;
  readonly kind: 'text' | 'count' | 'fen';
}

export type Value = string | number | bigint | null;

/** A list as it is exported, whatever the form: the filtered list that was asked for, whole. */
export interface Table {
  readonly name: string;
  readonly title: string;
  /** Whose, which days, as of when, by which filter: what a reader must know to trust it. */
  readonly notes: readonly string[];
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
  /** The sum that the PDF writes in capitals; null where a sum would mean nothing. */
  readonly totalFen: bigint | null;
}

/** A cell as it is written: words, or a number that is exact. */
export type Cell = { readonly text: string } | { readonly number: bigint };

/** @returns the headings, an amount's column doubled. */
export function headings(table: Table): string[] {
  return table.columns.flatMap(({ title, kind }) => (kind === 'fen' ? [`${title}（元） yuan`, `${title}（分） fen`] : [title]));
}

/** @returns a row's cells beside `headings`. */
export function cellsOf(table: Table, values: readonly Value[]): Cell[] {
  return table.columns.flatMap(({ kind }, i): Cell[] => {
    const value = values[i] ?? null;
    if (kind === 'fen') return value === null ? [{ text: '' }, { text: '' }] : [{ text: plainYuan(BigInt(value)) }, { number: BigInt(value) }];
    if (kind === 'count') return [{ number: BigInt(value ?? 0) }];
    return [{ text: value === null ? '' : String(value) }];
  });
}

/** @returns an amount in yuan with two decimals and nothing else: -1234567n → `-12345.67`. */
export function plainYuan(amountFen: bigint): string {
  const digits = (amountFen < 0n ? -amountFen : amountFen).toString().padStart(3, '0');
  return `${amountFen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
