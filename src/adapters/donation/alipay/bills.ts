import { z } from 'zod';
import { MessageError } from '../../errors';
import type { Bill, BillLine } from '../port';
import { SERVED } from './errors';
import { timeOnWire } from './time';
import type { AlipayTransport } from './transport';
import { unzip } from './zip';

const named = z.object({ bill_download_url: z.string().min(1) });
/** A million lines of some 400 bytes. */
const MOST_BYTES = 512 * 1024 * 1024;
/** The bill of a day on which nothing was traded. */
const EMPTY = new Set(['NO_BILL_DATA', 'isp.no_bill_data']);
/** The day has no bill (yet): it is made by 09:00 of the next day, and late at times. */
const ABSENT = new Set(['BILL_NOT_EXIST', 'isp.bill_not_exist']);
const gbk = new TextDecoder('gbk', { fatal: true });

/**
 * The trade bill of a day (`alipay.data.dataservice.bill.downloadurl.query`, bill_type trade): a ZIP of CSV files in GBK, read whole or not at all. The file has
 * no hash; its address came in a verified answer, and its own counts and sums must hold.
 * @param day `YYYY-MM-DD`, Asia/Shanghai.
 */
export async function fetchBill(transport: AlipayTransport, merchantId: string, day: string): Promise<Bill> {
  const answer = await transport.call(merchantId, 'alipay.data.dataservice.bill.downloadurl.query', { bill_type: 'trade', bill_date: day });
  if (answer.kind === 'unknown') return { kind: 'UNKNOWN', reason: answer.reason };
  if (EMPTY.has(answer.subCode)) return { kind: 'READY', lines: [] };
  if (ABSENT.has(answer.subCode)) return { kind: 'NOT_READY' };
  const where = answer.code === SERVED ? named.safeParse(answer.body) : null;
  if (!where?.success) return { kind: 'UNKNOWN', reason: `${answer.code} ${answer.subCode}: the answer names no bill` };
  const file = await transport.download(where.data.bill_download_url, MOST_BYTES);
  if (typeof file === 'string') return { kind: 'UNKNOWN', reason: file };
  try {
    return { kind: 'READY', lines: readBill(detailsOf(file), merchantId, day) };
  } catch (error) {
    if (error instanceof MessageError) return { kind: 'UNKNOWN', reason: error.message };
    throw error;
  }
}

/** The file of single lines: beside it lies one of sums by shop. @throws {MessageError} none, or more than one. */
function detailsOf(archive: Buffer): string {
  try {
    const texts = unzip(archive, MOST_BYTES).map(({ content }) => gbk.decode(content));
    const details = texts.filter((text) => text.startsWith('#支付宝业务明细查询'));
    if (details.length !== 1) throw new MessageError(`${details.length} files of single lines in the bill`);
    return details[0]!;
  } catch (error) {
    throw error instanceof MessageError ? error : new MessageError('the bill is not text in GBK', { cause: error });
  }
}

/**
 * Reads the single lines of a trade bill: comments that begin with `#` say whose it is, of which day, and what it sums up to; between them a header and its lines.
 * @throws {MessageError} a column that is missing, a value that is none, another seller's bill or another day's, or counts and sums that do not hold.
 */
