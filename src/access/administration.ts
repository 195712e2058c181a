import { audit } from '../audit/append';
import { businessNow } from '../database/clock';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { type Actor, auditName, type Role } from './actors';

/** A person as their house's administrator sees them. */
export interface StaffRow {
  readonly id: string;
  readonly login: string;
  readonly display_name: string;
  readonly role: Role;
  readonly disabled_at: Date | null;
  readonly created_at: Date;
  readonly second_factor: 'required' | 'optional';
  readonly totp_confirmed_at: Date | null;
}

const COLUMNS = 'id, login, display_name, role, disabled_at, created_at, second_factor, totp_confirmed_at';
const OF_THE_HOUSE = 'tenant_id is not distinct from ? and institution_id is not distinct from ?';

/** The roles that an administrator gives: those of their own house. */
export function rolesGiven(actor: Pick<Actor, 'institutionId'>): readonly Role[] {
  return actor.institutionId === null
    ? ['reviewer', 'finance-maker', 'finance-checker', 'operator', 'auditor', 'administrator']
    : ['hospital-person', 'administrator'];
}

/** @returns the people of the actor's house, the newest first. */
export async function staffOf(connection: Connection, actor: Actor): Promise<StaffRow[]> {
  return rows<StaffRow>(connection, `select ${COLUMNS} from staff where ${OF_THE_HOUSE} order by created_at desc, id desc limit 1000`, [
    actor.tenantId,
    actor.institutionId,
  ] as never);
}

/** @returns somebody of the actor's house, locked. @throws {DomainError} object.not_found. */
export async function staffRow(tx: Connection, actor: Actor, id: string): Promise<StaffRow> {
  const found = await row<StaffRow>(tx, `select ${COLUMNS} from staff where id = ? and ${OF_THE_HOUSE} for update`, [
    id,
    actor.tenantId,
    actor.institutionId,
  ] as never);
  if (!found) throw new DomainError('object.not_found', { zh: '没有该人员', en: 'There is nobody of that id' });
  return found;
}

/**
 * Changes somebody's role, or disables or enables them: on record, their sessions over, and what they proposed or signed and is not yet paid is void.
 * @throws {DomainError} staff.own_change, staff.maker_and_checker, request.invalid for a role of another kind of house; object.not_found.
 */
export async function changeStaff(
  tx: Transaction,
  actor: Actor,
  staffId: string,
  to: { readonly role?: Role; readonly disabled?: boolean },
): Promise<StaffRow> {
  if (staffId === actor.id)
    throw new DomainError('staff.own_change', { zh: '不得更改自己的岗位或状态，须由另一名管理员办理', en: 'Another administrator changes you' });
  // Campaigns before people, as everywhere: what they signed is locked before they are.
  await tx.raw(
    `select 1 from campaign where id in (select r.campaign_id from release r join approval a on a.release_id = r.id
       where r.closed_at is null and (a.maker_id = ? or exists (select from approval_signature s where s.approval_id = a.id and s.checker_id = ?))) order by id for update`,
    [staffId, staffId],
  );
  const was = await staffRow(tx, actor, staffId);
  const role = to.role ?? was.role;
  const disabled = to.disabled ?? was.disabled_at !== null;
  if (!rolesGiven(actor).includes(role))
    throw new DomainError(
      'request.invalid',
      { zh: `role：只能是 ${rolesGiven(actor).join('、')}`, en: `role: one of ${rolesGiven(actor).join(', ')}` },
      { field: '/role' },
    );
  if (role === was.role && disabled === (was.disabled_at !== null)) return was;
  await mustNotBeBoth(tx, was, role);
  await tx('staff_change').insert({
    staff_id: staffId,
    changed_by: actor.id,
    old_role: was.role,
    new_role: role,
    was_disabled: was.disabled_at !== null,
    is_disabled: disabled,
  });
  await tx('staff')
    .where('id', staffId)
    .update({ role, disabled_at: disabled ? (was.disabled_at ?? new Date()) : null });
  await tx('session').where('staff_id', staffId).whereNull('ended_at').update({ ended_at: new Date() });
  await administered(tx, actor, 'staff.changed', `staff/${staffId}`, { role, state: disabled ? 'disabled' : 'enabled' });
  await voidWhatTheySigned(tx, actor, staffId, 'staff-changed');
  return staffRow(tx, actor, staffId);
}

/** Writes an audit row of what an administrator did. @param data ids and codes. */
export async function administered(
  tx: Transaction,
  actor: Actor,
  action: string,
  subject: string,
  data: Record<string, unknown> = {},
): Promise<void> {
  const of = actor.tenantId === null ? {} : { tenantId: actor.tenantId, businessAt: await businessNow(tx, actor.tenantId) };
  await audit(tx, { action, subject, actor: auditName(actor), ...of, data });
}

/** Nobody is maker and checker of one payment by changing over in the middle of it. */
async function mustNotBeBoth(tx: Transaction, was: StaffRow, role: Role): Promise<void> {
  if (role === was.role) return;
  const [acted, duty] =
    role === 'finance-checker'
      ? ['a.maker_id = :id', 'maker']
      : role === 'finance-maker'
        ? ['exists (select from approval_signature s where s.approval_id = a.id and s.checker_id = :id)', 'checker']
        : [null, null];
  if (acted === null) return;
  const open = await row<{ release_id: string }>(
    tx,
    `select a.release_id from approval a join release r on r.id = a.release_id where r.closed_at is null and ${acted} limit 1`,
    { id: was.id },
  );
  if (open)
    throw new DomainError(
      'staff.maker_and_checker',
      {
        zh: `此人在尚未结束的拨付中担任过${duty === 'maker' ? '制单' : '复核'}；该拨付结束后才能改任${duty === 'maker' ? '复核' : '制单'}`,
        en: `They were ${duty} of a release that is not over; they may change over when it is`,
      },
      { rules: ['DISBURSE-REVIEW'] },
    );
}

/** What is said in an approval that is void because of who proposed or signed it. */
const VOID_REASONS = {
  'staff-changed': 'who proposed or signed it changed role or standing',
  'related-party': 'who proposed or signed it is tied to the campaign',
} as const;

/** Voids approvals that wait or stand unpaid and carry somebody's name, of one campaign or of all. The campaigns must be locked. */
export async function voidWhatTheySigned(
  tx: Transaction,
  actor: Actor,
  staffId: string,
  cause: keyof typeof VOID_REASONS,
  campaignId: string | null = null,
): Promise<void> {
  const standing = await rows<{ id: string; campaign_id: string; tenant_id: string }>(
    tx,
    `select a.id, c.id as campaign_id, c.tenant_id from approval a join release r on r.id = a.release_id join campaign c on c.id = r.campaign_id
     where a.voided_at is null and r.stage = 'approval' and (:campaign::text is null or c.id = :campaign)
       and (a.maker_id = :id or exists (select from approval_signature s where s.approval_id = a.id and s.checker_id = :id))`,
    { id: staffId, campaign: campaignId as never },
  );
  for (const approval of standing) {
    const at = await businessNow(tx, approval.tenant_id);
    await tx('approval').where('id', approval.id).update({ voided_at: at, void_reason: VOID_REASONS[cause] });
    await audit(tx, {
      action: 'approval.voided',
      subject: `approval/${approval.id}`,
      actor: auditName(actor),
      tenantId: approval.tenant_id,
      campaignId: approval.campaign_id,
      businessAt: at,
      data: { cause },
    });
  }
}
