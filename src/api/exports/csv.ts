import { type Cell, cellsOf, headings, type Table } from './table';

/** What a spreadsheet would take for a formula (OWASP, CSV injection): also after its full-width forms and control characters. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** An amount of ours: a sign before digits is a number, not a formula. */
const AMOUNT = /^-?\d+(\.\d+)?$/;
const BOM = '\ufeff';

/** @returns the table as CSV (RFC 4180): UTF-8 with a byte order mark, so that Excel reads Chinese; no cell begins a formula. */
export function csvOf(table: Table): Buffer {
  const lines = [
    ...table.notes.map((note) => [{ text: note }]),
    headings(table).map((text) => ({ text })),
    ...table.rows.map((row) => cellsOf(table, row)),
  ];
  return Buffer.from(BOM + lines.map((cells: readonly Cell[]) => `${cells.map(written).join(',')}\r\n`).join(''));
}

function written(cell: Cell): string {
  if ('number' in cell) return cell.number.toString();
  const safe = FORMULA.test(cell.text) && !AMOUNT.test(cell.text) ? `'${cell.text}` : cell.text;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
