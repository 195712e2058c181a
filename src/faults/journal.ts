/** What the house acknowledged: a 2xx after which it may never be gone, nor be there twice. */
export type Acknowledged =
  | { readonly what: 'campaign' | 'release-request' | 'complaint' | 'evidence'; readonly id: string }
  | { readonly what: 'gift'; readonly id: string; readonly orderKey: string; readonly amountFen: string }
  | { readonly what: 'decision'; readonly id: string; readonly decision: string }
  | { readonly what: 'review'; readonly id: string }
  | { readonly what: 'signature'; readonly digest: string; readonly checker: string }
  | { readonly what: 'receipt'; readonly id: string }
  | { readonly what: 'verdict'; readonly id: string };

/** The client's own book of everything that was acknowledged, kept outside the system under test. */
export class Journal {
  readonly #entries: Acknowledged[] = [];

  add(...entries: readonly Acknowledged[]): void {
    this.#entries.push(...entries);
  }

  get entries(): readonly Acknowledged[] {
    return this.#entries;
  }
}
