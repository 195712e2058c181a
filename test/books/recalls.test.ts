import { row, rows } from '../../src/database/connect';
import { addWorkingDays, DAY_MS, HOUR_MS } from '../../src/domain/calendar';
import { campaignBooks } from '../../src/ledger/statement';
import { bankLine } from '../support/campaigns';
import { anUnknownLine, exceptionOf, matched, shown } from '../support/exceptions';
import { aHouse, type House } from '../support/house';
import { aTenant, later, nowMs, staffId, type Tenant } from '../support/people';
import { type Recall, recallAsked, recallConfirmed } from '../support/recalls';
import { aReservedPayout } from '../support/releases';
import { debitNotified, type Payout, pursue } from '../support/transfers';

// A payout is asked back: two people, one id at the bank, nothing else leaves meanwhile, and only booked money ends it as returned. The books are looked at as the house closes.
let house: House;
let tenant: Tenant;
let payout: Payout;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
beforeEach(async () => {
  payout = await aReservedPayout(house, tenant);
  house.bank.onRecall = () => ({ kind: 'PENDING' });
  house.bank.recalled.length = 0;
});
afterAll(() => house.close());

const NET = 964_000n;
const paid = async (): Promise<void> => {
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  await debitNotified(house, tenant, payout);
};
const asked = async (who: 'maker' | 'checkerA' = 'maker'): Promise<Recall> => {
  const { status, body } = await recallAsked(house, tenant, payout.payoutId, who);
  expect([status, body]).toMatchObject([201, { state: 'asked' }]);
  return body;
};
const confirmed = async (): Promise<Recall> => {
  const recall = await asked();
  expect(await recallConfirmed(house, tenant, recall)).toMatchObject({ status: 200, body: { state: 'confirmed' } });
  return recall;
};
const step = async ({ id }: Recall) => house.recalls.payment.pursueRecall(id, await nowMs(house, tenant));
const stateOf = async ({ id }: Recall): Promise<string> =>
  (await row<{ state: string }>(house.db, 'select state from recall where id = ?', [id]))!.state;
const isHeld = async (): Promise<boolean> =>
  (await row(house.db, `select 1 from hold where campaign_id = ? and rule = 'RECALL' and lifted_at is null`, [payout.campaignId])) !== null;
const standing = async (recall: Recall): Promise<[string, boolean]> => [await stateOf(recall), await isHeld()];
const again = async () => ({ againAtMs: (await nowMs(house, tenant)) + HOUR_MS });
const withdraw = ({ id }: Recall) => house.ask<Recall>('POST', `/v1/recalls/${id}/withdrawal`, { as: tenant.sessions.maker });
const returned = async (): Promise<void> => {
  await house.owner('release').where('id', payout.id).update({ stage: 'watch' });
  const line = bankLine(tenant, { sign: 'CRDT', amountFen: NET, endToEndId: payout.payoutId, returnCode: 'FOCR', reference: `R${payout.payoutId}` });
  expect((await house.push('bank', line)).status).toBe(204);
  await house.releases.database.recordReturn(payout.payoutId, await nowMs(house, tenant));
};
const wordsTo = async ({ id }: Recall): Promise<string[]> =>
  (await rows<{ notice: string }>(house.db, 'select notice from outbox where workflow_id = ? order by seq', [`recall/${id}`])).map((w) => w.notice);

test('one asks, another confirms: every wrong turn is named, and from the asking on the campaign is held', async () => {
  expect(await recallAsked(house, tenant, payout.payoutId)).toMatchObject({ status: 409, body: { code: 'recall.wrong_state' } });
  await paid();
  expect(await house.ask('POST', `/v1/payouts/${payout.payoutId}/recalls`, { as: tenant.sessions.reviewer, body: {} })).toMatchObject({
    status: 403,
  });
  for (const [over, field] of [
    [{ reason: 'regret' }, '/reason'],
    [{ words: '' }, '/words'],
  ] as const)
    expect(await recallAsked(house, tenant, payout.payoutId, 'maker', over)).toMatchObject({ status: 400, body: { field } });
  expect(await isHeld()).toBe(false);

  const recall = await asked('checkerA');
  expect(await isHeld()).toBe(true);
  expect(await recallAsked(house, tenant, payout.payoutId)).toMatchObject({ status: 409, body: { code: 'recall.stands' } });
  expect(await recallConfirmed(house, tenant, recall, 'checkerA')).toMatchObject({ status: 403, body: { code: 'recall.same_person' } });
  expect(await recallConfirmed(house, tenant, recall, 'maker')).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
  expect(await recallConfirmed(house, tenant, { ...recall, digest: 'a'.repeat(64) }, 'checkerB')).toMatchObject({
    body: { code: 'auth.step_up_required' },
  });
  const other = await aTenant(house);
  expect(await recallConfirmed(house, other, recall)).toMatchObject({ status: 404 });
  // Whoever writes the row.
  const steps = { confirmed_at: new Date(), step_up_id: 'x', state: 'confirmed' };
  for (const [who, error] of [
    ['checkerA', /another_confirms/],
    ['maker', /no finance checker/],
  ] as const)
    await expect(
      house
        .owner('recall')
        .where('id', recall.id)
        .update({ ...steps, confirmer_id: await staffId(house, tenant, who) }),
    ).rejects.toThrow(error);

  expect(await withdraw(recall)).toMatchObject({ status: 200, body: { state: 'withdrawn' } });
  expect(await standing(recall)).toEqual(['withdrawn', false]);
  expect(await withdraw(recall)).toMatchObject({ status: 409, body: { code: 'recall.wrong_state' } });
  expect(await recallConfirmed(house, tenant, recall, 'checkerB')).toMatchObject({ status: 409, body: { code: 'recall.wrong_state' } });
  expect(await step(recall)).toBe('over');
  expect([house.bank.recalled, await wordsTo(recall)]).toEqual([[], []]);
});

