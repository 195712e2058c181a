import type { ErrorRequestHandler, Request, Response } from 'express';
import { DomainError, type DomainErrorCode } from '../domain/errors';
import type { Sentence } from '../domain/sentence';
import type { Logger } from 'pino';
import { requestId } from '../observability/requestContext';
import { safely } from '../security/redaction';
import { requestLanguage } from './language';

interface Problem {
  readonly status: number;
  readonly zh: string;
  readonly en: string;
  /** Whether the same request may succeed later without a change. */
  readonly retryable?: boolean;
}

/** Closed codes → HTTP status, title in both languages, and whether to try again. The one table of its kind. */
export const PROBLEMS: Readonly<Record<DomainErrorCode, Problem>> = {
  'request.invalid': { status: 400, zh: '请求内容有误', en: 'The request is not valid' },
  'request.key_missing': { status: 400, zh: '缺少幂等键', en: 'The Idempotency-Key is missing' },
  'request.key_reused': { status: 422, zh: '幂等键已用于其他内容', en: 'The Idempotency-Key was used for another request' },
  'request.method_not_allowed': { status: 405, zh: '该地址不支持此方法', en: 'This address does not take this method' },
  'rate.limited': { status: 429, zh: '请求过于频繁', en: 'Too many requests', retryable: true },
  'auth.required': { status: 401, zh: '需要登录或密钥', en: 'A key or log-in is needed' },
  'auth.forbidden': { status: 403, zh: '该角色无权进行此操作', en: 'This role may not do that' },
  'auth.bad_credentials': { status: 401, zh: '登录名或密码不正确', en: 'Log-in or password is wrong' },
  'auth.bad_code': { status: 401, zh: '动态口令无效', en: 'The code does not hold' },
  'auth.code_required': { status: 401, zh: '需要动态口令', en: 'A code is needed too' },
  'auth.locked': { status: 429, zh: '尝试次数过多', en: 'Too many attempts', retryable: true },
  'auth.second_factor_required': { status: 403, zh: '须先设置动态口令', en: 'A second factor must be set up first' },
  'auth.second_factor_stands': { status: 409, zh: '已设有动态口令', en: 'A second factor is set up already' },
  'auth.step_up_required': { status: 403, zh: '须再次验证身份', en: 'You must show once more that it is you' },
  'object.not_found': { status: 404, zh: '没有该对象', en: 'There is no such thing' },
  'campaign.wrong_phase': { status: 409, zh: '活动不在相应阶段', en: 'The campaign does not stand there' },
  'campaign.rule_failed': { status: 409, zh: '不符合规则', en: 'A rule forbids it' },
  'campaign.audit_decided': { status: 409, zh: '已作出审核决定', en: 'The audit is decided already' },
  'campaign.no_report': { status: 409, zh: '尚无机器审核报告', en: 'There is no machine report yet', retryable: true },
  'identity.mismatch_stands': { status: 409, zh: '实名不符不能由人工改变', en: 'A confirmed mismatch is not for a person to change' },
  'release.wrong_stage': { status: 409, zh: '拨付不在相应步骤', en: 'The release does not stand there' },
  'release.amount_unavailable': { status: 409, zh: '可拨付金额不足', en: 'That much is not available' },
  'release.bad_batches': { status: 400, zh: '批次划分有误', en: 'The batches are not valid' },
  'release.digest_changed': { status: 409, zh: '审批内容已变更', en: 'What is to be signed has changed' },
  'release.maker_is_checker': { status: 403, zh: '制单人不得复核', en: 'The maker may not check' },
  'release.already_signed': { status: 409, zh: '已签字', en: 'Signed already' },
  'release.related_party': { status: 403, zh: '与活动有关联的人不得经办', en: 'Nobody decides over a campaign that they are tied to' },
  'release.no_account': { status: 409, zh: '收款账户未核验', en: 'No accepted payee account' },
  'release.in_batch': { status: 409, zh: '该笔拨付在付款批次中', en: 'The release is in a payout batch' },
  'batch.wrong_state': { status: 409, zh: '付款批次不在相应步骤', en: 'The payout batch does not stand there' },
  'batch.other_maker': { status: 403, zh: '付款批次由申报者填报', en: 'The payout batch is another maker’s' },
  'batch.does_not_agree': { status: 422, zh: '付款批次与申报不符', en: 'The payout batch is not what was declared' },
  'batch.lines_not_payable': { status: 409, zh: '付款批次中有不能付款的行', en: 'Lines of the payout batch cannot be paid now' },
  'batch.digest_changed': { status: 409, zh: '付款批次内容已变更', en: 'What is to be signed of the payout batch has changed' },
  'batch.nothing_to_retry': { status: 409, zh: '没有可以重新付款的行', en: 'No line can be tried again' },
  'receipt.bad_signature': { status: 403, zh: '签收签名无效', en: 'The signature does not hold' },
  'receipt.not_credited': { status: 409, zh: '款项尚未入账', en: 'The money is not credited' },
  'receipt.already_given': { status: 409, zh: '已签收', en: 'The receipt was given already' },
  'receipt.wrong_amount': { status: 422, zh: '签收金额超过可签收的金额', en: 'The amount is more than can be signed for' },
  'invoice.does_not_add_up': { status: 422, zh: '票据明细与金额不符', en: 'The lines do not come to the invoice' },
  'invoice.claimed': { status: 409, zh: '票据已登记', en: 'The invoice was claimed already' },
  'invoice.does_not_fit': { status: 409, zh: '票据与付款不符', en: 'The invoice does not fit the payment' },
  'invoice.withdrawn': { status: 409, zh: '票据已撤回', en: 'The invoice was withdrawn' },
  'invoice.relied_on': { status: 409, zh: '票据已被采用', en: 'The invoice is relied upon' },
  'evidence.too_much': { status: 422, zh: '使用凭证超过拨付金额', en: 'More evidence than money' },
  'review.claimed': { status: 409, zh: '另一位审核人正在审核', en: 'Another reviewer has it' },
  'evidence.already_decided': { status: 409, zh: '凭证已审核', en: 'The evidence is decided already' },
  'account.not_verified': { status: 409, zh: '账户户名未核验一致', en: 'The bank has not confirmed the account name' },
  'document.refused': { status: 422, zh: '文件不能接收', en: 'The file cannot be taken' },
  'document.not_held': { status: 409, zh: '仅登记了文件哈希，未存文件内容', en: 'Only its hash is here, not its bytes' },
  'document.damaged': { status: 500, zh: '存储的文件与登记不符', en: 'The stored file is not what was registered' },
  'campaign.evidence_requested': { status: 409, zh: '补充材料尚未答复', en: 'More evidence was asked for and is not there yet' },
  'campaign.claim_contradicted': { status: 409, zh: '有陈述与事实相矛盾', en: 'A claim stands contradicted' },
  'evidence_request.closed': { status: 409, zh: '补充材料要求已结束', en: 'The request for evidence is closed' },
  'expense.does_not_add_up': { status: 422, zh: '费用核对不平', en: 'The reconciliation does not add up' },
  'exception.same_person': { status: 403, zh: '申请人不得确认', en: 'Another person confirms' },
  'exception.wrong_act': { status: 409, zh: '该款项例外不允许此操作', en: 'That is not allowed on this money event now' },
  'exception.wrong_target': { status: 422, zh: '匹配对象不符', en: 'That does not fit this money event' },
  'match.too_much': { status: 422, zh: '匹配金额超过余额', en: 'More is matched than is open' },
  'match.money_gone': { status: 409, zh: '款项已继续使用', en: 'The money has gone on already' },
  'match.undone': { status: 409, zh: '该匹配已撤销', en: 'The match is undone already' },
  'blacklist.not_appealable': { status: 409, zh: '该名单记录不能申诉', en: 'This listing cannot be appealed' },
  'blacklist.appeal_decided': { status: 409, zh: '申诉已有决定', en: 'The appeal is decided already' },
  'blacklist.own_decision': { status: 403, zh: '列入者不得裁决申诉', en: 'The lister may not decide the appeal' },
  'complaint.wrong_state': { status: 409, zh: '投诉不在相应步骤', en: 'The complaint does not stand there' },
  'complaint.own_decision': { status: 403, zh: '不得裁决自己作出的决定', en: 'Nobody judges their own decision' },
  'complaint.too_late': { status: 409, zh: '申诉期限已过', en: 'The time for an appeal is over' },
  'refund.nothing_left': { status: 409, zh: '已无可退款项', en: 'Nothing is left to give back' },
  'refund.wrong_state': { status: 409, zh: '退款申请不在相应步骤', en: 'The request for a refund does not stand there' },
  'death.wrong_state': { status: 409, zh: '身故报告不在相应步骤', en: 'The death report does not stand there' },
  'card_refund.same_person': { status: 403, zh: '填写人不得确认', en: 'Another person confirms' },
  'card_refund.differs': { status: 422, zh: '两次填写不一致', en: 'The two do not say the same' },
  'card_refund.not_now': { status: 409, zh: '目前不能退至该卡', en: 'It cannot go to this card now' },
  'recall.not_offered': { status: 409, zh: '该银行渠道不能追回', en: 'This link to the bank has no recall' },
  'recall.stands': { status: 409, zh: '已有进行中的追回', en: 'A recall is under way' },
  'recall.same_person': { status: 403, zh: '申请人不得确认', en: 'Another person confirms' },
  'recall.wrong_state': { status: 409, zh: '目前不能追回', en: 'It cannot be recalled now' },
  'surplus.not_now': { status: 409, zh: '目前不能认定结余', en: 'There is no surplus to declare now' },
  'clock.backwards': { status: 409, zh: '测试时钟不能后退', en: 'A test clock never goes back' },
  'clock.busy': { status: 409, zh: '测试时钟正在前进', en: 'The clock is advancing already', retryable: true },
  'consent.not_current': { status: 422, zh: '须先确认现行的权利义务告知', en: 'The rules in force were not agreed to' },
  'conduct.promoter_unfit': { status: 422, zh: '该推广人员不得推荐求助', en: 'This promoter may bring no campaign' },
  'conduct.own_case': { status: 403, zh: '不得处理与本人有关的事项', en: 'Nobody decides on their own case' },
  'conduct.wrong_state': { status: 409, zh: '该案件不在相应步骤', en: 'The case does not stand there' },
  'referral.wrong_state': { status: 409, zh: '转介不在相应步骤', en: 'The referral does not stand there' },
  'channel.not_offered': { status: 422, zh: '该平台未开通此支付渠道', en: 'The platform takes no gifts through this channel' },
  'fees.not_shown': { status: 422, zh: '须先展示现行收费标准', en: 'The fees that are charged were not shown' },
  'staff.own_change': { status: 403, zh: '不得更改自己的岗位或状态', en: 'Nobody changes their own role or standing' },
  'staff.maker_and_checker': { status: 409, zh: '同一拨付中不得兼任制单与复核', en: 'Nobody is maker and checker of one release' },
  'staff.login_taken': { status: 409, zh: '登录名已被使用', en: 'The log-in is taken' },
  'key.over': { status: 409, zh: '密钥已撤销或到期', en: 'The key is revoked or has expired' },
  'reveal.too_many': { status: 429, zh: '查看个人信息明文次数已达上限', en: 'Too many looks at personal data', retryable: true },
  'person.deleted': { status: 410, zh: '个人信息已删除', en: 'The data of this person was deleted' },
  'deletion.not_now': { status: 409, zh: '目前不能删除', en: 'The data cannot be deleted now' },
  'deletion.own_request': { status: 403, zh: '须由另一人确认', en: 'Another person confirms it' },
  'deletion.wrong_state': { status: 409, zh: '删除申请不在相应步骤', en: 'The deletion does not stand there' },
  'sandbox.only': { status: 403, zh: '仅限沙箱', en: 'Only in the sandbox' },
  'system.unavailable': { status: 503, zh: '系统暂不可用', en: 'The system is not available just now', retryable: true },
};

