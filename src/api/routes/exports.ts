import { z } from 'zod';
import { businessNow } from '../../database/clock';
import { DomainError } from '../../domain/errors';
import { listExceptions } from '../../records/exceptionLists';
import { exceptionView } from '../../records/exceptionStanding';
import { listPayouts } from '../../records/payoutLists';
import { csvOf } from '../exports/csv';
import { pdfOf } from '../exports/pdf';
import type { Table } from '../exports/table';
import { exceptionTable, payoutTable, statementTable } from '../exports/tables';
import { xlsxOf } from '../exports/xlsx';
import { type Answer, route } from '../route';
import { id } from '../schemas';
import { tenantAsked } from './audit';
import { exceptionFilter } from './exceptions';
import { payoutFilter } from './payouts';
import { campaignStatementFor, days, platform, platformStatementFor } from './statements';

const FORMS = {
  csv: { mediaType: 'text/csv; charset=utf-8', write: async (table: Table) => csvOf(table) },
  xlsx: { mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', write: xlsxOf },
  pdf: { mediaType: 'application/pdf', write: pdfOf },
} as const;
const format = z.enum(['csv', 'xlsx', 'pdf']).default('csv');
const sends = Object.values(FORMS).map(({ mediaType }) => mediaType);
const answers = { 200: { description: 'The file: the list that was asked for, whole, with its filter and moment.' } };
/** How many rows a file has at most: it is made in memory, and the pages of a PDF are laid out row by row. */
const MOST = { csv: 20_000, xlsx: 20_000, pdf: 1_000 } as const;

/** What is looked at, as a file: by the same filter, whole. */
export const exportRoutes = [
  route({
    method: 'get',
    path: '/v1/exports/exceptions',
    tag: 'Finance',
    summary: 'The filtered list of money events as CSV, XLSX or PDF',
    act: 'exception.read',
    input: { query: z.strictObject({ ...exceptionFilter, format }) },
    answers,
    sends,
    handler: async ({ tx, query: { format: form, ...filter }, actor }) => {
      const tenantId = tenantAsked(actor, filter.tenantId)!;
      const list = whole(await listExceptions(tx, tenantId, { ...filter, limit: MOST[form] + 1 }), form);
      return sent(exceptionTable(list.map(exceptionView), filter, await businessNow(tx, tenantId)), form);
    },
  }),
  route({
    method: 'get',
    path: '/v1/exports/payouts',
    tag: 'Finance',
    summary: 'The filtered list of payouts as CSV, XLSX or PDF',
    act: 'payout.list',
    input: { query: z.strictObject({ ...payoutFilter, format }) },
    answers,
    sends,
    handler: async ({ tx, query: { format: form, ...filter }, actor }) => {
      const tenantId = tenantAsked(actor, filter.tenantId)!;
      const list = whole(await listPayouts(tx, tenantId, { ...filter, limit: MOST[form] + 1 }), form);
      return sent(payoutTable(list, filter, await businessNow(tx, tenantId)), form);
    },
  }),
  route({
    method: 'get',
    path: '/v1/exports/statements/campaigns/{id}',
    tag: 'Finance',
    summary: 'A campaign’s statement as CSV, XLSX or PDF',
    act: 'statement.read',
    input: { params: id, query: days.extend({ format }) },
    answers,
    sends,
    handler: async ({ tx, params, query: { format: form, ...asked }, actor }) =>
      sent(statementTable(await campaignStatementFor(tx, actor, params.id, asked)), form),
  }),
  route({
    method: 'get',
    path: '/v1/exports/statements/platform',
    tag: 'Finance',
    summary: 'A platform’s day as CSV, XLSX or PDF',
    act: 'statement.read',
    input: { query: platform.extend({ format }) },
    answers,
    sends,
    handler: async ({ tx, query: { format: form, ...asked }, actor }) => sent(statementTable(await platformStatementFor(tx, actor, asked)), form),
  }),
];

async function sent(table: Table, form: keyof typeof FORMS): Promise<Answer> {
  const { mediaType, write } = FORMS[form];
  return { status: 200, file: { bytes: await write(table), mediaType, name: `${table.name}.${form}` } };
}

/** @throws {DomainError} request.invalid where the list is longer than a file may be: never a part of it that passes for the whole. */
function whole<T>(list: T[], form: keyof typeof MOST): T[] {
  if (list.length <= MOST[form]) return list;
  throw new DomainError(
    'request.invalid',
    { zh: `超过 ${MOST[form]} 行；请缩小筛选范围`, en: `More than ${MOST[form]} rows: narrow the filter` },
    { field: '/query' },
  );
}
