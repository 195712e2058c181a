/** A merchant's transfer as it was asked for; fen as decimal strings. */
export interface TransferTerms {
  readonly mchid: string;
  readonly outBillNo: string;
  readonly openid: string;
  /** As it was sealed for us; null where none was given. */
  readonly name: string | null;
  readonly fen: string;
  readonly remark: string;
  readonly scene: string;
  /** As JSON. */
  readonly reports: string;
  readonly notifyUrl: string | null;
}

export type TransferState = 'PROCESSING' | 'WAIT_USER_CONFIRM' | 'SUCCESS' | 'FAIL' | 'CANCELING' | 'CANCELLED';

/**
 * What befalls the next calls about one out_bill_no: `drop-before` nothing is done and nobody answers; `answer-lost` done, nobody answers; `500-after-commit`; `429` not done;
 * `unknown-code` done, answered with a code of tomorrow; `bad-signature` of the answer; `not-found` though it is there; `not-enough` the balance is short, not done; `stuck` taken,
 * its money is not locked until the balance is topped up.
 */
export const TRANSFER_FAULTS = [
  ...(['drop-before', 'answer-lost', '500-after-commit', '429', 'unknown-code', 'bad-signature', 'not-found'] as const),
  ...(['not-enough', 'stuck'] as const),
] as const;
export type TransferFaultName = (typeof TRANSFER_FAULTS)[number];

export interface TransferFault {
  readonly mchid: string;
  readonly outBillNo: string;
  readonly name: TransferFaultName;
  readonly times: number;
}

export type TransferEvent =
  | ({ readonly type: 'transfer-asked' } & TransferTerms & {
        readonly billNo: string;
        readonly atMs: number;
        readonly state: TransferState;
        readonly failReason: string | null;
      })
  | {
      readonly type: 'transfer-moved';
      readonly mchid: string;
      readonly outBillNo: string;
      readonly state: TransferState;
      readonly failReason: string | null;
      readonly atMs: number;
      /** When it moves on by itself; null: not. */
      readonly dueMs: number | null;
      /** Of the callback about its end; null while it goes on. */
      readonly noticeId: string | null;
    }
  /** The real name behind an openid; of others every name is right. */
  | { readonly type: 'person-named'; readonly openid: string; readonly name: string }
  | ({ readonly type: 'transfer-fault' } & TransferFault)
  | { readonly type: 'transfer-fault-used'; readonly mchid: string; readonly outBillNo: string };