export function readBill(text: string, merchantId: string, day: string): BillLine[] {
  const rows = text.split(/\r?\n/).filter((row) => row.trim() !== '');
  const comments = rows.filter((row) => row.startsWith('#'));
  // The account is the seller's number and 0156.
  if (![merchantId, `${merchantId}0156`].includes(matchOf(comments, /^#账号：\[(\d+)\]/, 'account')[1]!))
    throw new MessageError('a bill of another seller');
  const from = matchOf(comments, /^#起始日期：\[(\d{4})年(\d{2})月(\d{2})日 00:00:00\]/, 'day').slice(1, 4);
  if (from.join('-') !== day) throw new MessageError('a bill of another day');
  const [first, last] = [/^#-+业务明细列表-+$/, /^#-+业务明细列表结束-+$/].map((mark) => rows.findIndex((row) => mark.test(row.trim()))) as [
    number,
    number,
  ];
  if (first < 0 || last < first + 2) throw new MessageError('the bill is not whole');
  const columns = rows[first + 1]!.split(',').map((column) => column.trim());
  const read = rows.slice(first + 2, last).map((row) => readLine(valuesOf(row, columns)));
  assertSums(comments, read);
  return read.map(({ line }) => line);
}

interface Read {
  readonly line: BillLine;
  /** What the seller got for it, below zero for a refund: the bill sums up this. */
  readonly receivedFen: bigint;
}

function assertSums(comments: readonly string[], read: readonly Read[]): void {
  const told = [
    ['paid', matchOf(comments, /^#交易合计：(\d+)笔，商家实收共(-?[\d.]+)元/, 'sum of payments')],
    ['refund', matchOf(comments, /^#退款合计：(\d+)笔，商家实收退款共(-?[\d.]+)元/, 'sum of refunds')],
  ] as const;
  for (const [kind, [, count, sum]] of told) {
    const lines = read.filter(({ line }) => line.kind === kind);
    if (count !== String(lines.length)) throw new MessageError(`the bill says ${count} lines and has ${lines.length}`);
    if (fenOf(sum!) !== lines.reduce((fen, { receivedFen }) => fen + receivedFen, 0n)) throw new MessageError('the sums of the bill do not hold');
  }
}

function matchOf(comments: readonly string[], pattern: RegExp, what: string): RegExpExecArray {
  for (const comment of comments) {
    const match = pattern.exec(comment);
    if (match !== null) return match;
  }
  throw new MessageError(`the bill names no ${what}`);
}

type Values = (column: string) => string;

function valuesOf(row: string, columns: readonly string[]): Values {
  const values = row.split(',');
  // The last column is a remark, which may have commas of its own.
  if (values.length < columns.length) throw new MessageError(`a row of the bill has ${values.length} of ${columns.length} values`);
  const byColumn = new Map(columns.map((column, at) => [column, values[at]!.trim()]));
  return (column) => {
    const value = byColumn.get(column);
    if (value === undefined) throw new MessageError(`the bill has no column ${column}`);
    return value;
  };
}

function readLine(of: Values): Read {
  const kind = of('业务类型');
  if (kind !== '交易' && kind !== '退款') throw new MessageError(`a line of kind ${kind.slice(0, 20)}`);
  const [amountFen, receivedFen] = [fenOf(of('订单金额（元）')), fenOf(of('商家实收（元）'))];
  if (kind === '交易' ? amountFen <= 0n : amountFen >= 0n) throw new MessageError('an amount of the wrong sign');
  const at = timeOnWire.safeParse(of('完成时间'));
  if (!at.success) throw new MessageError('not a time');
  const common = {
    orderId: of('商户订单号'),
    transactionId: of('支付宝交易号'),
    // Written as it moves the seller's balance: below zero where it is taken.
    feeFen: -fenOf(of('服务费（元）')),
    at: at.data,
  };
  if (kind === '交易') return { line: { kind: 'paid', ...common, refundId: null, amountFen }, receivedFen };
  const refundId = of('退款批次号/请求号');
  if (refundId === '') throw new MessageError('a refund without its number');
  return { line: { kind: 'refund', ...common, refundId, amountFen: -amountFen }, receivedFen };
}

/** Yuan with two decimals, below zero with a minus. @throws {MessageError} any other form. */
function fenOf(text: string): bigint {
  const match = /^(-?)(\d{1,15})\.(\d{2})$/.exec(text);
  if (match === null) throw new MessageError(`not an amount: ${text.slice(0, 40)}`);
  const fen = BigInt(match[2]! + match[3]!);
  return match[1] === '-' ? -fen : fen;
}
