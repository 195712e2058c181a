import type { BankEntry } from './answers';
import type { Story } from './story';

/** @returns the simulated bank's own ledger of the tenant's custody account. */
export async function bankEntries({ sandbox, tenant }: Pick<Story, 'sandbox' | 'tenant'>): Promise<BankEntry[]> {
  const { entries } = await sandbox.get<{ entries: BankEntry[] }>(`/v1/sandbox/bank-entries?tenantId=${encodeURIComponent(tenant.tenantId)}`);
  return entries;
}

const debits = (entries: readonly BankEntry[]) => entries.filter(({ sign, kind }) => sign === 'DBIT' && kind === 'payout');

function cameBack({ bounced, endToEndId }: BankEntry, entries: readonly BankEntry[]): boolean {
  return bounced || entries.some((entry) => entry.kind === 'return' && entry.sign === 'CRDT' && entry.endToEndId === endToEndId);
}

/** @returns the payout debits whose money stays with the payee. */
export function standingDebits(entries: readonly BankEntry[]): BankEntry[] {
  return debits(entries).filter((entry) => !cameBack(entry, entries));
}

/** @returns whether the money of that payout is on the payee's account and will stay there. */
export function standsCredited(entries: readonly BankEntry[], payoutId: string): boolean {
  return standingDebits(entries).some((entry) => entry.endToEndId === payoutId && !entry.willBounce);
}

/** @returns whether some payout is still going to bounce. */
export function bounceAhead(entries: readonly BankEntry[]): boolean {
  return standingDebits(entries).some((entry) => entry.willBounce);
}
