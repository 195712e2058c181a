import { businessNow } from '../../../database/clock';
import { inTransaction, type Transaction } from '../../../database/connect';
import { shanghaiDate } from '../../../domain/calendar';
import { campaignRow } from '../../../records/campaigns';
import { type ConsentParty, type ConsentText, consentTexts } from '../../../records/consents';
import { publicCampaign } from '../../routes/public';
import { idOf } from '../params';
import type { PageRouter } from '../serve';
import type { Pages } from '../visit';
import { campaignPage } from './page';

/** @returns the rules that a party of this campaign agrees to, in force on its clock. */
export async function rulesOf(tx: Transaction, campaignId: string, party: ConsentParty): Promise<ConsentText> {
  const campaign = await campaignRow(tx, campaignId);
  const today = shanghaiDate((await businessNow(tx, campaign.tenant_id)).getTime());
  return (await consentTexts(tx, today)).find((text) => text.party === party)!;
}

/** The page that everybody may see of a campaign; 404 before its opening and after a refusal. */
export function mountCampaign(pages: PageRouter, { db, personalData }: Pages): void {
  pages.open('/c/:campaignId', async (visit, req) => {
    const campaignId = idOf(req, 'campaignId');
    // One transaction, so that every number on the page is of the same moment.
    return inTransaction(db, async (tx) =>
      campaignPage(visit, await publicCampaign(tx, personalData, campaignId), await rulesOf(tx, campaignId, 'donor')),
    );
  });
}
