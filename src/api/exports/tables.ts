import type { ExceptionView } from '../../records/exceptionStanding';
import type { ListedPayout } from '../../records/payoutLists';
import type { Statement } from '../../records/statements';
import type { Column, Table, Value } from './table';

const text = (title: string): Column => ({ title, kind: 'text' });
const fen = (title: string): Column => ({ title, kind: 'fen' });

/** Says by which filter a list was made, as it was asked for. */
const asFiltered = (filter: Readonly<Record<string, unknown>>): string => {
  const set = Object.entries(filter).filter(([, value]) => value !== undefined);
  return `筛选 Filter: ${set.length === 0 ? '—' : set.map(([name, value]) => `${name}=${String(value)}`).join('; ')}`;
};

/** @returns the list of exceptions that was looked at. */
export function exceptionTable(list: readonly ExceptionView[], filter: Readonly<Record<string, unknown>>, at: Date): Table {
  const amountOf = (e: ExceptionView): bigint | null => (e.money.amountFen === null ? null : BigInt(e.money.amountFen));
  return {
    name: 'exceptions',
    title: '款项例外 Exceptions',
    notes: [`截至 As of: ${at.toISOString()}`, asFiltered(filter)],
    columns: [
      text('编号 Id'),
      text('类型 Kind'),
      text('原因 Cause'),
      text('状态 State'),
      text('责任人 Owner'),
      text('发生 Arisen'),
      { title: '小时 Hours', kind: 'count' },
      fen('金额 Amount'),
      fen('未匹配 Open'),
      text('可办 Acts'),
      text('了结 Resolved by'),
    ],
    rows: list.map((e): Value[] => [
      e.id,
      e.kind,
      e.cause.zh,
      e.state,
      e.owner.name ?? e.owner.role,
      e.arisenAt,
      e.ageHours,
      amountOf(e),
      e.money.openFen,
      e.acts.join(' '),
      e.resolvedBy,
    ]),
    totalFen: list.reduce((sum, e) => sum + (amountOf(e) ?? 0n), 0n),
  };
}

/** @returns the list of payouts that was looked at; its total is what reaches payees. */
export function payoutTable(list: readonly ListedPayout[], filter: Readonly<Record<string, unknown>>, at: Date): Table {
  return {
    name: 'payouts',
    title: '付款 Payouts',
    notes: [`截至 As of: ${at.toISOString()}`, asFiltered(filter)],
    columns: [
      text('编号 Id'),
      text('活动 Campaign'),
      text('收款方 Payee'),
      text('状态 State'),
      fen('总额 Gross'),
      fen('费用 Fee'),
      fen('实付 Net'),
      text('制单 Made'),
      text('入账 Booked'),
      text('银行流水 Reference'),
    ],
    rows: list.map((p): Value[] => [
      p.id,
      p.campaignId,
      p.payeeKind,
      p.state,
      p.grossFen,
      p.feeFen,
      p.netFen,
      p.reservedAt.toISOString(),
      p.bookedAt?.toISOString() ?? null,
      p.bankReference,
    ]),
    totalFen: list.reduce((sum, p) => sum + p.netFen, 0n),
  };
}

/** @returns a statement: accounts with opening and closing, then the movements by kind, then what came late. Its total is what was raised. */
export function statementTable(s: Statement): Table {
  const { closing } = s.identity;
  return {
    name: 'statement',
    title: s.scope === 'campaign' ? '活动对账单 Campaign statement' : '平台对账单 Platform statement',
    notes: [
      `${s.id}　${s.from} – ${s.to}　截至 As of: ${s.asOf.at}（#${s.asOf.lastTransfer}）`,
      `已筹 raised ${closing.raisedFen} = 已付 paid ${closing.paidFen} + 费用 fees ${closing.feesFen} + 已退 refunded ${closing.refundedFen} + 可用 held ${closing.heldFen} + 预留 reserved ${closing.reservedFen}（分 fen）：${closing.holds ? '平 holds' : '不平 DOES NOT HOLD'}`,
    ],
    columns: [text('项目 Item'), text('说明 What'), fen('期初 Opening'), fen('增加 In'), fen('减少 Out'), fen('期末 Closing'), fen('金额 Amount')],
    rows: [
      ...s.accounts.map((a): Value[] => ['账户 account', a.account, a.openingFen, a.inFen, a.outFen, a.closingFen, null]),
      ...s.movements.map((m): Value[] => [`分录 ${m.movements} ×`, `${m.kind}: ${m.debit} → ${m.credit}`, null, null, null, null, m.amountFen]),
      ...s.late.map((m): Value[] => [`晚到 late ${m.day}`, `${m.kind} ${m.subject}`, null, null, null, null, m.amountFen]),
    ],
    totalFen: closing.raisedFen,
  };
}
