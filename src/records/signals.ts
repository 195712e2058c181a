import { type Connection, row } from '../database/connect';
import { duplicateDocuments, type Signal } from '../domain/convention/signals';
import type { DocumentKind } from '../domain/convention/terms';
import type { CampaignRow } from './campaigns';

/** Gathers what the machine report says beside its findings. Looks across all platforms, and tells no more of another than a count. */
export async function machineSignals(connection: Connection, campaign: CampaignRow): Promise<Signal[]> {
  const shared = await row<{ kinds: DocumentKind[] | null; patients: number }>(
    connection,
    `select array_agg(distinct mine.kind) as kinds, count(distinct p.id_number_hash)::int as patients
     from document mine join document theirs on theirs.sha256 = mine.sha256 and theirs.campaign_id <> mine.campaign_id
       join campaign c on c.id = theirs.campaign_id join person p on p.id = c.patient_id
     where mine.campaign_id = ? and p.id_number_hash <> (select id_number_hash from person where id = ?)`,
    [campaign.id, campaign.patient_id],
  );
  return duplicateDocuments({ kinds: shared?.kinds ?? [], patients: shared?.patients ?? 0 });
}
