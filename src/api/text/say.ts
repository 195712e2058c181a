import type { Sentence } from '../../domain/sentence';

/** A control character that no sentence holds. */
const BETWEEN = '\u001f';

/** @returns both languages in the one string that a schema's message has room for; `heard` takes them apart again. */
export function say({ zh, en }: Sentence): string {
  return `${en}${BETWEEN}${zh}`;
}

/** @returns what `say` put together; null for a message that was not made by it. */
export function heard(message: string): Sentence | null {
  const [en, zh] = message.split(BETWEEN);
  return en && zh ? { zh, en } : null;
}
