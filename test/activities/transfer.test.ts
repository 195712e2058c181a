import { ulid } from 'ulid';
import { liftHold, placeHold } from '../../src/records/releases';
import { aDeath } from '../support/endings';
import { aHouse, type House } from '../support/house';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { auditOf, debitNotified, Killed, type Payout, pursue, standing, SUBMIT_POINTS } from '../support/transfers';

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
afterAll(() => house.close());

/** ¥10,000.00 less 3 % and 0.6 %. */
const NET = 964_000n;
const FEE = 36_000n;
const PAID = { state: 'succeeded', bookedFen: NET, paidFen: NET, feesFen: FEE, pendingFen: 0n };
const NOT_PAID = { bookedFen: 0n, paidFen: 0n, feesFen: 0n, pendingFen: 1_000_000n };
const again = (): ReturnType<typeof pursue> => pursue(house, tenant, payout.payoutId);
const now = (): ReturnType<typeof standing> => standing(house, payout);

test('accepted and booked: one order, one debit, the ledger to the fen', async () => {
  expect(await again()).toBe('succeeded');
  expect(await now()).toEqual({ ...PAID, received: 1 });
  await debitNotified(house, tenant, payout);
  expect(await auditOf(house, payout.payoutId)).toEqual(['payout.reserved', 'payout.submitted', 'payout.succeeded']);
});

test('asked again after it succeeded: the bank hears nothing more', async () => {
  await again();
  expect(await again()).toBe('succeeded');
  expect(await now()).toEqual({ ...PAID, received: 1 });
});

test('the answer is lost after booking: asked about, never sent again', async () => {
  house.bank.submitScript.push((_order, book) => {
    book();
    return { kind: 'UNKNOWN', reason: 'time-out' };
  });
  expect(await again()).toBe('unknown');
  expect(await now()).toMatchObject({ state: 'unknown', paidFen: 0n });
  expect(await again()).toBe('succeeded');
  expect(await now()).toEqual({ ...PAID, received: 1 });
});

test('the answer is lost before booking: found nowhere, sent again under the same id with the same fields', async () => {
  house.bank.submitScript.push(() => ({ kind: 'UNKNOWN', reason: 'time-out' }));
  expect(await again()).toBe('unknown');
  expect(await again()).toBe('succeeded');
  expect(await now()).toEqual({ ...PAID, received: 2 });
  const [first, second] = house.bank.received.filter((o) => o.payoutId === payout.payoutId);
  expect(second).toEqual(first);
});

test('unknown, unknown again, then found: the state stays unknown until the bank is certain', async () => {
  house.bank.submitScript.push((_order, book) => {
    book();
    return { kind: 'UNKNOWN', reason: 'HTML instead of XML' };
  });
  house.bank.queryScript.push(
    () => ({ kind: 'UNKNOWN', reason: '503' }),
    () => ({ kind: 'UNKNOWN', reason: '429' }),
  );
  expect([await again(), await again(), await again(), await again()]).toEqual(['unknown', 'unknown', 'unknown', 'succeeded']);
  expect(await now()).toEqual({ ...PAID, received: 1 });
});

test('rejected for good: nothing moves, the money stays reserved, and the id is never sent again', async () => {
  house.bank.submitScript.push(() => ({ kind: 'REJECTED', code: 'AC04', text: 'account closed', final: true }));
  expect(await again()).toBe('failed');
  expect(await again()).toBe('failed');
  expect(await now()).toEqual({ ...NOT_PAID, state: 'failed', received: 1 });
});

test('rejected, but not for good: not a failure', async () => {
  house.bank.submitScript.push(() => ({ kind: 'REJECTED', code: 'NARR', text: 'queue full', final: false }));
  expect(await again()).toBe('unknown');
  expect(await again()).toBe('succeeded');
  expect(await now()).toMatchObject(PAID);
});

test('pending for days, then failed at the bank: nothing moved', async () => {
  house.bank.submitScript.push(() => ({ kind: 'ACCEPTED', reference: 'later' }));
  const pending = { kind: 'PENDING', code: 'ACSP' } as const;
  house.bank.queryScript.push(
    () => pending,
    () => pending,
    () => ({ kind: 'FAILED', code: 'AC01', text: 'no such account' }),
  );
  expect([await again(), await again(), await again()]).toEqual(['submitted', 'submitted', 'failed']);
  expect(await now()).toEqual({ ...NOT_PAID, state: 'failed', received: 1 });
});

