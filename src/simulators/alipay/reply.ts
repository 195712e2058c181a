import { rfc3339Seconds } from '../support/time';

/** What stands in the answer's `…_response`. */
export type Reply = Readonly<Record<string, string>>;

/** A call that was served. */
export function served(fields: Reply): Reply {
  return { code: '10000', msg: 'Success', ...fields };
}

/** A call that the business refused. */
export function refused(subCode: string, subMsg: string): Reply {
  return { code: '40004', msg: 'Business Failed', sub_code: subCode, sub_msg: subMsg };
}

/** A call that the gateway refused. */
export function gatewayRefused(code: string, msg: string, subCode: string): Reply {
  return { code, msg, sub_code: subCode, sub_msg: subCode };
}

export const NO_TRADE = refused('ACQ.TRADE_NOT_EXIST', '交易不存在');
export const NO_TRANSFER = refused('ORDER_NOT_EXIST', '转账订单不存在');

/** `yyyy-MM-dd HH:mm:ss` in China. */
export function gatewayTime(atMs: number): string {
  return rfc3339Seconds(atMs).slice(0, 19).replace('T', ' ');
}
