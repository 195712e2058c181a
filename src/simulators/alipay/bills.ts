import { chinaDay, chinaTime, dayAfter } from '../support/time';
import { toGbk } from './gbk';
import { gatewayTime, refused, served, type Reply } from './reply';
import type { AlipaySimulator } from './simulator';
import { type Biz, text } from './orders';
import type { Trade } from './state';
import { yuan } from './yuan';
import { zip } from './zip';

const COLUMNS =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,' +
  '支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';
/** The bill of a day is made by this hour of the next. */
const READY_HOUR = 9;

interface Row {
  readonly atMs: number;
  readonly tradeNo: string;
  readonly outTradeNo: string;
  readonly subject: string;
  readonly createdAtMs: number;
  /** Empty for a payment. */
  readonly outRequestNo: string;
  /** Below zero for a refund. */
  readonly fen: bigint;
}

/** `alipay.data.dataservice.bill.downloadurl.query`. On the wall clock a bill is ready at once. */
export function nameBill(simulator: AlipaySimulator, sellerId: string, biz: Biz, origin: string): Reply {
  const day = text(biz['bill_date']);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)) || biz['bill_type'] !== 'trade')
    return refused('INVAILID_ARGUMENTS', '入参不合法');
  const { clockId } = simulator.state.seller(sellerId).terms;
  if (clockId !== null && simulator.nowMs(sellerId) < chinaTime(dayAfter(day), READY_HOUR)) return refused('BILL_NOT_EXIST', '账单不存在');
  if (rowsOf(simulator, sellerId, day).length === 0) return refused('NO_BILL_DATA', '无账单数据');
  const token = Buffer.from(`${sellerId}/${day}`).toString('base64url');
  return served({ bill_download_url: `${origin}/bill?token=${token}` });
}

/** The archive that a token names: the single lines, and beside them the sums. Null when the token names nothing. */
export function billFile(simulator: AlipaySimulator, token: string): Buffer | null {
  const [sellerId = '', day = ''] = Buffer.from(token, 'base64url').toString('utf8').split('/');
  if (!simulator.state.sellers.has(sellerId)) return null;
  const rows = rowsOf(simulator, sellerId, day);
  if (rows.length === 0) return null;
  const base = `${sellerId}0156_${day.replaceAll('-', '')}_业务明细`;
  return zip([
    { name: toGbk(`${base}.csv`), content: toGbk(detailsOf(sellerId, day, rows)) },
    { name: toGbk(`${base}(汇总).csv`), content: toGbk(`#支付宝业务汇总查询\r\n#账号：[${sellerId}0156]\r\n`) },
  ]);
}

/** Every payment and every refund of a day, as the journal has them, but for what a fault omits, alters or adds. */
function rowsOf(simulator: AlipaySimulator, sellerId: string, day: string): Row[] {
  const fault = simulator.state.billFaults.get(`${sellerId}/${day}`);
  const idOf = (row: Row): string => row.outRequestNo || row.outTradeNo;
  const told = [...paymentsOf(simulator, sellerId, day), ...refundsOf(simulator, sellerId, day)]
    .sort((a, b) => a.atMs - b.atMs)
    .filter((row) => !fault?.omit.includes(idOf(row)))
    .map((row) => {
      const fen = fault?.alter[idOf(row)];
      return fen === undefined ? row : { ...row, fen: row.outRequestNo === '' ? BigInt(fen) : -BigInt(fen) };
    });
  const noonMs = chinaTime(day, 12);
  const added = (fault?.add ?? []).map(({ outTradeNo, fen }) => {
    return { atMs: noonMs, tradeNo: `2026${outTradeNo}`, outTradeNo, subject: '', createdAtMs: noonMs, outRequestNo: '', fen: BigInt(fen) };
  });
  return [...told, ...added];
}

function detailsOf(sellerId: string, day: string, rows: readonly Row[]): string {
  const [from, to] = [day, dayAfter(day)].map((each) => `${each.slice(0, 4)}年${each.slice(5, 7)}月${each.slice(8)}日 00:00:00`);
  const [paid, refunds] = [rows.filter(({ fen }) => fen > 0n), rows.filter(({ fen }) => fen < 0n)];
  const sum = (of: readonly Row[]): string => yuan(of.reduce((fen, row) => fen + row.fen, 0n));
  const lines = [
    '#支付宝业务明细查询',
    `#账号：[${sellerId}0156]`,
    `#起始日期：[${from}]   终止日期：[${to}]`,
    '#-----------------------------------------业务明细列表----------------------------------------',
    COLUMNS,
    ...rows.map(lineOf),
    '#-----------------------------------------业务明细列表结束------------------------------------',
    `#交易合计：${paid.length}笔，商家实收共${sum(paid)}元，商家优惠共0.00元`,
    `#退款合计：${refunds.length}笔，商家实收退款共${sum(refunds)}元，商家优惠退款共0.00元`,
    `#导出时间：[${from}]`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function lineOf({ tradeNo, outTradeNo, outRequestNo, subject, createdAtMs, atMs, fen }: Row): string {
  const amount = yuan(fen);
  const kind = outRequestNo === '' ? '交易' : '退款';
  return [
    ...[
      `${tradeNo}\t`,
      `${outTradeNo}\t`,
      `${kind}\t`,
      subject,
      gatewayTime(createdAtMs),
      gatewayTime(atMs),
      '\t',
      '\t',
      '\t',
      '\t',
      '*人(don****)\t',
    ],
    ...[amount, amount, '0.00', '0.00', '0.00', '0.00', '0.00', '', '0.00\t', '0.00', `${outRequestNo}\t`, '0.00', '0.00', ''],
  ].join(',');
}

function paymentsOf({ state }: AlipaySimulator, sellerId: string, day: string): Row[] {
  return [...state.trades.values()].flatMap((trade) => {
    const { paidAtMs, terms } = trade;
    if (terms.sellerId !== sellerId || paidAtMs === undefined || chinaDay(paidAtMs) !== day) return [];
    return [rowOf(trade, paidAtMs, '', BigInt(terms.totalFen))];
  });
}

function refundsOf({ state }: AlipaySimulator, sellerId: string, day: string): Row[] {
  return [...state.refunds.values()].flatMap(({ terms, atMs }) => {
    if (terms.sellerId !== sellerId || chinaDay(atMs) !== day) return [];
    return [rowOf(state.trade(sellerId, terms.outTradeNo), atMs, terms.outRequestNo, -BigInt(terms.refundFen))];
  });
}

function rowOf(trade: Trade, atMs: number, outRequestNo: string, fen: bigint): Row {
  const { outTradeNo, subject } = trade.terms;
  return { atMs, tradeNo: trade.tradeNo, outTradeNo, subject, createdAtMs: trade.createdAtMs, outRequestNo, fen };
}
