/**
 * The stories whose histories are kept: the case that each is played from, and what people do in it that no case's people do. Every way a workflow can
 * take is listed in test/workflows/support/branches.ts; a new way gets a story here.
 */
import { randomBytes } from 'node:crypto';

const DAY_MS = 86_400_000;
const only = (caseName) => ({ case: caseName });
const plain = (interrupts, more = {}) => ({ case: 'plain', interrupts, ...more });
const toHospital = { payee: { kind: 'institution' }, release: { wish: 'hospital-direct' } };

const inPhase = (phase) => (campaign) => campaign.phase === phase;
const inStage = (stage) => (campaign) => campaign.releases.some((release) => release.stage === stage);
const aDocument = (kind) => ({ kind, sha256: randomBytes(32).toString('hex'), mediaType: 'application/pdf', byteLength: 30_000 });

async function complains({ platform, staff }, { id }, subject, { admit = true } = {}) {
  const complaint = await platform.post(`/v1/campaigns/${id}/complaints`, { subject, text: 'The family is said to own shopfronts that the page does not name.' });
  if (admit) await admits(staff, complaint.id);
  return complaint;
}
async function admits(staff, id) {
  const operator = await staff.as('operator');
  await operator.post(`/v1/complaints/${id}/acknowledgement`, {});
  await operator.post(`/v1/complaints/${id}/admissibility`, { admissible: true, reason: 'It names facts that can be checked.' });
}
async function dismisses({ staff }, id) {
  const operator = await staff.as('operator');
  await operator.post(`/v1/complaints/${id}/decision`, { verdict: 'dismissed', reason: 'Land registry and family were heard.', reply: 'There are no shopfronts.' });
}
async function diesOn({ platform, staff }, { id, now }) {
  const death = await platform.post(`/v1/campaigns/${id}/deaths`, { diedOn: now.slice(0, 10) });
  const operator = await staff.as('operator');
  await operator.post(`/v1/deaths/${death.id}/decision`, { confirmed: true, reason: 'The certificate was seen; the hospital is owed nothing.' });
}
async function signs({ staff }, release) {
  const maker = await staff.as('maker');
  const { approval } = await maker.post(`/v1/releases/${release.id}/approval`, {});
  for (const role of ['checkerA', 'checkerB']) {
    const checker = await staff.as(role);
    const stepUp = await staff.stepUp(role, approval.digest);
    await checker.postOnce(`/v1/releases/${release.id}/approval/signatures`, { digest: approval.digest, decision: 'approve', stepUp });
  }
}
/** The release is paid in a payout batch of all that is payable. */
async function paysInABatch({ staff }) {
  const maker = await staff.as('maker');
  const { count, totalFen, controlSum } = await maker.get('/v1/payable-releases');
  const { id } = await maker.postOnce('/v1/payout-batches', { count, totalFen, controlSum });
  await maker.postOnce(`/v1/payout-batches/${id}/lines/all-payable`, {});
  const { proposal } = await maker.post(`/v1/payout-batches/${id}/proposal`, {});
  for (const role of ['checkerA', 'checkerB']) {
    const checker = await staff.as(role);
    const { stepUp } = await checker.post('/v1/step-ups', { act: 'batch.sign', digest: proposal.digest, password: staff.logins[role].password });
    await checker.postOnce(`/v1/payout-batches/${id}/signatures`, { digest: proposal.digest, decision: 'approve', stepUp });
  }
}
/** Finance asks the campaign's payment back: one asks, another confirms. */
async function recalls({ staff }, campaign) {
  const maker = await staff.as('maker');
  const { payouts } = await maker.get(`/v1/payouts?campaignId=${campaign.id}`);
  const { id, digest } = await maker.post(`/v1/payouts/${payouts[0].id}/recalls`, { reason: 'duplicate', words: 'The hospital was paid for this already.' });
  const checker = await staff.as('checkerA');
  const { stepUp } = await checker.post('/v1/step-ups', { act: 'recall.confirm', digest, password: staff.logins.checkerA.password });
  await checker.post(`/v1/recalls/${id}/confirmation`, { stepUp });
}
const isPayable = (c) => inStage('approval')(c) && c.payeeAccount?.status === 'accepted';
/** Another person is to have the money: known to the identity service, with an account at the bank. */
async function anotherPayee(stage, campaign, kind) {
  const person = { name: '王代收', idNumber: idNumber() };
  const account = { number: luhn(`62${digits(16)}`), name: person.name, bankCode: '104100000004' };
  await stage.sandbox.put('/v1/sandbox/identities', { ...person, answer: 'match' });
  await stage.sandbox.put('/v1/sandbox/bank-accounts', { tenantId: stage.tenant.tenantId, ...account });
  return stage.platform.put(`/v1/campaigns/${campaign.id}/payee`, { kind, ...person, account });
}
const asksAgain = (stage, campaign, mode) =>
  stage.platform.postOnce(`/v1/campaigns/${campaign.id}/release-requests`, { mode, purpose: 'Treatment as published', feeVersion: campaign.fees.version });
