/** Requests to delete personal data: asked by one person, decided by another. */
export const deletionText = {
  'nav.deletions': { zh: '删除申请', en: 'Deletions' },
  'deletion.caption': { zh: '删除个人信息的申请，最新的在前', en: 'Requests to delete personal data, the newest first' },
  'deletion.empty': {
    zh: '没有删除申请。本人提出后由运营录入，再由另一名运营确认。',
    en: 'There is no request. An operator takes one from the person, another confirms it.',
  },
  'deletion.person': { zh: '人员编号', en: 'Person' },
  'deletion.state': { zh: '状态', en: 'State' },
  'deletionState.asked': { zh: '待另一人决定', en: 'Waits for another person' },
  'deletionState.done': { zh: '已删除', en: 'Deleted' },
  'deletionState.declined': { zh: '未同意', en: 'Declined' },
  'deletion.reason': { zh: '理由', en: 'Reason' },
  'deletion.asked': { zh: '录入', en: 'Taken' },
  'deletion.decided': { zh: '决定', en: 'Decided' },
  'deletion.acts': { zh: '办理', en: 'Acts' },
  'deletion.own': { zh: '录入者不能决定', en: 'Another person decides' },
  'deletion.ask': { zh: '录入删除申请', en: 'Take a request' },
  'deletion.askSure': {
    zh: '求助仍在进行、款项未结清、投诉未决或依法须保存时，系统会拒绝并说明原因。录入后须由另一人确认，此前不删除任何内容。',
    en: 'While a campaign is open, money unsettled, a complaint open or the record kept by law, the house refuses and says why. Another person confirms; nothing is deleted before.',
  },
  'deletion.campaign': { zh: '求助编号（26 位）', en: 'Id of a campaign of theirs (26 characters)' },
  'deletion.who': { zh: '何人', en: 'Who' },
  'deletion.choose': { zh: '请选择', en: 'Choose' },
  'deletion.why': { zh: '申请的理由和方式（至少 10 字）', en: 'Why and how they asked (at least 10 characters)' },
  'deletion.confirm': { zh: '确认删除', en: 'Confirm the deletion' },
  'deletion.confirmSure': {
    zh: '此人的密钥将被销毁：姓名、证件、账号和材料在系统和所有备份中都无法再读取。账簿、决定和审计链不变。此事不可撤销。',
    en: 'The key of this person is destroyed: names, numbers, accounts and documents are unreadable here and in every backup. Books, decisions and the audit chain stay whole. This cannot be undone.',
  },
  'deletion.decline': { zh: '不予删除', en: 'Decline' },
  'deletion.declineSure': {
    zh: '申请将记为未同意；此人的信息保持不变，可以再次申请。',
    en: 'The request is on record as declined; nothing of the person changes, and they may ask again.',
  },
} as const;
