import { ulid } from 'ulid';
import { row } from '../../src/database/connect';
import { placeHold } from '../../src/records/releases';
import { ACCOUNT, documentOf } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aColleague, aTenant, later, nowMs, staffId, type Tenant } from '../support/people';
import { aReservedPayout, preparePayout, proposed, signs } from '../support/releases';
import { type Payout, pursue, standing } from '../support/transfers';

// Everything the checkers signed is looked at once more in the last moment before the bank hears of it (reliability 30, 31; I5).
let house: House;
let tenant: Tenant;
let payout: Payout;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
beforeEach(async () => {
  payout = await aReservedPayout(house, tenant);
});
afterEach(() => house.owner('staff').whereNotNull('disabled_at').update({ disabled_at: null }));
afterAll(() => house.close());

const again = (): ReturnType<typeof pursue> => pursue(house, tenant, payout.payoutId);
const disabled = async (id: string): Promise<unknown> => house.owner('staff').where({ id }).update({ disabled_at: new Date() });

/** Refused before the bank heard a word: no order, no money moved, and the release asks for signatures again. */
async function refusedUnsent(): Promise<void> {
  expect(await again()).toBe('failed');
  expect(await standing(house, payout)).toMatchObject({ state: 'failed', received: 0, bookedFen: 0n, paidFen: 0n, pendingFen: 1_000_000n });
  expect(await row(house.db, 'select stage from release where id = ?', [payout.id])).toEqual({ stage: 'approval' });
}

test('a checker was removed after signing: the signature no longer counts', async () => {
  const checker = await staffId(house, tenant, 'checkerA');
  await disabled(checker);
  await refusedUnsent();
});

test('after a refused submission new signatures lead to a new payout, once', async () => {
  const checker = await staffId(house, tenant, 'checkerA');
  await disabled(checker);
  await refusedUnsent();
  // A third checker takes over; whatever stands of the old approval, the payment goes out under a new id.
  const third = await aColleague(house, tenant, 'finance-checker');
  const digest = await proposed(house, tenant, payout);
  for (const session of [tenant.sessions.checkerB, third.session]) expect(await signs(house, session, payout, digest)).toMatchObject({ status: 201 });
  const payoutId = await preparePayout(house, tenant, payout);
  expect(payoutId).not.toBe(payout.payoutId);
  expect(await pursue(house, tenant, payoutId!)).toBe('succeeded');
  expect(house.bank.booked.has(payout.payoutId)).toBe(false);
});

test('after a refused submission the old approval is void: a third signature under it makes no payout', async () => {
  const checker = await staffId(house, tenant, 'checkerA');
  const { digest } = (await row<{ digest: string }>(house.db, 'select digest from approval where release_id = ?', [payout.id]))!;
  await disabled(checker);
  await refusedUnsent();
  const third = await aColleague(house, tenant, 'finance-checker');
  expect(await signs(house, third.session, payout, digest)).toMatchObject({ status: 409 });
  expect(await preparePayout(house, tenant, payout)).toBeNull();
});

test('the approval expired between signing and submission', async () => {
  await later(house, tenant, 72 * 3_600_000);
  await refusedUnsent();
});

test('evidence changed after the payout was made up', async () => {
  const body = { documents: [documentOf('diagnosis', 'a second opinion')] };
  expect(await house.ask('POST', `/v1/campaigns/${payout.campaignId}/documents`, { as: tenant.platformKey, body })).toMatchObject({ status: 201 });
  await refusedUnsent();
});

test('the account cannot be changed while a payment is under way', async () => {
  const asked = await house.ask('PUT', `/v1/campaigns/${payout.campaignId}/payee-account`, {
    as: tenant.platformKey,
    body: { ...ACCOUNT, number: '6217009999999999' },
  });
  expect(asked).toMatchObject({ status: 409, body: { code: 'release.wrong_stage' } });
  expect(await again()).toBe('succeeded');
});

test('a hold stands: the payout waits, unsent and unspoiled, and goes when the hold is lifted', async () => {
  const hold = {
    id: ulid(),
    campaignId: payout.campaignId,
    releaseId: null,
    rule: 'RECEIPT',
    reason: 'test',
    at: new Date(await nowMs(house, tenant)),
  };
  await placeHold(house.db, hold);
  expect(await again()).toBe('waiting');
  expect(await standing(house, payout)).toMatchObject({ state: 'reserved', received: 0 });
  await house.db('hold').where('id', hold.id).update({ lifted_at: hold.at, lifted_by: 'test' });
  expect(await again()).toBe('succeeded');
});

test('a hold that comes after the order was sent does not stop the asking', async () => {
  house.bank.submitScript.push((_order, book) => {
    book();
    return { kind: 'UNKNOWN', reason: 'time-out' };
  });
  expect(await again()).toBe('unknown');
  await placeHold(house.db, { id: ulid(), campaignId: payout.campaignId, releaseId: null, rule: 'RECEIPT', reason: 'test', at: new Date() });
  expect(await again()).toBe('succeeded');
  expect(await standing(house, payout)).toMatchObject({ received: 1 });
});