const CONTENT_LANGUAGE = { zh: 'zh-CN', en: 'en' } as const;

/** What nobody foresaw; it has no code of ours. */
export const INTERNAL = {
  zh: '系统出错',
  en: 'Something went wrong on our side',
  advice: {
    zh: '问题已记录。本次请求是否生效尚不确定：请用同一 Idempotency-Key 重新发送，只会生效一次；没有该键的请求，请先查看再发送。',
    en: 'It is logged. Whether the request took effect is not known: send it again with the same Idempotency-Key, it takes effect once; without a key, look first.',
  },
} as const;

/** Which request it was, as its log lines name it. */
const instance = (): { readonly instance?: string } => {
  const id = requestId();
  return id === undefined ? {} : { instance: `urn:almoner:request:${id}` };
};

/** Answers an error as `application/problem+json` (RFC 9457) with rule ids, field and the asker's language. */
function sendProblem(res: Response, error: DomainError): void {
  const problem = PROBLEMS[error.code];
  const { rules, field, errors, ...facts } = error.details;
  const lang = requestLanguage(res.req);
  res
    .status(problem.status)
    .type('application/problem+json')
    .set('Content-Language', CONTENT_LANGUAGE[lang])
    .vary('Accept-Language')
    .send(
      JSON.stringify(
        {
          type: `urn:almoner:problem:${error.code}`,
          title: problem[lang],
          status: problem.status,
          code: error.code,
          detail: error.said[lang],
          retryable: problem.retryable ?? false,
          ...instance(),
          ...(rules ? { rules } : {}),
          ...(field ? { field } : {}),
          ...(errors ? { errors: errors.map((e) => ({ pointer: e.pointer, message: e.message[lang] })) } : {}),
          ...(Object.keys(facts).length > 0 ? { facts } : {}),
        },
        (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
      ),
    );
}

/** What the driver says, without a code, when the connection was lost in the middle: perhaps in COMMIT, so nobody knows what became of it. */
const LOST = /\bConnection (terminated|ended)/i;
/** Connection trouble that a caller may wait out; a disk that is full is one of them. */
const UNAVAILABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '08006', '08001', '53300', '53100', '58030']);

