import { type CellObject, utils, write } from '@e965/xlsx';
import { type Cell, cellsOf, headings, type Table } from './table';

/** @returns the table as a workbook of one sheet. Words are text cells and never formulas; a number that a double would not hold exactly is text too. */
export async function xlsxOf(table: Table): Promise<Buffer> {
  const words = headings(table);
  const rows = [...table.notes.map((note) => [note]), words].map((row) => row.map((text) => written({ text })));
  for (const values of table.rows) rows.push(cellsOf(table, values).map(written));
  const sheet = utils.aoa_to_sheet(rows);
  sheet['!cols'] = words.map(() => ({ wch: 22 }));
  const book = utils.book_new();
  utils.book_append_sheet(book, sheet, table.title.slice(0, 31));
  return write(book, { type: 'buffer', bookType: 'xlsx', compression: true }) as Buffer;
}

/** Its kind is said, so that nothing is guessed from what it looks like. */
function written(cell: Cell): CellObject {
  if ('text' in cell) return { t: 's', v: cell.text };
  const isExact = cell.number <= BigInt(Number.MAX_SAFE_INTEGER) && cell.number >= -BigInt(Number.MAX_SAFE_INTEGER);
  return isExact ? { t: 'n', v: Number(cell.number) } : { t: 's', v: cell.number.toString() };
}
