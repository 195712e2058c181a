import { type Connection, row, rows } from '../database/connect';
import type { Claim } from '../domain/convention/claims';
import type { DocumentKind } from '../domain/convention/terms';
import { DomainError } from '../domain/errors';
import type { PersonKey } from '../security/personalData';

export interface EvidenceRequestRow {
  readonly id: string;
  readonly campaign_id: string;
  readonly documents: DocumentKind[];
  readonly versions: number[];
  readonly claims: Claim[];
  readonly language: 'zh' | 'en';
  readonly message_enc: Buffer;
  readonly display_name: string;
  readonly asked_at: Date;
  readonly due_at: Date;
  readonly closed_as: 'answered' | 'withdrawn' | null;
  readonly closed_by: string | null;
  readonly closed_at: Date | null;
  readonly answer_enc: Buffer | null;
  readonly answered_with: string[];
}

const REQUESTS = 'select e.*, s.display_name from evidence_request e join staff s on s.id = e.asked_by';

/** @returns a campaign's requests for more evidence, oldest first. */
export async function evidenceRequests(connection: Connection, campaignId: string): Promise<EvidenceRequestRow[]> {
  return rows<EvidenceRequestRow>(connection, `${REQUESTS} where e.campaign_id = ? order by e.asked_at, e.id`, [campaignId]);
}

/** @returns a request of the tenant's own campaign. @throws {DomainError} object.not_found, also for another tenant's. */
export async function evidenceRequestRow(connection: Connection, id: string, tenantId: string): Promise<EvidenceRequestRow> {
  const request = await row<EvidenceRequestRow>(
    connection,
    `${REQUESTS} join campaign c on c.id = e.campaign_id where e.id = ? and c.tenant_id = ?`,
    [id, tenantId],
  );
  if (!request) throw new DomainError('object.not_found', { zh: '没有该补充材料要求', en: 'There is no such request for evidence' });
  return request;
}

/** @returns the newest version of each kind on file, 0 where there is none, in the order of `kinds`. */
export async function newestVersions(connection: Connection, campaignId: string, kinds: readonly DocumentKind[]): Promise<number[]> {
  const newest = await rows<{ kind: DocumentKind; version: number }>(
    connection,
    'select kind, max(version) as version from document where campaign_id = ? group by kind',
    [campaignId],
  );
  return kinds.map((kind) => newest.find((n) => n.kind === kind)?.version ?? 0);
}

/** Closes the open requests that new documents answer whole: a newer version of each kind wanted, and no claim that wants words. @returns the ids closed now. */
export async function closeAnswered(tx: Connection, campaignId: string, at: Date, by: string): Promise<string[]> {
  const open = (await evidenceRequests(tx, campaignId)).filter((r) => r.closed_as === null && r.claims.length === 0);
  const closed: string[] = [];
  for (const request of open) {
    const newest = await newestVersions(tx, campaignId, request.documents);
    if (!request.versions.every((version, i) => newest[i]! > version)) continue;
    const documents = await rows<{ id: string }>(
      tx,
      `select d.id from document d join unnest(?::text[], ?::int[]) as asked (kind, version) on asked.kind = d.kind and d.version > asked.version
       where d.campaign_id = ? order by d.id`,
      [request.documents, request.versions, campaignId] as never,
    );
    await tx('evidence_request')
      .where('id', request.id)
      .update({ closed_as: 'answered', closed_by: by, closed_at: at, answered_with: documents.map((d) => d.id) });
    closed.push(request.id);
  }
  return closed;
}

/** A request as it is listed with its campaign: no words of a person. */
export function evidenceRequestView(request: EvidenceRequestRow): Record<string, unknown> {
  return {
    id: request.id,
    documents: request.documents,
    claims: request.claims,
    askedBy: request.display_name,
    askedAt: request.asked_at.toISOString(),
    dueAt: request.due_at.toISOString(),
    status: request.closed_as ?? 'open',
    closedBy: request.closed_by,
    closedAt: request.closed_at?.toISOString() ?? null,
    answeredWith: request.answered_with,
  };
}

/** The same with message and answer, opened under the patient's key. */
export function evidenceRequestInFull(request: EvidenceRequestRow, key: PersonKey): Record<string, unknown> {
  return {
    ...evidenceRequestView(request),
    language: request.language,
    message: key.open(request.message_enc, 'evidence-request.message'),
    answer: request.answer_enc && key.open(request.answer_enc, 'evidence-request.answer'),
  };
}
