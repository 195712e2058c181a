/** Calls that come faster than they are due before they are refused, as a part of a second's. */
const BURST = 0.2;

/** A gateway's limit of calls a second, as a bucket that fills evenly: wall time, whatever business clock the merchant lives on. */
export class Quota {
  private tokens: number;
  private atMs = 0;

  constructor(private readonly perSecond: number) {
    this.tokens = perSecond * BURST;
  }

  /** @returns whether this call is within the limit; if so it is counted. */
  take(nowMs: number): boolean {
    const most = this.perSecond * BURST;
    this.tokens = Math.min(most, this.tokens + ((nowMs - this.atMs) / 1_000) * this.perSecond);
    this.atMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
