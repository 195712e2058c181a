import type { ClockId } from '../support/agenda';
import type { Journal } from '../support/journal';
import { Outbox, type Delivery } from '../support/outbox';
import type { Poster } from '../support/poster';
import { sealPush as sealCmb } from '../cmb/envelope';
import type { CmbKeys } from '../cmb/keys';
import { pushOf } from '../cmb/lines';
import { chinaStamp } from '../cmb/stamps';
import { notification } from './camt';
import type { BankEvent } from './events';
import type { BankKeys } from './keys';
import { assertValid } from './schemas';
import { sealPush } from './seal';
import type { Account, BankState, Entry } from './state';

const PUSH_TIMEOUT_MS = 10_000;
const WALL_RETRIES_MS = [5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000];
const CONCURRENCY = 8;
const COPIES_OF_A_DUPLICATE = 5;

/** Pushes booked lines to their account's notifyUrl, as camt.054 or in the direct link's own form, until they are acknowledged. */
export class Pushes {
  private readonly outbox: Outbox;
  /** Lines that a message was made of: each is told in one message for as long as this process lives. */
  private readonly told = new Set<string>();

  constructor(
    private readonly state: BankState,
    private readonly journal: Journal<BankEvent>,
    private readonly links: { readonly keys: BankKeys; readonly cmbKeys: CmbKeys | null },
    private readonly poster: Poster,
    onError: (error: unknown) => void,
  ) {
    this.outbox = new Outbox({ quickPausesMs: [0, 100, 400], wallPausesMs: WALL_RETRIES_MS, concurrency: CONCURRENCY, onError });
    for (const entry of state.toPush.values()) {
      this.told.add(entry.key);
      this.outbox.hold(this.delivery([entry]));
    }
  }

  /** Sends every line that was never tried, and waits for the answers. */
  sendNew(): Promise<void> {
    return this.outbox.postAll(this.messages().map((entries) => this.delivery(entries)));
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

  /** What is told in one message: the lines of the orders of one file, or one line. */
  private messages(): Entry[][] {
    const messages = new Map<string, Entry[]>();
    for (const entry of this.state.toPush.values()) {
      if (this.told.has(entry.key)) continue;
      this.told.add(entry.key);
      const key = this.fileOf(entry) ?? entry.key;
      messages.set(key, [...(messages.get(key) ?? []), entry]);
    }
    return [...messages.values()];
  }

  private fileOf(entry: Entry): string | null {
    if (entry.endToEndId === null || entry.kind !== 'payout') return null;
    const { order, fault } = this.state.payment(entry.endToEndId);
    if (fault?.name === 'duplicate-callback' || (this.state.files.get(order.messageId)?.length ?? 0) < 2) return null;
    return `${entry.accountNumber}/${order.messageId}`;
  }

  private delivery(entries: readonly Entry[]): Delivery {
    const [first] = entries as [Entry];
    return {
      id: first.key,
      clockId: this.state.account(first.accountNumber).terms.clockId,
      send: () => this.send(entries),
      acknowledged: () => {
        // Losing such a line only repeats a push, so nobody waits for its fsync.
        for (const { key } of entries) {
          void this.journal.record({ type: 'pushed', entry: key }).catch(() => undefined);
          this.told.delete(key);
        }
      },
    };
  }

  private async send(entries: readonly Entry[]): Promise<number> {
    const [entry] = entries as [Entry];
    const account = this.state.account(entry.accountNumber);
    const url = account.terms.notifyUrl;
    if (url === null) return 0;
    const duplicated = entry.endToEndId !== null && this.state.payment(entry.endToEndId).fault?.name === 'duplicate-callback';
    const copies = Array.from({ length: duplicated ? COPIES_OF_A_DUPLICATE : 1 }, async () => {
      const { headers, body } = await this.sealed(account, url, entries);
      return this.poster.post(url, headers, body, PUSH_TIMEOUT_MS);
    });
    const statuses = await Promise.all(copies);
    return statuses.find((status) => status < 200 || status >= 300) ?? statuses[0] ?? 0;
  }

  private async sealed(account: Account, url: string, entries: readonly Entry[]): Promise<{ headers: Record<string, string>; body: string }> {
    const [entry] = entries as [Entry];
    const { keys, cmbKeys } = this.links;
    if (account.terms.link === 'cmb' && cmbKeys !== null) {
      const reqid = `${chinaStamp(entry.atMs)}000${entry.reference}${entry.sign[0]}`;
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' };
      return { headers, body: sealCmb(cmbKeys, 'YQN01010', reqid, pushOf(account, entry)) };
    }
    const body = await assertValid('camt.054.001.08', notification(account, `NTF${entry.reference}${entry.sign[0]}`, entries, entry.atMs));
    return { headers: { 'Content-Type': 'application/xml; charset=utf-8', ...(await sealPush(keys, url, body)) }, body };
  }
}
