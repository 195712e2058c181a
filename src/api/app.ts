import compression from 'compression';
import type { KeyObject } from 'node:crypto';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { DomainError } from '../domain/errors';
import { mountConsole } from './console/serve';
import { consoleSession } from './console/session';
import { lettingGo } from './ending';
import { mountOpenApi } from './openapi';
import { problemHandler } from './problems';
import { identified } from '../observability/requests';
import { limited } from './limits';
import { jsonBodies, mount, mountMethods } from './route';
import { apiKeyRoutes } from './routes/apiKeys';
import { approvalRoutes } from './routes/approvals';
import { auditRoutes } from './routes/audit';
import { blacklistRoutes } from './routes/blacklist';
import { type Callbacks, mountCallbacks } from './routes/callbacks';
import { campaignRoutes } from './routes/campaigns';
import { claimRoutes } from './routes/claims';
import { documentRoutes } from './routes/documents';
import { evidenceRequestRoutes } from './routes/evidenceRequests';
import { complaintRoutes } from './routes/complaints';
import { endingRoutes } from './routes/endings';
import { conductRoutes } from './routes/conduct';
import { consentRoutes } from './routes/consents';
import { editionRoutes } from './routes/editions';
import { referralRoutes } from './routes/referrals';
import { exportRoutes } from './routes/exports';
import { extensionRoutes } from './routes/extensions';
import { withdrawalRoutes } from './routes/withdrawals';
import { eventRoutes } from './routes/events';
import { evidenceRoutes } from './routes/evidence';
import { exceptionRoutes } from './routes/exceptions';
import { expenseRoutes } from './routes/expenses';
import { cardRefundRoutes } from './routes/cardRefunds';
import { giftRoutes } from './routes/gifts';
import { type Health, mountHealth } from './routes/health';
import { hospitalRoutes } from './routes/hospital';
import { invoiceRoutes } from './routes/invoices';
import { listRoutes } from './routes/lists';
import { liveRoutes } from './routes/live';
import { operationRoutes } from './routes/operations';
import { payoutBatchRoutes } from './routes/payoutBatches';
import { payoutRoutes } from './routes/payouts';
import { payeeAccountRoutes } from './routes/payeeAccounts';
import { payeeWalletRoutes } from './routes/payeeWallets';
import { peopleRoutes } from './routes/people';
import { publicRoutes } from './routes/public';
import { recallRoutes } from './routes/recalls';
import { reconciliationRoutes } from './routes/reconciliation';
import { refundRoutes } from './routes/refunds';
import { relationRoutes } from './routes/relations';
import { releaseRequestRoutes } from './routes/releaseRequests';
import { reviewQueueRoutes } from './routes/reviewQueue';
import { reviewRoutes } from './routes/reviews';
import { type SandboxDependencies, sandboxRoutes } from './routes/sandbox';
import { sandboxHistoryRoutes } from './routes/sandboxHistory';
import { meRoutes } from './routes/me';
import { searchRoutes } from './routes/search';
import { sessionRoutes } from './routes/sessions';
import { sponsorKeyRoutes } from './routes/sponsorKeys';
import { staffRoutes } from './routes/staff';
import { statementRoutes } from './routes/statements';
import { surplusReturnRoutes } from './routes/surplusReturns';
import { timelineRoutes } from './routes/timeline';
import { updateRoutes } from './routes/updates';
import { viewRoutes } from './routes/views';
import { mountPages } from './pages/pages';
import { problemPages } from './pages/problemPage';
import type { DocumentStore } from '../documents/store';
import type { PersonalData } from '../security/personalData';

export interface ApiDependencies extends Health, Callbacks {
  readonly personalData: PersonalData;
  readonly documents: DocumentStore;
  /** Where the audit chain's heads are written down. */
  readonly anchorFile: string;
  /** Signs them. */
  readonly anchorKey: KeyObject;
  /** Absent where no simulators are: then no sandbox route exists. */
  readonly sandbox: SandboxDependencies | null;
}

const YEAR_S = 365 * 86_400;

