import { parse } from 'csv-parse/sync';
import { type GivenLine, MOST_LINES } from '../../domain/payoutBatch';
import { linesOfTable, unreadable } from './line';

/** The longest record, characters: a quote that nobody closes must not swallow the file. */
const LONGEST = 1_000;

/**
 * Reads a CSV file (RFC 4180: commas, quotes, CRLF or LF), UTF-8 with or without a byte order mark. GB18030, which spreadsheets write as plain “CSV”, is refused by name: guessing an
 * encoding would be guessing what was meant. @throws {DomainError} request.invalid.
 */
export function linesOfCsv(bytes: Buffer): readonly GivenLine[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable({
      zh: '文件不是 UTF-8 编码（可能是 GBK／GB18030）；请在表格软件中另存为“CSV UTF-8”',
      en: 'the file is not UTF-8 (perhaps GBK or GB18030): save it as “CSV UTF-8”',
    });
  }
  try {
    // One row more than may be: it shows that there are too many.
    return linesOfTable(parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: LONGEST, to: MOST_LINES + 2 }));
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('CSV_')) throw error;
    const at = (error as { lines?: number }).lines ?? 0;
    throw unreadable({ zh: `第 ${at} 行不是有效的 CSV`, en: `row ${at} is no CSV` });
  }
}
