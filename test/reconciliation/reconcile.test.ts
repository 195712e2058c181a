import { ulid } from 'ulid';
import type { BankEntry } from '../../src/adapters/payment/port';
import { row, rows } from '../../src/database/connect';
import { placeHold, RESTORED } from '../../src/records/releases';
import { reconcile, type Reconciled, settleDifference } from '../../src/reconciliation/reconcile';
import { aRaise, aRaisedCampaign, ordered } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { oneBank } from '../support/outside';
import { aTenant, later, nowMs, type Tenant } from '../support/people';
import { aReleaseInApproval, aReservedPayout, preparePayout, type Release, signedByAll } from '../support/releases';
import { auditOf, pursue, standing } from '../support/transfers';

// What a restored house learns from bank and channel: here the database simply does not know, as after a restore; test/system/restored.test.ts restores one.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
  house.bank.lines = [];
  house.channel.onQuery = () => ({ kind: 'NOT_PAID' });
});
afterAll(() => house.close());

/** As a restore leaves a campaign. */
async function held(campaignId: string): Promise<void> {
  const at = new Date(await nowMs(house, tenant));
  await house.owner.transaction((tx) => placeHold(tx, { id: ulid(), campaignId, releaseId: null, rule: RESTORED, reason: 'restored', at }));
}
const isHeld = async (campaignId: string): Promise<boolean> =>
  (await row(house.db, `select 1 from hold where campaign_id = ? and rule = '${RESTORED}' and lifted_at is null`, [campaignId])) !== null;

async function reconciled(): Promise<Reconciled> {
  const { bank, channel: wechat, alipay } = house;
  const outside = { banks: oneBank(bank), channels: { wechat, alipay }, callbacksUrl: 'http://127.0.0.1/callbacks', simulators: null };
  return reconcile(house.owner, outside, house.dependencies.personalData, new Date(await nowMs(house, tenant)));
}

/** The bank debited: money left, whatever the books know. */
async function debited(payoutId: string, amountFen: bigint, campaignId: string | null): Promise<BankEntry> {
  const line: BankEntry = {
    accountNumber: tenant.custodyAccount,
    reference: `B${payoutId}`,
    amountFen,
    sign: 'DBIT',
    status: 'BOOK',
    bookedAt: new Date(await nowMs(house, tenant)).toISOString(),
    endToEndId: payoutId,
    returnCode: null,
    returnText: null,
    counterparty: null,
    remittance: campaignId && `大病求助拨付 ${campaignId} 住院号ZY1`,
  };
  house.bank.lines = [...(house.bank.lines ?? []), line];
  return line;
}
const netOf = async (release: Release): Promise<bigint> =>
  (await row<{ fen: bigint }>(house.db, 'select net_fen as fen from approval where release_id = ? and voided_at is null', [release.id]))!.fen;
const sent = (payoutId: string): number => house.bank.received.filter((order) => order.payoutId === payoutId).length;

test('a payout that the books have as unsent and the bank as booked: taken as sent, booked once, never sent', async () => {
  const payout = await aReservedPayout(house, tenant);
  await held(payout.campaignId);
  expect(await pursue(house, tenant, payout.payoutId)).toBe('waiting');
  const { net_fen: netFen } = (await row<{ net_fen: bigint }>(house.db, 'select net_fen from payout where id = ?', [payout.payoutId]))!;
  house.bank.booked.set(payout.payoutId, { payoutId: payout.payoutId, amountFen: netFen } as never);
  await debited(payout.payoutId, netFen, payout.campaignId);
  expect((await reconciled()).payoutsRecovered).toEqual([payout.payoutId]);
  expect(await isHeld(payout.campaignId)).toBe(false);
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  expect(await standing(house, payout)).toMatchObject({ state: 'succeeded', paidFen: netFen, received: 0 });
});

