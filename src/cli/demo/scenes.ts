import type { CaseEvent, CaseFile } from '../play/caseFile';
import {
  type Act,
  announceSurplus,
  askAndAnswer,
  askDeletion,
  askEvidence,
  declareSurplus,
  requestPart,
  revealPatient,
  signByOne,
  signInPart,
  withdrawItem,
} from './acts';

/** Who of a play's people may stay away for a while. */
export type Person = 'reviewCampaign' | 'requestRelease' | 'reviewRelease' | 'approveRelease' | 'correctAccount' | 'answerReceipts' | 'fileEvidence';

/** One campaign of the demonstration, and where it comes to stand. */
export interface Scene {
  readonly name: string;
  /** When it is submitted: so many days before the demonstration's present. */
  readonly days: number;
  readonly is?: Partial<CaseFile>;
  /** How many give, where the seed does not say so. */
  readonly givers?: number;
  /** Who stays away: for good, or until so many hours before the present. */
  readonly absent?: Partial<Record<Person, 'for good' | number>>;
  /** What is done beside the play. */
  readonly acts?: readonly Act[];
  /** What the bank does with its first payout. */
  readonly bank?: 'bounce' | 'stuck';
}

const closes = (hours: number): CaseEvent => ({ type: 'sponsor-close', at: { phase: 'fundraising', after_hours: hours } });
/** Raised for two days and closed by its sponsor. */
const closed = (...more: CaseEvent[]): Pick<CaseFile, 'events'> => ({ events: [closes(48), ...more] });
const complaint = (phase: 'fundraising' | 'supervision', after_hours: number, verdict: 'upheld' | 'dismissed', admissible = true): CaseEvent => ({
  type: 'complaint',
  at: { phase, after_hours },
  admissible,
  verdict,
});
const toHospital = { payee: { kind: 'institution' }, release: { wish: 'hospital-direct' } } as const;
const never = 'for good';
const certificate = ['id-cards', 'relation-proof', 'diagnosis', 'admission-record', 'certificate', 'medical-plan', 'expense-list', 'receipts'];
const inBatches: Pick<CaseFile, 'payee' | 'release'> = { payee: { kind: 'institution' }, release: { wish: 'batched', batches: [5000, 5000] } };

