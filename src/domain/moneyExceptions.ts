import type { Sentence } from './sentence';

/** What may be done about a money event that fits nowhere. */
export type ExceptionAct =
  /** Gives it to a person of finance. */
  | 'assign'
  /** Dealt with outside of the books, with a reason. */
  | 'settle'
  /** Another person says the same of a settlement that was asked for; only then is it settled. */
  | 'confirm-settlement'
  /** Anybody of finance turns a settlement down that was asked for. */
  | 'withdraw-settlement'
  /** A debit of a restored house's lost days was for this release: signed again, its payout takes the bank's id and is not sent. */
  | 'claim-release'
  /** The debit is that of one or more payouts which the bank booked without their ids. */
  | 'match-payout-debit'
  /** The credit is money of a payout that came back, in whole or in part. */
  | 'match-payout-return'
  /** The credit is the bank's return of a whole payout: its release begins its payment anew. */
  | 'take-as-bounce'
  /** The debit gave a credit on suspense back to its payer. */
  | 'match-back-to-payer'
  /** The debit paid a donor what the channel gives back no more. */
  | 'match-owed-back'
  /** The credit makes good what the channel took back. */
  | 'match-chargeback'
  /** The credit is a settlement of the channel that came before its gifts were known. */
  | 'match-channel'
  /** The channel sends the refund to a debit card of the donor's instead; a second person confirms it. */
  | 'refund-to-card'
  /** The channel took this back of its own accord: a receivable until somebody makes it good. */
  | 'book-chargeback';

interface KindOfException {
  /** What happened, for a person who has never seen the code. */
  readonly cause: Sentence;
  /** What to look at, and which act ends it. */
  readonly guidance: Sentence;
  readonly acts: readonly ExceptionAct[];
}

const OF_CREDIT: readonly ExceptionAct[] = ['assign', 'match-payout-return', 'take-as-bounce', 'match-chargeback'];
const OF_DEBIT: readonly ExceptionAct[] = ['assign', 'settle', 'match-payout-debit', 'match-back-to-payer', 'match-owed-back'];
const TO_SETTLE: readonly ExceptionAct[] = ['assign', 'settle'];
/** Settling it gives money up: two people do. */
const BY_TWO: readonly ExceptionAct[] = ['assign', 'settle', 'confirm-settlement', 'withdraw-settlement'];

const creditGuidance = (look: Sentence): Sentence => ({
  zh: `${look.zh}款项在待查账户上。属于某笔付款的退回：匹配该付款（部分或全部）；整笔退回且拨付未结束：登记为退票，重新付款。不属于任何付款：请银行原路退给付款人，再将退款的借记行与本行匹配。不能直接记入求助活动：捐赠须经捐赠渠道。`,
  en: `${look.en} The money lies on suspense. If it came back from a payment, match that payment, in part or in whole; if the bank returned it whole and the release is open, take it as bounced and it is paid anew. If it belongs to no payment, have the bank give it back to its payer and match that debit with this line. It is never credited to a campaign: a gift comes through the channel.`,
});

