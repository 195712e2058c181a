/** The search over everything. */
export const finderText = {
  'find.open': { zh: '搜索', en: 'Search' },
  'find.title': { zh: '搜索求助、批次、付款、款项例外', en: 'Search cases, batches, payouts, money events' },
  'find.label': { zh: '编号、银行流水号、金额（元）或标题', en: 'Id, bank’s reference, amount in yuan, or words of a title' },
  'find.none': { zh: '没有找到', en: 'Nothing was found' },
  'find.count': { zh: '找到 {n} 项，按 ↓ 选择', en: '{n} found; ↓ goes to them' },
  'find.kind.campaign': { zh: '求助', en: 'Case' },
  'find.kind.batch': { zh: '付款批次', en: 'Payout batch' },
  'find.kind.payout': { zh: '付款', en: 'Payout' },
  'find.kind.exception': { zh: '款项例外', en: 'Money event' },
  'keys.find': { zh: '搜索', en: 'Search' },
} as const;
