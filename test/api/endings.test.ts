import { row } from '../../src/database/connect';
import { campaignBooks } from '../../src/ledger/statement';
import { aRaise, aRaisedCampaign, aSubmission, bankLine, given } from '../support/campaigns';
import { aDeath } from '../support/endings';
import { aHouse, type House } from '../support/house';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { aReleaseInApproval, aReservedPayout, preparePayout, request, signedByAll, throughPublicity } from '../support/releases';
import { pursue } from '../support/transfers';

// DEATH and SURPLUS: money keeps its purpose, and what is left goes back to those who gave it.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());

const decides = (deathId: string, body: object) => house.ask('POST', `/v1/deaths/${deathId}/decision`, { as: tenant.sessions.operator, body });
const CONFIRMED = { confirmed: true, reason: '已核对死亡证明' };

test('a reported death freezes payouts at once; a mistaken report lets them go on', async () => {
  const release = await aReleaseInApproval(house, tenant);
  await signedByAll(house, tenant, release);
  const deathId = await aDeath(house, tenant, release.campaignId);
  expect(await preparePayout(house, tenant, release)).toBeNull();
  expect(
    await house.ask('POST', `/v1/campaigns/${release.campaignId}/deaths`, { as: tenant.platformKey, body: { diedOn: '2021-03-01' } }),
  ).toMatchObject({
    status: 409,
    body: { code: 'death.wrong_state', rules: ['DEATH'] },
  });
  expect(await decides(deathId, { confirmed: false, reason: '同名误报' })).toMatchObject({ status: 200, body: { stoppedBy: [] } });
  expect(await decides(deathId, CONFIRMED)).toMatchObject({ status: 409, body: { code: 'death.wrong_state' } });
  expect(await preparePayout(house, tenant, release)).toMatch(/^[0-9A-Z]{26}$/);
});

test('a death in the future is no death, and only a person confirms one', async () => {
  const campaignId = await aRaise(house, tenant);
  const asked = await house.ask('POST', `/v1/campaigns/${campaignId}/deaths`, { as: tenant.platformKey, body: { diedOn: '2021-03-02' } });
  expect(asked).toMatchObject({ status: 400, body: { field: '/diedOn', rules: ['DEATH'] } });
  const deathId = await aDeath(house, tenant, campaignId);
  expect(await house.ask('POST', `/v1/deaths/${deathId}/decision`, { as: tenant.platformKey, body: CONFIRMED })).toMatchObject({ status: 403 });
});

test('a confirmed death in prior audit refuses the campaign, with every gate that fails', async () => {
  const campaignId = await aSubmission(house, tenant, { documents: [] });
  await house.campaigns.payment.reportByMachine(campaignId, await nowMs(house, tenant));
  await decides(await aDeath(house, tenant, campaignId), CONFIRMED);
  expect(await house.campaigns.reading.auditStanding(campaignId)).toMatchObject({ decision: 'refuse' });
  await house.campaigns.database.refuseCampaign(campaignId, await nowMs(house, tenant));
  const view = await house.ask('GET', `/v1/campaigns/${campaignId}`, { as: tenant.platformKey });
  expect(view.body).toMatchObject({ phase: 'refused', stoppedBy: ['DEATH', 'IDENTITY', 'PRE-AUDIT'] });
});

test('what is with the bank finds its end there; what comes back goes to the donors, and the fee with it', async () => {
  const payout = await aReservedPayout(house, tenant);
  await pursue(house, tenant, payout.payoutId);
  await decides(await aDeath(house, tenant, payout.campaignId), CONFIRMED);
  expect(await campaignBooks(house.db, payout.campaignId)).toMatchObject({ paidNetFen: 964_000n, feesFen: 36_000n, heldFen: 0n });
  const debit = bankLine(tenant, { sign: 'DBIT', amountFen: 964_000n, endToEndId: payout.payoutId, reference: `B${payout.payoutId}` });
  expect((await house.push('bank', debit)).status).toBe(204);
  const back = bankLine(tenant, { sign: 'CRDT', amountFen: 964_000n, endToEndId: payout.payoutId, returnCode: 'AC04', returnText: '账户已销户' });
  expect((await house.push('bank', back)).status).toBe(204);
  await house.releases.database.beginReceipt(payout.id, payout.payoutId, await nowMs(house, tenant));
  await house.releases.database.recordReturn(payout.payoutId, await nowMs(house, tenant));
  await house.releases.database.beginCorrection(payout.id, await nowMs(house, tenant));
  expect(await house.releases.reading.correctionStanding(payout.id)).toBe('cancelled');
  expect(await campaignBooks(house.db, payout.campaignId)).toMatchObject({ heldFen: 1_000_000n, reservedFen: 0n, paidNetFen: 0n, feesFen: 0n });
});

