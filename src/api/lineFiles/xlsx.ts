import { read, utils, type WorkSheet } from '@e965/xlsx';
import { Unzip, UnzipInflate, zipSync } from 'fflate';
import { type GivenLine, MOST_LINES } from '../../domain/payoutBatch';
import { linesOfTable, unreadable } from './line';

/** What a workbook may unpack to, bytes: ten times what 10,000 lines need. */
const MOST_UNPACKED = 16 * 1_024 * 1_024;
const MOST_ENTRIES = 100;
const MOST_COLUMNS = 50;

/**
 * Reads the first sheet of an XLSX workbook; of a formula what it last came to. The archive is unpacked step by step and given up as soon as it comes to too much, whatever it says of
 * itself; only what came of it reaches the spreadsheet reader, stored and not packed: there is nothing left for a bomb to blow up. @throws {DomainError} request.invalid.
 */
export function linesOfXlsx(bytes: Buffer): readonly GivenLine[] {
  const entries = unpacked(bytes);
  let sheet: WorkSheet | undefined;
  try {
    // Two rows more than may be: header, and one that shows that there are too many.
    const book = read(zipSync(entries, { level: 0 }), {
      type: 'buffer',
      sheets: 0,
      sheetRows: MOST_LINES + 2,
      cellFormula: false,
      cellHTML: false,
      cellText: false,
    });
    sheet = book.Sheets[book.SheetNames[0] ?? ''];
  } catch {
    sheet = undefined;
  }
  if (!sheet) throw notAWorkbook();
  // What stands below the rows that were read is not cut off in silence.
  if (sheet['!fullref'] !== undefined && sheet['!fullref'] !== sheet['!ref'])
    throw unreadable({
      zh: `工作表超过 ${MOST_LINES + 2} 行；请分为多个文件，并删去末尾的空行`,
      en: `the sheet has more than ${MOST_LINES + 2} rows: split it, and delete empty rows at its end`,
    });
  // One cell far to the right would make every row as wide.
  if (sheet['!ref'] !== undefined && utils.decode_range(sheet['!ref']).e.c >= MOST_COLUMNS)
    throw unreadable({ zh: `工作表超过 ${MOST_COLUMNS} 列`, en: `the sheet has more than ${MOST_COLUMNS} columns` });
  const table = utils.sheet_to_json<unknown[]>(sheet, { header: 1, raw: true, defval: '' });
  return linesOfTable(table.map((row) => row.map(cellText)));
}

/** How many packed bytes are unpacked between two looks at how much came of them: at most a thousand times as many. */
const STEP = 8 * 1_024;

class TooMuch extends Error {}

/** @returns the archive's entries. @throws {DomainError} request.invalid for what is none, or unpacks to too much. */
function unpacked(bytes: Buffer): Record<string, Uint8Array> {
  const entries = Object.create(null) as Record<string, Uint8Array>;
  let [size, count] = [0, 0];
  const archive = new Unzip((entry) => {
    const chunks: Uint8Array[] = [];
    count += 1;
    if (count > MOST_ENTRIES) throw new TooMuch();
    entry.ondata = (error, chunk, isLast) => {
      if (error) throw error;
      size += chunk.length;
      if (size > MOST_UNPACKED) throw new TooMuch();
      chunks.push(chunk);
      if (isLast) entries[entry.name] = Buffer.concat(chunks);
    };
    entry.start();
  });
  archive.register(UnzipInflate);
  try {
    for (let at = 0; at < bytes.length; at += STEP) archive.push(bytes.subarray(at, at + STEP), at + STEP >= bytes.length);
    return entries;
  } catch (error) {
    if (!(error instanceof TooMuch)) throw notAWorkbook();
    throw unreadable({
      zh: `工作簿解压后超过 ${MOST_UNPACKED} 字节或 ${MOST_ENTRIES} 个部分`,
      en: `the workbook unpacks to more than ${MOST_UNPACKED} bytes or ${MOST_ENTRIES} parts`,
    });
  }
}

const notAWorkbook = () => unreadable({ zh: '文件不是 XLSX 工作簿', en: 'the file is no XLSX workbook' });

/** A number that is whole and exact is written out; anything else that is no text reads as what no field takes. */
function cellText(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  return typeof cell === 'number' && Number.isSafeInteger(cell) ? String(cell) : `?${String(cell)}`;
}
