import { type Connection, rows } from '../../database/connect';
import { type Exclusion, whyNotPayable } from '../../domain/convention/payable';
import { type PayableRelease, payableReleases } from '../payable';
import type { FinancePerson } from './rows';

/** What a line's release is judged by. */
export interface Judged {
  readonly releases: ReadonlyMap<string, PayableRelease>;
  /** @returns why this release may not be paid in this maker's batch now; null when it may. @param amountFen what the line says; null: whatever it is. */
  why(releaseId: string, amountFen: bigint | null): Exclusion | null;
}

/** Looks at many releases at once, for one maker. */
export async function judged(connection: Connection, maker: FinancePerson, releaseIds: readonly string[]): Promise<Judged> {
  const releases = await payableReleases(connection, releaseIds, maker.tenantId);
  const campaignIds = [...new Set([...releases.values()].map((r) => r.campaignId))];
  const related = new Set(await relatedCampaigns(connection, maker.id, campaignIds));
  const alone = new Set(await signedAlone(connection, releaseIds));
  return {
    releases,
    why(releaseId, amountFen): Exclusion | null {
      const release = releases.get(releaseId);
      if (!release) return { code: 'no_such_release', facts: {} };
      const not = whyNotPayable(release);
      if (not) return not;
      const grossFen = release.content!.grossFen;
      if (amountFen !== null && amountFen.toString() !== grossFen)
        return { code: 'amount_differs', facts: { givenFen: amountFen.toString(), grossFen } };
      if (related.has(release.campaignId)) return { code: 'related_party', facts: {} };
      return alone.has(releaseId) ? { code: 'signed_alone', facts: {} } : null;
    },
  };
}

/** @returns those of the campaigns that a person of the staff is tied to. */
export async function relatedCampaigns(connection: Connection, staffId: string, campaignIds: readonly string[]): Promise<string[]> {
  const found = await rows<{ id: string }>(connection, 'select id from unnest(?::text[]) as id where is_related(?, id)', [
    [...campaignIds],
    staffId,
  ] as never);
  return found.map(({ id }) => id);
}

/** @returns those of the releases that are being approved by themselves: a proposal of their own stands, with a signature under it. */
async function signedAlone(connection: Connection, releaseIds: readonly string[]): Promise<string[]> {
  const found = await rows<{ id: string }>(
    connection,
    `select a.release_id as id from approval a where a.release_id = any(?) and a.voided_at is null and a.batch_proposal_id is null
       and exists (select from approval_signature s where s.approval_id = a.id)
       and not exists (select from payout p where p.approval_id = a.id)`,
    [[...releaseIds]] as never,
  );
  return found.map(({ id }) => id);
}
