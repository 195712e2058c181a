import i18next, { type TFunction } from 'i18next';
import { asideText } from './asides';
import { auditText } from './audit';
import { batchText } from './batches';
import { blacklistText } from './blacklist';
import { conductText } from './conduct';
import { cardText } from './cards';
import { caseText } from './case';
import { editionText } from './editions';
import { eventText } from './events';
import { deletionText } from './deletions';
import { exceptionText } from './exceptions';
import { finderText } from './finder';
import { newBatchText } from './newBatch';
import { houseEventText } from './houseEvents';
import { operationText } from './operations';
import { oversightText } from './oversight';
import { peopleText } from './people';
import { queueText } from './queue';
import { recallText } from './recalls';
import { reconciliationText } from './reconciliation';
import { shellText } from './shell';
import { statementText } from './statements';
import { viewText } from './views';
import { tourText } from './tour';
import { wordText } from './words';
import { type Language, usePreferences } from '../parts/preferences';

type Both = Readonly<Record<Language, string>>;

/** Every text of the console, once. A text that lacks a language does not compile, and so does not build. */
const CATALOGUE = {
  ...shellText,
  ...wordText,
  ...queueText,
  ...asideText,
  ...caseText,
  ...batchText,
  ...eventText,
  ...exceptionText,
  ...reconciliationText,
  ...newBatchText,
  ...finderText,
  ...viewText,
  ...statementText,
  ...recallText,
  ...houseEventText,
  ...operationText,
  ...auditText,
  ...peopleText,
  ...conductText,
  ...blacklistText,
  ...editionText,
  ...oversightText,
  ...deletionText,
  ...cardText,
  ...tourText,
} satisfies Record<string, Both>;
export type TextKey = keyof typeof CATALOGUE;
export type Translate = (key: TextKey, places?: Readonly<Record<string, string | number>>) => string;

const of = (language: Language): Record<string, string> =>
  Object.fromEntries(Object.entries(CATALOGUE).map(([key, both]: [string, Both]) => [key, both[language]]));

void i18next.init({
  resources: { zh: { translation: of('zh') }, en: { translation: of('en') } },
  fallbackLng: false,
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
  initAsync: false,
});
const spoken: Record<Language, TFunction> = { zh: i18next.getFixedT('zh'), en: i18next.getFixedT('en') };

/** @returns what says a text in the reader's language. */
export function useText(): Translate {
  const { language } = usePreferences();
  return spoken[language] as Translate;
}

/** @returns the name of a word of the API by its key, or the word itself where the house says something newer than this console. */
export function wordOf(t: Translate, group: string, word: string): string {
  const key = `${group}.${word}`;
  return key in CATALOGUE ? t(key as TextKey) : word;
}
