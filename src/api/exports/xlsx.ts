import { Workbook } from 'exceljs';
import { cellsOf, headings, type Table } from './table';

/** @returns the table as a workbook of one sheet. Words are text cells and never formulas; a number that a double would not hold exactly is text too. */
export async function xlsxOf(table: Table): Promise<Buffer> {
  const book = new Workbook();
  const sheet = book.addWorksheet(table.title.slice(0, 31));
  for (const note of table.notes) sheet.addRow([note]);
  sheet.addRow(headings(table)).font = { bold: true };
  for (const values of table.rows) sheet.addRow(cellsOf(table, values).map((cell) => ('text' in cell ? cell.text : exact(cell.number))));
  sheet.columns.forEach((column) => (column.width = 22));
  return Buffer.from(await book.xlsx.writeBuffer());
}

const exact = (number: bigint): number | string =>
  number <= BigInt(Number.MAX_SAFE_INTEGER) && number >= -BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number.toString();
