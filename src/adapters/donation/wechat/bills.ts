import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { MessageError } from '../../errors';
import type { Bill, BillLine } from '../port';
import { codeOf, readRefusal } from './errors';
import type { WechatTransport } from './transport';

const named = z.object({ hash_type: z.literal('SHA1'), hash_value: z.string().regex(/^[0-9a-f]{40}$/i), download_url: z.url() });
/** A million lines of some 400 bytes. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * The trade bill of a day (`GET /v3/bill/tradebill`, bill_type ALL), downloaded, held against its hash, and read whole or not at all.
 * @param day `YYYY-MM-DD`, Asia/Shanghai; the channel has it from 10:00 of the next day on, for three months.
 */
export async function fetchBill(transport: WechatTransport, merchantId: string, day: string): Promise<Bill> {
  const answer = await transport.call(merchantId, 'GET', `/v3/bill/tradebill?bill_date=${encodeURIComponent(day)}&bill_type=ALL`);
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (answer.status !== 200) {
    const code = codeOf(answer.body);
    // A day on which nothing happened has no bill.
    if (code === 'NO_STATEMENT_EXIST') return { kind: 'READY', lines: [] };
    if (code === 'STATEMENT_CREATING') return { kind: 'NOT_READY' };
    const refusal = readRefusal(answer.status, answer.body);
    return { kind: 'UNKNOWN', reason: refusal.kind === 'UNKNOWN' ? refusal.reason : `HTTP ${answer.status} ${code}` };
  }
  const where = named.safeParse(answer.body);
  if (!where.success) return { kind: 'UNKNOWN', reason: 'the answer names no bill' };
  const file = await transport.download(merchantId, where.data.download_url, MOST_BYTES);
  if (typeof file === 'string') return { kind: 'UNKNOWN', reason: file };
  const [is, said] = [createHash('sha1').update(file).digest(), Buffer.from(where.data.hash_value, 'hex')];
  if (!timingSafeEqual(is, said)) return { kind: 'UNKNOWN', reason: 'the bill is not what its hash says' };
  try {
    return { kind: 'READY', lines: readBill(file.toString('utf8'), merchantId) };
  } catch (error) {
    if (error instanceof MessageError) return { kind: 'UNKNOWN', reason: error.message };
    throw error;
  }
}

/**
 * Reads a trade bill: a header, lines, a header of sums, sums. Each value stands behind a backtick, so a comma inside of a value parts nothing.
 * @throws {MessageError} a column that is missing, a value that is none, another merchant's line, or counts and sums that do not hold.
 */
export function readBill(text: string, merchantId: string): BillLine[] {
  const rows = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((row) => row !== '');
  const end = rows.findIndex((row, at) => at > 0 && !row.startsWith('`'));
  if (rows[0] === undefined || end < 0 || rows.length !== end + 2) throw new MessageError('the bill is not whole');
  const columns = rows[0].split(',');
  const lines = rows.slice(1, end).map((row) => readLine(valuesOf(row, columns), merchantId));
  const sums = valuesOf(rows[end + 1]!, rows[end]!.split(','));
  const sum = (kind: BillLine['kind']): bigint => lines.reduce((fen, line) => (line.kind === kind ? fen + line.amountFen : fen), 0n);
  const told = { count: sums('总交易单数'), paid: fenOf(sums('订单总金额')), refunded: fenOf(sums('申请退款总金额')) };
  if (told.count !== String(lines.length)) throw new MessageError(`the bill says ${told.count} lines and has ${lines.length}`);
  if (told.paid !== sum('paid') || told.refunded !== sum('refund')) throw new MessageError('the sums of the bill do not hold');
  return lines;
}

type Values = (column: string) => string;

function valuesOf(row: string, columns: readonly string[]): Values {
  const values = row.slice(1).split(',`');
  if (!row.startsWith('`') || values.length !== columns.length)
    throw new MessageError(`a row of the bill has ${values.length} of ${columns.length} values`);
  const byColumn = new Map(columns.map((column, at) => [column, values[at]!.trim()]));
  return (column) => {
    const value = byColumn.get(column);
    if (value === undefined) throw new MessageError(`the bill has no column ${column}`);
    return value;
  };
}

function readLine(of: Values, merchantId: string): BillLine {
  if (of('商户号') !== merchantId) throw new MessageError('a line of another merchant');
  if (of('货币种类') !== 'CNY') throw new MessageError(`a line in ${of('货币种类').slice(0, 8)}`);
  const state = of('交易状态');
  const common = { orderId: of('商户订单号'), transactionId: of('微信订单号'), feeFen: feeOf(of('手续费')), at: timeOf(of('交易时间')) };
  if (state === 'SUCCESS') return { kind: 'paid', ...common, refundId: null, amountFen: fenOf(of('订单金额')) };
  if (state === 'REFUND') return { kind: 'refund', ...common, refundId: of('商户退款单号'), amountFen: fenOf(of('申请退款金额')) };
  throw new MessageError(`a line in state ${state.slice(0, 20)}`);
}

/** Yuan with two decimals. @throws {MessageError} any other form. */
function fenOf(text: string): bigint {
  const match = /^(\d{1,15})\.(\d{2})$/.exec(text);
  if (match === null) throw new MessageError(`not an amount: ${text.slice(0, 40)}`);
  return BigInt(match[1]! + match[2]!);
}

/** The channel's fee has five decimals, below zero when it comes back with a refund; whole fen are what it charges. */
function feeOf(text: string): bigint {
  const match = /^(-?)(\d{1,15})\.(\d{2})0*$/.exec(text);
  if (match === null) throw new MessageError(`not a fee: ${text.slice(0, 40)}`);
  const fen = BigInt(match[2]! + match[3]!);
  return match[1] === '-' ? -fen : fen;
}

function timeOf(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) throw new MessageError(`not a time: ${text.slice(0, 40)}`);
  return `${text.replace(' ', 'T')}+08:00`;
}
