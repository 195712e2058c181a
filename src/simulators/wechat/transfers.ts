import { randomUUID } from 'node:crypto';
import { chinaDay, DAY_MS, rfc3339Seconds } from '../support/time';
import { openField } from './crypto';
import { isCallbackUrl, paramError, type Reply } from './orders';
import type { WechatSimulator } from './simulator';
import type { TransferState, TransferTerms } from './transferEvents';
import type { Transfer } from './transferState';

/** From here on a name is required; below the other none is taken (fen). */
const NAMED_FROM = 200_000n;
const NAMELESS_BELOW = 30n;
const LEAST = 10n;
/** What one person may be sent in a day, and one merchant may send (fen). */
const PERSON_A_DAY = 2_000_000n;
const MERCHANT_A_DAY = 10_000_000n;
/** The query knows a transfer for so long. */
const KNOWN_MS = 30 * DAY_MS;
/** How long a cancellation takes. */
const CANCEL_MS = { business: 60_000, wall: 300 };

const NOT_FOUND: Reply = { status: 404, body: { code: 'NOT_FOUND', message: '记录不存在' } };
const ENDED: ReadonlySet<TransferState> = new Set(['SUCCESS', 'FAIL', 'CANCELLED']);

/** `POST /v3/fund-app/mch-transfer/transfer-bills`: out_bill_no is the idempotency key; the same fields hear of the same transfer, others are refused. */
export async function askTransfer(simulator: WechatSimulator, mchid: string, raw: Buffer, serial: string, isStuck: boolean): Promise<Reply> {
  const terms = readTransfer(simulator, mchid, raw, serial);
  if (typeof terms === 'string') return paramError(terms);
  const book = simulator.state.transferBook;
  const known = book.find(mchid, terms.outBillNo);
  if (known !== undefined)
    return same(known.terms, terms) ? created(known) : { status: 400, body: { code: 'INVALID_REQUEST', message: '商户单号已存在且参数不一致' } };
  const atMs = simulator.nowMs(mchid);
  const full = sumOf(simulator, atMs, (t) => t.mchid === mchid) + BigInt(terms.fen) > MERCHANT_A_DAY;
  const billNo = `1330000${String(book.transfers.size + 1).padStart(21, '0')}`;
  const state = full ? 'FAIL' : isStuck ? 'PROCESSING' : 'WAIT_USER_CONFIRM';
  await simulator.journal.record({ type: 'transfer-asked', ...terms, billNo, atMs, state, failReason: full ? 'TRANSFER_QUOTA_EXCEED' : null });
  return created(book.find(mchid, terms.outBillNo)!);
}

/** `GET …/out-bill-no/{id}`. */
export function showTransfer(simulator: WechatSimulator, mchid: string, outBillNo: string): Reply {
  const transfer = simulator.state.transferBook.find(mchid, outBillNo);
  if (transfer === undefined || simulator.nowMs(mchid) - transfer.createdAtMs > KNOWN_MS) return NOT_FOUND;
  return { status: 200, body: transferView(transfer) };
}

/** `POST …/out-bill-no/{id}/cancel`: only before the receiver confirmed, and not at once. */
export async function cancelTransfer(simulator: WechatSimulator, mchid: string, outBillNo: string): Promise<Reply> {
  const transfer = simulator.state.transferBook.find(mchid, outBillNo);
  if (transfer === undefined) return NOT_FOUND;
  if (transfer.state === 'WAIT_USER_CONFIRM') {
    const nowMs = simulator.nowMs(mchid);
    const dueMs = nowMs + (simulator.state.merchant(mchid).terms.clockId === null ? CANCEL_MS.wall : CANCEL_MS.business);
    await move(simulator, transfer, 'CANCELING', null, dueMs);
  } else if (transfer.state !== 'CANCELING' && transfer.state !== 'CANCELLED')
    return { status: 400, body: { code: 'INVALID_REQUEST', message: '当前单据状态不支持撤销' } };
  const { state, updatedAtMs } = transfer;
  return { status: 200, body: { out_bill_no: outBillNo, transfer_bill_no: transfer.billNo, state, update_time: rfc3339Seconds(updatedAtMs) } };
}

/** The receiver confirms in WeChat. @returns how it ended; null where nothing waits. */
export async function confirmTransfer(simulator: WechatSimulator, mchid: string, outBillNo: string): Promise<TransferState | null> {
  const transfer = simulator.state.transferBook.find(mchid, outBillNo);
  if (transfer?.state !== 'WAIT_USER_CONFIRM') return null;
  const { openid, name, fen } = transfer.terms;
  const real = simulator.state.transferBook.names.get(openid);
  const today = sumOf(simulator, simulator.nowMs(mchid), (t) => t.openid === openid);
  if (simulator.state.deadAccounts.has(openid)) await move(simulator, transfer, 'FAIL', 'ACCOUNT_FROZEN');
  else if (name !== null && real !== undefined && real !== name) await move(simulator, transfer, 'FAIL', 'NAME_NOT_CORRECT');
  else if (today + BigInt(fen) > PERSON_A_DAY) await move(simulator, transfer, 'FAIL', 'DAY_RECEIVED_QUOTA_EXCEED');
  else await move(simulator, transfer, 'SUCCESS', null);
  return transfer.state;
}

/** The balance was topped up: what was stuck waits for its receivers. @returns how many. */
export async function topUp(simulator: WechatSimulator, mchid: string): Promise<number> {
  const stuck = [...simulator.state.transferBook.transfers.values()].filter((t) => t.terms.mchid === mchid && t.state === 'PROCESSING');
  for (const transfer of stuck) await move(simulator, transfer, 'WAIT_USER_CONFIRM', null, transfer.createdAtMs + DAY_MS);
  return stuck.length;
}

