import type { Campaign } from './answers';

/** Says on standard error what happens, so that standard output stays the result's. */
export class Progress {
  private readonly startedMs = Date.now();
  private lastPhase = '';

  constructor(private readonly write: (line: string) => void = (line) => process.stderr.write(`${line}\n`)) {}

  get seconds(): number {
    return Math.round((Date.now() - this.startedMs) / 10) / 100;
  }

  say(what: string): void {
    this.write(`${this.seconds.toFixed(1).padStart(6)} s  ${what}`);
  }

  /** One line whenever the campaign's phase or a release's stage is another than before. */
  watch({ phase, now, releases, money }: Campaign): void {
    const stages = releases.filter((release) => release.stage !== 'planned').map((release) => `${release.batch}/${release.batches} ${release.stage}`);
    const line = [phase, ...stages].join(' · ');
    if (line === this.lastPhase) return;
    this.lastPhase = line;
    this.say(`${now}  ${line}  (raised ${money.raisedFen}, paid ${money.paidFen} fen)`);
  }
}
