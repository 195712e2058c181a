/** Five steps for each role: where its work is, by which keys, and what the house sees to. */
export const tourText = {
  'tour.title': { zh: '导览', en: 'Tour' },
  'tour.offer': { zh: '第一次来这里？五步了解本岗位。', en: 'New here? Five steps through this role.' },
  'tour.start': { zh: '开始导览', en: 'Start the tour' },
  'tour.skip': { zh: '不用了', en: 'Not now' },
  'tour.step': { zh: '第 {n} 步，共 5 步', en: 'Step {n} of 5' },
  'tour.next': { zh: '下一步', en: 'Next' },
  'tour.back': { zh: '上一步', en: 'Back' },
  'tour.end': { zh: '完成', en: 'Done' },
  'tour.reviewer.1': {
    zh: '“待审队列”列出等待您的事项，期限最近者在前。按 n 领取下一件。',
    en: 'The review queue lists what waits for you, the nearest target first. n takes the next one.',
  },
  'tour.reviewer.2': {
    zh: '案件页左边是材料，右边是机器对每条规则的结论；每条结论都能打开所依据的材料。',
    en: 'A case has its documents and the machine’s finding on every rule; each finding opens what it rests on.',
  },
  'tour.reviewer.3': {
    zh: '按 a 通过，按 r 不通过（注明规则和理由），按 m 要求补充材料。',
    en: 'a approves, r refuses with rule and reason, m asks for more evidence.',
  },
  'tour.reviewer.4': {
    zh: '个人信息默认遮盖；查看须填写理由，并记入查看记录。“推广行为”立案，由运营决定；“失信名单”列入当事人，申诉由另一人裁决。',
    en: 'Personal data is masked, and each look is on record. Conduct opens a case against a promoter, which an operator decides; Blacklist lists a party, and another person decides their appeal.',
  },
  'tour.reviewer.5': {
    zh: '“规则版本”并排对照规则的各版本。按 ? 查看全部快捷键。下一步：打开队列中的第一件。',
    en: 'Editions shows versions of the rules side by side. ? shows every key. Next: open the first row of the queue.',
  },
  'tour.finance-maker.1': {
    zh: '“付款批次”显示现在可以付款的拨付。按 n 把它们组成一批并提交复核。',
    en: 'Payout batches shows what may be paid now. n makes a batch of all of it and proposes it.',
  },
  'tour.finance-maker.2': {
    zh: '每批写明笔数、合计、大写金额和校验和；不可付款的逐笔说明原因。',
    en: 'A batch states count, total, capitals and control sum; what may not be paid says why, line by line.',
  },
  'tour.finance-maker.3': {
    zh: '制单人不能复核：另外两人对同一摘要签字后才付款。',
    en: 'A maker is no checker: two others sign one digest before anything is paid.',
  },
  'tour.finance-maker.4': {
    zh: '“款项例外”列出无法归类的款项，只显示现在允许的办理方式；“对账”按日把银行流水与账簿逐笔匹配。',
    en: 'Exceptions are money that fits nowhere, each with only the acts that are allowed now; Reconciliation matches the bank’s lines with the books, day by day.',
  },
  'tour.finance-maker.5': {
    zh: '“付款”与“对账单”可导出文件；“追回”向银行要回已付的款项，由另一人确认；“失信名单”可供查阅。按 ? 查看全部快捷键。下一步：打开付款批次，查看可付款项。',
    en: 'Payouts and Statements give files; Recalls ask a payment back from the bank, confirmed by another; the Blacklist is there to read. ? shows every key. Next: open the batches and see what may be paid.',
  },
  'tour.finance-checker.1': { zh: '“付款批次”列出等待您签字的批次。', en: 'Payout batches lists what waits for your signature.' },
  'tour.finance-checker.2': {
    zh: '签字前核对：笔数、合计、大写、最大的几笔和与上次不同之处。',
    en: 'Before you sign: count, total, capitals, the largest lines and what changed.',
  },
  'tour.finance-checker.3': {
    zh: '按 s 签字，并再次验证身份。签的是屏幕上的摘要；有任何变化，签字即被拒绝。',
    en: 's signs, with a second proof of who you are. What is signed is the digest on the screen; any change is refused.',
  },
  'tour.finance-checker.4': {
    zh: '“款项例外”和“对账”中的匹配可以单独撤销，机器不会改动人工的匹配。',
    en: 'A match in Exceptions or Reconciliation is undone alone, and no machine undoes it.',
  },
  'tour.finance-checker.5': {
    zh: '“追回”等待您确认他人的申请；“付款”与“对账单”可导出文件；“失信名单”可供查阅。按 ? 查看全部快捷键。下一步：打开最上面的批次。',
    en: 'Recalls wait for you to confirm what another asked; Payouts and Statements give files; the Blacklist is there to read. ? shows every key. Next: open the first batch.',
  },
  'tour.operator.1': {
    zh: '“运行状况”显示系统依赖的服务、积压和停滞的事项。',
    en: 'Operations shows what the house rests on, how far it is behind, and what is stuck.',
  },
  'tour.operator.2': {
    zh: '每个停滞的事项点一下就到原因：状态、通知、重试和 Temporal 页面的链接。',
    en: 'Each stuck row leads to its cause: where it stands, its words, its retries, and its page in Temporal.',
  },
  'tour.operator.3': {
    zh: '按 r 重新推动：先看会发生什么，再确认；付款不会重复。',
    en: 'r re-drives: first what will happen, then your word; no payment is repeated.',
  },
  'tour.operator.4': {
    zh: '“款项例外”列出无人认领的款项：指派给财务或自行了结；“对账”显示每日与银行是否相符。',
    en: 'Exceptions lists money that nobody owns yet: give it to finance, or settle it. Reconciliation shows whether each day agrees with the bank.',
  },
  'tour.operator.5': {
    zh: '“推广行为”由您决定处分；“删除申请”由一人录入、另一人确认；“失信名单”“规则版本”“查看记录”可供查阅。投诉在平台页面办理。下一步：查看停滞的事项。',
    en: 'In Conduct the sanction is yours to decide; Deletions are taken by one operator and confirmed by another; Blacklist, Editions and the Reveal log are there to read. Complaints are handled on the platform’s pages. Next: look at what is stuck.',
  },
  'tour.auditor.1': {
    zh: '“审计链”显示链头、签名锚点和待入链的事件。',
    en: 'Audit chain shows its head, the signed anchors and what waits to be sealed.',
  },
  'tour.auditor.2': {
    zh: '按 v 由原始记录重算全部余额和整条链；有差异会指明是哪一条。',
    en: 'v rebuilds every balance and the whole chain from its rows; a difference is named.',
  },
  'tour.auditor.3': {
    zh: '下载证明文件，在任何机器上用一条命令核验，无需本系统。',
    en: 'Download the proof; one command checks it on any machine, without this house.',
  },
  'tour.auditor.4': {
    zh: '“审计事件”：谁做了什么，可按类别筛选。“查看记录”：谁在何时因何查看了个人信息，按人计数。',
    en: 'Audit events: who did what, filtered by kind. The reveal log: who looked at personal data, when and why, counted by person.',
  },
  'tour.auditor.5': {
    zh: '“推广行为”“失信名单”“规则版本”“删除申请”“人员”和“接口密钥”只供查阅，不能更改。下一步：核验。',
    en: 'Conduct, Blacklist, Editions, Deletions, People and API keys are there to read; nothing can be changed. Next: verify.',
  },
  'tour.regulator.1': {
    zh: '“平台监管”列出每个平台的款项：已筹、待拨付、已拨付、已退回，以及未决投诉和暂停拨付。',
    en: 'Platforms lists each platform’s money: raised, pending, paid out, refunded; and its open complaints and holds.',
  },
  'tour.regulator.2': {
    zh: '打开一个平台：任意一天的对账单和它的求助，每个求助有自己的对账单。',
    en: 'Open a platform: the statement of any day, and its campaigns, each with a statement of its own.',
  },
  'tour.regulator.3': {
    zh: '“投诉”：所有平台的投诉，逾期和暂停拨付的有标记。投诉原文只有办案人员可读。',
    en: 'Complaints: those of every platform, with what is late or held marked. Their words are for those who judge.',
  },
  'tour.regulator.4': {
    zh: '“审计事件”：谁做了什么，可按平台筛选，不含个人信息。',
    en: 'Audit events: who did what, also of one platform; nothing of a person is in them.',
  },
  'tour.regulator.5': {
    zh: '“审计链”：重新核验全部账簿，下载证明文件。您只看不改。下一步：打开第一个平台。',
    en: 'Audit chain: verify all books and take the proof along. You look, and change nothing. Next: open the first platform.',
  },
  'tour.administrator.1': {
    zh: '“人员”列出本平台能登录的人、岗位和第二因素。',
    en: 'People lists who may log in here, with role and second factor.',
  },
  'tour.administrator.2': { zh: '按 n 新增人员；首次密码只显示一次。', en: 'n adds somebody; the first password is shown once.' },
  'tour.administrator.3': {
    zh: '停用、解除锁定、重置第二因素，都先说明后果再确认。',
    en: 'Disabling, unlocking and resetting a second factor say what follows before they are done.',
  },
  'tour.administrator.4': {
    zh: '“接口密钥”：签发、轮换（旧密钥再有效 24 小时）、吊销。',
    en: 'API keys: issue, rotate (the old one holds for 24 hours), revoke.',
  },
  'tour.administrator.5': {
    zh: '不能更改自己；一切变更写入审计链。下一步：核对人员名单。',
    en: 'Nobody changes themselves, and all of it is on the audit chain. Next: look through the people.',
  },
} as const;
