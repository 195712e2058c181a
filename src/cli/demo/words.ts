import type { Words } from '../play/submission';

/** Whom a campaign is for, and what ails them; every one of them is invented. The title says 演示, so does the platform's name. */
interface Illness {
  readonly code: string;
  readonly text: string;
  readonly title: string;
  readonly age: number;
}

/** Three of eight are cancers, about as on platforms. Source: docs/decisions/0030-demonstration.md. */
const ILLNESSES: readonly Illness[] = [
  { code: 'C91.0', text: '急性淋巴细胞白血病', title: '八岁女儿的白血病化疗', age: 8 },
  { code: 'T07', text: '多发性创伤（车祸）', title: '父亲车祸重伤，手术在即', age: 46 },
  { code: 'C50.9', text: '乳腺恶性肿瘤', title: '妈妈的乳腺癌靶向治疗', age: 43 },
  { code: 'I63.9', text: '脑梗死', title: '爷爷脑梗后的康复费用', age: 67 },
  { code: 'C34.9', text: '支气管和肺恶性肿瘤', title: '帮丈夫继续肺癌治疗', age: 52 },
  { code: 'N18.5', text: '慢性肾脏病5期', title: '等待肾移植的年轻人', age: 27 },
  { code: 'P07.3', text: '早产儿', title: '二十九周早产宝宝住在保温箱', age: 0 },
  { code: 'I42.0', text: '扩张型心肌病', title: '姐姐需要一台心脏手术', age: 35 },
];

const ITEMS: Words['items'] = {
  identity: '已核对患者和发起人的姓名与证件号码（演示数据）。',
  relation: '发起人与患者的关系，附户口簿。',
  diagnosis: '由就诊医院出具的诊断证明。',
  hospital: '就诊医院与病区。',
  'treatment-plan': '医院制定的分阶段治疗方案。',
  'cost-plan': '已发生的费用，以及到治疗结束预计的费用。',
  income: '家庭年收入。',
  houses: '自住房一套。',
  cars: '无车辆。',
  insurance: '城乡居民医疗保险；无商业保险。',
  'social-aid': '曾获县级临时救助一次。',
  'other-raises': '没有其他筹款。',
  'use-of-funds': '全部用于治疗；剩余款项退回。',
  payee: '收款方及其账户。',
};

/** @returns the illness of the nth campaign. */
export const illnessOf = (nth: number): Illness => ILLNESSES[nth % ILLNESSES.length]!;

/** @returns what the nth campaign says of itself. */
export function wordsOf(nth: number): Words {
  const { code, text, title } = illnessOf(nth);
  return {
    title: `【演示】${title}（第${nth + 1}号）`,
    story: `这是演示活动，人物、病情和医院都是虚构的。家人确诊${text}，前期治疗已经用完积蓄，后续费用难以承担，恳请大家帮助。每一笔收支都会公示。`,
    diagnosis: { code, text },
    items: ITEMS,
  };
}
