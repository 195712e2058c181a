import { ulid } from 'ulid';
import { type Connection, row, rows } from '../database/connect';
import { CLAIMS, type Claim, type ClaimFacts, type ClaimMethod, type ClaimSource, type ClaimState, machineClaims } from '../domain/convention/claims';
import type { DocumentKind, IdentityVerdict } from '../domain/convention/terms';
import type { PersonKey } from '../security/personalData';
import type { CampaignRow } from './campaigns';
import { partyFacts, publishedItems } from './facts';

export interface ClaimEvent {
  readonly id: string;
  readonly seq: bigint;
  readonly claim: Claim;
  readonly state: ClaimState;
  readonly source: ClaimSource;
  readonly display_name: string | null;
  readonly method: ClaimMethod;
  readonly note_enc: Buffer | null;
  readonly documents: string[];
  readonly overrides: string | null;
  readonly reason_enc: Buffer | null;
  readonly at: Date;
}

const EVENTS = 'select e.*, s.display_name from claim_event e left join staff s on s.id = e.staff_id';

/** Gathers what machine and services know of a campaign's claims. */
async function claimFacts(connection: Connection, campaign: CampaignRow): Promise<ClaimFacts> {
  const documents = await rows<{ kind: DocumentKind; id: string }>(
    connection,
    'select distinct on (kind) kind, id from document where campaign_id = ? order by kind, version desc',
    [campaign.id],
  );
  const account = await row<{ name_check: IdentityVerdict | null; card_check: IdentityVerdict | null }>(
    connection,
    `select a.name_check, k.verdict as card_check from payee_account a left join card_check k on k.account_id = a.id
     where a.campaign_id = ? and a.superseded_at is null`,
    [campaign.id],
  );
  const { patient, sponsor } = await partyFacts(connection, campaign.id);
  return {
    documents: new Map(documents.map((d) => [d.kind, d.id])),
    published: await publishedItems(connection, campaign.id),
    patient: patient.verdict,
    sponsor: sponsor.verdict,
    relation: campaign.sponsor_relation,
    account: account && { nameCheck: account.name_check, cardCheck: account.card_check },
  };
}

/** Appends what machine and services say of the claims now, where it is not what they said last. A claim that a person judged keeps the person's word; see the view `claim`. */
export async function recordMachineClaims(tx: Connection, campaign: CampaignRow, at: Date): Promise<void> {
  const last = await rows<ClaimEvent>(
    tx,
    `select distinct on (claim) * from claim_event where campaign_id = ? and source <> 'person' order by claim, seq desc`,
    [campaign.id],
  );
  const fresh = machineClaims(await claimFacts(tx, campaign)).filter((now) => {
    const before = last.find((e) => e.claim === now.claim);
    return !before || before.state !== now.state || before.method !== now.method || before.documents.join() !== now.documents.join();
  });
  if (fresh.length === 0) return;
  await tx('claim_event').insert(fresh.map((c) => ({ ...c, id: ulid(), campaign_id: campaign.id, documents: [...c.documents], at })));
}

/** A reviewer's answer for a missing identity record is what a person says of that claim; the words stay with the identity check. */
export async function recordResolution(
  tx: Connection,
  campaign: CampaignRow,
  answer: { readonly party: 'patient' | 'sponsor'; readonly resolution: 'confirmed' | 'not-confirmed'; readonly staffId: string },
  at: Date,
): Promise<void> {
  const self = campaign.sponsor_relation === 'self';
  const claims: readonly Claim[] = self ? ['identity-patient', 'identity-sponsor'] : [`identity-${answer.party}`];
  const state = answer.resolution === 'confirmed' ? 'verified' : 'contradicted';
  const common = { campaign_id: campaign.id, state, source: 'person', staff_id: answer.staffId, method: 'comparison', at };
  await tx('claim_event').insert(claims.map((claim) => ({ ...common, id: ulid(), claim })));
}

/** @returns how each claim that was made stands now, in the Convention's order. */
export async function standingClaims(connection: Connection, campaignId: string): Promise<ClaimEvent[]> {
  // Named on both sides: by the events alone Postgres would first see how every campaign's claims stand.
  const standing = await rows<ClaimEvent>(
    connection,
    `${EVENTS} join claim c on c.campaign_id = e.campaign_id and c.seq = e.seq where e.campaign_id = :campaign and c.campaign_id = :campaign`,
    { campaign: campaignId },
  );
  return standing.sort((a, b) => CLAIMS.indexOf(a.claim) - CLAIMS.indexOf(b.claim));
}

/** @returns everything that was said of a campaign's claims, oldest first. */
export async function claimHistory(connection: Connection, campaignId: string): Promise<ClaimEvent[]> {
  return rows<ClaimEvent>(connection, `${EVENTS} where e.campaign_id = ? order by e.seq`, [campaignId]);
}

/** A claim as platform and staff see it in a list: no words of a person. */
export function claimView(event: ClaimEvent): Record<string, unknown> {
  const { claim, state, source, display_name: by, method, documents, overrides, at } = event;
  return { claim, state, source, by, method, documents, override: overrides !== null, at: at.toISOString() };
}

/** The same with the person's words, opened under the patient's key. */
export function claimInFull(event: ClaimEvent, key: PersonKey): Record<string, unknown> {
  return {
    ...claimView(event),
    note: event.note_enc && key.open(event.note_enc, 'claim.note'),
    reason: event.reason_enc && key.open(event.reason_enc, 'claim.reason'),
  };
}
