/** What a person can do about each refusal that a page may meet. Titles come from the one table of problems. */
export const problemText = {
  'problem.status': { zh: '状态 {status}', en: 'Status {status}' },
  'problem.object.not_found': { zh: '找不到这个页面', en: 'There is nothing here' },
  'problem.auth.forbidden': { zh: '您没有权限进行此操作', en: 'This is not yours to do' },
  'problem.forged': { zh: '表单未被接受', en: 'The form was not taken' },
  'problem.internal': { zh: '系统出错', en: 'Something went wrong on our side' },
  'advice.forged': {
    zh: '表单不是从本站页面发出，或页面已过期。什么都没有改变。请重新打开页面再提交。',
    en: 'It did not come from a page of this site, or the page is too old. Nothing was changed. Open the page again and send it from there.',
  },
  'advice.internal': { zh: '什么都没有改变，问题已记录。请稍后重试。', en: 'Nothing was changed, and the fault is logged. Try again in a while.' },
  'advice.other': { zh: '什么都没有改变。请返回后重新查看当前状态。', en: 'Nothing was changed. Go back and look at how things stand now.' },
  'advice.request.invalid': { zh: '请检查填写的内容，改正后再提交。', en: 'Check what you filled in, put it right and send it again.' },
  'advice.request.key_reused': {
    zh: '这个表单已经提交过别的内容。请重新打开页面。',
    en: 'This form was sent before with other content. Open the page again.',
  },
  'advice.auth.forbidden': {
    zh: '请用有权限的账号登录，或联系您的管理员。',
    en: 'Log in with an account that may do this, or ask whoever manages the accounts.',
  },
  'advice.object.not_found': {
    zh: '地址可能有误，或该内容未公开。请核对链接，或回到首页。',
    en: 'The address may be wrong, or this is not public. Check the link, or start at the front page.',
  },
  'advice.campaign.wrong_phase': {
    zh: '该项目目前不在可以这样做的阶段。请回到项目页面查看进度。',
    en: 'The campaign does not stand where this can be done. See on its page how it stands.',
  },
  'advice.refund.wrong_state': {
    zh: '已有一份申请待决定，或该笔赠与不能退款。',
    en: 'A request is waiting already, or this gift cannot be given back.',
  },
  'advice.refund.nothing_left': {
    zh: '这笔赠与余下的部分已经使用、已申请拨付或正在退回。',
    en: 'What is left of this gift is spent, asked for, or on its way back already.',
  },
  'advice.complaint.wrong_state': { zh: '该投诉目前不能这样处理。请查看最新进度。', en: 'The complaint has moved on. See how it stands now.' },
  'advice.complaint.too_late': { zh: '申诉期限已过。', en: 'The time for an appeal is over.' },
  'advice.release.wrong_stage': {
    zh: '该笔拨付已进入别的步骤，或还没有待签内容。请刷新查看当前状态。',
    en: 'The release has moved on, or nothing stands to be signed yet. Reload to see where it stands.',
  },
  'advice.auth.bad_credentials': { zh: '密码不正确。未作任何更改，请重试。', en: 'The password is wrong. Nothing was changed; try again.' },
  'advice.auth.bad_code': {
    zh: '动态口令不正确、已过期或已用过。未作任何更改，请用下一个。',
    en: 'The code is wrong, over or was used. Nothing was changed; take the next one.',
  },
  'advice.auth.locked': { zh: '尝试次数过多，已锁定 15 分钟。未作任何更改。', en: 'Too many attempts: locked for 15 minutes. Nothing was changed.' },
  'advice.release.related_party': { zh: '您与该活动有关联，须由他人经办。', en: 'You are tied to this campaign; somebody else does this.' },
  'advice.release.digest_changed': {
    zh: '付款内容已不是您看到的那一版，或审批已过期。未签字。请核对新内容后再签。',
    en: 'What would be paid is no longer what you saw, or the proposal expired. Nothing was signed. Look at it again before you sign.',
  },
  'advice.release.already_signed': { zh: '您已对这一版签过字，一人只计一次。', en: 'You have signed this version already; one person counts once.' },
  'advice.release.maker_is_checker': {
    zh: '制单人不能复核自己的单据，请由其他复核人签字。',
    en: 'Whoever proposed a payment does not check it; another checker signs.',
  },
  'advice.release.no_account': {
    zh: '收款账户尚未通过户名核验和审核。请平台更正账户，审核员确认后再提交。',
    en: 'The payee’s account is not accepted yet: the platform files it, the bank checks the name, a reviewer accepts it.',
  },
  'advice.receipt.not_credited': {
    zh: '银行尚未入账，或款项已被退回，暂不能签收。',
    en: 'The bank has not booked this payment, or has taken it back; nothing can be signed for yet.',
  },
  'advice.receipt.already_given': { zh: '这笔款项已签收，无需再次操作。', en: 'This payment is signed for; there is nothing more to do.' },
  'advice.receipt.wrong_amount': {
    zh: '签收金额超过可签收的金额。请按到账金额签收，或否认收款并说明原因。',
    en: 'The amount is more than can be signed for. Sign for what was received, or deny the receipt and say why.',
  },
  'advice.rate.limited': {
    zh: '从这里发来的请求过于频繁。什么都没有改变。请稍等片刻再试。',
    en: 'Too many requests came from here. Nothing was changed. Wait a moment and try again.',
  },
  'advice.system.unavailable': { zh: '什么都没有改变。请过一会儿再试。', en: 'Nothing was changed. Try again in a while.' },
} as const;
