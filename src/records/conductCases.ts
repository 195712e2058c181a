import { type Connection, row, rows } from '../database/connect';
import { DomainError } from '../domain/errors';
import type { PersonalData } from '../security/personalData';

/** Where a case stands: alleged; decided; its decision under appeal; the appeal decided. */
export const CASE_STATES = ['open', 'decided', 'appealed', 'appeal-decided'] as const;
type CaseState = (typeof CASE_STATES)[number];

export interface ConductCaseRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly promoter_id: string;
  readonly contract_ref: string;
  /** The promoter's own log-in, where they have one: who has it decides nothing here. */
  readonly promoter_staff_id: string | null;
  readonly wrapped_key: Buffer;
  readonly bottom_line: string;
  readonly evidence_enc: Buffer;
  readonly opened_at: Date;
  readonly outcome: 'breach' | 'no-breach' | null;
  readonly sanction: 'warning' | 'suspension' | 'removal' | null;
  readonly suspended_until: Date | null;
  readonly reason: string | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly appeal_text_enc: Buffer | null;
  readonly appealed_at: Date | null;
  readonly appeal_outcome: 'upheld' | 'dismissed' | null;
  readonly appeal_reason: string | null;
  readonly appeal_decided_at: Date | null;
  readonly state: CaseState;
}

const CASES = `select * from (
  select c.*, p.contract_ref, p.staff_id as promoter_staff_id, p.wrapped_key, a.text_enc as appeal_text_enc, a.filed_at as appealed_at,
    a.outcome as appeal_outcome, a.reason as appeal_reason, a.decided_at as appeal_decided_at,
    case when c.outcome is null then 'open' when a.case_id is null then 'decided' when a.outcome is null then 'appealed' else 'appeal-decided' end as state
  from conduct_case c join promoter p on p.id = c.promoter_id left join conduct_appeal a on a.case_id = c.id) k`;

/** @param which.after the last id of the page before. @returns a tenant's cases, newest first; `waiting`: those that a person has to decide. */
export async function conductCases(
  connection: Connection,
  tenantId: string,
  which: { readonly state?: CaseState | 'waiting' | undefined; readonly after?: string | undefined; readonly limit: number },
): Promise<ConductCaseRow[]> {
  const states = which.state === undefined ? CASE_STATES : which.state === 'waiting' ? (['open', 'appealed'] as const) : [which.state];
  return rows<ConductCaseRow>(
    connection,
    `${CASES} where tenant_id = :tenant and state = any(:states) and (:after::text is null or id < :after) order by id desc limit :limit`,
    { tenant: tenantId, states: [...states], after: which.after ?? null, limit: which.limit } as never,
  );
}

/** @param options.lock takes the case for the transaction. @throws {DomainError} object.not_found, also for another tenant's. */
export async function conductCase(
  connection: Connection,
  id: string,
  tenantId: string,
  options: { readonly lock?: boolean } = {},
): Promise<ConductCaseRow> {
  if (options.lock) await connection.raw('select 1 from conduct_case where id = ? and tenant_id = ? for update', [id, tenantId]);
  const found = await row<ConductCaseRow>(connection, `${CASES} where id = ? and tenant_id = ?`, [id, tenantId]);
  if (!found) throw new DomainError('object.not_found', { zh: '没有该案件', en: 'There is no such case' });
  return found;
}

/** What a person could do on a case, by where it stands and whose it is: not by their role. */
export function openTo(found: ConductCaseRow, staffId: string): 'decide' | 'decide-appeal' | null {
  if (found.promoter_staff_id === staffId) return null;
  if (found.state === 'open') return 'decide';
  return found.state === 'appealed' && found.decided_by !== staffId ? 'decide-appeal' : null;
}

/** @returns what was alleged and what was said against it, in the clear: each look is to be put on record. */
export function wordsOfCase(data: PersonalData, found: ConductCaseRow): { readonly evidence: string; readonly appealText: string | null } {
  const key = data.personKey(found.wrapped_key);
  return {
    evidence: key.open(found.evidence_enc, 'conduct.evidence'),
    appealText: found.appeal_text_enc === null ? null : key.open(found.appeal_text_enc, 'conduct.appeal'),
  };
}
