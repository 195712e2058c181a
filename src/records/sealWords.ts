import { type Connection, type Database, inTransaction, rows } from '../database/connect';
import type { PersonalData } from '../security/personalData';

/** Plain text of before migration 0056, and where it goes. */
interface PlainWords {
  readonly table: string;
  readonly row: readonly string[];
  /** SQL of the text; null where there is none. */
  readonly words: string;
  readonly cleared: readonly string[];
  readonly to: string;
  readonly purpose: string;
  /** SQL of the wrapped key of whom it is about; the house's own where left out. */
  readonly key?: string;
}

const PATIENT = '(select p.wrapped_key from campaign c join person p on p.id = c.patient_id where c.id = t.campaign_id)';
const COMPLAINT = '(select c.wrapped_key from complaint c where c.id = t.complaint_id)';
const BANK_WORDS = `case when coalesce(counterparty, remittance, return_text) is not null
  then json_build_object('counterparty', counterparty, 'remittance', remittance, 'returnText', return_text)::text end`;
const one = (table: string, column: string, purpose: string, key?: string): PlainWords => ({
  table,
  row: ['id'],
  words: column,
  cleared: [column],
  to: `${column}_enc`,
  purpose,
  ...(key ? { key } : {}),
});

const PLAIN: readonly PlainWords[] = [
  { table: 'idempotency', row: ['actor', 'key'], words: 'body::text', cleared: ['body'], to: 'body_enc', purpose: 'idempotency.answer' },
  {
    table: 'bank_line',
    row: ['account_number', 'reference', 'sign'],
    words: BANK_WORDS,
    cleared: ['counterparty', 'remittance', 'return_text'],
    to: 'words_enc',
    purpose: 'bank-line.words',
  },
  one('payout', 'failure_text', 'payout.failure'),
  one('complaint', 'admissible_reason', 'complaint.reason', 't.wrapped_key'),
  one('complaint', 'reason', 'complaint.reason', 't.wrapped_key'),
  one('complaint_task', 'note', 'complaint-task.note', COMPLAINT),
  one('complaint_task', 'finding', 'complaint-task.finding', COMPLAINT),
  one('identity_check', 'reason', 'identity-check.reason', PATIENT),
  one('hospital_contact', 'contacted', 'hospital-contact.contacted', PATIENT),
  one('hospital_contact', 'note', 'hospital-contact.note', PATIENT),
  one('death_report', 'reason', 'death-report.reason', PATIENT),
];

const PAGE = 500;

/**
 * Seals what older versions wrote in the clear, a page at a time, and empties the plain columns. It may die at any point and is done again at the next
 * start; where all is sealed it only looks. Runs as the owner: the application may change none of these rows.
 * @returns how many values it sealed.
 */
export async function sealPlainWords(owner: Database, personalData: PersonalData): Promise<number> {
  let sealed = 0;
  for (const plain of PLAIN)
    for (let done = -1; done !== 0; sealed += done) done = await inTransaction(owner, (tx) => sealPage(tx, personalData, plain));
  return sealed;
}

async function sealPage(tx: Connection, personalData: PersonalData, plain: PlainWords): Promise<number> {
  const found = await rows<Record<string, unknown> & { words_: string; key_: Buffer | null }>(
    tx,
    `select ${plain.row.map((column) => `t.${column}`).join(', ')}, ${plain.words} as words_, ${plain.key ?? 'null'} as key_
     from ${plain.table} t where ${plain.cleared.map((column) => `t.${column} is not null`).join(' or ')} limit ${PAGE} for update of t`,
  );
  // The constraints that a row keeps look at both columns, so one update moves the words from one to the other.
  for (const { words_: words, key_: wrapped, ...row } of found) {
    const enc =
      plain.key === undefined
        ? personalData.sealForHouse(words, plain.purpose)
        : wrapped && personalData.personKey(wrapped).seal(words, plain.purpose);
    await tx(plain.table)
      .where(row)
      .update({ ...Object.fromEntries(plain.cleared.map((column) => [column, null])), [plain.to]: enc });
  }
  return found.length;
}
