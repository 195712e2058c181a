import { row } from '../../src/database/connect';
import { balanceOf } from '../../src/ledger/post';
import { verifyLedger } from '../../src/ledger/verify';
import { aRaise, bankLine, ordered, paidNotice } from '../support/campaigns';
import { exceptionOf, matched, shown, undone } from '../support/exceptions';
import { aHouse, type House } from '../support/house';
import { aTenant, nowMs, type Tenant } from '../support/people';

// A callback was lost, so the channel's settlement came before its gift was known: nobody is paid from it, and nobody waits for ever.
let house: House;
let tenant: Tenant;
let campaignId: string;
let exceptionId: string;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterEach(async () => expect(await verifyLedger(house.db, tenant.id)).toEqual([]));
afterAll(() => house.close());

const suspense = (): Promise<bigint> => balanceOf(house.db, tenant.id, { kind: 'suspense' });
const clearing = (): Promise<bigint> => balanceOf(house.db, tenant.id, { kind: 'clearing' });
const settles = async (): Promise<boolean> => house.campaigns.database.settleBooks(campaignId, await nowMs(house, tenant));

/** 500 fen are swept under these words; then the lost callback of a gift of 500 comes, and the raise is closed. */
async function overtaken(remittance: string | null): Promise<void> {
  campaignId = await aRaise(house, tenant);
  const [giftId] = await ordered(house, tenant, campaignId, [500n]);
  const line = bankLine(tenant, { sign: 'CRDT', amountFen: 500n, remittance });
  await house.push('bank', line);
  exceptionId = await exceptionOf(house, `${tenant.custodyAccount}/${String(line.entries[0]!.reference)}/CRDT`);
  expect([await suspense(), await clearing()]).toEqual([500n, 0n]);
  const paidAt = new Date(await nowMs(house, tenant)).toISOString();
  await house.push('wechat', paidNotice(tenant, giftId!, 500n, { paidAt }));
  await house.campaigns.database.closeRaise(campaignId, await nowMs(house, tenant), 'sponsor');
}

test('the line names our merchant number: the machine matches it with what the channel owes, once, and the campaign goes on', async () => {
  await overtaken(`WXPAY SETTLE ${tenant.merchantId} 2021-03-01`);
  expect(await Promise.all([settles(), settles()])).toEqual([true, true]);
  expect([await suspense(), await clearing()]).toEqual([0n, 0n]);
  expect(await shown(house, tenant, exceptionId)).toMatchObject({
    state: 'resolved',
    matches: [{ target: 'channel', amountFen: '500', madeBy: 'machine' }],
  });
});

test('the line names nobody, or a longer number: it is a person’s, who matches it with what the channel owes', async () => {
  await overtaken(`SETTLE ${tenant.merchantId}9`);
  expect(await settles()).toBe(false);
  expect(await shown(house, tenant, exceptionId)).toMatchObject({ state: 'open', acts: expect.arrayContaining(['match-channel']) as unknown });
  expect(await matched(house, tenant, exceptionId, 'channel', campaignId, 500n)).toMatchObject({
    status: 422,
    body: { code: 'exception.wrong_target' },
  });
  expect(await matched(house, tenant, exceptionId, 'channel', tenant.id, 501n)).toMatchObject({ status: 422, body: { code: 'match.too_much' } });
  expect(await matched(house, tenant, exceptionId, 'channel', tenant.id, 500n)).toMatchObject({ status: 201 });
  expect(await settles()).toBe(true);
});

test('what a person undid, no machine does again', async () => {
  await overtaken(`WXPAY SETTLE ${tenant.merchantId} 2021-03-01`);
  expect(await settles()).toBe(true);
  const match = (await row<{ id: string }>(house.db, 'select id from bank_match where exception_id = ?', [exceptionId]))!;
  expect(await undone(house, tenant, match.id)).toMatchObject({ status: 200 });
  await house.owner('campaign').where('id', campaignId).update({ phase: 'settlement' });
  expect(await settles()).toBe(false);
  expect([await suspense(), await clearing()]).toEqual([500n, 500n]);
});