test('two ask at once, two confirm at once: one of each', async () => {
  await paid();
  const asks = await Promise.all((['maker', 'checkerA'] as const).map((who) => recallAsked(house, tenant, payout.payoutId, who)));
  expect(asks.map(({ status }) => status).sort()).toEqual([201, 409]);
  await withdraw(asks.find(({ status }) => status === 201)!.body);
  const recall = await asked();
  const both = await Promise.all((['checkerA', 'checkerB'] as const).map((who) => recallConfirmed(house, tenant, recall, who)));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await wordsTo(recall)).toEqual(['confirmed']);
});

test('killed between record and call, then the answer lost: the same id, accepted, and over only when the money is booked', async () => {
  await paid();
  const recall = await confirmed();
  house.bank.recallScript.push(
    () => {
      throw new Error('killed');
    },
    (take) => {
      take();
      return { kind: 'UNKNOWN', reason: 'time-out' };
    },
  );
  await expect(step(recall)).rejects.toThrow('killed');
  expect(await standing(recall)).toEqual(['sent', true]);
  expect(await step(recall)).toEqual(await again());
  expect(await step(recall)).toEqual(await again());
  const [first, second, ...more] = house.bank.recalled;
  expect(first).toMatchObject({ recallId: recall.id, payoutId: payout.payoutId, amountFen: NET, bookedOn: '2021-03-05', reason: 'duplicate' });
  expect([second, more]).toEqual([first, []]);

  const before = await campaignBooks(house.db, payout.campaignId);
  house.bank.onRecall = () => ({ kind: 'ACCEPTED' });
  expect(await step(recall)).toEqual({ againAtMs: addWorkingDays(await nowMs(house, tenant), 10) });
  expect(await standing(recall)).toEqual(['accepted', true]);
  expect(await campaignBooks(house.db, payout.campaignId)).toEqual(before);
  await returned();
  expect(await standing(recall)).toEqual(['returned', false]);
  expect(await campaignBooks(house.db, payout.campaignId)).toMatchObject({ paidNetFen: 0n });
  expect([await step(recall), house.bank.recalled.length, await wordsTo(recall)]).toEqual(['over', 2, ['confirmed', 'ended']]);
  expect(await recallAsked(house, tenant, payout.payoutId)).toMatchObject({ status: 409, body: { code: 'recall.wrong_state' } });
});

test('two workers at once ask under one id', async () => {
  await paid();
  const recall = await confirmed();
  await Promise.all([step(recall), step(recall), step(recall)]);
  expect(new Set(house.bank.recalled.map(({ recallId }) => recallId))).toEqual(new Set([recall.id]));
  expect(await standing(recall)).toEqual(['sent', true]);
});

test('refused: the hold goes, finance has the bank’s code, and it may be asked for again', async () => {
  await paid();
  const recall = await confirmed();
  house.bank.onRecall = () => ({ kind: 'REFUSED', code: 'CUST' });
  expect(await step(recall)).toBe('over');
  expect(await standing(recall)).toEqual(['refused', false]);
  const exceptionId = await exceptionOf(house, recall.id);
  expect(await shown(house, tenant, exceptionId)).toMatchObject({
    ...{ kind: 'recall-refused', state: 'open', acts: ['assign', 'settle'], money: { amountFen: NET.toString() } },
    facts: { code: 'CUST', payoutId: payout.payoutId },
  });
  const list = await house.ask<{ recalls: unknown[] }>('GET', `/v1/recalls?payoutId=${payout.payoutId}`, { as: tenant.sessions.checkerA });
  expect(list.body.recalls).toMatchObject([{ id: recall.id, state: 'refused', bankCode: 'CUST', endedBy: 'bank' }]);
  const second = await confirmed();
  house.bank.onRecall = () => ({ kind: 'PENDING' });
  await step(second);
  await returned();
  expect(await stateOf(second)).toBe('returned');
  expect(await shown(house, tenant, exceptionId)).toMatchObject({ state: 'resolved', resolution: 'machine' });
});

