import type { Institution, Tenant } from './answers';
import type { Caller } from './api';
import type { CaseFile, RealName } from './caseFile';
import { type Account, newAccount, newPerson, type Person } from './persons';

/** Who appears in a play. Sponsor `self` is the patient; a payee of the sponsor's kind is the sponsor. */
export type Cast = { patient: Person; sponsor: Person | null; payee: Person | null; account: Account | null };

const grave: readonly RealName[] = ['match', 'no-record', 'mismatch'];
const graver = (one: RealName, other: RealName) => (grave.indexOf(one) > grave.indexOf(other) ? one : other);

/** @returns the identity service's answer for the patient. Sponsor `self` and the patient are one person with one answer. */
function patientAnswer({ patient, sponsor }: CaseFile): RealName {
  return sponsor.relation === 'self' ? graver(patient.real_name, sponsor.real_name) : patient.real_name;
}

function payeePerson({ payee, sponsor }: CaseFile, patient: Person, sponsorPerson: Person | null, nowMs: number): Person | null {
  if (payee.kind === 'institution') return null;
  if (payee.kind === 'seeker') return patient;
  if (sponsorPerson && payee.kind === sponsor.relation) return sponsorPerson;
  return newPerson(40, nowMs);
}

/**
 * Makes new people for a case and tells the simulated identity service and bank about them.
 * @returns who they are, and the account the payee wants the money on
 */
export async function gatherCast(theCase: CaseFile, sandbox: Caller, { tenantId, now }: Tenant, institution: Institution): Promise<Cast> {
  const nowMs = Date.parse(now);
  const patient = newPerson(theCase.patient.age ?? 35, nowMs);
  const sponsor = theCase.sponsor.relation === 'self' ? null : newPerson(38, nowMs);
  const payee = payeePerson(theCase, patient, sponsor, nowMs);
  const answers: [Person, RealName][] = [[patient, patientAnswer(theCase)]];
  if (sponsor) answers.push([sponsor, theCase.sponsor.real_name]);
  if (payee && payee !== patient && payee !== sponsor) answers.push([payee, 'match']);
  for (const [person, answer] of answers) await sandbox.put('/v1/sandbox/identities', { ...person, answer });
  if (!payee) return { patient, sponsor, payee, account: institution.account };
  const account = newAccount(payee.name);
  await sandbox.put('/v1/sandbox/bank-accounts', { tenantId, ...account });
  return { patient, sponsor, payee, account };
}
