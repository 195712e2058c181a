import type { ClockId } from '../support/agenda';
import type { Journal } from '../support/journal';
import { Outbox, type Delivery } from '../support/outbox';
import type { Poster } from '../support/poster';
import { notification } from './camt';
import type { BankEvent } from './events';
import type { BankKeys } from './keys';
import { assertValid } from './schemas';
import { sealPush } from './seal';
import type { BankState, Entry } from './state';

const PUSH_TIMEOUT_MS = 10_000;
const WALL_RETRIES_MS = [5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000];
const CONCURRENCY = 8;
const COPIES_OF_A_DUPLICATE = 5;

/** Pushes booked lines to their account's notifyUrl as camt.054, until they are acknowledged. */
export class Pushes {
  private readonly outbox: Outbox;

  constructor(
    private readonly state: BankState,
    private readonly journal: Journal<BankEvent>,
    private readonly keys: BankKeys,
    private readonly poster: Poster,
    onError: (error: unknown) => void,
  ) {
    this.outbox = new Outbox({ quickPausesMs: [0, 100, 400], wallPausesMs: WALL_RETRIES_MS, concurrency: CONCURRENCY, onError });
    for (const entry of state.toPush.values()) this.outbox.hold(this.delivery(entry));
  }

  /** Sends every line that was never tried, and waits for the answers. */
  sendNew(): Promise<void> {
    return this.outbox.postAll([...this.state.toPush.values()].map((entry) => this.delivery(entry)));
  }

  retry(clockId: ClockId): Promise<void> {
    return this.outbox.retry(clockId);
  }

  idle(clockId: ClockId): Promise<void> {
    return this.outbox.idle(clockId);
  }

  undelivered(clockId: ClockId): number {
    return this.outbox.pendingCount(clockId);
  }

  close(): Promise<void> {
    return this.outbox.close();
  }

  private delivery(entry: Entry): Delivery {
    return {
      id: entry.key,
      clockId: this.state.account(entry.accountNumber).terms.clockId,
      send: () => this.send(entry),
      // Losing this line only repeats a push, so nobody waits for its fsync.
      acknowledged: () => void this.journal.record({ type: 'pushed', entry: entry.key }).catch(() => undefined),
    };
  }

  private async send(entry: Entry): Promise<number> {
    const account = this.state.account(entry.accountNumber);
    const url = account.terms.notifyUrl;
    if (url === null) return 0;
    const body = await assertValid('camt.054.001.08', notification(account, `NTF${entry.reference}${entry.sign[0]}`, [entry], entry.atMs));
    const duplicated = entry.endToEndId !== null && this.state.payment(entry.endToEndId).fault?.name === 'duplicate-callback';
    const copies = Array.from({ length: duplicated ? COPIES_OF_A_DUPLICATE : 1 }, async () => {
      const headers = { 'Content-Type': 'application/xml; charset=utf-8', ...(await sealPush(this.keys, url, body)) };
      return this.poster.post(url, headers, body, PUSH_TIMEOUT_MS);
    });
    const statuses = await Promise.all(copies);
    return statuses.find((status) => status < 200 || status >= 300) ?? statuses[0] ?? 0;
  }
}