test('the bank booked another amount: nothing is recorded and somebody hears of it', async () => {
  house.bank.queryScript.push((id) => ({
    kind: 'SUCCEEDED',
    reference: 'B',
    bookedAt: '2021-03-05T02:00:00Z',
    amountFen: house.bank.booked.get(id)!.amountFen + 1n,
  }));
  expect(await again()).toBe('unknown');
  expect(await now()).toMatchObject({ state: 'unknown', paidFen: 0n });
  expect(await house.db('money_exception').where('kind', 'payout-amount').select('subject', 'data')).toEqual([
    { subject: payout.payoutId, data: { netFen: '964000', bookedFen: '964001' } },
  ]);
  expect(await again()).toBe('succeeded');
});

test('booked and returned before anybody asked: paid first, so that the return has something to undo', async () => {
  house.bank.queryScript.push((id) => ({
    kind: 'RETURNED',
    reference: 'R1',
    bookedAt: '2021-03-06T02:00:00Z',
    amountFen: house.bank.booked.get(id)!.amountFen,
    code: 'AC04',
    text: 'closed',
  }));
  expect(await again()).toBe('succeeded');
  expect(await now()).toMatchObject(PAID);
});

describe.each(SUBMIT_POINTS)('the worker is killed %s', (point) => {
  test('the next one ends with one debit, and the ledger says so', async () => {
    await expect(pursue(house, tenant, payout.payoutId, point)).rejects.toBeInstanceOf(Killed);
    expect(['reserved', 'submitted', 'succeeded']).toContain((await now()).state);
    expect(await again()).toBe('succeeded');
    expect(await now()).toMatchObject(PAID);
  });

  test('while the answer is lost, too', async () => {
    house.bank.submitScript.push((_order, book) => {
      book();
      return { kind: 'UNKNOWN', reason: 'reset' };
    });
    await expect(pursue(house, tenant, payout.payoutId, point)).rejects.toBeInstanceOf(Killed);
    // Killed before the call, the script waits for the second worker.
    expect(['succeeded', 'unknown']).toContain(await again());
    expect(await again()).toBe('succeeded');
    expect(await now()).toMatchObject({ ...PAID, received: 1 });
  });
});

test('two workers at once: both may call, the bank books once, the ledger posts once', async () => {
  const states = await Promise.all([again(), again(), again(), again()]);
  expect(new Set(states)).toEqual(new Set(['succeeded']));
  expect(await now()).toMatchObject(PAID);
});

test('a zombie comes back with an old answer after another worker recorded the success: nothing is undone', async () => {
  let answerNow = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    answerNow = resolve;
  });
  house.bank.submitScript.push(async (_order, book) => {
    book();
    await held;
    return { kind: 'UNKNOWN', reason: 'late' };
  });
  const zombie = again();
  while (!house.bank.booked.has(payout.payoutId)) await new Promise((resolve) => setImmediate(resolve));
  expect(await again()).toBe('succeeded');
  answerNow();
  expect(await zombie).toBe('succeeded');
  expect(await now()).toEqual({ ...PAID, received: 1 });
});

test('a hold placed after an order was lost: it is not sent again while the hold stands', async () => {
  house.bank.submitScript.push(() => ({ kind: 'UNKNOWN', reason: 'time-out' }));
  expect(await again()).toBe('unknown');
  const at = new Date(await nowMs(house, tenant));
  await placeHold(house.db, { id: ulid(), campaignId: payout.campaignId, releaseId: null, rule: 'COMPLAINT', reason: 'a complaint', at });
  expect(await again()).toBe('waiting');
  expect(await now()).toEqual({ ...NOT_PAID, state: 'unknown', received: 1 });
  await liftHold(house.db, { campaignId: payout.campaignId, rule: 'COMPLAINT', by: 'operator', at });
  expect(await again()).toBe('succeeded');
  expect(await now()).toEqual({ ...PAID, received: 2 });
});