/** Every kind of money event that fits nowhere: its cause, what to do, and the only acts that are allowed. The one table of its kind; a kind that is not here does not compile. */
export const MONEY_EXCEPTIONS = {
  'bank-account-unknown': {
    cause: { zh: '银行通知了一个本系统没有的托管账户的交易。', en: 'The bank told of a movement on a custody account that nobody here has.' },
    guidance: {
      zh: '核对银行通知的接收配置和账户；确认后说明原因并了结。',
      en: "Check which accounts the bank's notices are for, then settle it with what was found.",
    },
    acts: TO_SETTLE,
  },
  'bank-line-unknown': {
    cause: {
      zh: '托管账户上有一笔交易，找不到它所属的付款或收款。',
      en: 'A line on the custody account belongs to no payment or collection that the books know.',
    },
    guidance: {
      zh: '贷记：款项在待查账户上，匹配其付款，是渠道结算的匹配渠道欠款，或请银行退给付款人后匹配该借记行。借记：匹配银行未带编号入账的付款、退给付款人的待查款、另行付给捐赠人的应退款；恢复备份后丢失的付款，认领到其拨付；查明后另行处理的，说明原因并了结。',
      en: 'A credit lies on suspense: match the payment it came back from, or what the channel owes if it is its settlement, or have the bank give it back to its payer and match that debit. A debit: match the payouts that the bank booked without their ids, the suspense that went back to its payer, or what a donor was paid another way; a payment lost in a restore is claimed for its release; what was dealt with outside of the books is settled with a reason.',
    },
    acts: [...OF_DEBIT, 'claim-release', 'match-payout-return', 'take-as-bounce', 'match-chargeback', 'match-channel'],
  },
  'unexplained-credit': {
    cause: { zh: '渠道划入托管账户的款项多于渠道所欠。', en: 'More was swept into custody than the channel owes.' },
    guidance: creditGuidance({
      zh: '向渠道核对结算明细。结算先于捐赠入账的：捐赠补录后，系统每日自动匹配写明商户号的结算；其余由人工与渠道欠款匹配。',
      en: "Ask the channel for its settlement's detail. A settlement that came before its gifts were known is matched by the machine, daily, once they are posted, if it names the merchant number; match any other with what the channel owes.",
    }),
    acts: [...OF_CREDIT, 'match-channel'],
  },
  'payout-amount': {
    cause: { zh: '银行就某笔付款入账的金额与审批的金额不同。', en: 'The bank booked another amount for a payment than was signed.' },
    guidance: {
      zh: '向银行查询该付款编号；付款在查清前保持未知，不会再付。银行更正后了结。',
      en: 'Ask the bank about the payment’s id; the payment stays unknown and is not made again. Settle it when the bank has put it right.',
    },
    acts: OF_DEBIT,
  },
  'payout-unsigned': {
    cause: {
      zh: '一笔付款已记录为发出，银行查无此单，而其审批现已失效（如签字人已离任）。',
      en: 'A payment is on record as sent, the bank knows of nothing, and what was signed for it holds no longer: a signer has left, or the approval has expired.',
    },
    guidance: {
      zh: '该付款不再发送，系统继续向银行查询；审批恢复有效的，自动继续。请向银行核实未收到且不会执行该付款编号，然后说明原因并了结：距最近一次发送满一天、银行仍查无此单时，该付款终止，其拨付须重新审批，以新编号付款。',
      en: 'It is not sent again, and the bank goes on being asked; if its approval holds again, it goes on by itself. Have the bank confirm that it never received this id and will not carry it out, then settle this with its word: once a day has passed since it was last sent and the bank still knows of nothing, the payment ends and its release is signed anew, under a new id.',
    },
    acts: TO_SETTLE,
  },
  'payout-unexpected': {
    cause: { zh: '银行入账了一笔尚未发送或已失败的付款。', en: 'The bank booked a payment that was never sent or had failed.' },
    guidance: {
      zh: '向银行查询指令来源，暂停该活动的付款；查清后了结，或将该行与另一笔付款匹配。',
      en: 'Ask the bank who ordered it and hold the campaign; then settle it, or match the line with the payment it was for.',
    },
    acts: OF_DEBIT,
  },
  'payout-twice': {
    cause: { zh: '银行对同一笔付款借记了两次。', en: 'The bank debited one payment twice.' },
    guidance: {
      zh: '要求银行冲正多出的一笔；冲正的贷记行会停在待查账户，与本行匹配后了结。',
      en: 'Have the bank reverse the second debit. Its reversing credit lies on suspense: match it with this debit.',
    },
    acts: OF_DEBIT,
  },
  'recall-refused': {
    cause: { zh: '银行拒绝退回一笔已申请追回的付款。', en: 'The bank refuses to give back a payment that was asked back.' },
    guidance: {
      zh: '看银行的拒绝代码（facts.code）。可以以另一理由再次申请追回；或直接向收款方追偿，款项到托管账户后与该付款匹配。追偿无果的，说明已采取的措施并了结。活动的暂停已解除：仍须暂停的，请另行处理。',
      en: 'Look at the bank’s code (facts.code). Ask the payment back again for another reason, or recover it from the payee: what comes into custody is matched with the payment. Where nothing helps, settle it with what was tried. The campaign’s hold is lifted: if nothing more may leave, see to that by itself.',
    },
    acts: TO_SETTLE,
  },
  'recall-silent': {
    cause: {
      zh: '银行十个工作日仍未答复一项追回，或同意后仍未退回款项。',
      en: 'For ten working days the bank has not answered a recall, or has accepted it and booked nothing.',
    },
    guidance: {
      zh: '向银行查询该追回编号。款项退回入账后本事项自动了结；活动在此期间暂停付款。银行明确答复不退回的，写明其答复并申请了结；另一人确认后，该追回以“拒绝”结束，活动恢复付款。',
      en: 'Ask the bank about the recall’s id. It ends by itself when the money is booked again; until then the campaign pays nothing. If you have the bank’s word that nothing comes back, settle this with that word; once another person has confirmed it, the recall ends as refused and the campaign goes on.',
    },
    acts: BY_TWO,
  },
  'partial-return': {
    cause: { zh: '一笔付款只退回了部分金额（或金额不符）。', en: 'A payment came back with another amount than was paid.' },
    guidance: creditGuidance({
      zh: '核对收款行扣费或医院退回的余款。',
      en: "Ask whether the payee's bank kept a fee or the hospital returned its surplus.",
    }),
    acts: [...OF_CREDIT, 'settle'],
  },
  'return-unexpected': {
    cause: { zh: '一笔尚未入账的付款被退回。', en: 'A payment came back that the books do not have as made.' },
    guidance: creditGuidance({ zh: '待该付款有确定结果后再匹配。', en: 'Match it once the payment’s own end is known.' }),
    acts: OF_CREDIT,
  },
  'return-twice': {
    cause: { zh: '同一笔付款被退回了不止一次。', en: 'One payment came back more than once.' },
    guidance: creditGuidance({ zh: '向银行核对第二笔退回。', en: 'Ask the bank about the second return.' }),
    acts: OF_CREDIT,
  },
  'return-late': {
    cause: { zh: '一笔付款在其拨付结束之后才被退回。', en: 'A payment came back after its release had ended.' },
    guidance: creditGuidance({ zh: '拨付已结束，不会自动重新付款。', en: 'The release is over and pays nothing anew by itself.' }),
    acts: OF_CREDIT,
  },
  'owed-back': {
    cause: { zh: '渠道不能再将这笔款退给捐赠人。', en: 'The channel gives this money back to its donor no more.' },
    guidance: {
      zh: '联系捐赠人取得另一收款方式。微信支付退款异常的：填写其借记卡，另一人确认后由渠道退至该卡。其余由银行支付后将该借记行与本退款匹配。款项未退回前不能了结。',
      en: 'Find another way with the donor. Where WeChat Pay holds a refund that failed, write down a debit card of theirs: once another person has confirmed it, the channel sends it there. Otherwise pay it by bank, and match that debit with this return. It cannot be settled while it is owed.',
    },
    acts: [...TO_SETTLE, 'refund-to-card'],
  },
  'refund-amount': {
    cause: { zh: '渠道通知的退款金额与要求的不同。', en: 'The channel tells of another refund amount than was asked for.' },
    guidance: { zh: '向渠道查询该退款单号，更正后了结。', en: "Ask the channel about the refund's number; settle it when that is put right." },
    acts: TO_SETTLE,
  },
  'refund-unknown': {
    cause: { zh: '渠道通知了一笔本系统没有的退款。', en: 'The channel tells of a refund that the books do not know.' },
    guidance: {
      zh: '查明退款由谁发起。渠道自行退回的：登记为拒付应收款；恢复备份后丢失的：了结。',
      en: 'Find who ordered it. If the channel took it back of its own accord, the bill of the day shows it: book it there as a chargeback. If a restore lost it, settle it.',
    },
    acts: TO_SETTLE,
  },
  'surplus-differs': {
    cause: {
      zh: '一笔贷记写明了医院预告的退回编号，但金额、付款或状态与预告不符。',
      en: 'A credit names the reference of an announced return, but not its amount, or the announcement or its payment stands no more.',
    },
    guidance: creditGuidance({ zh: '向医院核对实际退回的金额。', en: 'Ask the hospital what it has sent back.' }),
    acts: OF_CREDIT,
  },
  'receipt-short': {
    cause: { zh: '医院只签收了一笔付款的一部分。', en: 'A hospital signed for only a part of a payment.' },
    guidance: {
      zh: '与医院核对其余款项。医院其后收到的：由医院再次签收（填累计金额）。医院退回的：到账后将该贷记行与本付款匹配。两者都不可能的（如银行扣费）：说明原因并申请了结，另一人确认后，此后只按已签收的金额计。',
      en: 'Ask the hospital about the rest. What it finds or receives later it signs for, with the amount in all. What it sends back is matched with the payment when it is credited. Where neither can be (a bank kept a fee), settle it with the reason; once another person has confirmed that, only what the hospital signed for counts.',
    },
    acts: BY_TWO,
  },
  recover: {
    cause: { zh: '投诉成立，已付款项须追回。', en: 'A complaint was upheld after money had been paid: it is to be recovered.' },
    guidance: {
      zh: '向收款方追偿；款项到托管账户后与该付款匹配，再了结本事项。追偿无果的，说明已采取的措施。',
      en: 'Recover it from the payee. What comes into custody is matched with the payment; then settle this, or say what was tried.',
    },
    acts: TO_SETTLE,
  },
  'gift-currency': {
    cause: { zh: '一笔捐赠不是人民币。', en: 'A gift was paid in another currency.' },
    guidance: { zh: '请渠道原路退回，确认后了结。', en: 'Have the channel give it back by the way it came, then settle it.' },
    acts: TO_SETTLE,
  },
  'gift-unknown': {
    cause: { zh: '渠道通知了一笔本系统没有的捐赠订单。', en: 'The channel proves a payment for an order that the books do not know.' },
    guidance: {
      zh: '核对商户号和订单号；恢复备份后丢失的，请渠道原路退回。确认后了结。',
      en: 'Check merchant and order number; if a restore lost the order, have the channel give the money back. Then settle it.',
    },
    acts: TO_SETTLE,
  },
  'gift-mismatch': {
    cause: { zh: '渠道通知的捐赠与订单的金额、商户或交易号不符。', en: 'A payment fits its order in amount, merchant or transaction no more.' },
    guidance: {
      zh: '按交易号向渠道查询；多付的请原路退回，再了结。',
      en: 'Ask the channel by transaction number; have a second payment given back, then settle it.',
    },
    acts: TO_SETTLE,
  },
  'books-differ': {
    cause: { zh: '每日核账发现账目不平。', en: 'The daily look at the whole books found something that does not hold.' },
    guidance: {
      zh: '立即由运维查明所指的行，不得修改账目；以新的分录更正后了结。',
      en: 'Operations look at the row that is named, at once. Nothing is edited: a new entry puts it right; then settle it.',
    },
    acts: TO_SETTLE,
  },
  'bill-unknown': {
    cause: { zh: '渠道账单上有一笔本系统没有的收款。', en: "The channel's bill has a payment that the books do not know." },
    guidance: {
      zh: '核对订单号；不属于本平台的，请渠道更正或退回，再了结。',
      en: 'Check the order; if it is not ours, have the channel correct it or give it back, then settle it.',
    },
    acts: TO_SETTLE,
  },
  'bill-amount': {
    cause: { zh: '渠道账单的金额与订单不同。', en: "The channel's bill has another amount than the order." },
    guidance: { zh: '按交易号向渠道查询，更正后了结。', en: 'Ask the channel by transaction number; settle it when that is put right.' },
    acts: TO_SETTLE,
  },
  'bill-second-payment': {
    cause: { zh: '同一订单在渠道账单上有另一笔付款。', en: 'The bill has another payment of an order that is paid already.' },
    guidance: { zh: '请渠道将第二笔退给付款人，再了结。', en: 'Have the channel give the second payment back to its payer, then settle it.' },
    acts: TO_SETTLE,
  },
  'bill-repeated': {
    cause: { zh: '渠道账单将同一笔付款列了两次。', en: 'The bill lists one payment twice.' },
    guidance: { zh: '向渠道确认结算只计一次，再了结。', en: 'Have the channel confirm that it settles it once, then settle this.' },
    acts: TO_SETTLE,
  },
  'bill-refund-amount': {
    cause: { zh: '渠道账单的退款金额与要求的不同。', en: 'The bill has another refund amount than was asked for.' },
    guidance: { zh: '按退款单号向渠道查询，更正后了结。', en: "Ask the channel by the refund's number; settle it when that is put right." },
    acts: TO_SETTLE,
  },
  'bill-refund-unknown': {
    cause: { zh: '渠道账单上有一笔本系统没有发起的退款。', en: 'The bill has a refund that the books never asked for.' },
    guidance: {
      zh: '渠道自行退回（拒付）：登记为应收款，到账后与其匹配。恢复备份后丢失的退款：说明原因并了结。',
      en: 'If the channel took it back of its own accord, book it as a chargeback: a receivable until a credit makes it good and is matched with it. If a restore lost the refund, settle it with the reason.',
    },
    acts: ['assign', 'settle', 'book-chargeback'],
  },
  'bill-missing': {
    cause: { zh: '账上已入的捐赠不在渠道当日账单上。', en: "A gift that the books have is not in the channel's bill of its day." },
    guidance: {
      zh: '查看次日账单（跨零点交易）；仍没有的，按交易号向渠道查询，再了结。',
      en: "Look at the next day's bill (payments around midnight); if it is not there either, ask the channel by transaction number. Then settle it.",
    },
    acts: TO_SETTLE,
  },
} as const satisfies Readonly<Record<string, KindOfException>>;