test('a debit whose payout is lost: named at its campaign, which stays held; claimed and signed again, the payout takes the bank’s id', async () => {
  const release = await aReleaseInApproval(house, tenant);
  const other = await aRaise(house, tenant);
  for (const campaignId of [release.campaignId, other]) await held(campaignId);
  await signedByAll(house, tenant, release);
  const [lostId, netFen] = [ulid(), await netOf(release)];
  const line = await debited(lostId, netFen, release.campaignId);
  house.bank.booked.set(lostId, { payoutId: lostId, amountFen: netFen } as never);

  const found = await reconciled();
  const named = found.differences.filter((each) => each.campaignId === release.campaignId);
  expect(named).toMatchObject([{ kind: 'bank-line-unknown', data: { endToEndId: lostId, amountFen: netFen.toString() } }]);
  expect([await isHeld(release.campaignId), await isHeld(other)]).toEqual([true, false]);
  expect(await preparePayout(house, tenant, release)).toBeNull();
  // The same again finds nothing new, and lets nothing go.
  expect((await reconciled()).differences.filter((each) => each.campaignId === release.campaignId)).toHaveLength(1);
  expect(await isHeld(release.campaignId)).toBe(true);

  const foreign = await aReleaseInApproval(house, tenant);
  await expect(settleDifference(house.owner, named[0]!.id, foreign.id)).rejects.toThrow('not of this campaign');
  expect(await settleDifference(house.owner, named[0]!.id, release.id)).toEqual({ released: 1 });
  await expect(settleDifference(house.owner, named[0]!.id, release.id)).rejects.toThrow('no open money event');
  expect(await preparePayout(house, tenant, release)).toBe(lostId);
  expect(await pursue(house, tenant, lostId)).toBe('succeeded');
  expect(sent(lostId)).toBe(0);
  expect(await auditOf(house, lostId)).toEqual(['payout.reserved', 'payout.submitted', 'payout.succeeded']);
  expect(
    await rows(house.db, 'select kind, payout_id, applied_at is not null as applied from bank_line where reference = ?', [line.reference]),
  ).toEqual([{ kind: 'payout', payout_id: lostId, applied: true }]);
});

test('what is signed now is another amount than the bank debited: no payout, and a person is told', async () => {
  const release = await aReleaseInApproval(house, tenant);
  await held(release.campaignId);
  await signedByAll(house, tenant, release);
  await debited(ulid(), (await netOf(release)) - 1n, release.campaignId);
  const [event] = (await reconciled()).differences.filter((each) => each.campaignId === release.campaignId);
  await settleDifference(house.owner, event!.id, release.id);
  expect(await preparePayout(house, tenant, release)).toBeNull();
  expect(await rows(house.db, `select kind from money_exception where campaign_id = ? and resolved_at is null`, [release.campaignId])).toEqual([
    { kind: 'payout-amount' },
  ]);
});

test('a debit that names no campaign holds all of the platform’s; settled, the next look lets them go', async () => {
  const campaignId = await aRaise(house, tenant);
  await held(campaignId);
  await debited(ulid(), 500n, null);
  const [event] = (await reconciled()).differences.filter((each) => each.campaignId === null && each.data.amountFen === '500');
  expect(await isHeld(campaignId)).toBe(true);
  await settleDifference(house.owner, event!.id, null);
  expect(await isHeld(campaignId)).toBe(true);
  await reconciled();
  expect(await isHeld(campaignId)).toBe(false);
});

test('a bank that does not answer keeps its platform held', async () => {
  const campaignId = await aRaise(house, tenant);
  await held(campaignId);
  house.bank.lines = null;
  const found = await reconciled();
  expect(found.unasked.filter((each) => each.startsWith(tenant.id))).toHaveLength(1);
  expect(await isHeld(campaignId)).toBe(true);
});

test('an order that was paid meanwhile is posted', async () => {
  const campaignId = await aRaise(house, tenant);
  const [giftId] = await ordered(house, tenant, campaignId, [777n]);
  await held(campaignId);
  const paidAt = new Date(await nowMs(house, tenant)).toISOString();
  house.channel.onQuery = (id) => (id === giftId ? { kind: 'PAID', transactionId: `T${id}`, amountFen: 777n, paidAt } : { kind: 'NOT_PAID' });
  expect((await reconciled()).giftsFound).toBe(1);
  expect(await row(house.db, 'select status, credited_fen from gift where id = ?', [giftId!])).toEqual({ status: 'paid', credited_fen: 777n });
});

test('nothing goes back to donors while the hold of a restore stands', async () => {
  const campaignId = await aRaisedCampaign(house, tenant, [900n, 100n]);
  await later(house, tenant, 1);
  const roundId = ulid();
  const at = new Date(await nowMs(house, tenant));
  await house.db.raw('select begin_refund(?, ?, ?, null, ?, ?, ?)', [roundId, campaignId, 'surplus', '1000', 'test', at]);
  await held(campaignId);
  const before = house.channel.refunds.size;
  expect(await house.refunds.payment.sendReturns(roundId, at.getTime())).toBe(true);
  expect(house.channel.refunds.size).toBe(before);
  await reconciled();
  await house.refunds.payment.sendReturns(roundId, at.getTime());
  expect(house.channel.refunds.size).toBe(before + 2);
});
