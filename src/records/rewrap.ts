import { type Connection, type Database, inTransaction, rows } from '../database/connect';
import type { KeyVault } from '../security/vault';

/** Everything that a key-encryption key wraps: data keys of people, and what is sealed for the house itself. Held against the code by a test. */
export const WRAPPED: readonly {
  readonly table: string;
  readonly row: readonly string[];
  readonly column: string;
  readonly purpose: string;
  readonly where?: string;
}[] = [
  { table: 'person', row: ['id'], column: 'wrapped_key', purpose: 'person-key' },
  { table: 'complaint', row: ['id'], column: 'wrapped_key', purpose: 'person-key' },
  { table: 'promoter', row: ['id'], column: 'wrapped_key', purpose: 'person-key' },
  { table: 'institution', row: ['id'], column: 'account_number_enc', purpose: 'institution.account' },
  { table: 'refund_request', row: ['id'], column: 'reason_enc', purpose: 'refund-request.reason' },
  { table: 'card_refund', row: ['id'], column: 'card_enc', purpose: 'card-refund.card' },
  { table: 'deletion', row: ['id'], column: 'reason_enc', purpose: 'deletion.reason' },
  { table: 'payout', row: ['id'], column: 'failure_text_enc', purpose: 'payout.failure' },
  { table: 'payout', row: ['id'], column: 'confirmation_enc', purpose: 'payout.confirmation' },
  { table: 'bank_line', row: ['account_number', 'reference', 'sign'], column: 'words_enc', purpose: 'bank-line.words' },
  { table: 'idempotency', row: ['actor', 'key'], column: 'body_enc', purpose: 'idempotency.answer' },
  { table: 'staff', row: ['id'], column: 'totp_secret_enc', purpose: 'staff.totp' },
  {
    table: 'blacklist_appeal',
    row: ['id'],
    column: 'text_enc',
    purpose: 'appeal.text',
    // About a person it is sealed under theirs.
    where: 'exists (select from blacklist_listing l where l.id = t.listing_id and l.person_id is null)',
  },
];

const PAGE = 500;
/** Of what `security/vault.ts` wrapped: version 1 has no number and is of the first key, version 2 has it in two bytes. */
const numberOf = (column: string): string =>
  `case get_byte(t.${column}, 0) when 1 then 1 else get_byte(t.${column}, 1) * 256 + get_byte(t.${column}, 2) end`;

/** @returns how many things each key wraps, by its number. */
export async function wrappedByKey(db: Database): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (const { table, column, where } of WRAPPED) {
    const found = await rows<{ key: number; n: number }>(
      db,
      `select ${numberOf(column)} as key, count(*)::int as n from ${table} t where t.${column} is not null and ${where ?? 'true'} group by 1`,
    );
    for (const { key, n } of found) counts.set(key, (counts.get(key) ?? 0) + n);
  }
  return counts;
}

/**
 * Wraps everything anew that is not under the current key, a page per transaction: it may die at any point and goes on where it stopped. What is sealed
 * under a person's own key is not touched, only that key's wrapping.
 * @param owner the application may not change these columns. @returns how many things it wrapped.
 */
export async function rewrapAll(owner: Database, vault: KeyVault): Promise<number> {
  let wrapped = 0;
  for (const what of WRAPPED) for (let done = -1; done !== 0; wrapped += done) done = await inTransaction(owner, (tx) => rewrapPage(tx, vault, what));
  return wrapped;
}

async function rewrapPage(tx: Connection, vault: KeyVault, { table, row, column, purpose, where }: (typeof WRAPPED)[number]): Promise<number> {
  const found = await rows<Record<string, unknown> & { wrapped_: Buffer }>(
    tx,
    `select ${row.map((name) => `t.${name}`).join(', ')}, t.${column} as wrapped_ from ${table} t
     where t.${column} is not null and ${numberOf(column)} <> ? and ${where ?? 'true'} limit ${PAGE} for update of t`,
    [vault.current],
  );
  for (const { wrapped_: old, ...key } of found)
    await tx(table)
      .where(key)
      .update({ [column]: vault.wrap(vault.unwrap(old, purpose), purpose) });
  return found.length;
}