/** Forty campaigns, one in each place where a campaign can stand. Source: docs/decisions/0030-demonstration.md. */
export const SCENES: readonly Scene[] = [
  { name: 'audit: waits for a reviewer', days: 2.3, absent: { reviewCampaign: never } },
  { name: 'audit: just submitted', days: 0.3, absent: { reviewCampaign: never } },
  { name: 'audit: a person looked the patient up', days: 1.3, absent: { reviewCampaign: never }, acts: [revealPatient] },
  {
    name: 'audit: the identity service has no record',
    days: 1.3,
    is: { patient: { real_name: 'no-record', age: 8 } },
    absent: { reviewCampaign: never },
  },
  { name: 'audit: evidence asked for', days: 2.3, absent: { reviewCampaign: never }, acts: [askEvidence] },
  { name: 'audit: a question answered', days: 3.3, absent: { reviewCampaign: never }, acts: [askAndAnswer] },
  {
    name: 'audit: the sponsor is on the blacklist',
    days: 0.8,
    is: { sponsor: { relation: 'parent', real_name: 'match', blacklisted: true } },
    absent: { reviewCampaign: never },
  },
  { name: 'refused: the payee is on the blacklist', days: 9, is: { payee: { kind: 'parent', blacklisted: true } } },
  { name: 'refused, and its data to be deleted', days: 12, is: { patient: { real_name: 'mismatch', age: 8 } }, acts: [askDeletion] },
  { name: 'the certificate is publicised', days: 1.3, is: { ask_fen: '60000000', documents: certificate } },
  { name: 'raising: just opened', days: 0.3, givers: 20 },
  { name: 'raising: second day', days: 1.8 },
  { name: 'raising: a complaint is looked into', days: 3.3, is: { events: [complaint('fundraising', 30, 'dismissed')] } },
  { name: 'raising: a complaint was dismissed', days: 9, is: { events: [complaint('fundraising', 60, 'dismissed')] } },
  { name: 'raising: a complaint was inadmissible', days: 6, is: { events: [complaint('fundraising', 20, 'dismissed', false)] } },
  { name: 'raising: an item was withdrawn', days: 7.3, acts: [withdrawItem] },
  { name: 'raising: nobody has given much', days: 14, givers: 14 },
  { name: 'settling: closed this morning', days: 2.8, is: closed() },
  { name: 'settling: the goal is reached', days: 0.8, is: { ask_fen: '300000' }, givers: 260 },
  { name: 'release: nobody has asked for the money', days: 8, is: closed(), absent: { requestRelease: never } },
  {
    name: 'release: refused by ROUTE',
    days: 9,
    givers: 2_200,
    is: { ...closed(), published: ['identity', 'relation', 'diagnosis', 'hospital', 'cost-plan'] },
  },
  { name: 'release: under review', days: 7, is: { ...closed(), ...toHospital }, absent: { reviewRelease: never } },
  { name: 'release: publicised', days: 7.3, is: closed(), absent: { reviewRelease: 14 } },
  { name: 'approval: nobody has proposed', days: 8, is: closed(), absent: { approveRelease: never } },
  { name: 'approval: payable to a hospital', days: 8.3, is: { ...closed(), ...toHospital }, absent: { approveRelease: never } },
  {
    name: 'approval: one of two has signed',
    days: 7.3,
    is: { ...closed(), ...toHospital },
    absent: { approveRelease: never, reviewRelease: 50 },
    acts: [signByOne],
  },
  { name: 'transfer: the bank has not answered', days: 8, is: closed(), absent: { approveRelease: 7 }, bank: 'stuck' },
  {
    name: 'correction: the bank returned the payment',
    days: 9.3,
    is: closed(),
    absent: { correctAccount: never, approveRelease: 60 },
    bank: 'bounce',
  },
  {
    name: 'receipt: the hospital is asked to sign',
    days: 8,
    is: { ...closed(), ...toHospital },
    absent: { answerReceipts: never, approveRelease: 20 },
  },
  { name: 'receipt: overdue, payouts held', days: 24, is: { ...closed(), ...toHospital, hospital_receipt: 'silent' } },
  {
    name: 'receipt: signed in part',
    days: 10,
    is: { ...closed(), ...toHospital },
    absent: { answerReceipts: never, fileEvidence: never },
    acts: [signInPart],
  },
  { name: 'receipt: refused by the hospital', days: 11, is: { ...closed(), ...toHospital, hospital_receipt: 'deny' } },
  { name: 'evidence of use is due', days: 9, is: closed(), absent: { fileEvidence: never } },
  { name: 'surplus: the hospital sends money back', days: 10.3, is: { ...closed(), ...toHospital }, acts: [announceSurplus] },
  { name: 'settled: two batches to a hospital', days: 27, givers: 900, is: { ...closed(), ...inBatches } },
  { name: 'settled after the bank returned a payment', days: 26, is: closed(), bank: 'bounce' },
  { name: 'stopped: a complaint was upheld', days: 15, is: { events: [complaint('fundraising', 60, 'upheld')] } },
  { name: 'part refund: upheld between batches', days: 20, givers: 600, is: { ...closed(complaint('supervision', 10, 'upheld')), ...inBatches } },
  { name: 'refunded: the patient died', days: 13, is: { events: [{ type: 'patient-died', at: { phase: 'fundraising', after_hours: 70 } }] } },
  { name: 'surplus goes back to the donors', days: 25, is: closed(), absent: { requestRelease: never }, acts: [requestPart, declareSurplus] },
];
