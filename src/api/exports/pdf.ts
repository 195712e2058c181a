import path from 'node:path';
import PDFDocument from 'pdfkit';
import { chineseCapitals } from '../../domain/chineseCapitals';
import { formatYuan } from '../../domain/money';
import { checkoutRoot } from '../../paths';
import { cellsOf, headings, type Table } from './table';

/** Noto Sans SC, OFL 1.1: data/fonts/README.md. */
const FONT = path.join(checkoutRoot(), 'data/fonts/NotoSansSC-Regular.ttf');
const [MARGIN, GAP, SIZE] = [36, 4, 7];

/** @returns the table as a PDF, A4 across; where its amounts have a sum, that stands below in figures and in capitals (大写). */
export async function pdfOf(table: Table): Promise<Buffer> {
  const page = new PDFDocument({ size: 'A4', layout: 'landscape', margin: MARGIN, font: FONT, info: { Title: table.title } });
  const chunks: Buffer[] = [];
  page.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<Buffer>((resolve, reject) => page.on('end', () => resolve(Buffer.concat(chunks))).on('error', reject));
  page.fontSize(13).text(table.title).fontSize(SIZE);
  for (const note of table.notes) page.text(note);
  page.moveDown();
  line(page, headings(table));
  for (const row of table.rows)
    line(
      page,
      cellsOf(table, row).map((cell) => ('text' in cell ? cell.text : cell.number.toString())),
    );
  if (table.totalFen !== null) {
    page
      .moveDown()
      .fontSize(10)
      .text(`合计 Total：${formatYuan(table.totalFen)} 元`, MARGIN);
    page.text(`人民币（大写）：${chineseCapitals(table.totalFen)}`);
  }
  page.end();
  return ended;
}

/** Writes one row, each cell in its share of the width, as high as its highest cell; on a new page where it does not fit. */
function line(page: PDFKit.PDFDocument, cells: readonly string[]): void {
  const width = (page.page.width - 2 * MARGIN) / cells.length - GAP;
  const height = Math.max(...cells.map((text) => page.heightOfString(text || ' ', { width })));
  if (page.y + height > page.page.height - MARGIN) page.addPage();
  const y = page.y;
  for (const [i, text] of cells.entries()) page.text(text, MARGIN + i * (width + GAP), y, { width });
  page.x = MARGIN;
  page.y = y + height + 2;
}
