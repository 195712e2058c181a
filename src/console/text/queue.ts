/** The reviewers' queue. */
export const queueText = {
  'queue.count': { zh: '共 {n} 件待审', en: '{n} waiting' },
  'queue.claimNext': { zh: '领取下一件', en: 'Take the next' },
  'queue.nothing': { zh: '没有可领取的事项', en: 'Nothing is free to take' },
  'queue.empty': {
    zh: '没有符合条件的待审事项。下一步：放宽筛选；新提交的会自动出现。',
    en: 'Nothing waits that fits this filter. Next: widen it; what is submitted appears by itself.',
  },
  'queue.title': { zh: '求助', en: 'Campaign' },
  'queue.kind': { zh: '事项', en: 'What' },
  'queue.amount': { zh: '金额', en: 'Amount' },
  'queue.machine': { zh: '机器结论', en: 'Machine says' },
  'queue.waiting': { zh: '已等待', en: 'Waited' },
  'queue.days': { zh: '{n} 个工作日', en: '{n} working days' },
  'queue.due': { zh: '时限', en: 'Due' },
  'queue.overdue': { zh: '已超时', en: 'Overdue' },
  'queue.claim': { zh: '在办', en: 'In hand' },
  'queue.mine': { zh: '我', en: 'Me' },
  'queue.nobody': { zh: '无人', en: 'Nobody' },
  'queue.claimed.mine': { zh: '我在办的', en: 'In my hand' },
  'queue.claimed.nobody': { zh: '无人在办的', en: 'In nobody’s hand' },
} as const;