const fault = (stage, what, params) => stage.sandbox.post('/v1/sandbox/bank-faults', { tenantId: stage.tenant.tenantId, payout: 1, fault: what, ...(params ? { params } : {}) });
/** Days pass, and nobody does anything. */
const wait = (stage, days) => stage.clock.moveTo(stage.clock.nowMs + days * DAY_MS);

const digits = (length) => Array.from(randomBytes(length), (byte) => byte % 10).join('');
function luhn(body) {
  const sum = [...body].reverse().reduce((total, digit, at) => total + ((doubled) => (doubled > 9 ? doubled - 9 : doubled))(Number(digit) * (at % 2 === 0 ? 2 : 1)), 0);
  return body + ((10 - (sum % 10)) % 10);
}
function idNumber() {
  const first17 = `1101011980010${1 + (randomBytes(1)[0] % 9)}${digits(3)}`;
  const sum = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2].reduce((total, weight, at) => total + weight * Number(first17[at]), 0);
  return first17 + '10X98765432'[sum % 11];
}

const SURPLUS = plain([
  {
    when: inPhase('release'),
    then: ({ stage, campaign }) =>
      stage.platform.postOnce(`/v1/campaigns/${campaign.id}/release-requests`, { mode: 'single', amountFen: '1000000', purpose: 'The course so far', feeVersion: campaign.fees.version }),
  },
  {
    when: (c) => c.releases.length > 0 && c.releases.every(({ stage }) => stage === 'closed'),
    then: async ({ stage, campaign }) => {
      const operator = await stage.staff.as('operator');
      await operator.post(`/v1/campaigns/${campaign.id}/surplus`, { reason: 'The treatment is over.' });
    },
  },
]);

