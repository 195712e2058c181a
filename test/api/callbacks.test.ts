import { row, rows } from '../../src/database/connect';
import { balanceOf } from '../../src/ledger/post';
import { aRaise, bankLine, ordered, paidNotice } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { aReservedPayout, rowCounts } from '../support/releases';
import { debitNotified, type Payout, pursue, standing } from '../support/transfers';

// What providers push: verified before it is read, durable before it is answered, kept once however often it comes (reliability 23–28, I9).
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close());

const exceptionsOf = (reference: unknown): Promise<{ kind: string; tenant_id: string; owner: string }[]> =>
  rows(house.db, 'select kind, tenant_id, owner from money_exception where subject like ? order by kind', [`%${String(reference)}%`]);
const linesOf = async (reference: unknown): Promise<number> =>
  (await row<{ n: number }>(house.db, 'select count(*)::int as n from bank_line where reference = ?', [String(reference)]))!.n;
const custody = (): Promise<bigint> => balanceOf(house.db, tenant.id, { kind: 'custody' });

describe.each(['wechat', 'alipay', 'bank'] as const)('%s', (provider) => {
  test.each<[string, Record<string, string>]>([
    ['no signature', {}],
    ['another’s signature', { 'x-fake-signature': 'forged' }],
  ])('%s: 401 and no effect', async (_what, headers) => {
    const [id] = await ordered(house, tenant, await aRaise(house, tenant), [100n]);
    const notice = provider === 'bank' ? bankLine(tenant, { sign: 'CRDT', amountFen: 100n }) : paidNotice(tenant, id!, 100n);
    const before = await rowCounts(house);
    expect(await house.push(provider, notice, headers)).toMatchObject({ status: 401, body: { code: 'FAIL', message: 'signature' } });
    expect(await rowCounts(house)).toEqual(before);
  });

  test('signed, but no message: 400 and no effect', async () => {
    const before = await rowCounts(house);
    const answer = await house.ask('POST', `/callbacks/${provider}`, { raw: '<not what it claims>', headers: { 'x-fake-signature': 'good' } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'FAIL' } });
    expect(await rowCounts(house)).toEqual(before);
  });

  test('more than a megabyte: refused before anything reads it', async () => {
    const answer = await house.ask('POST', `/callbacks/${provider}`, { raw: 'a'.repeat(1_100_000), headers: { 'x-fake-signature': 'good' } });
    expect(answer.status).toBe(400);
  });

  test('what was refused is logged without its words', () => {
    const refused = house.logged.filter((line) => line.includes('a callback was not taken'));
    expect(refused.some((line) => line.includes(provider))).toBe(true);
    expect(refused.join('')).not.toContain('not what it claims');
  });
});

test('an error of ours is a 500, so that the provider sends it again', async () => {
  const [id] = await ordered(house, tenant, await aRaise(house, tenant), [100n]);
  expect((await house.push('wechat', paidNotice(tenant, id!, 100n, { paidAt: 'no time' }))).status).toBe(500);
  expect((await house.push('wechat', paidNotice(tenant, id!, 100n))).status).toBe(204);
  expect(await row(house.db, 'select status from gift where id = ?', [id!])).toEqual({ status: 'paid' });
});

