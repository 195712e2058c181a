import type { Express } from 'express';
import { mountApprovals } from './approvals/routes';
import { mountAssets } from './assets';
import { mountCampaign } from './campaign/routes';
import { mountComplaints } from './complaints/routes';
import { mountFront } from './front';
import { mountGifts } from './gifts/routes';
import { mountHospital } from './hospital/routes';
import { mountLogin } from './login';
import { mountReceipts } from './receipts';
import { mountSecondFactor } from './secondFactor';
import { mountSignOn } from './signOn';
import { mountSponsor } from './sponsor/routes';
import { PageRouter } from './serve';
import type { Pages } from './visit';

/** Server-rendered pages for people: no script, Chinese and English, the same acts as the API. */
export function mountPages(app: Express, d: Pages): void {
  const pages = new PageRouter(d);
  mountAssets(pages.router);
  mountFront(pages, d);
  mountLogin(pages, d);
  mountSignOn(pages, d);
  mountSecondFactor(pages, d);
  mountApprovals(pages, d);
  mountHospital(pages, d);
  mountReceipts(pages, d);
  mountCampaign(pages, d);
  mountComplaints(pages, d);
  mountGifts(pages, d);
  mountSponsor(pages, d);
  app.use(pages.router);
}
