import { createRootRoute, createRoute, createRouter, Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Layout } from './parts/layout';
import { useMe } from './parts/me';
import { screensOf } from './parts/navigation';
import { ChainPage } from './screens/audit/chainPage';
import { EVENT_KINDS, EventsPage } from './screens/audit/eventsPage';
import { RevealsPage } from './screens/audit/revealsPage';
import { BlacklistPage, LISTING_STATES } from './screens/blacklist/blacklistPage';
import { ListingPage } from './screens/blacklist/listingPage';
import { BatchPage } from './screens/batches/batchPage';
import { LINE_STATES } from './screens/batches/lines';
import { NewBatchPage } from './screens/batches/newBatchPage';
import { BatchesPage } from './screens/batches/batchesPage';
import { CasePage } from './screens/case/casePage';
import { ConductCasePage } from './screens/conduct/casePage';
import { ConductPage } from './screens/conduct/conductPage';
import { DeletionsPage } from './screens/deletions/deletionsPage';
import { EditionsPage } from './screens/editions/editionsPage';
import { ExceptionPage } from './screens/exceptions/exceptionPage';
import { ExceptionsPage } from './screens/exceptions/exceptionsPage';
import { OperationsPage } from './screens/operations/operationsPage';
import { WorkPage } from './screens/operations/workPage';
import { COMPLAINT_FILTERS, ComplaintsPage } from './screens/oversight/complaintsPage';
import { OversightPage } from './screens/oversight/oversightPage';
import { PlatformPage } from './screens/oversight/platformPage';
import { KeysPage } from './screens/people/keysPage';
import { StaffPage } from './screens/people/staffPage';
import { QueuePage } from './screens/queue/queuePage';
import { ReconciliationPage } from './screens/reconciliation/reconciliationPage';
import { PAYOUT_STATES, PayoutsPage } from './screens/payouts/payoutsPage';
import { CampaignStatementPage } from './screens/statements/campaignPage';
import { RECALL_STATES, RecallsPage } from './screens/recalls/recallsPage';
import { PlatformStatementPage } from './screens/statements/platformPage';
import { useText } from './text/catalogue';

/** Of an address's search, the words that a screen knows; anything else is dropped. */
type Words = Readonly<Record<string, readonly string[] | RegExp>>;
const words =
  <W extends Words>(known: W) =>
  (search: Record<string, unknown>): { [K in keyof W]?: string } =>
    Object.fromEntries(
      Object.entries(known).flatMap(([name, values]) => {
        const value = search[name];
        const holds = typeof value === 'string' && (values instanceof RegExp ? values.test(value) : values.includes(value));
        return holds ? [[name, value]] : [];
      }),
    ) as { [K in keyof W]?: string };

const CURSOR = /^[\w-]{1,100}$/;
const EDITION = /^[\w.-]{1,60}$/;
const DAY = /^2[01]\d{2}-\d{2}-\d{2}$/;
const WORKFLOWS = ['campaign', 'release', 'transfer', 'payoutBatch', 'refund', 'complaint', 'supervision', 'reconciliation', 'recall'] as const;
const KINDS = ['prior-audit', 'release-review', 'use-evidence'] as const;

const root = createRootRoute({ component: Layout, notFoundComponent: Nowhere });
const index = createRoute({ getParentRoute: () => root, path: '/', component: Home });
const queue = createRoute({
  getParentRoute: () => root,
  path: '/queue',
  validateSearch: words({ kind: KINDS, verdict: ['pass', 'fail', 'needs'], claimed: ['mine', 'nobody'], aside: ['only'], after: CURSOR }),
  component: QueuePage,
});
const reviewCase = createRoute({
  getParentRoute: () => root,
  path: '/cases/$campaignId',
  validateSearch: words({ kind: KINDS, subject: /^[0-9A-Z]{26}$/, document: /^[0-9A-Z]{26}$/, compare: /^[0-9A-Z]{26}$/, from: CURSOR }),
  component: CasePage,
});
const batches = createRoute({ getParentRoute: () => root, path: '/batches', component: BatchesPage });
const newBatch = createRoute({
  getParentRoute: () => root,
  path: '/batches/new',
  validateSearch: words({ source: ['payable'] }),
  component: NewBatchPage,
});
const batch = createRoute({
  getParentRoute: () => root,
  path: '/batches/$batchId',
  validateSearch: words({ lines: LINE_STATES, after: CURSOR }),
  component: BatchPage,
});
const exceptions = createRoute({
  getParentRoute: () => root,
  path: '/exceptions',
  validateSearch: words({ state: ['open', 'resolved', 'all'], owner: ['nobody', 'mine'], aside: ['only'], after: CURSOR }),
  component: ExceptionsPage,
});
const exception = createRoute({ getParentRoute: () => root, path: '/exceptions/$exceptionId', component: ExceptionPage });