describe('bank lines', () => {
  test('the same line a hundred times at once: one row, one posting', async () => {
    const [id] = await ordered(house, tenant, await aRaise(house, tenant), [500n]);
    await house.push('wechat', paidNotice(tenant, id!, 500n));
    const before = await custody();
    const line = bankLine(tenant, { sign: 'CRDT', amountFen: 500n });
    const answers: Answer[] = await Promise.all(Array.from({ length: 100 }, () => house.push('bank', line)));
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set([204]));
    expect(await linesOf(line.entries[0]!.reference)).toBe(1);
    expect(await custody()).toBe(before + 500n);
  });

  test('more than the channel owes: the rest is nobody’s yet, and a person’s task', async () => {
    const before = await custody();
    const line = bankLine(tenant, { sign: 'CRDT', amountFen: 777n });
    await house.push('bank', line);
    await house.push('bank', line);
    expect(await custody()).toBe(before + 777n);
    expect(await exceptionsOf(line.entries[0]!.reference)).toEqual([{ kind: 'unexplained-credit', tenant_id: tenant.id, owner: 'operator' }]);
  });

  test('a line that is not booked yet is not heard', async () => {
    const line = bankLine(tenant, { sign: 'CRDT', amountFen: 5n, status: 'PDNG' });
    expect((await house.push('bank', line)).status).toBe(204);
    expect(await linesOf(line.entries[0]!.reference)).toBe(0);
  });

  test.each<[string, Record<string, unknown>, string, string | null]>([
    ['an account of nobody', { accountNumber: '1'.repeat(19), sign: 'CRDT' }, 'bank-account-unknown', 'unknown'],
    ['a debit for a payout of nobody', { sign: 'DBIT', endToEndId: '9'.repeat(26) }, 'bank-line-unknown', null],
    ['a debit without a reference', { sign: 'DBIT' }, 'bank-line-unknown', null],
  ])('%s is parked once, with an owner, and nothing is posted', async (_what, over, kind, ownerTenant) => {
    const before = await custody();
    const line = bankLine(tenant, { amountFen: 123n, ...over });
    for (let i = 0; i < 3; i += 1) expect((await house.push('bank', line)).status).toBe(204);
    expect(await exceptionsOf(line.entries[0]!.reference)).toEqual([{ kind, tenant_id: ownerTenant ?? tenant.id, owner: 'operator' }]);
    expect(await custody()).toBe(before);
  });

  test('a credit for a payout of nobody is parked once, with an owner, and lies on suspense', async () => {
    const before = await custody();
    const suspense = (): Promise<bigint> => balanceOf(house.db, tenant.id, { kind: 'suspense' });
    const line = bankLine(tenant, { amountFen: 123n, sign: 'CRDT', endToEndId: '8'.repeat(26) });
    const suspended = await suspense();
    for (let i = 0; i < 3; i += 1) expect((await house.push('bank', line)).status).toBe(204);
    const parked = { kind: 'bank-line-unknown', tenant_id: tenant.id, owner: 'operator' };
    expect(await exceptionsOf(line.entries[0]!.reference)).toEqual([parked]);
    expect([await custody(), await suspense()]).toEqual([before + 123n, suspended + 123n]);
  });
});

