/** Markup that is safe to send: made by `html`, never by a person. */
export class Html {
  constructor(readonly markup: string) {}
}

/** What a template may hold. Text is escaped; nothing, false and null leave no trace; lists are joined. */
export type Slot = Html | string | number | bigint | false | null | undefined | readonly Slot[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function markupOf(slot: Slot): string {
  if (slot instanceof Html) return slot.markup;
  if (Array.isArray(slot)) return slot.map(markupOf).join('');
  if (slot === null || slot === undefined || slot === false) return '';
  return String(slot).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** A template of markup; everything put into it is escaped unless it is markup itself. @returns the markup. */
export function html(strings: TemplateStringsArray, ...slots: Slot[]): Html {
  return new Html(strings.map((text, i) => text + (i < slots.length ? markupOf(slots[i]) : '')).join(''));
}
