import { inTransaction } from '../../../database/connect';
import { publicCampaign } from '../../routes/public';
import { idOf } from '../params';
import type { PageRouter } from '../serve';
import type { Pages } from '../visit';
import { campaignPage } from './page';

/** The page that everybody may see of a campaign; 404 before its opening and after a refusal. */
export function mountCampaign(pages: PageRouter, { db, personalData }: Pages): void {
  pages.open('/c/:campaignId', async (visit, req) => {
    const campaignId = idOf(req, 'campaignId');
    // One transaction, so that every number on the page is of the same moment.
    return campaignPage(visit, await inTransaction(db, (tx) => publicCampaign(tx, personalData, campaignId)));
  });
}