describe('lines of a payout', () => {
  let payout: Payout;
  beforeEach(async () => {
    payout = await aReservedPayout(house, tenant);
  });
  const notices = async (): Promise<string[]> =>
    (
      await rows<{ told: string }>(
        house.db,
        `select workflow_type || ' ' || notice as told from outbox where subject_id in (?, ?) and notice in ('bank-line', 'bank-returned') order by 1`,
        [payout.payoutId, payout.id],
      )
    ).map((n) => n.told);
  const returned = (amountFen: bigint): ReturnType<typeof bankLine> =>
    bankLine(tenant, {
      sign: 'CRDT',
      amountFen,
      endToEndId: payout.payoutId,
      returnCode: 'AC04',
      returnText: 'closed',
      bookedAt: '2021-03-08T02:00:00Z',
    });
  const unanswered = async (): Promise<void> => {
    house.bank.submitScript.push((_order, book) => {
      book();
      return { kind: 'UNKNOWN', reason: 'lost' };
    });
    expect(await pursue(house, tenant, payout.payoutId)).toBe('unknown');
  };

  test('the debit of a payout on its way is told to its workflow, once per line', async () => {
    await unanswered();
    const line = bankLine(tenant, { sign: 'DBIT', amountFen: 964_000n, endToEndId: payout.payoutId });
    for (let i = 0; i < 3; i += 1) await house.push('bank', line);
    expect(await notices()).toEqual(['transfer bank-line']);
    expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  });

  test('a debit of another amount is parked, told to nobody and posts nothing', async () => {
    await unanswered();
    const line = bankLine(tenant, { sign: 'DBIT', amountFen: 963_999n, endToEndId: payout.payoutId });
    await house.push('bank', line);
    expect(await exceptionsOf(line.entries[0]!.reference)).toMatchObject([{ kind: 'payout-amount' }]);
    expect(await notices()).toEqual([]);
    expect(await standing(house, payout)).toMatchObject({ state: 'unknown', paidFen: 0n });
    await pursue(house, tenant, payout.payoutId);
  });

  test('returned: told to transfer and release; recorded once, money back in the release, the payout open for another', async () => {
    await pursue(house, tenant, payout.payoutId);
    await debitNotified(house, tenant, payout);
    const before = await custody();
    const line = returned(964_000n);
    await Promise.all(Array.from({ length: 10 }, () => house.push('bank', line)));
    expect(await notices()).toEqual(['release bank-returned', 'transfer bank-line']);
    const at = await nowMs(house, tenant);
    await Promise.all([house.releases.database.recordReturn(payout.payoutId, at), house.releases.database.recordReturn(payout.payoutId, at)]);
    expect(await standing(house, payout)).toMatchObject({ state: 'returned', paidFen: 0n, feesFen: 36_000n, pendingFen: 964_000n });
    expect(await custody()).toBe(before + 964_000n);
  });

  test('a part of it returned is for a person: nothing is undone', async () => {
    await pursue(house, tenant, payout.payoutId);
    await debitNotified(house, tenant, payout);
    const line = returned(963_999n);
    await house.push('bank', line);
    expect(await exceptionsOf(line.entries[0]!.reference)).toMatchObject([{ kind: 'partial-return' }]);
    expect(await notices()).toEqual([]);
    expect(await standing(house, payout)).toMatchObject({ state: 'succeeded', paidFen: 964_000n });
  });

  test('a part of it returned never passes for a return, whatever wakes the release later', async () => {
    await pursue(house, tenant, payout.payoutId);
    await debitNotified(house, tenant, payout);
    await house.push('bank', returned(1n));
    expect(await house.releases.reading.returnIsBooked(payout.payoutId)).toBe(false);
  });

  test.each<[string, 'DBIT' | 'CRDT', string, bigint]>([
    ['debited a second time', 'DBIT', 'payout-twice', 0n],
    ['returned a second time', 'CRDT', 'return-twice', 964_000n],
  ])('%s under another reference: parked, the payout posted once, a credit on suspense', async (_what, sign, kind, suspendedFen) => {
    await pursue(house, tenant, payout.payoutId);
    await debitNotified(house, tenant, payout);
    await house.push('bank', returned(964_000n));
    await house.releases.database.recordReturn(payout.payoutId, await nowMs(house, tenant));
    const before = await custody();
    const line = bankLine(tenant, { sign, amountFen: 964_000n, endToEndId: payout.payoutId, returnCode: sign === 'CRDT' ? 'AC04' : null });
    for (let i = 0; i < 3; i += 1) await house.push('bank', line);
    expect(await exceptionsOf(line.entries[0]!.reference)).toEqual([{ kind, tenant_id: tenant.id, owner: 'operator' }]);
    expect(await custody()).toBe(before + suspendedFen);
  });

  test.each<[string, 'DBIT' | 'CRDT', string]>([
    ['debited', 'DBIT', 'payout-unexpected'],
    ['returned', 'CRDT', 'return-unexpected'],
  ])('%s though the bank said that it failed: a contradiction is for a person', async (_what, sign, kind) => {
    house.bank.submitScript.push(() => ({ kind: 'REJECTED', code: 'AC04', text: 'closed', final: true }));
    expect(await pursue(house, tenant, payout.payoutId)).toBe('failed');
    const line = bankLine(tenant, { sign, amountFen: 964_000n, endToEndId: payout.payoutId });
    await house.push('bank', line);
    expect(await exceptionsOf(line.entries[0]!.reference)).toMatchObject([{ kind }]);
    expect(await standing(house, payout)).toMatchObject({ state: 'failed', paidFen: 0n, pendingFen: 1_000_000n });
  });

  test('a status push about a payout on its way is told, about a settled or unknown one it is not', async () => {
    const status = (payoutId: string): object => ({
      kind: 'status',
      messageId: `M-${payoutId}`,
      payoutId,
      outcome: { kind: 'PENDING', code: 'ACSP' },
    });
    await unanswered();
    expect((await house.push('bank', status(payout.payoutId))).status).toBe(204);
    expect(await notices()).toEqual(['transfer bank-line']);
    await pursue(house, tenant, payout.payoutId);
    await house.db('outbox').where('subject_id', payout.payoutId).update({ delivered_at: new Date() });
    expect((await house.push('bank', { ...status(payout.payoutId), messageId: 'later' })).status).toBe(204);
    expect((await house.push('bank', status('6'.repeat(26)))).status).toBe(204);
    expect(await notices()).toEqual(['transfer bank-line']);
  });
});