/** A kind of money event that fits nowhere; each has its guidance. */
export type ExceptionKind = keyof typeof MONEY_EXCEPTIONS;

/** Every kind, in the table's order. */
export const EXCEPTION_KINDS = Object.keys(MONEY_EXCEPTIONS) as [ExceptionKind, ...ExceptionKind[]];

const OF_SIGN: Readonly<Record<'CRDT' | 'DBIT', readonly ExceptionAct[]>> = {
  CRDT: ['match-payout-return', 'take-as-bounce', 'match-chargeback', 'match-channel'],
  DBIT: ['match-payout-debit', 'match-back-to-payer', 'match-owed-back', 'claim-release'],
};

/** What an exception's acts rest on. */
export interface ExceptionStanding {
  readonly kind: ExceptionKind;
  readonly isOpen: boolean;
  /** Of the bank line behind it; null where there is none. */
  readonly sign: 'CRDT' | 'DBIT' | null;
  /** Whether the debit carries an id that could be a payout's. */
  readonly hasPaymentId: boolean;
  /** What of its bank line is matched with nothing yet, fen; 0 without a line. */
  readonly openFen: bigint;
  /** What lies on an account for it: suspense of its line, its chargeback, or a return that is owed. It cannot be settled away. */
  readonly onAccountFen: bigint;
  readonly isBooked: boolean;
  /** Whether it is a refund that the channel can still send to a card, and no card waits for its confirmation. */
  readonly takesCard: boolean;
  /** Whether somebody asked for its settlement, and nobody has confirmed it. */
  readonly isAsked: boolean;
}

/** @returns whether two people settle an exception of this kind. */
export const takesTwo = (kind: ExceptionKind): boolean => (MONEY_EXCEPTIONS[kind].acts as readonly ExceptionAct[]).includes('confirm-settlement');

/** @returns the only acts that are allowed now: those of the kind, less what its line, its money and its state rule out. */
export function actsAllowed(e: ExceptionStanding): ExceptionAct[] {
  if (!e.isOpen) return [];
  return (MONEY_EXCEPTIONS[e.kind].acts as readonly ExceptionAct[]).filter((act) => {
    if (act === 'assign') return true;
    if (act === 'settle') return e.onAccountFen === 0n && !e.isAsked;
    if (act === 'confirm-settlement' || act === 'withdraw-settlement') return e.isAsked;
    if (act === 'book-chargeback') return !e.isBooked;
    if (act === 'refund-to-card') return e.takesCard;
    if (act === 'claim-release') return e.sign === 'DBIT' && e.hasPaymentId;
    return e.sign !== null && OF_SIGN[e.sign].includes(act) && e.openFen > 0n;
  });
}