/** @returns what was thrown as a refusal with a code of ours; null for what nobody foresaw. */
export function asDomainError(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  const http = error as { status?: number; type?: string; code?: string; name?: string };
  if (http.type === 'entity.parse.failed') return badBody({ zh: '请求体不是 JSON 对象', en: 'The body is not a JSON object' });
  if (http.type === 'entity.too.large') return badBody({ zh: '请求体超过本接口允许的大小', en: 'The body is larger than this route takes' });
  if (typeof http.status === 'number' && http.status >= 400 && http.status < 500)
    return new DomainError('request.invalid', { zh: '无法读取该请求', en: 'The request could not be read' });
  if (!UNAVAILABLE.has(http.code ?? '') && http.name !== 'KnexTimeoutError' && !LOST.test((error as Error).message ?? '')) return null;
  return new DomainError('system.unavailable', {
    zh: '数据库暂不可用，本次请求是否生效尚不确定：请用同一 Idempotency-Key 重新发送，只会生效一次；没有该键的请求，请先查看再发送',
    en: 'The database is not available just now, and whether the request took effect is not known: send it again with the same Idempotency-Key, it takes effect once; without a key, look first',
  });
}

const badBody = (said: Sentence): DomainError => new DomainError('request.invalid', said, { field: '/' });

/** Logs what is no plain refusal. Only the code of an unforeseen error stands beside its stack; its text may name a person. */
export function logTrouble(log: Logger, error: unknown, req: Request): void {
  const known = asDomainError(error);
  if (known === error || (known && known.code !== 'system.unavailable')) return;
  log.error({ err: safely(error), method: req.method, route: req.route?.path as unknown }, 'request failed');
}

/** Turns whatever was thrown into a problem. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    logTrouble(log, error, req);
    const known = asDomainError(error);
    if (known) return sendProblem(res, known);
    const lang = requestLanguage(req);
    res
      .status(500)
      .type('application/problem+json')
      .set('Content-Language', CONTENT_LANGUAGE[lang])
      .vary('Accept-Language')
      .send(
        JSON.stringify({
          type: 'urn:almoner:problem:internal',
          title: INTERNAL[lang],
          status: 500,
          code: 'internal',
          detail: INTERNAL.advice[lang],
          retryable: true,
          ...instance(),
        }),
      );
  };
}