test('in transit it waits; the payout that is booked tells it, and the one that fails makes it moot', async () => {
  house.bank.submitScript.push(() => ({ kind: 'ACCEPTED', reference: 'later' }));
  house.bank.queryScript.push(() => ({ kind: 'PENDING', code: 'ACSP' }));
  expect(await pursue(house, tenant, payout.payoutId)).toBe('submitted');
  const recall = await confirmed();
  expect(await step(recall)).toEqual(await again());
  expect([await stateOf(recall), house.bank.recalled]).toEqual(['confirmed', []]);
  house.bank.queryScript.push(() => ({ kind: 'FAILED', code: 'AC01', text: 'no such account' }));
  expect(await pursue(house, tenant, payout.payoutId)).toBe('failed');
  expect(await standing(recall)).toEqual(['moot', false]);
  expect([await step(recall), house.bank.recalled, await wordsTo(recall)]).toEqual(['over', [], ['confirmed', 'ended']]);

  payout = await aReservedPayout(house, tenant);
  house.bank.submitScript.push((_order, book) => {
    book();
    return { kind: 'UNKNOWN', reason: 'time-out' };
  });
  expect(await pursue(house, tenant, payout.payoutId)).toBe('unknown');
  const another = await confirmed();
  await paid();
  expect(await wordsTo(another)).toEqual(['confirmed', 'payout-booked']);
  await step(another);
  expect(await stateOf(another)).toBe('sent');
});

test('sent, but never seen by the bank: not sent again, and a day later it ends unpaid and its release asks for new signatures', async () => {
  house.bank.submitScript.push(() => ({ kind: 'UNKNOWN', reason: 'time-out' }));
  expect(await pursue(house, tenant, payout.payoutId)).toBe('unknown');
  const recall = await asked();
  const dayBefore = new Date((await nowMs(house, tenant)) - DAY_MS);
  await house.db('payout').where('id', payout.payoutId).update({ submitted_at: dayBefore });
  // One person alone ends no payment.
  expect(await pursue(house, tenant, payout.payoutId)).toBe('waiting');
  expect(await recallConfirmed(house, tenant, recall)).toMatchObject({ status: 200 });
  expect(await pursue(house, tenant, payout.payoutId)).toBe('failed');
  expect(await standing(recall)).toEqual(['moot', false]);
  expect([await house.db('release').where('id', payout.id).first('stage'), house.bank.booked.has(payout.payoutId)]).toEqual([
    { stage: 'approval' },
    false,
  ]);
});

test('a bank that never answers: after ten working days finance is told once, and ends it with the bank’s word', async () => {
  await paid();
  const recall = await confirmed();
  await step(recall);
  const dueMs = addWorkingDays(await nowMs(house, tenant), 10);
  const parked = () => rows(house.db, `select 1 from money_exception where kind = 'recall-silent' and subject = ?`, [recall.id]);
  await later(house, tenant, dueMs - 1 - (await nowMs(house, tenant)));
  await step(recall);
  expect(await parked()).toEqual([]);
  await later(house, tenant, 1);
  expect([await step(recall), await step(recall)]).toEqual([await again(), await again()]);
  expect(await parked()).toHaveLength(1);
  expect(await standing(recall)).toEqual(['sent', true]);
  const exceptionId = await exceptionOf(house, recall.id);
  const asked = await house.ask('POST', `/v1/exceptions/${exceptionId}/settlement`, {
    as: tenant.sessions.checkerB,
    body: { reason: '银行书面答复：收款人不同意退回' },
  });
  expect(asked).toMatchObject({ status: 200, body: { state: 'open' } });
  expect(await standing(recall)).toEqual(['sent', true]);
  const settled = await house.ask('POST', `/v1/exceptions/${exceptionId}/settlement/confirmation`, { as: tenant.sessions.checkerA });
  expect(settled).toMatchObject({ status: 200, body: { state: 'resolved' } });
  expect(await standing(recall)).toEqual(['refused', false]);
  expect(await step(recall)).toBe('over');
});

test('accepted, and the payee sends the money another way: matched by hand it is over, once it is back whole', async () => {
  await paid();
  const recall = await confirmed();
  house.bank.onRecall = () => ({ kind: 'ACCEPTED' });
  await step(recall);
  const lineId = await anUnknownLine(house, tenant, { sign: 'CRDT', amountFen: NET });
  expect(await matched(house, tenant, lineId, 'payout-return', payout.payoutId, 1n)).toMatchObject({ status: 201 });
  expect(await standing(recall)).toEqual(['accepted', true]);
  expect(await matched(house, tenant, lineId, 'payout-return', payout.payoutId, NET - 1n)).toMatchObject({ status: 201 });
  expect(await standing(recall)).toEqual(['returned', false]);
});

test('a link without recalls: refused by its name, and nothing is changed', async () => {
  await paid();
  house.links.iso20022 = Object.create(house.bank, { recalls: { value: undefined } }) as typeof house.bank;
  const refused = await recallAsked(house, tenant, payout.payoutId);
  house.links.iso20022 = house.bank;
  expect(refused).toMatchObject({ status: 409, body: { code: 'recall.not_offered' } });
  expect([await isHeld(), await rows(house.db, 'select 1 from recall where payout_id = ?', [payout.payoutId])]).toEqual([false, []]);
});
