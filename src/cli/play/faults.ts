import type { Caller } from './api';
import type { CaseFile } from './caseFile';

/** A bounce is booked two days after the debit (cases/README.md, More that a story needs). */
const bounceAfterDays = 2;

/** Scripts what the bank and the worker will do at the payouts that the case names. */
export async function scriptFaults(sandbox: Caller, tenantId: string, { events = [] }: CaseFile): Promise<void> {
  for (const event of events) {
    if (event.type === 'bank-return') {
      const params = { afterDays: bounceAfterDays };
      await sandbox.post('/v1/sandbox/bank-faults', { tenantId, payout: event.payout, fault: 'bounce', params });
    } else if (event.type === 'bank-answer-lost') {
      await sandbox.post('/v1/sandbox/bank-faults', { tenantId, payout: event.payout, fault: 'answer-lost' });
    } else if (event.type === 'worker-killed') {
      await sandbox.post('/v1/sandbox/worker-faults', { tenantId, payout: event.payout, point: 'after-call' });
    }
  }
}
