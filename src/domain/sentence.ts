/** What a person is told, in both languages of the house. */
export interface Sentence {
  readonly zh: string;
  readonly en: string;
}