/** What its day brings a transfer: nobody confirmed, or its cancellation is through. */
export async function transferDue(simulator: WechatSimulator, transferKey: string): Promise<void> {
  const transfer = simulator.state.transferBook.transfers.get(transferKey);
  if (transfer?.state === 'CANCELING') await move(simulator, transfer, 'CANCELLED', 'MCH_CANCEL');
  else if (transfer?.state === 'WAIT_USER_CONFIRM') await move(simulator, transfer, 'FAIL', 'OVERDUE_CLOSE');
}

/** A transfer as the query and, in part, the callback show it. */
export function transferView(transfer: Transfer): Record<string, unknown> {
  const { terms } = transfer;
  return {
    mch_id: terms.mchid,
    out_bill_no: terms.outBillNo,
    transfer_bill_no: transfer.billNo,
    state: transfer.state,
    transfer_amount: Number(terms.fen),
    transfer_remark: terms.remark,
    openid: terms.openid,
    create_time: rfc3339Seconds(transfer.createdAtMs),
    update_time: rfc3339Seconds(transfer.updatedAtMs),
    ...(transfer.failReason === null ? {} : { fail_reason: transfer.failReason }),
  };
}

async function move(simulator: WechatSimulator, { terms }: Transfer, state: TransferState, failReason: string | null, dueMs: number | null = null) {
  const { mchid, outBillNo, notifyUrl } = terms;
  const noticeId = ENDED.has(state) && notifyUrl !== null ? randomUUID() : null;
  await simulator.journal.record({ type: 'transfer-moved', mchid, outBillNo, state, failReason, atMs: simulator.nowMs(mchid), dueMs, noticeId });
  if (noticeId !== null) await simulator.postNotice(noticeId);
}

function sumOf(simulator: WechatSimulator, atMs: number, which: (terms: TransferTerms) => boolean): bigint {
  let fen = 0n;
  for (const { terms, state, updatedAtMs } of simulator.state.transferBook.transfers.values())
    if (which(terms) && state === 'SUCCESS' && chinaDay(updatedAtMs) === chinaDay(atMs)) fen += BigInt(terms.fen);
  return fen;
}

function created(transfer: Transfer): Reply {
  const { terms, billNo, state, createdAtMs } = transfer;
  const body = { out_bill_no: terms.outBillNo, transfer_bill_no: billNo, create_time: rfc3339Seconds(createdAtMs), state };
  return { status: 200, body: state === 'WAIT_USER_CONFIRM' ? { ...body, package_info: `affffddafdfafddffda==${billNo}` } : body };
}

function readTransfer(simulator: WechatSimulator, mchid: string, raw: Buffer, serial: string): TransferTerms | string {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(raw.toString('utf8')) as Record<string, unknown>;
  } catch {
    return '请求不是合法的 JSON';
  }
  const { out_bill_no: outBillNo, openid, transfer_amount: amount, transfer_remark: remark, transfer_scene_id: scene } = body;
  const { notify_url: notifyUrl = null, transfer_scene_report_infos: infos, user_name: sealed } = body;
  if (body['appid'] !== simulator.state.merchant(mchid).terms.appid) return 'appid 与商户号不匹配';
  if (typeof outBillNo !== 'string' || !/^[0-9A-Za-z]{1,32}$/.test(outBillNo)) return 'out_bill_no 只能由数字、大小写字母组成';
  if (typeof openid !== 'string' || !/^[\w-]{1,64}$/.test(openid)) return 'openid 格式错误';
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || BigInt(amount) < LEAST) return 'transfer_amount 不正确';
  if (typeof remark !== 'string' || remark.length < 1 || remark.length > 32) return 'transfer_remark 长度应为 1 至 32';
  if (typeof scene !== 'string' || !/^\d{4}$/.test(scene)) return 'transfer_scene_id 不正确';
  if (!Array.isArray(infos) || infos.length === 0 || !infos.every(isReport)) return 'transfer_scene_report_infos 不正确';
  if (notifyUrl !== null && (typeof notifyUrl !== 'string' || !isCallbackUrl(notifyUrl))) return 'notify_url 格式错误';
  if (sealed === undefined && BigInt(amount) >= NAMED_FROM) return '转账金额大于等于2000元时 user_name 必填';
  if (sealed !== undefined && BigInt(amount) < NAMELESS_BELOW) return '转账金额小于0.3元时不支持 user_name';
  if (sealed !== undefined && serial !== simulator.keys.platformKeyId) return 'Wechatpay-Serial 不是当前的平台密钥';
  const name = sealed === undefined ? null : openField(simulator.keys, sealed);
  if (sealed !== undefined && !name) return 'user_name 解密失败';
  return { mchid, outBillNo, openid, name, fen: String(amount), remark, scene, reports: JSON.stringify(infos), notifyUrl };
}

function isReport(info: unknown): boolean {
  const { info_type: type, info_content: content } = (info ?? {}) as Record<string, unknown>;
  return (
    typeof type === 'string' && type.length >= 1 && type.length <= 15 && typeof content === 'string' && content.length >= 1 && content.length <= 32
  );
}

function same(a: TransferTerms, b: TransferTerms): boolean {
  const fields = ['openid', 'name', 'fen', 'remark', 'scene', 'reports', 'notifyUrl'] as const;
  return fields.every((field) => a[field] === b[field]);
}
