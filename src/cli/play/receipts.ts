import { sign } from 'node:crypto';
import type { Campaign, HospitalPayout } from './answers';
import { bankEntries, standsCredited } from './bank';
import { type Deed, once, type Story } from './story';

/** What a hospital says of a payment. */
export type Answer = { outcome: 'confirm' | 'deny'; amountFen: string; signedAt: string; reason?: string };

/** @returns the answer with the hospital's signature. */
export function signed({ hospital }: Pick<Story, 'hospital'>, payoutId: string, answer: Answer) {
  const { outcome, amountFen, signedAt, reason } = answer;
  const text = `almoner-receipt\n${payoutId}\n${outcome}\n${amountFen}\n${signedAt}\n${reason === undefined ? '' : `${reason}\n`}`;
  return { ...answer, signature: sign(null, Buffer.from(text), hospital.receiptKey).toString('base64') };
}

/** The hospital does as the case says, and only about money that stands credited in the bank's own ledger. */
export async function answerReceipts(story: Story, campaign: Campaign): Promise<Deed> {
  const { theCase, api, hospital, done, progress } = story;
  const key = hospital.institution.hospitalKey;
  const waiting = campaign.releases.some(({ stage }) => stage === 'receipt');
  if (!waiting || key === null || theCase.hospital_receipt === 'silent') return 'nothing';
  const caller = api.as(key);
  const { payouts } = await caller.get<{ payouts: HospitalPayout[] }>('/v1/hospital/payouts');
  const unanswered = (payout: HospitalPayout) => ['awaited', 'overdue'].includes(payout.receipt) && !done.has(`receipt ${payout.id}`);
  const open = payouts.filter((payout) => payout.campaignId === campaign.id && unanswered(payout));
  if (open.length === 0) return 'nothing';
  const entries = await bankEntries(story);
  const payout = open.find(({ id }) => standsCredited(entries, id));
  if (!payout) return 'nothing';
  const outcome = theCase.hospital_receipt === 'deny' ? 'deny' : 'confirm';
  return once(story, `receipt ${payout.id}`, async () => {
    const answer = { outcome, amountFen: payout.netFen, signedAt: campaign.now, ...(outcome === 'deny' ? { reason: 'not-credited' } : {}) } as const;
    await caller.postOnce(`/v1/payouts/${payout.id}/receipt`, signed(story, payout.id, answer));
    progress.say(`the hospital ${outcome === 'confirm' ? 'signs for' : 'denies'} ${payout.netFen} fen`);
  });
}
