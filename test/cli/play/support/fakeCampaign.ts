/** A campaign that walks its phases by a script of the test, on a clock that is moved. It knows no rule of the real system. */

export type Script = {
  /** Rules that fail in the machine report; none lets it open. */
  failing?: string[];
  /** The sponsor is not on record. */
  needsPerson?: boolean;
  /** Rules that refuse a release mode. */
  refusals?: Partial<Record<string, string[]>>;
  /** Payouts (from 1) that bounce two days later. */
  bounces?: number[];
  /** Days after which an unsigned receipt is overdue. */
  receiptDays?: number;
  edition?: string;
  /** Real time, so many times as fast; without it the clock stands until it is moved. */
  speed?: number;
};

type Timer = { atMs: number; run: () => void };
type FakePayout = { id: string; attempt: number; state: string; netFen: string };
export type FakeRelease = {
  id: string;
  seq: number;
  batch: number;
  batches: number;
  mode: string;
  payeeKind: string;
  grossFen: string;
  feeFen: string;
  netFen: string;
  stage: string;
  stageSince: string;
  receipt: string | null;
  checkers: number;
  payouts: FakePayout[];
};

const dayMs = 86_400_000;

export class FakeCampaign {
  readonly id = 'c1';
  nowMs: number;
  timers: Timer[] = [];
  phase = 'prior-audit';
  phaseSinceMs: number;
  report: { id: string; verdict: string; findings: { rule: string; verdict: string }[] } | null = null;
  decision: { decision: string } | null = null;
  resolution: string | null = null;
  openedMs: number | null = null;
  closesMs: number | null = null;
  raisedFen = 0n;
  paidFen = 0n;
  account = { status: 'filed', version: 1, nameCheck: null as string | null };
  stoppedBy: string[] = [];
  holds: { rule: string; releaseId: string | null; liftedAt: null }[] = [];
  requests: { id: string; mode: string; outcome: string; refusedBy: string[] }[] = [];
  releases: FakeRelease[] = [];
  entries: Record<string, unknown>[] = [];
  private payoutCount = 0;
  /** Releases whose last debit is seven days old. */
  private readonly watched = new Set<string>();

  constructor(
    readonly script: Script,
    readonly askFen: bigint,
    readonly payeeKind: string,
  ) {
    this.nowMs = script.speed ? Date.now() : Date.parse('2020-08-19T01:00:00Z');
    this.phaseSinceMs = this.nowMs;
  }

  private inDays(days: number): number {
    return this.nowMs + (days * dayMs) / (this.script.speed ?? 1);
  }

  private after(days: number, run: () => void): void {
    this.timers.push({ atMs: this.inDays(days), run });
  }

  to(phase: string): void {
    this.phase = phase;
    this.phaseSinceMs = this.nowMs;
  }

  stage(release: FakeRelease, stage: string): void {
    release.stage = stage;
    release.stageSince = this.iso(this.nowMs);
  }

  iso(ms: number): string {
    return new Date(ms).toISOString();
  }

  nextDueAt(): string | null {
    return this.timers.length > 0 ? this.iso(Math.min(...this.timers.map(({ atMs }) => atMs))) : null;
  }

  advance(toMs: number): void {
    this.machines();
    for (let due = this.takeDue(toMs); due; due = this.takeDue(toMs)) {
      this.nowMs = due.atMs;
      due.run();
      this.machines();
    }
    this.nowMs = toMs;
  }

  private takeDue(toMs: number): Timer | undefined {
    const next = [...this.timers].sort((one, other) => one.atMs - other.atMs)[0];
    if (!next || next.atMs > toMs) return undefined;
    this.timers.splice(this.timers.indexOf(next), 1);
    return next;
  }

  /** What the machines do as soon as they can. */
  private machines(): void {
    this.audit();
    this.account.nameCheck ??= 'match';
    for (const release of this.releases) {
      if (release.stage === 'transfer') this.book(release);
      if (release.stage === 'watch' && this.watched.has(release.id)) this.stage(release, 'closed');
    }
    const next = this.releases.find(({ stage }) => stage === 'planned');
    if (next && this.releases.slice(0, next.batch - 1).every(({ stage }) => stage === 'watch' || stage === 'closed')) this.stage(next, 'review');
    if (this.releases.length > 0 && this.releases.every(({ stage }) => stage === 'closed')) this.to('settled');
  }

  private audit(): void {
    if (this.phase !== 'prior-audit') return;
    const { failing = [], needsPerson } = this.script;
    const unresolved = needsPerson && this.resolution === null;
    const rules = this.resolution === 'not-confirmed' ? ['IDENTITY', ...failing] : failing;
    const verdict = unresolved ? 'needs' : rules.length > 0 ? 'fail' : 'pass';
    if (this.report?.verdict !== verdict) this.report = { id: `r-${verdict}`, verdict, findings: rules.map((rule) => ({ rule, verdict: 'fail' })) };
    if (this.decision?.decision === 'approve') this.open();
    if (this.decision?.decision === 'refuse') {
      this.stoppedBy = rules;
      this.to('refused');
    }
  }