test('proven debt at the hospital is paid to the hospital past the hold of the death; the rest is surplus', async () => {
  const campaignId = await aRaisedCampaign(house, tenant, [1_000_000n], { payee: { kind: 'institution' } });
  const deathId = await aDeath(house, tenant, campaignId);
  expect(await decides(deathId, { ...CONFIRMED, debtFen: '1000001' })).toMatchObject({ status: 409, body: { field: '/debtFen' } });
  expect(await decides(deathId, { ...CONFIRMED, debtFen: '300000' })).toMatchObject({ status: 200 });
  const release = (await row<{ id: string }>(house.db, 'select id from release where campaign_id = ? and settles_debt', [campaignId]))!;
  await house.campaigns.database.moveMoneyOn(campaignId, await nowMs(house, tenant));
  const round = await row<{ amount_fen: bigint }>(house.db, 'select amount_fen from refund_round where campaign_id = ?', [campaignId]);
  expect(round!.amount_fen).toBe(700_000n);
  await throughPublicity(house, tenant, { id: release.id, campaignId });
  await signedByAll(house, tenant, { id: release.id, campaignId });
  const payoutId = (await preparePayout(house, tenant, { id: release.id, campaignId }))!;
  expect(await pursue(house, tenant, payoutId)).toBe('succeeded');
});

test('debt goes to a hospital that is the payee, or not at all', async () => {
  const campaignId = await aRaisedCampaign(house, tenant, [1_000n]);
  const answer = await decides(await aDeath(house, tenant, campaignId), { ...CONFIRMED, debtFen: '1' });
  expect(answer).toMatchObject({ status: 400, body: { field: '/debtFen', rules: ['DEATH', 'PAYEE'] } });
  expect(await row(house.db, 'select 1 from campaign_stop where campaign_id = ?', [campaignId])).toBeNull();
});

test('surplus is declared by a person after the last release, and given back pro rata', async () => {
  const campaignId = await aRaisedCampaign(house, tenant, [2n, 1n]);
  const declared = () => house.ask('POST', `/v1/campaigns/${campaignId}/surplus`, { as: tenant.sessions.reviewer, body: { reason: '治疗结束' } });
  expect(await house.ask('POST', `/v1/campaigns/${campaignId}/surplus`, { as: tenant.platformKey, body: { reason: '不用了' } })).toMatchObject({
    status: 403,
  });
  const asked = await request(house, tenant, campaignId, { mode: 'single' });
  expect(await declared()).toMatchObject({ status: 409, body: { code: 'surplus.not_now', rules: ['SURPLUS'] } });
  await house.campaigns.database.moveMoneyOn(campaignId, await nowMs(house, tenant));
  const releaseId = asked.body.releases[0]!.id;
  await house.releases.database.beginReview(releaseId, await nowMs(house, tenant));
  await house.ask('POST', `/v1/releases/${releaseId}/review`, { as: tenant.sessions.reviewer, body: { decision: 'refuse', reason: '已不需要' } });
  await house.releases.database.refuseRelease(releaseId, await nowMs(house, tenant));
  expect(await declared()).toMatchObject({ status: 200, body: { surplusDeclaredAt: expect.any(String) } });
  await house.campaigns.database.moveMoneyOn(campaignId, await nowMs(house, tenant));
  const round = (await row<{ id: string; cause: string; amount_fen: bigint }>(house.db, 'select * from refund_round where campaign_id = ?', [
    campaignId,
  ]))!;
  expect(round).toMatchObject({ cause: 'surplus', amount_fen: 3n });
  await house.refunds.payment.sendReturns(round.id, await nowMs(house, tenant));
  await house.refunds.database.finishRefund(round.id, await nowMs(house, tenant));
  expect(await house.campaigns.reading.isPaidOut(campaignId)).toBe(true);
  expect(await house.campaigns.database.settleCampaign(campaignId, await nowMs(house, tenant))).toBe('refunded');
});

test('the database itself keeps a stop for good, and an end an end', async () => {
  const campaignId = await aRaise(house, tenant);
  await given(house, tenant, campaignId, [1n]);
  await decides(await aDeath(house, tenant, campaignId), CONFIRMED);
  await expect(house.db('campaign').where('id', campaignId).update({ stopped_at: null })).rejects.toMatchObject({ code: 'AL004' });
  await house.campaigns.database.closeRaise(campaignId, await nowMs(house, tenant), 'stopped');
  await expect(house.db('campaign').where('id', campaignId).update({ phase: 'fundraising' })).rejects.toMatchObject({ code: 'AL004' });
  await expect(house.db('refund_round').insert({ id: 'X'.repeat(26) })).rejects.toMatchObject({ code: '42501' });
});
