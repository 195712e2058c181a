import type { GivenLine } from '../../domain/payoutBatch';
import type { Upload, UploadLimits } from '../files';
import { linesOfCsv } from './csv';
import { givenLines, linesOf, unreadable } from './line';
import { linesOfXlsx } from './xlsx';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** 10,000 lines of JSON with every field are below 2 MB. */
const MOST_BYTES = 4 * 1_024 * 1_024;

/** Lines come as JSON, CSV or XLSX, by the request's media type. */
export const LINE_FILES: UploadLimits = { mediaTypes: ['application/json', 'text/csv', XLSX], maxBytes: MOST_BYTES, json: givenLines };

/** @returns the lines of a file. @throws {DomainError} request.invalid naming line and field. */
export function readLines({ bytes, mediaType }: Upload): readonly GivenLine[] {
  if (mediaType === XLSX) return linesOfXlsx(bytes);
  if (mediaType === 'text/csv') return linesOfCsv(bytes);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw unreadable({ zh: '请求体不是 JSON 对象', en: 'the body is not a JSON object' });
  }
  return linesOf(value);
}
