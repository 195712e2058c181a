import { giftView } from '../../src/api/routes/refunds';
import { row, rows } from '../../src/database/connect';
import { balanceOf } from '../../src/ledger/post';
import { campaignBooks } from '../../src/ledger/statement';
import { readChannelBill } from '../../src/reconciliation/channel';
import { aRaisedCampaign } from '../support/campaigns';
import { aDeath } from '../support/endings';
import { anUnknownLine, exceptionOf, matched, shown } from '../support/exceptions';
import { aHouse, type House } from '../support/house';
import { aTenant, nowMs, type Tenant } from '../support/people';

// A gift that the channel took back for its donor is not given back a second time when the campaign gives back.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());

/** The channel took one gift back of its own accord, and finance has booked it. @returns its exception. */
async function chargedBack(giftId: string, amountFen: bigint): Promise<string> {
  const day = '2021-03-01';
  const { amount_fen: paidFen } = (await row<{ amount_fen: bigint }>(house.db, 'select amount_fen from gift where id = ?', [giftId]))!;
  const line = { orderId: giftId, transactionId: `T${giftId}`, feeFen: 0n, at: `${day}T12:00:00+08:00` };
  const taken = { ...line, kind: 'refund' as const, refundId: `C${giftId.slice(1)}`, amountFen };
  house.channel.bills.set(`${tenant.merchantId}/${day}`, {
    kind: 'READY',
    lines: [{ ...line, kind: 'paid', refundId: null, amountFen: paidFen }, taken],
  });
  const billed = { id: tenant.id, channel: 'wechat' as const, merchantId: tenant.merchantId, nowMs: await nowMs(house, tenant) };
  await readChannelBill(house.db, house.channel, house.dependencies.gifts, billed, day);
  const id = await exceptionOf(house, `${taken.refundId}/T${giftId}`);
  expect(await house.ask('POST', `/v1/exceptions/${id}/chargeback`, { as: tenant.sessions.maker })).toMatchObject({ status: 200 });
  return id;
}

async function aCampaign(): Promise<{ campaignId: string; taken: string; other: string }> {
  const campaignId = await aRaisedCampaign(house, tenant, [500n, 300n]);
  const gifts = await rows<{ id: string; amount_fen: bigint }>(house.db, 'select id, amount_fen from gift where campaign_id = ?', [campaignId]);
  const of = (fen: bigint): string => gifts.find(({ amount_fen }) => amount_fen === fen)!.id;
  return { campaignId, taken: of(500n), other: of(300n) };
}

/** The campaign ends and gives everything back. @returns what the channel was asked to give back, by gift. */
async function everythingBack(campaignId: string): Promise<string[]> {
  const asked: string[] = [];
  const usual = house.channel.onRefund;
  house.channel.onRefund = (order) => {
    asked.push(order.orderId);
    return usual(order);
  };
  const deathId = await aDeath(house, tenant, campaignId);
  const body = { confirmed: true, reason: '已核对死亡证明' };
  expect(await house.ask('POST', `/v1/deaths/${deathId}/decision`, { as: tenant.sessions.operator, body })).toMatchObject({ status: 200 });
  await house.campaigns.database.moveMoneyOn(campaignId, await nowMs(house, tenant));
  const round = (await row<{ id: string }>(house.db, 'select id from refund_round where campaign_id = ?', [campaignId]))!;
  expect(await house.refunds.payment.sendReturns(round.id, await nowMs(house, tenant))).toBe(false);
  expect(await house.refunds.payment.sendReturns(round.id, await nowMs(house, tenant))).toBe(false);
  await house.refunds.database.finishRefund(round.id, await nowMs(house, tenant));
  house.channel.onRefund = usual;
  return asked;
}

test('its return is set off against what custody was short of, the channel is asked for the others only, and the chargeback is made good', async () => {
  const { campaignId, taken, other } = await aCampaign();
  const exceptionId = await chargedBack(taken, 500n);
  const seen = async (): Promise<unknown> => (await house.ask('GET', `/v1/campaigns/${campaignId}/refunds`, { as: tenant.platformKey })).body;
  expect(await seen()).toMatchObject({ chargedBack: { bookedFen: '500', openFen: '500' } });
  const gift = (await row<Parameters<typeof giftView>[1]>(house.db, 'select * from gift where id = ?', [taken]))!;
  expect(await giftView(house.db, gift)).toMatchObject({ creditedFen: 500n, chargedBackFen: 500n });
  expect(await everythingBack(campaignId)).toEqual([other]);
  expect(await seen()).toMatchObject({ chargedBack: { bookedFen: '500', openFen: '0' } });
  expect(await shown(house, tenant, exceptionId)).toMatchObject({ state: 'resolved', money: { onAccountFen: '0' } });
  expect(await balanceOf(house.db, tenant.id, { kind: 'chargeback' })).toBe(0n);
  expect(await campaignBooks(house.db, campaignId)).toMatchObject({ refundedFen: 800n, pendingFen: 0n });
  const returns = await rows(house.db, 'select status, last_outcome from gift_return where gift_id = ?', [taken]);
  expect(returns).toEqual([{ status: 'returned', last_outcome: 'CHARGED_BACK' }]);
});

test('what somebody made good before is for a person to say whose it is: it is paid to nobody', async () => {
  const { campaignId, taken, other } = await aCampaign();
  const exceptionId = await chargedBack(taken, 500n);
  const credit = await anUnknownLine(house, tenant, { sign: 'CRDT', amountFen: 500n, bookedAt: '2021-03-01T01:00:00Z' });
  expect(await matched(house, tenant, credit, 'chargeback', exceptionId, 500n)).toMatchObject({ status: 201 });
  expect(await everythingBack(campaignId)).toEqual([other]);
  const [back] = await rows<{ id: string }>(house.db, 'select id, status, last_outcome from gift_return where gift_id = ?', [taken]);
  expect(back).toMatchObject({ status: 'owed', last_outcome: 'CHARGED_BACK' });
  expect(await shown(house, tenant, await exceptionOf(house, back!.id))).toMatchObject({ kind: 'owed-back', state: 'open' });
});

test('a return of more than the channel took back is a person’s, and the chargeback stays open', async () => {
  const { campaignId, taken } = await aCampaign();
  const exceptionId = await chargedBack(taken, 499n);
  await everythingBack(campaignId);
  // The return of 500 is more than the 499 that are open.
  expect(await rows(house.db, 'select status from gift_return where gift_id = ?', [taken])).toEqual([{ status: 'owed' }]);
  expect(await shown(house, tenant, exceptionId)).toMatchObject({ state: 'open', money: { onAccountFen: '499' } });
});
