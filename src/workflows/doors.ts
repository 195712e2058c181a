import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign';
import type { ComplaintActivities } from '../activities/complaint';
import type { RecallActivities } from '../activities/recall';
import type { ReconciliationActivities } from '../activities/reconciliation';
import type { PayoutBatchActivities } from '../activities/payoutBatch';
import type { RefundActivities } from '../activities/refund';
import type { ReleaseActivities } from '../activities/release';
import type { SupervisionActivities } from '../activities/supervision';
import type { TransferActivities } from '../activities/transfer';
import { QUEUES } from '../messages/messages';

/** Writes to Postgres: short, idempotent, tried again for ever: a database that is away comes back. */
export const database = proxyActivities<
  CampaignActivities['database'] &
    ReleaseActivities['database'] &
    RefundActivities['database'] &
    ComplaintActivities['database'] &
    SupervisionActivities['database']
>({
  taskQueue: QUEUES.database,
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '200 milliseconds', maximumInterval: '10 seconds' },
});

/** Reads from Postgres: in the worker itself, to save the round trip; asked again whenever the run is replayed without its answer. */
export const reading = proxyLocalActivities<
  CampaignActivities['reading'] &
    ReleaseActivities['reading'] &
    ComplaintActivities['reading'] &
    SupervisionActivities['reading'] &
    ReconciliationActivities['reading'] &
    TransferActivities['reading']
>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds', maximumInterval: '5 seconds' },
});

/**
 * Calls to bank and channel. Heartbeats tell within 2 s that a worker died in the middle; the next attempt asks before it acts.
 * An outcome of the wire is an answer, never an error, so trying again for ever never pays again.
 */
export const payment = proxyActivities<
  CampaignActivities['payment'] &
    ReleaseActivities['payment'] &
    TransferActivities['payment'] &
    PayoutBatchActivities['payment'] &
    RefundActivities['payment'] &
    RecallActivities['payment'] &
    ReconciliationActivities['payment']
>({
  taskQueue: QUEUES.payment,
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '2 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 1.5, maximumInterval: '1 second' },
});
