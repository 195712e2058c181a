import { fail, pass, type OpeningFacts, type Rule } from '../facts';
import type { Edition } from '../editions';
import type { PublicityItem } from '../terms';

/** @returns the edition's items that are not published, in the edition's order. */
export function missingItems(edition: Edition, published: ReadonlySet<PublicityItem>): PublicityItem[] {
  return edition.publicity.items.filter((item) => !published.has(item));
}

/** PUBLICITY: the items required at opening are published; the rest counts for ROUTE's completeness. */
export const publicity: Rule<Pick<OpeningFacts, 'edition' | 'published'>> = ({ edition, published }) => {
  const missing = missingItems(edition, published);
  const required = edition.publicity.requiredAtOpening.filter((item) => !published.has(item));
  const facts = { missing, missingAtOpening: required, complete: missing.length === 0 };
  return required.length > 0
    ? fail('PUBLICITY', facts, {
        zh: `开放前必须公示的信息缺少：${required.join('、')}。`,
        en: `Not published, and required before opening: ${required.join(', ')}.`,
      })
    : pass('PUBLICITY', facts, {
        zh: missing.length === 0 ? '公示信息齐全。' : `开放所需信息已公示；尚缺：${missing.join('、')}。`,
        en: missing.length === 0 ? 'Every item is published.' : `What opening needs is published; still missing: ${missing.join(', ')}.`,
      });
};
