import type { Campaign, HospitalPayout, ReleaseRequest } from '../play/answers';
import { signed } from '../play/receipts';
import { type Deed, once, type Story } from '../play/story';

/** What somebody of a demonstration does beyond the people of a play. Each is done once. */
export type Act = (story: Story, campaign: Campaign) => Promise<Deed>;

/** DOUBLE-AUDIT: the reviewer asks for more before deciding. */
export const askEvidence: Act = (story, { id, phase, report }) =>
  phase !== 'prior-audit' || report === null
    ? nothing
    : once(story, 'ask evidence', async () => {
        const reviewer = await story.staff.as('reviewer');
        await reviewer.post(`/v1/campaigns/${id}/evidence-requests`, {
          documents: ['expense-list'],
          claims: ['income', 'assets-houses'],
          language: 'zh',
          message: '请补充费用清单的最后一页，并说明家庭收入和房产。',
          dueInDays: 7,
        });
      });

/** A question that names claims alone is answered in words. */
export const askAndAnswer: Act = (story, { id, phase, report }) =>
  phase !== 'prior-audit' || report === null
    ? nothing
    : once(story, 'ask and answer', async () => {
        const reviewer = await story.staff.as('reviewer');
        const asked = { claims: ['insurance'], language: 'zh', message: '商业保险是否已经赔付？', dueInDays: 7 };
        const request = await reviewer.post<{ id: string }>(`/v1/campaigns/${id}/evidence-requests`, asked);
        await story.platform.post(`/v1/evidence-requests/${request.id}/answer`, { answer: '没有投保商业保险，只有居民医保。' });
      });

/** RUMOUR: an item is withdrawn in public, with its reason. */
export const withdrawItem: Act = (story, { id, phase }) =>
  phase !== 'fundraising'
    ? nothing
    : once(story, 'withdraw an item', async () => {
        const operator = await story.staff.as('operator');
        await operator.post(`/v1/campaigns/${id}/publications/social-aid/withdrawal`, {
          reasonZh: '救助金额与民政部门的答复不一致，核实后重新公示。',
          reasonEn: 'The amount of social aid differs from what the civil affairs office answered; it is published again once checked.',
        });
      });

/** The maker proposes and one of the two checkers signs: the other one is waited for. */
export const signByOne: Act = (story, { releases, payeeAccount }) => {
  const release = releases.find(({ stage }) => stage === 'approval');
  if (!release || release.approval || payeeAccount?.status !== 'accepted') return nothing;
  return once(story, `propose ${release.id}`, async () => {
    const maker = await story.staff.as('maker');
    const { approval } = await maker.post<{ approval: { digest: string } }>(`/v1/releases/${release.id}/approval`, {});
    const checker = await story.staff.as('checkerA');
    const stepUp = await story.staff.stepUp('checkerA', approval.digest);
    await checker.postOnce(`/v1/releases/${release.id}/approval/signatures`, { digest: approval.digest, decision: 'approve', stepUp });
  });
};

/** The first payout of a campaign that its hospital sees and has not answered. */
async function unanswered(story: Story, { id, releases }: Campaign): Promise<HospitalPayout | undefined> {
  const key = story.hospital.institution.hospitalKey;
  if (key === null || !releases.some(({ stage }) => ['receipt', 'evidence', 'watch'].includes(stage))) return undefined;
  const { payouts } = await story.api.as(key).get<{ payouts: HospitalPayout[] }>('/v1/hospital/payouts');
  return payouts.find(({ campaignId }) => campaignId === id);
}

/** RECEIPT: the hospital signs for a part: a bank kept a fee of ¥50. */
export const signInPart: Act = async (story, campaign) => {
  const payout = await unanswered(story, campaign);
  if (payout?.receipt !== 'awaited') return 'nothing';
  return once(story, 'sign in part', async () => {
    const answer = { outcome: 'confirm', amountFen: String(BigInt(payout.netFen) - 5_000n), signedAt: campaign.now, reason: 'bank-fee' } as const;
    await story.api.as(story.hospital.institution.hospitalKey!).postOnce(`/v1/payouts/${payout.id}/receipt`, signed(story, payout.id, answer));
  });
};

/** SURPLUS: the hospital announces that it sends back what the treatment did not need. */
export const announceSurplus: Act = async (story, campaign) => {
  const payout = await unanswered(story, campaign);
  if (payout?.receipt !== 'signed') return 'nothing';
  return once(story, 'announce surplus', async () => {
    const back = { amountFen: String(BigInt(payout.netFen) / 5n), reason: '患者已出院，预交金有结余。' };
    await story.api.as(story.hospital.institution.hospitalKey!).postOnce(`/v1/payouts/${payout.id}/surplus-returns`, back);
  });
};

/** Asks for three quarters of what there is; the treatment costs no more. */
export const requestPart: Act = (story, { id, phase, requests, fees, money }) =>
  phase !== 'release' || requests.length > 0
    ? nothing
    : once(story, 'request a part', async () => {
        const amountFen = String((BigInt(money.pendingFen) * 3n) / 4n);
        await story.platform.postOnce<ReleaseRequest>(`/v1/campaigns/${id}/release-requests`, {
          mode: 'single',
          amountFen,
          purpose: '出院结算',
          feeVersion: fees.version,
        });
      });

/** SURPLUS: with the last release closed, what is left is declared surplus and goes back to the donors. */
export const declareSurplus: Act = (story, { id, phase, releases }) =>
  phase !== 'release' || releases.length === 0 || releases.some(({ stage }) => stage !== 'closed')
    ? nothing
    : once(story, 'declare surplus', async () => {
        const operator = await story.staff.as('operator');
        await operator.post(`/v1/campaigns/${id}/surplus`, { reason: '治疗已经结束，剩余款项按原路退回捐赠人。' });
      });

/** RETAIN: a person of a refused campaign asks for their data to be deleted; a second operator has to confirm it. */
export const askDeletion: Act = (story, { id, phase }) =>
  phase !== 'refused'
    ? nothing
    : once(story, 'ask deletion', async () => {
        const operator = await story.staff.as('operator');
        const { people } = await operator.get<{ people: { personId: string }[] }>(`/v1/campaigns/${id}/people`);
        await operator.post(`/v1/people/${people[0]!.personId}/deletion`, { reason: '求助人来电要求删除个人信息。' });
      });

/** A reviewer looks at masked data, for a reason that is kept. */
export const revealPatient: Act = (story, { id }) =>
  once(story, 'reveal', async () => {
    const reviewer = await story.staff.as('reviewer');
    const { people } = await reviewer.get<{ people: { personId: string }[] }>(`/v1/campaigns/${id}/people`);
    const asked = { fields: ['name', 'phone'], purpose: 'contact', reason: '电话核实患者身份和住院情况。' };
    await reviewer.post(`/v1/people/${people[0]!.personId}/reveals`, asked);
  });

const nothing: Promise<Deed> = Promise.resolve('nothing');
