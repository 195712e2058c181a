import { chineseCapitals } from '../../domain/chineseCapitals';
import { formatYuan } from '../../domain/money';
import { html, type Html, type Slot } from './html';
import type { Language } from './language';

/** Every time is shown as it is in China, whatever the machine's zone. */
const ZONE = 'Asia/Shanghai';
const MINUTES: Readonly<Record<Language, Intl.DateTimeFormat>> = {
  zh: new Intl.DateTimeFormat('zh-CN', {
    timeZone: ZONE,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }),
  en: new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }),
};

/** @returns a name and what it is, for a list of facts. */
export function fact(words: string, value: Slot): Html {
  return html`<div><dt>${words}</dt><dd>${value}</dd></div>`;
}

/** @param at RFC 3339. @returns the minute in Beijing time; a dash for null. */
export function moment(lang: Language, at: string | null): Html {
  if (at === null) return html`–`;
  return html`<time datetime="${at}">${MINUTES[lang].format(new Date(at))}</time>`;
}

/** @returns `¥44,344.00`, kept on one line. */
export function yuan(amountFen: bigint): Html {
  return html`<span class="yuan">${formatYuan(amountFen)}</span>`;
}

/** @returns `人民币肆万肆仟叁佰肆拾肆元整`: Chinese in every language, because that is what is signed. */
export function capitals(amountFen: bigint): Html {
  return html`<span class="capitals" lang="zh-CN">人民币${chineseCapitals(amountFen)}</span>`;
}

/** @param basisPoints 1/100 of a percent. @returns `3 %`, `0.6 %`. */
export function percent(basisPoints: number): string {
  return `${Number((basisPoints / 100).toFixed(2))} %`;
}

/** @returns how much of the whole, `87 %`; never 100 before it is all, never 0 when it is something. */
export function share(part: bigint, whole: bigint): string {
  if (part <= 0n || whole <= 0n) return '0 %';
  const whole100 = (part * 100n) / whole;
  return whole100 === 0n ? '< 1 %' : `${whole100} %`;
}
