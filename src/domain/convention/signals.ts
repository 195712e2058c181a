import type { DocumentKind } from './terms';

/** Something that the machine noticed beside the gates: a fact for a person, in both languages. It refuses nothing. */
export interface Signal {
  readonly signal: 'duplicate-document';
  readonly facts: Readonly<Record<string, number | readonly string[]>>;
  readonly zh: string;
  readonly en: string;
}

/** @param shared kinds of documents whose bytes are on file for other patients too, and for how many of them. @returns the signal, or none. Published case: four platforms, 2020. */
export function duplicateDocuments(shared: { readonly kinds: readonly DocumentKind[]; readonly patients: number }): Signal[] {
  if (shared.kinds.length === 0) return [];
  const facts = { kinds: [...shared.kinds].sort(), patients: shared.patients };
  return [
    {
      signal: 'duplicate-document',
      facts,
      zh: `相同文件也用于其他${facts.patients}位患者：${facts.kinds.join('、')}。`,
      en: `The same files are on file for other patients (${facts.patients}): ${facts.kinds.join(', ')}.`,
    },
  ];
}
