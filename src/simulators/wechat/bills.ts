import { createHash } from 'node:crypto';
import { chinaDay, chinaTime, dayAfter, rfc3339Seconds } from '../support/time';
import type { BillFault } from './events';
import { paramError, type Reply } from './orders';
import type { WechatSimulator } from './simulator';

const COLUMNS =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,' +
  '微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMS = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
/** The bill of a day is made by this hour of the next. */
const READY_HOUR = 10;

interface Row {
  readonly atMs: number;
  readonly number: string;
  readonly refundNumber: string;
  readonly fen: bigint;
  readonly cells: (fen: bigint) => string[];
}

/** `GET /v3/bill/tradebill`: where the bill of a day lies, and its hash. On the wall clock a bill is ready at once. */
export function nameBill(simulator: WechatSimulator, mchid: string, day: string, type: string, origin: string): Reply {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) return paramError('bill_date 格式错误');
  if (type !== 'ALL') return paramError('bill_type 只支持 ALL');
  const { clockId } = simulator.state.merchant(mchid).terms;
  if (clockId !== null && simulator.nowMs(mchid) < chinaTime(dayAfter(day), READY_HOUR))
    return { status: 400, body: { code: 'STATEMENT_CREATING', message: '账单生成中' } };
  const bill = billOf(simulator, mchid, day);
  if (bill === null) return { status: 400, body: { code: 'NO_STATEMENT_EXIST', message: '账单文件不存在' } };
  const token = Buffer.from(`${mchid}/${day}`).toString('base64url');
  return {
    status: 200,
    body: {
      hash_type: 'SHA1',
      hash_value: createHash('sha1').update(bill).digest('hex'),
      download_url: `${origin}/v3/billdownload/file?token=${token}`,
    },
  };
}

/** The file that a token names, for the merchant whose it is; null for any other. */
export function billFile(simulator: WechatSimulator, mchid: string, token: string): string | null {
  const [owner, day] = Buffer.from(token, 'base64url').toString('utf8').split('/');
  return owner === mchid && day !== undefined ? billOf(simulator, mchid, day) : null;
}

/** Every payment and every refund of a day, as the journal has them, but for what a fault omits, alters or adds. */
function billOf(simulator: WechatSimulator, mchid: string, day: string): string | null {
  const fault = simulator.state.billFaults.get(`${mchid}/${day}`);
  const rows = [...paymentsOf(simulator, mchid, day), ...refundsOf(simulator, mchid, day)].sort((a, b) => a.atMs - b.atMs);
  const told = rows
    .filter((row) => !fault?.omit.includes(row.refundNumber || row.number))
    .map((row) => ({ ...row, fen: BigInt(fault?.alter[row.refundNumber || row.number] ?? row.fen) }));
  const added = (fault?.add ?? []).map((line) => addedRow(mchid, day, line));
  const all = [...told, ...added];
  if (all.length === 0) return null;
  const total = (of: (row: Row) => boolean): string => yuan(all.reduce((fen, row) => (of(row) ? fen + row.fen : fen), 0n));
  const [paid, refunded] = [total((row) => row.refundNumber === ''), total((row) => row.refundNumber !== '')];
  const line = (cells: readonly string[]): string => cells.map((cell) => `\`${cell}`).join(',');
  const lines = all.map((row) => line(row.cells(row.fen)));
  return `\uFEFF${[COLUMNS, ...lines, SUMS, line([String(all.length), paid, refunded, '0.00', '0.00000', paid, refunded])].join('\r\n')}\r\n`;
}

function paymentsOf({ state }: WechatSimulator, mchid: string, day: string): Row[] {
  const rows: Row[] = [];
  for (const order of state.orders.values()) {
    const { terms, paidAtMs } = order;
    if (terms.mchid !== mchid || paidAtMs === undefined || chinaDay(paidAtMs) !== day) continue;
    const cells = (fen: bigint): string[] => [
      ...head(paidAtMs, terms.appid, mchid, order.transactionId ?? '', terms.outTradeNo, order.openid ?? '', terms.openid),
      ...[
        'SUCCESS',
        'OTHERS',
        'CNY',
        yuan(fen),
        '0.00',
        '',
        '',
        '0.00',
        '0.00',
        '',
        '',
        terms.description,
        '',
        '0.00000',
        '0.60%',
        yuan(fen),
        '0.00',
        '',
      ],
    ];
    rows.push({ atMs: paidAtMs, number: terms.outTradeNo, refundNumber: '', fen: BigInt(terms.totalFen), cells });
  }
  return rows;
}

function refundsOf({ state }: WechatSimulator, mchid: string, day: string): Row[] {
  const rows: Row[] = [];
  for (const { terms, refundId, atMs, succeededAtMs } of state.refunds.values()) {
    if (terms.mchid !== mchid || chinaDay(atMs) !== day) continue;
    const order = state.order(mchid, terms.outTradeNo);
    const status = succeededAtMs === undefined ? 'PROCESSING' : 'SUCCESS';
    const cells = (fen: bigint): string[] => [
      ...head(atMs, order.terms.appid, mchid, order.transactionId ?? '', terms.outTradeNo, order.openid ?? '', order.terms.openid),
      ...['REFUND', 'OTHERS', 'CNY', '0.00', '0.00', refundId, terms.outRefundNo, yuan(fen), '0.00', 'ORIGINAL', status],
      ...[order.terms.description, '', '0.00000', '0.60%', '0.00', yuan(fen), ''],
    ];
    rows.push({ atMs, number: terms.outTradeNo, refundNumber: terms.outRefundNo, fen: BigInt(terms.refundFen), cells });
  }
  return rows;
}

function addedRow(mchid: string, day: string, { outTradeNo, fen }: BillFault['add'][number]): Row {
  const atMs = chinaTime(day, 12);
  const cells = (amount: bigint): string[] => [
    ...head(atMs, '', mchid, `4200${outTradeNo}`, outTradeNo, 'added'),
    ...['SUCCESS', 'OTHERS', 'CNY', yuan(amount), '0.00', '', '', '0.00', '0.00', '', '', '', '', '0.00000', '0.60%', yuan(amount), '0.00', ''],
  ];
  return { atMs, number: outTradeNo, refundNumber: '', fen: BigInt(fen), cells };
}

/** @param insideOf the openid that a JSAPI order was made for. */
function head(atMs: number, appid: string, mchid: string, transactionId: string, outTradeNo: string, openid: string, insideOf?: string): string[] {
  const type = insideOf === undefined ? 'NATIVE' : 'JSAPI';
  return [rfc3339Seconds(atMs).slice(0, 19).replace('T', ' '), appid, mchid, '0', '', transactionId, outTradeNo, openid, type];
}

function yuan(fen: bigint): string {
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`;
}