  private open(): void {
    this.to('fundraising');
    this.openedMs = this.nowMs;
    this.closesMs = this.inDays(30);
    this.after(30, () => this.close());
  }

  fileAccount(): void {
    this.account = { status: 'filed', version: this.account.version + 1, nameCheck: null };
  }

  close(): void {
    if (this.phase !== 'fundraising') return;
    this.timers = [];
    this.to('settlement');
    this.after(1, () => this.to(this.raisedFen === 0n ? 'settled' : 'release'));
  }

  gift(amountFen: bigint): void {
    if (this.phase !== 'fundraising') return;
    this.raisedFen = this.raisedFen + amountFen > this.askFen ? this.askFen : this.raisedFen + amountFen;
    if (this.raisedFen === this.askFen) this.close();
  }

  plan(mode: string, batches: number[]): void {
    let restFen = this.raisedFen;
    this.releases = batches.map((basisPoints, index) => {
      const grossFen = index === batches.length - 1 ? restFen : (this.raisedFen * BigInt(basisPoints)) / 10_000n;
      restFen -= grossFen;
      const [gross, since] = [String(grossFen), this.iso(this.nowMs)];
      return {
        id: `rel${index + 1}`,
        seq: index + 1,
        batch: index + 1,
        batches: batches.length,
        mode,
        payeeKind: this.payeeKind,
        grossFen: gross,
        feeFen: '0',
        netFen: gross,
        stage: 'planned',
        stageSince: since,
        receipt: null,
        checkers: 0,
        payouts: [],
      };
    });
  }

  reviewed(release: FakeRelease): void {
    this.stage(release, 'publicity');
    this.after(1, () => this.stage(release, 'approval'));
  }

  private book(release: FakeRelease): void {
    this.payoutCount += 1;
    const willBounce = this.script.bounces?.includes(this.payoutCount) ?? false;
    const payout = { id: `P${this.payoutCount}`, attempt: release.payouts.length + 1, state: 'succeeded', netFen: release.netFen };
    const line = { reference: payout.id, endToEndId: payout.id, amountFen: release.netFen, sign: 'DBIT', kind: 'payout' };
    const entry = { ...line, willBounce, bounced: false };
    release.payouts.push(payout);
    this.entries.push(entry);
    this.paidFen += BigInt(release.grossFen);
    if (willBounce) this.after(2, () => this.bounce(release, payout, entry));
    else this.after(7, () => this.watched.add(release.id));
    if (this.payeeKind !== 'institution') return this.stage(release, 'evidence');
    release.receipt = 'awaited';
    this.stage(release, 'receipt');
    this.after(this.script.receiptDays ?? 9, () => release.payouts.at(-1) === payout && this.overdue(release));
  }

  private bounce(release: FakeRelease, payout: FakePayout, entry: { bounced: boolean }): void {
    payout.state = 'returned';
    entry.bounced = true;
    this.paidFen -= BigInt(release.grossFen);
    release.receipt = null;
    this.stage(release, 'correction');
  }

  private overdue(release: FakeRelease): void {
    if (release.receipt !== 'awaited') return;
    release.receipt = 'overdue';
    this.holds.push({ rule: 'RECEIPT', releaseId: release.id, liftedAt: null });
  }

  receipt(payoutId: string, outcome: string): void {
    const release = this.releases.find(({ payouts }) => payouts.some(({ id }) => id === payoutId)) as FakeRelease;
    release.receipt = outcome === 'confirm' ? 'signed' : 'denied';
    if (outcome === 'confirm') this.stage(release, 'evidence');
    else this.holds.push({ rule: 'RECEIPT', releaseId: release.id, liftedAt: null });
  }

  view(): Record<string, unknown> {
    const iso = (ms: number | null) => (ms === null ? null : this.iso(ms));
    const { id, phase, report, decision, stoppedBy, holds, requests, releases } = this;
    const verdict = this.script.needsPerson ? 'no-record' : 'match';
    return {
      ...{ id, phase, report, decision, stoppedBy, holds, requests, releases },
      edition: this.script.edition ?? 'convention-2.0',
      duties: [],
      rights: { seeker: 1, sponsor: 1, donor: 1 },
      fees: { version: 1 },
      phaseSince: iso(this.phaseSinceMs),
      now: iso(this.nowMs),
      openedAt: iso(this.openedMs),
      closesAt: iso(this.closesMs),
      route: this.openedMs === null ? null : 'single',
      identity: { patient: { verdict: 'match', resolution: null }, sponsor: { verdict, resolution: this.resolution } },
      money: {
        raisedFen: String(this.raisedFen),
        paidFen: String(this.paidFen),
        feesFen: '0',
        refundedFen: '0',
        pendingFen: String(this.raisedFen - this.paidFen),
      },
      payeeAccount: this.account,
    };
  }
}
