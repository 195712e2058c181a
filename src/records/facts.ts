import { type Connection, row, rows } from '../database/connect';
import { shanghaiDate } from '../domain/calendar';
import { editionOf } from '../domain/convention/editions';
import type { HospitalFacts, OpeningFacts, PartyFacts, ReleaseFacts } from '../domain/convention/facts';
import type { DocumentKind, PublicityItem } from '../domain/convention/terms';
import { listedParties } from './blacklist';
import type { CampaignRow } from './campaigns';
import { platformOn, raisesBefore } from './earlierRaises';
import { expensesReconciled } from './expenses';

/** @returns the kinds of documents on file. */
async function documentKinds(connection: Connection, campaignId: string): Promise<ReadonlySet<DocumentKind>> {
  return new Set(
    (await rows<{ kind: DocumentKind }>(connection, 'select distinct kind from document where campaign_id = ?', [campaignId])).map((d) => d.kind),
  );
}

/** @returns the items on the public page. */
export async function publishedItems(connection: Connection, campaignId: string): Promise<ReadonlySet<PublicityItem>> {
  return new Set(
    (
      await rows<{ item: PublicityItem }>(connection, 'select distinct item from publication where campaign_id = ? and withdrawn_id is null', [
        campaignId,
      ])
    ).map((p) => p.item),
  );
}

async function hospitalFacts(connection: Connection, campaign: CampaignRow): Promise<HospitalFacts> {
  if (campaign.hospital_id === null) return { registered: false, qualified: false, whitelisted: false };
  const facts = await row<{ qualified: boolean; whitelisted: boolean }>(
    connection,
    `select i.whitelisted_at is not null as whitelisted,
       exists (select from institution_qualification q where q.institution_id = i.id and starts_with(?, q.icd10_prefix)) as qualified
     from institution i where i.id = ?`,
    [campaign.diagnosis_code, campaign.hospital_id],
  );
  return { registered: facts !== null, qualified: facts?.qualified ?? false, whitelisted: facts?.whitelisted ?? false };
}

/** @returns what the identity service and the reviewer said of each party; a party not asked about yet counts as unavailable. */
export async function partyFacts(connection: Connection, campaignId: string): Promise<{ patient: PartyFacts; sponsor: PartyFacts }> {
  const checks = await rows<PartyFacts & { party: 'patient' | 'sponsor' }>(
    connection,
    'select party, verdict, resolution from identity_check where campaign_id = ?',
    [campaignId],
  );
  const of = (party: string): PartyFacts => {
    const check = checks.find((c) => c.party === party);
    return { verdict: check?.verdict ?? 'unavailable', resolution: check?.resolution ?? null };
  };
  return { patient: of('patient'), sponsor: of('sponsor') };
}

/** Gathers what the gates before opening look at. @param at business time: listings expire. */
export async function openingFacts(connection: Connection, campaign: CampaignRow, at: Date): Promise<OpeningFacts> {
  const parties = await partyFacts(connection, campaign.id);
  const self = campaign.sponsor_relation === 'self';
  return {
    edition: editionOf(campaign.edition),
    askFen: campaign.ask_fen,
    documents: await documentKinds(connection, campaign.id),
    published: await publishedItems(connection, campaign.id),
    patient: { ...parties.patient, minor: campaign.patient_minor, incapable: campaign.patient_incapable },
    // Sponsor and patient may be one person, with one answer.
    sponsor: { ...(self ? parties.patient : parties.sponsor), relation: campaign.sponsor_relation },
    payeeKind: campaign.payee_kind,
    hospital: await hospitalFacts(connection, campaign),
    platform: await platformOn(connection, campaign.tenant_id, shanghaiDate(campaign.submitted_at.getTime())),
    earlierRaises: await raisesBefore(connection, campaign),
    expensesReconciled: await expensesReconciled(connection, campaign.id),
    listed: await listedParties(connection, campaign, at),
  };
}

/** The newest document of a kind. */
export async function newestSha256(connection: Connection, campaignId: string, kind: DocumentKind): Promise<string | null> {
  const document = await row<{ sha256: string }>(
    connection,
    'select sha256 from document where campaign_id = ? and kind = ? order by registered_at desc, id desc limit 1',
    [campaignId, kind],
  );
  return document?.sha256 ?? null;
}

/** Gathers what the gates at a request for money look at. */
export async function releaseFacts(
  connection: Connection,
  campaign: CampaignRow,
  request: Pick<ReleaseFacts, 'mode' | 'requestedFen' | 'batchesBp'>,
): Promise<ReleaseFacts> {
  const plan = await newestSha256(connection, campaign.id, 'medical-plan');
  const list = await newestSha256(connection, campaign.id, 'expense-list');
  const more = await row<{ single: bigint | null; contact: boolean; signed: boolean }>(
    connection,
    `select (select sum(gross_fen)::bigint from release where campaign_id = :id and mode = 'single' and stage not in ('refused', 'cancelled')) as single,
       exists (select from hospital_contact where campaign_id = :id) as contact,
       (select count(*) from plan_signature where campaign_id = :id and plan_sha256 = :plan and list_sha256 = :list) = 2 as signed`,
    { id: campaign.id, plan: plan ?? '', list: list ?? '' },
  );
  return {
    edition: editionOf(campaign.edition),
    ...request,
    payeeKind: campaign.payee_kind,
    raisedFen: campaign.raised_fen,
    published: await publishedItems(connection, campaign.id),
    documents: await documentKinds(connection, campaign.id),
    restrictedBefore: campaign.route_restricted,
    raiseOpen: campaign.phase === 'fundraising',
    singleReleasedFen: more?.single ?? 0n,
    hospitalContactRecorded: more?.contact ?? false,
    planSignedByBoth: more?.signed ?? false,
  };
}
