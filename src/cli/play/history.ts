import type { Institution, Tenant } from './answers';
import type { Caller } from './api';
import type { CaseFile } from './caseFile';
import type { Cast } from './cast';
import { diagnosis } from './submission';

/** Sets what a case says was there before its story: who stands on the blacklist, and the patient's earlier raises. */
export async function setHistory(
  sandbox: Caller,
  { tenantId }: Tenant,
  { sponsor, payee, earlier_raises = [] }: CaseFile,
  cast: Cast,
  { uscc }: Institution,
): Promise<void> {
  if (sponsor.blacklisted) await sandbox.post('/v1/sandbox/listings', { tenantId, ...(cast.sponsor ?? cast.patient) });
  if (payee.blacklisted) await sandbox.post('/v1/sandbox/listings', { tenantId, ...(cast.payee ?? { uscc }) });
  for (const { platform, ask_fen, raised_fen, status } of earlier_raises) {
    await sandbox.post('/v1/sandbox/earlier-raises', {
      tenantId,
      patient: cast.patient,
      diagnosisCode: diagnosis.code,
      platform,
      askFen: ask_fen,
      raisedFen: raised_fen,
      status,
    });
  }
}
