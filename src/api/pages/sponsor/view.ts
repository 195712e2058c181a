import { businessNow } from '../../../database/clock';
import { row, type Transaction } from '../../../database/connect';
import type { DocumentKind, Finding, PublicityItem } from '../../../domain/convention/terms';
import type { FeeSchedule } from '../../../domain/fees';
import { balanceOf } from '../../../ledger/post';
import { type CampaignRow, feeScheduleOf } from '../../../records/campaigns';
import type { ConsentText } from '../../../records/consents';
import { documentViews } from '../../../records/documents';
import { evidenceRequestInFull, evidenceRequests } from '../../../records/evidenceRequests';
import { keyOf } from '../../../records/people';
import { dutiesOf, type DutyRow } from '../../../records/supervision';
import type { PersonalData } from '../../../security/personalData';
import type { PublicCampaign } from '../../routes/public';
import { campaignView } from '../../views';
import { rulesOf } from '../campaign/routes';

export interface AskedEvidence {
  readonly id: string;
  readonly documents: readonly DocumentKind[];
  readonly claims: readonly string[];
  readonly dueAt: string;
  readonly status: 'open' | 'answered' | 'withdrawn';
  readonly message: string;
  readonly answer: string | null;
}

/** The fields of the campaign's view that its sponsor reads, as views.ts makes them. */
interface Told {
  readonly publicity: { readonly complete: boolean; readonly missing: readonly PublicityItem[] };
  readonly report: { readonly findings: readonly Finding[] } | null;
  readonly decision: { readonly decision: string; readonly rules: readonly string[]; readonly reason: string } | null;
  readonly consents: readonly { readonly party: string; readonly version: number; readonly agreedAt: string }[];
  readonly money: Record<string, bigint>;
  readonly requests: readonly {
    readonly id: string;
    readonly mode: 'single' | 'hospital-direct' | 'batched';
    readonly amountFen: bigint;
    readonly outcome: 'accepted' | 'refused';
    readonly findings: readonly Finding[];
    readonly requestedAt: string;
  }[];
  readonly releases: PublicCampaign['releases'];
  readonly holds: PublicCampaign['holds'];
}

/** A campaign as its sponsor sees it. */
export interface SponsorView {
  readonly campaign: CampaignRow;
  /** The page's address. */
  readonly path: string;
  readonly now: Date;
  readonly told: Told;
  readonly rules: ConsentText;
  readonly fees: FeeSchedule & { readonly version: number };
  readonly availableFen: bigint;
  readonly duties: readonly DutyRow[];
  readonly evidence: readonly AskedEvidence[];
  readonly documents: readonly { readonly kind: DocumentKind; readonly version: number; readonly stored: boolean; readonly registeredAt: string }[];
  readonly extended: boolean;
  readonly deathReported: boolean;
}

/** @param campaign its key was shown. @returns everything that the sponsor's page says. */
export async function sponsorView(tx: Transaction, personalData: PersonalData, campaign: CampaignRow, path: string): Promise<SponsorView> {
  const key = await keyOf(tx, personalData, campaign.patient_id);
  const asked = await evidenceRequests(tx, campaign.id);
  return {
    campaign,
    path,
    now: await businessNow(tx, campaign.tenant_id),
    told: (await campaignView(tx, campaign)) as unknown as Told,
    rules: await rulesOf(tx, campaign.id, 'sponsor'),
    fees: await feeScheduleOf(tx, campaign),
    // Its accounts are opened with the raise.
    availableFen: campaign.opened_at === null ? 0n : await balanceOf(tx, campaign.tenant_id, { kind: 'held', campaignId: campaign.id }),
    duties: (await dutiesOf(tx, campaign.id)).filter((d) => d.done_at === null),
    evidence: asked.map((request) => evidenceRequestInFull(request, key) as unknown as AskedEvidence),
    documents: (await documentViews(tx, personalData, campaign)) as unknown as SponsorView['documents'],
    extended: (await row(tx, 'select 1 from raise_extension where campaign_id = ?', [campaign.id])) !== null,
    deathReported: (await row(tx, `select 1 from death_report where campaign_id = ? and state <> 'mistaken'`, [campaign.id])) !== null,
  };
}
