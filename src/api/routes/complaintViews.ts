import { type Connection, row, rows } from '../../database/connect';
import { DAY_MS } from '../../domain/calendar';
import { editionOf } from '../../domain/convention/editions';
import { DomainError } from '../../domain/errors';
import { plainReceiptNumber } from '../../domain/receiptNumber';
import type { ComplaintRow } from '../../records/complaints';
import type { PersonalData } from '../../security/personalData';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** @throws {DomainError} object.not_found. */
export async function complaintByNumber(connection: Connection, receiptNumber: string): Promise<ComplaintRow> {
  const complaint = await row<ComplaintRow>(connection, 'select * from complaint where receipt_number = ?', [plainReceiptNumber(receiptNumber)]);
  if (!complaint)
    throw new DomainError('object.not_found', { zh: '没有此编号的投诉', en: 'There is no complaint under this number' }, { field: '/receiptNumber' });
  return complaint;
}

/** What the holder of the receipt number sees: no text, no name. */
export async function complaintStatus(connection: Connection, c: ComplaintRow) {
  const campaign = (await row<{ edition: string; window_speed: number }>(
    connection,
    'select k.edition, t.window_speed from campaign k join tenant t on t.id = k.tenant_id where k.id = ?',
    [c.campaign_id],
  ))!;
  const overdue = await rows<{ duty: string; noted_at: Date }>(connection, 'select duty, noted_at from complaint_overdue where complaint_id = ?', [
    c.id,
  ]);
  const appealDays = editionOf(campaign.edition).windows.appealDays;
  return {
    receiptNumber: c.receipt_number,
    campaignId: c.campaign_id,
    subject: c.subject,
    anonymous: c.name_enc === null,
    state: c.state,
    filedAt: c.filed_at.toISOString(),
    acknowledgeBy: c.acknowledge_due_at.toISOString(),
    answerBy: c.answer_due_at.toISOString(),
    acknowledgedAt: iso(c.acknowledged_at),
    admissible: c.admissible,
    decidedAt: iso(c.decided_at),
    reply: c.reply,
    overdue: overdue.map((o) => ({ duty: o.duty, since: o.noted_at.toISOString() })),
    appealUntil: c.decided_at === null ? null : new Date(c.decided_at.getTime() + (appealDays * DAY_MS) / campaign.window_speed).toISOString(),
    appeals: await appealViews(connection, c.id),
  };
}

async function appealViews(connection: Connection, complaintId: string) {
  const appeals = await rows<{ by_party: string; filed_at: Date; decided_at: Date | null; outcome: string | null; reply: string | null }>(
    connection,
    'select by_party, filed_at, decided_at, outcome, reply from complaint_appeal where complaint_id = ? order by filed_at',
    [complaintId],
  );
  return appeals.map((a) => ({
    party: a.by_party,
    filedAt: a.filed_at.toISOString(),
    decidedAt: iso(a.decided_at),
    outcome: a.outcome,
    reply: a.reply,
  }));
}

/** What platform and staff see in a list. */
export async function complaintListView(connection: Connection, c: ComplaintRow) {
  return { id: c.id, ...(await complaintStatus(connection, c)), channel: c.channel, ground: c.ground };
}

/** What whoever judges sees: text, contact, tasks. The look is on record. */
export async function complaintStaffView(connection: Connection, personalData: PersonalData, c: ComplaintRow) {
  const key = c.wrapped_key && personalData.personKey(c.wrapped_key);
  const open = (sealed: Buffer | null, purpose: string): string | null => (sealed && key ? key.open(sealed, purpose) : null);
  const tasks = await rows<{
    id: string;
    kind: string;
    note_enc: Buffer;
    set_at: Date;
    due_at: Date;
    done_at: Date | null;
    finding_enc: Buffer | null;
    setter: string;
  }>(
    connection,
    'select t.*, s.display_name as setter from complaint_task t join staff s on s.id = t.set_by where t.complaint_id = ? order by t.set_at, t.id',
    [c.id],
  );
  const police = await rows<{ authority: string; case_number: string | null; bundle_sha256: string; reported_at: Date }>(
    connection,
    'select authority, case_number, bundle_sha256, reported_at from police_report where complaint_id = ? order by reported_at',
    [c.id],
  );
  return {
    ...(await complaintListView(connection, c)),
    text: open(c.text_enc, 'complaint.text'),
    name: open(c.name_enc, 'complaint.name'),
    contact: open(c.contact_enc, 'complaint.contact'),
    admissibleReason: open(c.admissible_reason_enc, 'complaint.reason'),
    tasks: tasks.map((t) => ({
      id: t.id,
      kind: t.kind,
      note: open(t.note_enc, 'complaint-task.note'),
      setBy: t.setter,
      setAt: t.set_at.toISOString(),
      dueAt: t.due_at.toISOString(),
      doneAt: iso(t.done_at),
      finding: open(t.finding_enc, 'complaint-task.finding'),
    })),
    policeReports: police.map((p) => ({
      authority: p.authority,
      caseNumber: p.case_number,
      bundleSha256: p.bundle_sha256,
      reportedAt: p.reported_at.toISOString(),
    })),
  };
}

/** DISCLOSE: what the public reads of the complaints about a campaign: how many, how long they took, and each reply. */
export async function publicComplaints(connection: Connection, campaignId: string) {
  const found = await rows<Pick<ComplaintRow, 'subject' | 'state' | 'filed_at' | 'answer_due_at' | 'decided_at' | 'reply'> & { overdue: boolean }>(
    connection,
    `select c.subject, c.state, c.filed_at, c.answer_due_at, c.decided_at, c.reply, exists (select from complaint_overdue o where o.complaint_id = c.id) as overdue
     from complaint c where c.campaign_id = ? order by c.filed_at, c.id`,
    [campaignId],
  );
  return found.map((c) => ({
    subject: c.subject,
    state: c.state,
    filedAt: c.filed_at.toISOString(),
    answerBy: c.answer_due_at.toISOString(),
    decidedAt: iso(c.decided_at),
    overdue: c.overdue,
    reply: c.reply,
  }));
}
