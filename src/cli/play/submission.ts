import { randomInt } from 'node:crypto';
import type { Campaign, Institution, Rights } from './answers';
import type { Caller } from './api';
import type { CaseFile } from './caseFile';
import type { Cast } from './cast';
import { type DocumentRef, type Published, publications } from './documents';

export const diagnosis = { code: 'C91.0', text: 'Acute lymphoblastic leukaemia' };

/** What a campaign says of itself. */
export type Words = { title: string; story: string; diagnosis: { code: string; text: string }; items: Published };

const wordsOfPlay: Omit<Words, 'items'> = {
  title: 'Help with the treatment of leukaemia',
  story: 'One of us has fallen seriously ill, and the family cannot pay for the treatment.',
  diagnosis,
};

/** `receipts` come into being when the money is used: they are filed then, not at submission. */
const filedLater = 'receipts';

function sponsorBody({ sponsor }: CaseFile, cast: Cast) {
  return cast.sponsor ? { relation: sponsor.relation, ...cast.sponsor } : { relation: sponsor.relation };
}

function payeeBody({ payee }: CaseFile, cast: Cast) {
  if (payee.kind === 'institution') return { kind: payee.kind };
  return payee.kind === 'seeker' ? { kind: payee.kind, account: cast.account } : { kind: payee.kind, ...cast.payee, account: cast.account };
}

/**
 * The sponsor submits the campaign through the platform.
 * @param words what it says, where not the play's own
 * @returns the campaign as the API made it
 */
export function submitCampaign(
  theCase: CaseFile,
  platform: Caller,
  cast: Cast,
  { name, uscc }: Institution,
  documents: ReadonlyMap<string, DocumentRef>,
  rights: Rights,
  words?: Words,
): Promise<Campaign> {
  const filed = [...documents].filter(([kind]) => kind !== filedLater);
  return platform.postOnce<Campaign>('/v1/campaigns', {
    title: (words ?? wordsOfPlay).title,
    story: (words ?? wordsOfPlay).story,
    askFen: theCase.ask_fen,
    patient: { ...cast.patient, minor: (theCase.patient.age ?? 35) < 18 },
    sponsor: sponsorBody(theCase, cast),
    payee: payeeBody(theCase, cast),
    hospital: { name, uscc, admissionNumber: `ZY${randomInt(10_000_000, 100_000_000)}` },
    diagnosis: (words ?? wordsOfPlay).diagnosis,
    documents: filed.map(([kind, document]) => ({ kind, ...document })),
    publications: publications(theCase.published, words?.items),
    broughtBy: { kind: 'self', compensation: 'none' },
    consents: (['seeker', 'sponsor'] as const).map((party) => ({ party, version: rights[party] })),
  });
}
