import { inTransaction } from '../../../database/connect';
import { publicCampaign } from '../../routes/public';
import { ulidText } from '../../schemas';
import { DomainError } from '../../../domain/errors';
import type { PageRouter } from '../serve';
import type { Pages } from '../visit';
import { campaignPage } from './page';

/** The page that everybody may see of a campaign; 404 before its opening and after a refusal. */
export function mountCampaign(pages: PageRouter, { db, personalData }: Pages): void {
  pages.open('/c/:campaignId', async (visit, req) => {
    const { success, data: campaignId } = ulidText.safeParse(req.params.campaignId);
    if (!success) throw new DomainError('object.not_found', { zh: '没有该求助活动', en: 'There is no such campaign' });
    // One transaction, so that every number on the page is of the same moment.
    return campaignPage(visit, await inTransaction(db, (tx) => publicCampaign(tx, personalData, campaignId)));
  });
}
