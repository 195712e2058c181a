/** A person's own views, and what colleagues share. */
export const viewText = {
  'view.open': { zh: '视图', en: 'Views' },
  'view.none': { zh: '还没有保存的视图。', en: 'No view is kept yet.' },
  'view.save': { zh: '保存当前页面及其筛选', en: 'Keep this screen with its filters' },
  'view.name': { zh: '名称', en: 'Name' },
  'view.keep': { zh: '保存', en: 'Keep' },
  'view.sharedOf': { zh: '视图 {name} 的共享', en: 'Whom {name} is shared with' },
  'view.shared.none': { zh: '仅自己', en: 'Nobody' },
  'view.shared.role': { zh: '同岗位', en: 'My role' },
  'view.shared.platform': { zh: '全平台', en: 'The platform' },
  'view.others': { zh: '同事共享的视图', en: 'Shared by colleagues' },
  'view.remove': { zh: '删去', en: 'Take away' },
  'view.removeOf': { zh: '删去视图 {name}', en: 'Take away the view {name}' },
} as const;