test('a campaign stopped after an order was lost: never sent again, and a day later the payout ends unpaid', async () => {
  house.bank.submitScript.push(() => ({ kind: 'UNKNOWN', reason: 'time-out' }));
  expect(await again()).toBe('unknown');
  const deathId = await aDeath(house, tenant, payout.campaignId);
  // The hold of the death stands from now on, also once it is confirmed.
  expect(await again()).toBe('waiting');
  const confirmed = { confirmed: true, reason: '已核对死亡证明' };
  expect(await house.ask('POST', `/v1/deaths/${deathId}/decision`, { as: tenant.sessions.operator, body: confirmed })).toMatchObject({ status: 200 });
  expect(await again()).toBe('waiting');
  expect(await now()).toEqual({ ...NOT_PAID, state: 'unknown', received: 1 });
  await house
    .db('payout')
    .where('id', payout.payoutId)
    .update({ submitted_at: new Date((await nowMs(house, tenant)) - 24 * 3_600_000) });
  expect(await again()).toBe('failed');
  expect(await now()).toEqual({ ...NOT_PAID, state: 'failed', received: 1 });
});

describe('a signature that holds no longer, of a payment on record as sent that the bank never saw', () => {
  const disable = async (isGone: boolean): Promise<void> => {
    await house.owner.raw(
      `update staff set disabled_at = ${isGone ? 'now()' : 'null'} where id = (select checker_id from approval_signature s
         join payout p on p.approval_id = s.approval_id where p.id = ? order by checker_id limit 1)`,
      [payout.payoutId],
    );
  };
  const parked = () =>
    house.db('money_exception').where({ kind: 'payout-unsigned', subject: payout.payoutId }).select('id', 'campaign_id', 'resolved_at');

  beforeEach(async () => {
    await expect(pursue(house, tenant, payout.payoutId, 'before-call')).rejects.toBeInstanceOf(Killed);
    await disable(true);
  });
  afterEach(() => disable(false));

  test('it is not sent, finance hears of it once, and it goes on by itself when the signature holds again', async () => {
    expect([await again(), await again()]).toEqual(['waiting', 'waiting']);
    expect(await now()).toEqual({ ...NOT_PAID, state: 'submitted', received: 0 });
    expect(await parked()).toEqual([{ id: expect.any(String), campaign_id: payout.campaignId, resolved_at: null }]);
    await disable(false);
    expect(await again()).toBe('succeeded');
    expect(await now()).toEqual({ ...PAID, received: 1 });
  });

  test('settled by a person, it ends a day later, and its release asks for new signatures', async () => {
    expect(await again()).toBe('waiting');
    const [event] = await parked();
    const body = { reason: '银行确认未收到该笔指令' };
    expect(await house.ask('POST', `/v1/exceptions/${event.id}/settlement`, { as: tenant.sessions.checkerB, body })).toMatchObject({
      status: 200,
    });
    expect(await again()).toBe('waiting');
    const dayBefore = new Date((await nowMs(house, tenant)) - 24 * 3_600_000);
    await house.db('payout').where('id', payout.payoutId).update({ submitted_at: dayBefore });
    expect(await again()).toBe('failed');
    expect(await now()).toEqual({ ...NOT_PAID, state: 'failed', received: 0 });
    expect(await house.db('release').where('id', payout.id).first('stage')).toEqual({ stage: 'approval' });
  });

  test('the bank had it after all: paid once, whatever became of the signature', async () => {
    house.bank.queryScript.push((id) => ({
      kind: 'SUCCEEDED',
      reference: 'B',
      bookedAt: '2021-03-05T02:00:00Z',
      amountFen: house.bank.booked.get(id)?.amountFen ?? NET,
    }));
    expect(await again()).toBe('succeeded');
    expect(await now()).toMatchObject({ ...PAID, received: 0, bookedFen: expect.anything() });
  });
});

test('a worker that stood still between its intent and the call sends nothing of what ended meanwhile', async () => {
  const end = () => house.db('payout').where('id', payout.payoutId).update({ state: 'failed', failure_code: 'approval' });
  const stoodStill = await pursue(house, tenant, payout.payoutId, async (point) => {
    if (point === 'before-call') await end();
  });
  expect(stoodStill).toBe('failed');
  expect(await now()).toEqual({ ...NOT_PAID, state: 'failed', received: 0 });
});
