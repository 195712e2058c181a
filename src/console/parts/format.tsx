import type { ReactNode } from 'react';
import { usePreferences } from './preferences';

/** @param fen a decimal string of integer fen. @returns `¥1,234,567.89`, by digits alone: no float holds money. */
export function yuan(fen: string): string {
  if (fen.startsWith('-')) return `−${yuan(fen.slice(1))}`;
  const digits = fen.padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `¥${whole}.${digits.slice(-2)}`;
}

/** An amount, with digits under each other. */
export function Money({ fen }: { readonly fen: string }): ReactNode {
  return <span className="money">{yuan(fen)}</span>;
}

const clocks = {
  zh: new Intl.DateTimeFormat('zh-CN', {
    timeZone: 'Asia/Shanghai',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }),
  en: new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Asia/Shanghai',
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }),
};

/** A time of the house: Beijing's, as all its times are. */
export function Time({ at }: { readonly at: string }): ReactNode {
  const { language } = usePreferences();
  return <time dateTime={at}>{clocks[language].format(new Date(at))}</time>;
}

/** @returns fen as somebody writes yuan: `1234.50`. */
export function yuanPlain(fen: string): string {
  const digits = fen.padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** @returns what somebody wrote in yuan as fen, by digits alone; null for what is no amount. */
export function fenOf(written: string): string | null {
  const found = /^([0-9]{1,13})(?:\.([0-9]{1,2}))?$/.exec(written.trim());
  return found ? `${found[1]}${(found[2] ?? '').padEnd(2, '0')}`.replace(/^0+(?=\d)/, '') : null;
}
