import type { Language } from '../language';

/** Why a proposal was voided, as the records keep it in English, and the same in Chinese. */
const ZH: Readonly<Record<string, string>> = {
  'proposed anew': '制单员重新提交',
  'a document was added': '新增了材料',
  'an item was published': '公示信息有更新',
  "the payee's account changed": '收款账户已变更',
  'an identity was resolved': '身份核验有更新',
  'the payment failed or came back': '付款失败或被退回',
  'who proposed or signed it changed role or standing': '制单或复核人员的岗位或状态有变更',
  'A checker rejected it.': '复核人已否决',
  'What was signed has changed: the signatures are void and must be given again.': '签字内容已变更',
  'The approval has expired and must be made again.': '审批已过期',
};

/** @returns the reason in the asker's language; as it is kept where nobody has said it in Chinese. */
export function voidReason(lang: Language, reason: string): string {
  return lang === 'zh' ? (ZH[reason] ?? reason) : reason;
}