export const STORIES = {
  'refused': only('identity-patient-mismatch'),
  'certificate-publicity': only('ask-500000-01-certified'),
  'single-to-a-person': only('plain'),
  'batches-signed-for': only('batched-hospital'),
  'above-the-target': only('target-crossed'),
  'closed-by-the-sponsor': only('sponsor-closes'),
  'no-gifts': only('zero-gifts'),
  'bounced-and-corrected': only('bounce-person'),
  'silent-hospital': only('hospital-silent'),
  'denying-hospital': only('hospital-denies'),
  'answer-lost': only('answer-lost-alone'),
  'died-in-prior-audit': only('death-prior-audit'),
  'died-in-certificate-publicity': only('death-certificate-publicity'),
  'upheld-before-payment': only('complaint-upheld-release-publicity'),
  'upheld-between-batches': only('complaint-upheld-between-batches'),
  'died-after-a-bounce': only('death-after-bounce'),
  'dismissed-while-signed': only('complaint-dismissed-approval'),
  'paid-once-refunds-stand': only('plain'),
  'identity-resolved': only('identity-no-record-resolved'),
  'upheld-while-raising': only('complaint-upheld-fundraising'),
  'bounced-before-its-receipt': only('bounce-hospital-silent'),
  'on-the-wall-clock': { case: 'sponsor-closes', realTimersSpeed: 86_400 },

  // More than the bulk clearing takes, and signed for in the evening (recorded on a system that was started with HIGH_VALUE_ALWAYS=0).
  'waits-for-its-clearing': plain([{ when: inStage('approval'), then: ({ stage }) => wait(stage, 0.5) }], {
    changes: { ...toHospital, donations: { count: 12, total_fen: '6000000', seed: 1, over_hours: 72 } },
  }),

  // On a test clock nobody visits a decided complaint again; on the wall clock it ends when it can no longer be appealed.
  'appealed-on-the-wall-clock': {
    case: 'sponsor-closes',
    realTimersSpeed: 86_400,
    lingerMs: 25_000,
    interrupts: [
      {
        when: inPhase('fundraising'),
        then: async ({ stage, campaign }) => {
          const { id, receiptNumber } = await complains(stage, campaign, 'plea');
          await dismisses(stage, id);
          await stage.api.as('').post(`/v1/public/complaints/${receiptNumber}/appeal`, { text: 'The land registry of the next county was not asked.' });
          const reviewer = await stage.staff.as('reviewer');
          await reviewer.post(`/v1/complaints/${id}/appeal-decision`, { outcome: 'stands', reason: 'It was asked.', reply: 'The decision stands.' });
        },
      },
    ],
  },

  'evidence-added': plain([
    { when: (c) => c.phase === 'prior-audit' && c.report, then: ({ stage, campaign }) => stage.platform.post(`/v1/campaigns/${campaign.id}/documents`, { documents: [aDocument('diagnosis')] }) },
  ]),
  'certificate-objected': {
    case: 'ask-500000-01-certified',
    interrupts: [
      {
        when: inPhase('certificate-publicity'),
        then: async ({ stage, campaign }) => {
          const { id } = await complains(stage, campaign, 'certificate');
          await wait(stage, 40);
          await dismisses(stage, id);
        },
      },
    ],
  },
  'extended': plain([
    { when: inPhase('fundraising'), then: ({ stage, campaign }) => stage.platform.post(`/v1/campaigns/${campaign.id}/extension`, { reason: 'The second course begins later.' }) },
  ]),
  'item-withdrawn': plain([
    {
      when: (c) => c.phase === 'fundraising' && c.money.raisedFen === '0',
      then: async ({ stage, campaign }) => {
        const operator = await stage.staff.as('operator');
        await operator.post(`/v1/campaigns/${campaign.id}/publications/income/withdrawal`, { reasonZh: '隐私', reasonEn: 'Privacy' });
      },
    },
  ]),
  'surplus': SURPLUS,
  // The same, since a round of refunds is sent in calls of limited length.
  'surplus-in-sweeps': SURPLUS,
  'release-refused': plain([
    {
      when: inStage('review'),
      then: async ({ stage, campaign }) => {
        const reviewer = await stage.staff.as('reviewer');
        await reviewer.post(`/v1/releases/${campaign.releases[0].id}/review`, { decision: 'refuse', reason: 'The purpose is not what was published.' });
        await stage.clock.settle();
        await asksAgain(stage, campaign, 'single');
      },
    },
  ]),
  'died-in-review': plain([{ when: inStage('review'), then: ({ stage, campaign }) => diesOn(stage, campaign) }]),
  'died-in-publicity': plain([{ when: inStage('publicity'), then: ({ stage, campaign }) => diesOn(stage, campaign) }]),
  'payout-objected': plain([
    {
      when: inStage('publicity'),
      then: async ({ stage, campaign }) => {
        const { id } = await complains(stage, campaign, 'payout');
        await wait(stage, 20);
        await dismisses(stage, id);
      },
    },
  ]),
  'payee-changed': plain([{ when: inStage('approval'), then: ({ stage, campaign }) => anotherPayee(stage, campaign, 'sibling') }]),
  'cancelled-by-another-payee': plain(
    [
      {
        when: inStage('approval'),
        then: async ({ stage, campaign }) => {
          await anotherPayee(stage, campaign, 'sibling');
          await stage.clock.settle();
          await asksAgain(stage, campaign, 'single');
        },
      },
    ],
    { changes: toHospital },
  ),
  'refused-by-the-bank': plain([{ when: inPhase('fundraising'), then: ({ stage }) => fault(stage, 'reject', { code: 'AC01' }) }]),
  'bounced-while-watched': plain([
    { when: inPhase('fundraising'), then: ({ stage }) => fault(stage, 'bounce', { afterDays: 4 }) },
    {
      when: inStage('evidence'),
      then: async ({ stage, campaign }) => {
        const release = campaign.releases.find((r) => r.stage === 'evidence');
        const { id } = await stage.platform.postOnce(`/v1/releases/${release.id}/use-evidence`, { amountFen: release.netFen, document: { ...aDocument('receipts'), kind: undefined } });
        const reviewer = await stage.staff.as('reviewer');
        await reviewer.post(`/v1/use-evidence/${id}/decision`, { decision: 'accept', reason: 'Receipts add up.' });
      },
    },
  ]),
  // Kept of these two: the reconciliations alone.
  'reconciled': only('plain'),
  'reconciled-after-a-repair': plain([{ when: inStage('watch'), then: ({ almoner }) => almoner('repair') }]),
  'repaired': plain([
    { when: inPhase('fundraising'), then: ({ stage }) => fault(stage, 'slow', { afterMinutes: 90 }) },
    { when: inStage('transfer'), then: ({ almoner }) => almoner('repair') },
  ]),
  'held-before-it-was-sent': plain([
    {
      when: (c) => inStage('approval')(c) && c.payeeAccount?.status === 'accepted',
      then: async ({ stage, campaign }) => {
        // The worker dies before the bank hears a word; the hold is there when the next one takes over.
        await stage.sandbox.post('/v1/sandbox/worker-faults', { tenantId: stage.tenant.tenantId, payout: 1, point: 'before-intent' });
        await signs(stage, campaign.releases[0]);
        await new Promise((resolve) => setTimeout(resolve, 500));
        const { id } = await complains(stage, campaign, 'plea');
        await wait(stage, 1);
        await dismisses(stage, id);
      },
    },
  ]),
  'paid-in-a-batch': plain([{ when: isPayable, then: ({ stage }) => paysInABatch(stage) }]),
  // Kept of this one: the recall alone.
  'recalled-in-transit': plain([
    { when: inPhase('fundraising'), then: ({ stage }) => fault(stage, 'slow', { afterMinutes: 90 }) },
    { when: inStage('transfer'), then: ({ stage, campaign }) => recalls(stage, campaign) },
  ]),
  'overdue-and-appealed': plain([
    {
      when: inPhase('fundraising'),
      then: async ({ stage, campaign }) => {
        const { id, receiptNumber } = await complains(stage, campaign, 'plea', { admit: false });
        await wait(stage, 20);
        await admits(stage.staff, id);
        await wait(stage, 60);
        await dismisses(stage, id);
        await stage.clock.settle();
        await stage.api.as('').post(`/v1/public/complaints/${receiptNumber}/appeal`, { text: 'The land registry of the next county was not asked.' });
        await stage.clock.settle();
        const reviewer = await stage.staff.as('reviewer');
        await reviewer.post(`/v1/complaints/${id}/appeal-decision`, { outcome: 'stands', reason: 'It was asked.', reply: 'The decision stands.' });
      },
    },
  ]),
  'nobody-tells-how-it-goes': plain([{ when: inStage('review'), then: ({ stage }) => wait(stage, 80) }]),
};
