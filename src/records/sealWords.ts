import { type Connection, type Database, inTransaction, rows } from '../database/connect';
import type { PersonalData } from '../security/personalData';

/** Plain text of before migration 0056 in one place, and where it goes. */
interface PlainWords {
  /** SQL of the text; null where there is none. */
  readonly words: string;
  readonly cleared: readonly string[];
  readonly to: string;
  readonly purpose: string;
}

/** A table's rows: all words of one are sealed at once, because its constraint looks at all of them. */
interface PlainTable {
  readonly table: string;
  readonly row: readonly string[];
  readonly plain: readonly PlainWords[];
  /** SQL of the wrapped key of whom it is about; the house's own where left out. */
  readonly key?: string;
}

const PATIENT = '(select p.wrapped_key from campaign c join person p on p.id = c.patient_id where c.id = t.campaign_id)';
const COMPLAINT = '(select c.wrapped_key from complaint c where c.id = t.complaint_id)';
const BANK_WORDS = `case when coalesce(counterparty, remittance, return_text) is not null
  then json_build_object('counterparty', counterparty, 'remittance', remittance, 'returnText', return_text)::text end`;
const column = (name: string, purpose: string): PlainWords => ({ words: `t.${name}`, cleared: [name], to: `${name}_enc`, purpose });

const PLAIN: readonly PlainTable[] = [
  {
    table: 'idempotency',
    row: ['actor', 'key'],
    plain: [{ words: 't.body::text', cleared: ['body'], to: 'body_enc', purpose: 'idempotency.answer' }],
  },
  {
    table: 'bank_line',
    row: ['account_number', 'reference', 'sign'],
    plain: [{ words: BANK_WORDS, cleared: ['counterparty', 'remittance', 'return_text'], to: 'words_enc', purpose: 'bank-line.words' }],
  },
  { table: 'payout', row: ['id'], plain: [column('failure_text', 'payout.failure')] },
  {
    table: 'complaint',
    row: ['id'],
    plain: [column('admissible_reason', 'complaint.reason'), column('reason', 'complaint.reason')],
    key: 't.wrapped_key',
  },
  {
    table: 'complaint_task',
    row: ['id'],
    plain: [column('note', 'complaint-task.note'), column('finding', 'complaint-task.finding')],
    key: COMPLAINT,
  },
  { table: 'identity_check', row: ['id'], plain: [column('reason', 'identity-check.reason')], key: PATIENT },
  {
    table: 'hospital_contact',
    row: ['id'],
    plain: [column('contacted', 'hospital-contact.contacted'), column('note', 'hospital-contact.note')],
    key: PATIENT,
  },
  { table: 'death_report', row: ['id'], plain: [column('reason', 'death-report.reason')], key: PATIENT },
];

const PAGE = 500;

/**
 * Seals what older versions wrote in the clear, a page at a time, and empties the plain columns. It may die at any point and is done again at the next
 * start; where all is sealed it only looks. Runs as the owner: the application may change none of these rows.
 * @returns how many rows it sealed.
 */
export async function sealPlainWords(owner: Database, personalData: PersonalData): Promise<number> {
  let sealed = 0;
  for (const table of PLAIN)
    for (let done = -1; done !== 0; sealed += done) done = await inTransaction(owner, (tx) => sealPage(tx, personalData, table));
  return sealed;
}

async function sealPage(tx: Connection, personalData: PersonalData, { table, row, plain, key }: PlainTable): Promise<number> {
  const isPlain = plain.flatMap(({ cleared }) => cleared).map((name) => `t.${name} is not null`);
  const found = await rows<Record<string, unknown> & { key_: Buffer | null; words_: (string | null)[] }>(
    tx,
    `select ${row.map((name) => `t.${name}`).join(', ')}, array[${plain.map(({ words }) => words).join(', ')}] as words_, ${key ?? 'null'} as key_
     from ${table} t where ${isPlain.join(' or ')} limit ${PAGE} for update of t`,
  );
  for (const { words_: words, key_: wrapped, ...id } of found) {
    const sealed = (text: string, purpose: string): Buffer | null =>
      key === undefined ? personalData.sealForHouse(text, purpose) : wrapped && personalData.personKey(wrapped).seal(text, purpose);
    const changes = plain.flatMap(({ cleared, to, purpose }, at) => {
      const text = words[at];
      return text === null || text === undefined ? [] : [...cleared.map((name) => [name, null] as const), [to, sealed(text, purpose)] as const];
    });
    await tx(table).where(id).update(Object.fromEntries(changes));
  }
  return found.length;
}