const reconciliation = createRoute({
  getParentRoute: () => root,
  path: '/reconciliation',
  validateSearch: words({ to: DAY, day: DAY, state: ['resolved'], line: /^[0-9A-Z]{26}$/ }),
  component: ReconciliationPage,
});

const payouts = createRoute({
  getParentRoute: () => root,
  path: '/payouts',
  validateSearch: words({ state: PAYOUT_STATES, campaign: /^[0-9A-Z]{26}$/, from: DAY, to: DAY, after: CURSOR }),
  component: PayoutsPage,
});
const recalls = createRoute({
  getParentRoute: () => root,
  path: '/recalls',
  validateSearch: words({ state: RECALL_STATES, payout: /^[0-9A-Z]{26}$/, after: CURSOR }),
  component: RecallsPage,
});
const statements = createRoute({
  getParentRoute: () => root,
  path: '/statements',
  validateSearch: words({ day: DAY, after: CURSOR }),
  component: PlatformStatementPage,
});
const campaignStatement = createRoute({
  getParentRoute: () => root,
  path: '/statements/$campaignId',
  validateSearch: words({ from: DAY, to: DAY }),
  component: CampaignStatementPage,
});
const operations = createRoute({ getParentRoute: () => root, path: '/operations', component: OperationsPage });
const work = createRoute({
  getParentRoute: () => root,
  path: '/operations/work',
  validateSearch: words({ workflow: WORKFLOWS, id: /^[0-9A-Z]{26}$/ }),
  component: WorkPage,
});
const chain = createRoute({ getParentRoute: () => root, path: '/audit', component: ChainPage });
const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: words({ kind: EVENT_KINDS, platform: /^[0-9A-Z]{26}$/, after: CURSOR }),
  component: EventsPage,
});
const reveals = createRoute({ getParentRoute: () => root, path: '/reveals', validateSearch: words({ after: CURSOR }), component: RevealsPage });
const conduct = createRoute({
  getParentRoute: () => root,
  path: '/conduct',
  validateSearch: words({ state: ['waiting'], after: CURSOR }),
  component: ConductPage,
});
const conductCase = createRoute({ getParentRoute: () => root, path: '/conduct/$caseId', component: ConductCasePage });
const blacklist = createRoute({
  getParentRoute: () => root,
  path: '/blacklist',
  validateSearch: words({ whose: ['own', 'others'], state: LISTING_STATES, before: /^[0-9A-Z]{26}$/, campaign: /^[0-9A-Z]{26}$/ }),
  component: BlacklistPage,
});
const listing = createRoute({ getParentRoute: () => root, path: '/blacklist/$listingId', component: ListingPage });
const editions = createRoute({
  getParentRoute: () => root,
  path: '/editions',
  validateSearch: words({ from: EDITION, to: EDITION, show: ['all'] }),
  component: EditionsPage,
});
const oversight = createRoute({
  getParentRoute: () => root,
  path: '/oversight',
  validateSearch: words({ after: CURSOR }),
  component: OversightPage,
});
const platform = createRoute({
  getParentRoute: () => root,
  path: '/oversight/$tenantId',
  validateSearch: words({ day: DAY, after: CURSOR }),
  component: PlatformPage,
});
const complaints = createRoute({
  getParentRoute: () => root,
  path: '/complaints',
  validateSearch: words({ state: COMPLAINT_FILTERS, platform: /^[0-9A-Z]{26}$/, after: CURSOR }),
  component: ComplaintsPage,
});
const deletions = createRoute({ getParentRoute: () => root, path: '/deletions', component: DeletionsPage });
const staff = createRoute({ getParentRoute: () => root, path: '/staff', component: StaffPage });
const apiKeys = createRoute({ getParentRoute: () => root, path: '/keys', component: KeysPage });

/** Every address of the console; what a screen shows is in its address. */
export const router = createRouter({
  routeTree: root.addChildren([
    index,
    queue,
    reviewCase,
    batches,
    newBatch,
    batch,
    exceptions,
    exception,
    reconciliation,
    payouts,
    recalls,
    statements,
    campaignStatement,
    operations,
    work,
    chain,
    events,
    reveals,
    conduct,
    conductCase,
    blacklist,
    listing,
    editions,
    oversight,
    platform,
    complaints,
    deletions,
    staff,
    apiKeys,
  ]),
  basepath: '/console',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** Leads to the first screen of who is logged in. */
function Home(): ReactNode {
  const t = useText();
  const me = useMe();
  if (!me)
    return (
      <p role="status" data-reading>
        {t('shell.loading')}
      </p>
    );
  const first = screensOf(me.role)[0];
  return first ? <Navigate to={first.to} replace /> : <h1 className="nothing">{t('shell.none')}</h1>;
}

function Nowhere(): ReactNode {
  const t = useText();
  return <h1>{t('shell.elsewhere')}</h1>;
}
