/** What the world outside may do to one call. Drawn per operation, so that a plan with one fault fewer is the same plan otherwise. */
export const WEATHERS = [
  /** The request never arrives; the caller does not know. */
  'never-arrived',
  /** It is acted upon; the answer is lost. */
  'answer-lost',
  /** It is acted upon; questions about it find nothing for a while. */
  'hidden',
  /** It is taken and acted upon later. */
  'slow',
  /** It is refused for good. */
  'refused',
  /** It is acted upon with another amount. */
  'other-amount',
] as const;
export type Weather = (typeof WEATHERS)[number];

/** The weather of one operation: it strikes the first call that it fits, once. */
export class Sky {
  weather: Weather | null = null;
  /** How many faults struck so far, by name. */
  readonly struck = new Map<string, number>();

  /** @returns whether this weather strikes now. */
  strikes(...which: readonly Weather[]): Weather | null {
    const { weather } = this;
    if (weather === null || !which.includes(weather)) return null;
    this.weather = null;
    this.count(weather);
    return weather;
  }

  count(fault: string): void {
    this.struck.set(fault, (this.struck.get(fault) ?? 0) + 1);
  }
}
