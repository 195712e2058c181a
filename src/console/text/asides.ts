/** Putting aside and handing up, of whatever waits for a person. */
export const asideText = {
  'aside.act': { zh: '搁置', en: 'Put aside' },
  'aside.until': { zh: '搁置至（工作日）', en: 'Until (a working day)' },
  'aside.words': { zh: '为何搁置', en: 'Why it has to wait' },
  'aside.sure': {
    zh: '到该日开始时自动回到队列；不得晚于其时限，活动的任何期限都不因此停止。',
    en: 'It comes back by itself at the beginning of that day, never after its own time is over; no clock of the campaign stops.',
  },
  'aside.now': { zh: '{by} 搁置：{words}', en: 'Put aside by {by}: {words}' },
  'aside.untilIs': { zh: '搁置至', en: 'Aside until' },
  'aside.filter': { zh: '搁置', en: 'Put aside' },
  'aside.no': { zh: '不显示', en: 'Not shown' },
  'aside.only': { zh: '只看搁置的', en: 'Only these' },
  'escalate.review': { zh: '转交另一审核员', en: 'Hand to another reviewer' },
  'escalate.exception': { zh: '上报', en: 'Hand up' },
  'escalate.to': { zh: '交给', en: 'To' },
  'escalate.words': { zh: '说明', en: 'Note' },
  'escalate.sure.review': {
    zh: '将归还队列，不再派给您；说明对接手者可见，并记录在案。',
    en: 'It goes back to the queue and is not offered to you again; who takes it reads the note, which is on record.',
  },
  'escalate.sure.exception': {
    zh: '将不再由您负责，由该岗位的人接手；说明记录在案。',
    en: 'It is no longer yours; somebody of that role takes it. The note is on record.',
  },
  'escalate.now': { zh: '{by} 交给{to}：{words}', en: 'Handed to {to} by {by}: {words}' },
  'escalate.badge': { zh: '已交给{to}', en: 'Handed to {to}' },
} as const;
