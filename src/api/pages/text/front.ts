/** Front page and log-in. */
export const frontText = {
  'front.title': { zh: '每一分善款，都有去处', en: 'Every fen accounted for' },
  'front.lead': {
    zh: 'Almoner 陪一个大病求助项目走完全程：事前审核、筹款、公示、两人复核、付款、医院签收。每一步有记录，每一分可核对。',
    en: 'Almoner takes a serious-illness plea all the way: prior audit, raising, publicity, two checkers, payment, a hospital’s signed receipt. Every step is on record, every fen can be checked.',
  },
  'front.steps': { zh: '善款的路', en: 'Money’s path' },
  'front.step.audit': { zh: '事前审核', en: 'Prior audit' },
  'front.step.raise': { zh: '筹款', en: 'Raise' },
  'front.step.publicity': { zh: '公示', en: 'Publicity' },
  'front.step.check': { zh: '两人复核', en: 'Two checkers' },
  'front.step.pay': { zh: '付款', en: 'Payment' },
  'front.step.sign': { zh: '医院签收', en: 'Hospital signs' },
  'front.open': { zh: '正在筹款或拨付', en: 'Raising or paying now' },
  'front.open.none': { zh: '目前没有正在筹款或拨付的项目。', en: 'No campaign is raising or paying at the moment.' },
  'front.settled': { zh: '最近结项', en: 'Settled lately' },
  'front.of': { zh: '目标 {ask}，已筹 {share}', en: '{share} of {ask}' },
  'front.staff': { zh: '工作人员', en: 'For staff' },
  'front.staff.lead': {
    zh: '财务审批与医院签收请先登录；平台对接请看接口文档。',
    en: 'Finance and hospitals log in; platforms connect through the API.',
  },
  'front.staff.api_only': {
    zh: '您以{role}身份登录。该角色的工作通过接口完成。',
    en: 'You are logged in as {role}. This role works through the API.',
  },
  'front.docs': { zh: '打开接口文档', en: 'Open the API documents' },

  'login.title': { zh: '登录', en: 'Log in' },
  'login.login': { zh: '登录名', en: 'Log-in name' },
  'login.password': { zh: '密码', en: 'Password' },
  'login.submit': { zh: '登录', en: 'Log in' },
  'login.wrong': { zh: '登录名或密码不正确。请核对后重试。', en: 'Log-in or password is wrong. Check both and try again.' },
  'login.needed': { zh: '该页面需要登录。', en: 'That page needs a log-in.' },
  'login.hint': { zh: '登录有效期为八小时。', en: 'A log-in lasts eight hours.' },
} as const;