/** @returns every route of the API, in the order that the document lists them. */
export function apiRoutes({
  personalData,
  documents,
  gifts,
  anchorFile,
  anchorKey,
  sandbox,
  banks,
  isEnding,
  ...health
}: Pick<
  ApiDependencies,
  'personalData' | 'documents' | 'gifts' | 'anchorFile' | 'anchorKey' | 'sandbox' | 'banks' | 'isEnding' | 'db' | 'temporal' | 'config' | 'isMigrated'
>) {
  return [
    ...sessionRoutes(personalData),
    ...meRoutes(personalData),
    ...campaignRoutes(personalData),
    ...sponsorKeyRoutes(personalData),
    ...documentRoutes(personalData, documents),
    ...peopleRoutes(personalData, documents),
    ...claimRoutes(personalData),
    ...evidenceRequestRoutes(personalData),
    ...payeeAccountRoutes(personalData),
    ...payeeWalletRoutes(personalData),
    ...giftRoutes(gifts, personalData, health.config),
    ...releaseRequestRoutes,
    ...reviewRoutes(personalData),
    ...reviewQueueRoutes,
    ...timelineRoutes,
    ...expenseRoutes(personalData),
    ...approvalRoutes(personalData),
    ...payoutBatchRoutes,
    ...relationRoutes,
    ...hospitalRoutes(personalData),
    ...invoiceRoutes(personalData, documents),
    ...surplusReturnRoutes,
    ...cardRefundRoutes(personalData),
    ...evidenceRoutes,
    ...complaintRoutes(personalData),
    ...refundRoutes(personalData),
    ...endingRoutes(personalData),
    ...updateRoutes(personalData),
    ...extensionRoutes(personalData),
    ...withdrawalRoutes,
    ...conductRoutes(personalData),
    ...referralRoutes,
    ...exceptionRoutes,
    ...reconciliationRoutes,
    ...statementRoutes,
    ...payoutRoutes,
    ...recallRoutes(banks),
    ...exportRoutes,
    ...eventRoutes,
    ...liveRoutes(isEnding),
    ...searchRoutes,
    ...viewRoutes,
    ...listRoutes,
    ...operationRoutes(health),
    ...auditRoutes(anchorFile, anchorKey),
    ...staffRoutes(personalData),
    ...apiKeyRoutes,
    ...consentRoutes,
    ...editionRoutes,
    ...publicRoutes(personalData),
    ...blacklistRoutes(personalData),
    ...(sandbox ? [...sandboxRoutes(sandbox), ...sandboxHistoryRoutes(personalData)] : []),
  ];
}

/** The one HTTP application: callbacks first (they read raw bytes), then health, API, documents and pages. */
export function createApp(d: ApiDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', d.config.trustedProxies || false);
  app.set('json replacer', (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  app.use(identified(d.log));
  app.use(lettingGo(d.isEnding));
  mountCallbacks(app, d);
  mountHealth(app, d);
  // Pages need no script and no inline style. Referrers stay on this site: with none at all, browsers would not say where a form came from.
  const policy = {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    upgradeInsecureRequests: null,
  };
  // Said only where the house stands behind TLS: on a laptop it would lock people out.
  const transport = d.config.publicUrl.startsWith('https:') && { maxAge: YEAR_S, includeSubDomains: true };
  app.use(helmet({ contentSecurityPolicy: { directives: policy }, referrerPolicy: { policy: 'same-origin' }, strictTransportSecurity: transport }));
  app.use('/docs', helmet.contentSecurityPolicy({ directives: { ...policy, styleSrc: ["'self'", "'unsafe-inline'"], imgSrc: ["'self'", 'data:'] } }));
  app.use(compression());
  app.use('/v1', consoleSession(d.config.publicUrl));
  app.use(limited(d.config.limits));
  const routes = apiRoutes(d);
  app.use('/v1', jsonBodies(routes));
  mount(app, d.db, d.personalData, routes);
  mountMethods(app, routes);
  mountOpenApi(app, routes);
  mountConsole(app);
  mountPages(app, d);
  app.use(() => {
    throw new DomainError('object.not_found', { zh: '该地址下没有内容', en: 'There is nothing at this address' });
  });
  app.use(problemPages(d));
  app.use(problemHandler(d.log));
  return app;
}
