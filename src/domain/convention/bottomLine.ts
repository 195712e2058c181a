/** A rule below which no promoter or partner may fall. */
interface BottomLineRule {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly source: string;
}

/** CONDUCT's bottom-line rules as data: a breach case names one of them. Sources: Self-Discipline Convention 2.0 (2020-08-18), Measures of 2024-09-05. */
export const BOTTOM_LINE_RULES = [
  {
    id: 'sweeping',
    zh: '不得以“扫楼”等方式骚扰患者',
    en: 'No “sweeping the building”: patients are not pressed ward by ward',
    source: 'Convention 2.0',
  },
  {
    id: 'vicious-competition',
    zh: '不得恶意竞争、诋毁或抢夺求助人',
    en: 'No vicious competition: help-seekers are neither fought over nor turned by slander',
    source: 'Convention 2.0',
  },
  {
    id: 'inducing-untruth',
    zh: '不得诱导提供不实信息或者隐瞒财产',
    en: 'Nobody is induced to untrue information or to hide their finances',
    source: 'Convention 2.0',
  },
  { id: 'pay-per-case', zh: '不得按单计酬或者从款项中提成', en: 'No pay per case and no commission on a raise', source: 'Measures 2024' },
  { id: 'self-verification', zh: '推广人员不得审核自己推荐的求助', en: 'A recruiter never verifies their own case', source: 'Measures 2024' },
  { id: 'forged-seal', zh: '不得伪造或者私用印章', en: 'No forged or privately used seals', source: 'Convention 2.0' },
  { id: 'public-order', zh: '不得违背公序良俗', en: 'Nothing against public order', source: 'Convention 2.0' },
  { id: 'data-misuse', zh: '不得未经同意使用患者信息', en: "No use of a patient's data without consent", source: 'Measures 2024' },
] as const satisfies readonly BottomLineRule[];
export const BOTTOM_LINE_IDS = BOTTOM_LINE_RULES.map((r) => r.id);

/** @returns a rule by its id. @throws {RangeError} for an unknown one. */
export function bottomLineOf(id: string): BottomLineRule {
  const rule = BOTTOM_LINE_RULES.find((r) => r.id === id);
  if (!rule) throw new RangeError(`No bottom-line rule ${id}`);
  return rule;
}
