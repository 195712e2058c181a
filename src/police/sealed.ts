import type { PersonKey } from '../security/personalData';

type Opener = Pick<PersonKey, 'open'>;
/** Whose key opens a sealed column; where a row has no key of its own, `own` is the house's. */
export type Keys = Readonly<Record<'patient' | 'house' | 'own', Opener>>;

/** What each sealed column was bound to when it was written, and whose key opens it. A test holds this list against the schema. */
export const SEALED: Readonly<Record<string, Readonly<Record<string, readonly [purpose: string, key: keyof Keys]>>>> = {
  campaign: {
    story_enc: ['campaign.story', 'patient'],
    admission_number_enc: ['campaign.admission-number', 'patient'],
    diagnosis_enc: ['campaign.diagnosis', 'patient'],
  },
  person: { name_enc: ['person.name', 'own'], id_number_enc: ['person.id-number', 'own'], phone_enc: ['person.phone', 'own'] },
  publication: { text_enc: ['publication.text', 'patient'] },
  payee_account: { holder_name_enc: ['payee-account.name', 'patient'], number_enc: ['payee-account.number', 'patient'] },
  complaint: {
    text_enc: ['complaint.text', 'own'],
    name_enc: ['complaint.name', 'own'],
    contact_enc: ['complaint.contact', 'own'],
    admissible_reason_enc: ['complaint.reason', 'own'],
    reason_enc: ['complaint.reason', 'own'],
  },
  complaint_task: { note_enc: ['complaint-task.note', 'own'], finding_enc: ['complaint-task.finding', 'own'] },
  identity_check: { reason_enc: ['identity-check.reason', 'patient'] },
  hospital_contact: { contacted_enc: ['hospital-contact.contacted', 'patient'], note_enc: ['hospital-contact.note', 'patient'] },
  death_report: { reason_enc: ['death-report.reason', 'patient'] },
  bank_line: { words_enc: ['bank-line.words', 'house'] },
  payee_wallet: { holder_name_enc: ['payee-wallet.name', 'patient'], identity_enc: ['payee-wallet.identity', 'patient'] },
  payout: { failure_text_enc: ['payout.failure', 'house'], confirmation_enc: ['payout.confirmation', 'house'] },
  complaint_appeal: { text_enc: ['complaint.appeal', 'own'] },
  blacklist_appeal: { text_enc: ['appeal.text', 'own'] },
  card_refund: { card_enc: ['card-refund.card', 'house'] },
  refund_request: { reason_enc: ['refund-request.reason', 'house'] },
  document_view: { reason_enc: ['document-view.reason', 'patient'] },
  claim_event: { note_enc: ['claim.note', 'patient'], reason_enc: ['claim.reason', 'patient'] },
  evidence_request: { message_enc: ['evidence-request.message', 'patient'], answer_enc: ['evidence-request.answer', 'patient'] },
  progress_update: { text_enc: ['update.text', 'patient'] },
  raise_extension: { reason_enc: ['extension.reason', 'patient'] },
  invoice: { number_enc: ['invoice.number', 'patient'] },
  invoice_line: { item_enc: ['invoice.item', 'patient'] },
  expense_line: { item_enc: ['expense.item', 'patient'], invoice_enc: ['expense.invoice', 'patient'] },
};

/** Rows that hang on a campaign's rows without naming the campaign: table → the column, and the table it refers to. */
export const CHILDREN: Readonly<Record<string, readonly [column: string, parent: string, ...or: string[]]>> = {
  approval: ['release_id', 'release'],
  approval_signature: ['approval_id', 'approval'],
  receipt: ['release_id', 'release'],
  reminder: ['release_id', 'release'],
  bank_line: ['payout_id', 'payout'],
  bank_match: ['payout_id', 'payout', 'return_id', 'gift_return'],
  payout_batch_line: ['release_id', 'release'],
  card_check: ['account_id', 'payee_account'],
  document_view: ['document_id', 'document'],
  blacklist_appeal: ['listing_id', 'blacklist_listing'],
  complaint_task: ['complaint_id', 'complaint'],
  complaint_overdue: ['complaint_id', 'complaint'],
  complaint_appeal: ['complaint_id', 'complaint'],
  invoice_line: ['invoice_id', 'invoice'],
  invoice_allocation: ['invoice_id', 'invoice'],
  expense_cover: ['line_id', 'expense_line'],
};

/** @returns a row as it goes into the bundle: sealed columns opened under their plain names, keys left out, bytes as hex. */
export function opened(table: string, row: Readonly<Record<string, unknown>>, keys: Keys): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    if (column === 'wrapped_key') continue;
    if (!Buffer.isBuffer(value)) out[column] = value;
    else if (!column.endsWith('_enc')) out[column] = value.toString('hex');
    else out[column.replace(/_enc$/, '')] = openedColumn(table, column, value, keys);
  }
  return out;
}

function openedColumn(table: string, column: string, value: Buffer, keys: Keys): string {
  const [purpose, whose] = SEALED[table]?.[column] ?? [];
  const key = whose && keys[whose];
  if (!purpose || !key) throw new Error(`Nobody said how ${table}.${column} is opened; a bundle without it would not be complete`);
  return key.open(value, purpose);
}
