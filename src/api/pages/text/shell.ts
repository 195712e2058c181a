/** The frame around every page, and the words that several pages share. */
export const shellText = {
  'shell.skip': { zh: '跳到正文', en: 'Skip to content' },
  'shell.nav': { zh: '主导航', en: 'Main' },
  'shell.front': { zh: '首页', en: 'Front page' },
  'shell.approvals': { zh: '拨付审批', en: 'Approvals' },
  'shell.hospital': { zh: '到账签收', en: 'Receipts' },
  'shell.console': { zh: '工作台', en: 'Console' },
  'shell.docs': { zh: '接口文档', en: 'API' },
  'shell.login': { zh: '登录', en: 'Log in' },
  'shell.logout': { zh: '退出', en: 'Log out' },
  'shell.footer': {
    zh: '所有时间均为北京时间。金额以分为单位记账，逐分可查。',
    en: 'All times are Beijing time. Books are kept in fen; every fen can be followed.',
  },
  'shell.complaints': { zh: '查询投诉进度', en: 'Follow a complaint' },
  'shell.wrong': { zh: '请先更正以下内容', en: 'Put this right first' },
  'shell.change': { zh: '更改', en: 'Change' },
  'shell.count': { zh: '{n} 笔', en: '({n})' },
  'shell.total': { zh: '合计', en: 'Total' },
  'shell.batch': { zh: '第 {n} 批，共 {of} 批', en: 'Batch {n} of {of}' },
  'shell.campaign': { zh: '求助项目', en: 'Campaign' },
  'shell.amount': { zh: '金额', en: 'Amount' },
} as const;
