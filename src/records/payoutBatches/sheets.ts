import { createHash } from 'node:crypto';
import { type Connection, rows } from '../../database/connect';
import { canonicalJson } from '../../domain/canonical';
import type { ApprovalContent } from '../approvals';

/** One line of what is signed: the release's own sheet by its digest, and what a person looks at. */
export interface SheetLine {
  readonly lineId: string;
  readonly releaseId: string;
  readonly approvalId: string;
  /** The release's own digest: payee, account, fen, fee and evidence version, expiry. */
  readonly digest: string;
  readonly content: ApprovalContent;
}

/** What a batch's digest binds besides its lines. */
export interface SheetHead {
  readonly batchId: string;
  readonly proposalId: string;
  readonly round: number;
  readonly emergency: boolean;
  readonly expiresAt: Date;
}

/** What the lines come to. */
export interface Totals {
  readonly grossFen: bigint;
  readonly feeFen: bigint;
  readonly netFen: bigint;
}

export function totalsOf(lines: readonly Pick<SheetLine, 'content'>[]): Totals {
  const sum = (of: 'grossFen' | 'feeFen' | 'netFen'): bigint => lines.reduce((fen, { content }) => fen + BigInt(content[of]), 0n);
  return { grossFen: sum('grossFen'), feeFen: sum('feeFen'), netFen: sum('netFen') };
}

/** @returns the digest of a whole batch: SHA-256, hex, over canonical JSON of head, count, totals, and every line with payee, account fingerprint and fen, in the order of the line ids. */
export function batchDigestOf(head: SheetHead, lines: readonly SheetLine[]): string {
  const sorted = [...lines].sort((one, other) => (one.lineId < other.lineId ? -1 : 1));
  const content = {
    ...head,
    expiresAt: head.expiresAt.toISOString(),
    count: lines.length,
    ...totalsOf(lines),
    lines: sorted.map(({ lineId, releaseId, digest, content: c }) => ({
      lineId,
      releaseId,
      digest,
      payeeKind: c.payeeKind,
      accountId: c.accountId,
      accountHash: c.accountHash,
      grossFen: c.grossFen,
      feeFen: c.feeFen,
      netFen: c.netFen,
    })),
  };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** A sheet as it was made. */
export interface MadeSheet extends SheetLine {
  readonly campaignId: string;
  readonly expiresAt: Date;
  readonly voided: boolean;
}

/** @returns the sheets of a proposal, one a line. */
export async function sheetsOf(connection: Connection, batchId: string, proposalId: string): Promise<MadeSheet[]> {
  return rows<MadeSheet>(
    connection,
    `select l.line_id as "lineId", a.release_id as "releaseId", a.id as "approvalId", a.digest, a.content, a.content->>'campaignId' as "campaignId",
       a.expires_at as "expiresAt", a.voided_at is not null as voided
     from approval a join payout_batch_line l on l.batch_id = ? and l.release_id = a.release_id and l.excluded_code is null
     where a.batch_proposal_id = ? order by l.seq`,
    [batchId, proposalId],
  );
}
