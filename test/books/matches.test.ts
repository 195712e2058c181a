import { ulid } from 'ulid';
import { row, rows } from '../../src/database/connect';
import { balanceOf, type AccountRef } from '../../src/ledger/post';
import { campaignBooks } from '../../src/ledger/statement';
import { verifyLedger } from '../../src/ledger/verify';
import { bankLine } from '../support/campaigns';
import { anUnknownLine, exceptionOf, matched, shown, undone } from '../support/exceptions';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, later, nowMs, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { debitNotified, type Payout, pursue } from '../support/transfers';

// Lines that no machine can place, matched by hand: in part, many to one, and undone one by one; the books hold after every step.
let house: House;
let tenant: Tenant;
let payout: Payout;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
  payout = await paidPayout();
});
afterEach(async () => expect(await verifyLedger(house.db, tenant.id)).toEqual([]));
afterAll(() => house.close());

async function paidPayout(notified = true): Promise<Payout> {
  const made = await aReservedPayout(house, tenant);
  expect(await pursue(house, tenant, made.payoutId)).toBe('succeeded');
  if (notified) await debitNotified(house, tenant, made);
  return made;
}
const balance = (ref: AccountRef): Promise<bigint> => balanceOf(house.db, tenant.id, ref);
const credit = (amountFen: bigint, over: object = {}): Promise<string> =>
  anUnknownLine(house, tenant, { sign: 'CRDT', endToEndId: ulid(), amountFen, ...over });
const debit = (amountFen: bigint, over: object = {}): Promise<string> =>
  anUnknownLine(house, tenant, { sign: 'DBIT', endToEndId: ulid(), amountFen, ...over });

test('money that the payee sent back in two lines: each its own match, the campaign has it free again, undone one by one', async () => {
  const [a, b] = [await credit(300_000n), await credit(100_000n)];
  expect(await shown(house, tenant, a)).toMatchObject({
    kind: 'bank-line-unknown',
    money: { amountFen: '300000', direction: 'in', account: 'suspense', onAccountFen: '300000' },
    acts: ['assign', 'match-payout-return', 'take-as-bounce', 'match-chargeback', 'match-channel'],
  });
  expect(await balance({ kind: 'suspense' })).toBe(400_000n);
  for (const [id, fen] of [
    [a, 250_000n],
    [b, 100_000n],
    [a, 50_000n],
  ] as const)
    expect(await matched(house, tenant, id, 'payout-return', payout.payoutId, fen)).toMatchObject({ status: 201 });
  expect([await shown(house, tenant, a), await shown(house, tenant, b)]).toMatchObject([
    { state: 'resolved', acts: [] },
    { state: 'resolved', acts: [] },
  ]);
  expect(await campaignBooks(house.db, payout.campaignId)).toMatchObject({
    heldFen: 400_000n,
    paidNetFen: 564_000n,
    feesFen: 36_000n,
    raisedFen: 1_000_000n,
  });
  expect(await balance({ kind: 'suspense' })).toBe(0n);

  const [first, second] = (await shown(house, tenant, a)).matches;
  expect(await undone(house, tenant, first!.id)).toMatchObject({ status: 200 });
  expect(await undone(house, tenant, first!.id)).toMatchObject({ status: 409, body: { code: 'match.undone' } });
  const after = await shown(house, tenant, a);
  expect(after).toMatchObject({ state: 'open', money: { openFen: '250000', matchedFen: '50000' } });
  expect(after.matches.map(({ id, undoneAt }) => [id, undoneAt !== null])).toEqual([
    [first!.id, true],
    [second!.id, false],
  ]);
  expect(await shown(house, tenant, b)).toMatchObject({ state: 'resolved' });
  expect(await campaignBooks(house.db, payout.campaignId)).toMatchObject({ heldFen: 150_000n, paidNetFen: 814_000n });
  const kinds = await rows<{ kind: string }>(house.db, 'select kind from ledger.transfer where subject = ? order by id', [`match/${first!.id}`]);
  expect(kinds.map(({ kind }) => kind)).toEqual(['suspense-returned', 'payee-gave-back', 'match-undone', 'match-undone']);
});

test('never more than the line, never more than the payout; the same request twice is one match', async () => {
  const line = await credit(2_000_000n);
  const key = aKey();
  expect(await matched(house, tenant, line, 'payout-return', payout.payoutId, 964_001n)).toMatchObject({
    status: 422,
    body: { code: 'match.too_much', field: '/amountFen' },
  });
  const answers = await Promise.all([1, 2, 3].map(() => matched(house, tenant, line, 'payout-return', payout.payoutId, 964_000n, key)));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(await matched(house, tenant, line, 'payout-return', payout.payoutId, 1n)).toMatchObject({ status: 422 });
  expect((await shown(house, tenant, line)).matches).toHaveLength(1);
  // The database holds it too, whoever writes.
  await expect(house.owner('bank_line').where('unexplained_fen', '2000000').update({ allocated_fen: '2000001' })).rejects.toThrow(
    'allocated_within_line',
  );
});

test('two people at once for the last fen of a line: one of them', async () => {
  const line = await credit(100n);
  const answers = await Promise.all([1, 2].map(() => matched(house, tenant, line, 'payout-return', payout.payoutId, 100n)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
});

test('one debit that the bank booked for several payouts without their ids', async () => {
  const others = [await paidPayout(false), await paidPayout(false)];
  const line = await debit(2n * 964_000n);
  for (const { payoutId } of others) expect(await matched(house, tenant, line, 'payout-debit', payoutId, 964_000n)).toMatchObject({ status: 201 });
  expect(await shown(house, tenant, line)).toMatchObject({ state: 'resolved', money: { openFen: '0' } });
  // Its own debit came: a payout is debited once.
  expect(await matched(house, tenant, await debit(964_000n), 'payout-debit', payout.payoutId, 964_000n)).toMatchObject({
    status: 422,
    body: { code: 'exception.wrong_target' },
  });
  // A line that comes later for a matched payout is a second one; the match stands.
  await house.push('bank', bankLine(tenant, { sign: 'DBIT', amountFen: 964_000n, endToEndId: others[0]!.payoutId, reference: 'LATE' }));
  expect(await row(house.db, 'select kind from money_exception where subject = ?', [`${tenant.custodyAccount}/LATE/DBIT`])).toEqual({
    kind: 'payout-twice',
  });
  expect((await shown(house, tenant, line)).matches.filter(({ undoneAt }) => undoneAt === null)).toHaveLength(2);
  const [one] = (await shown(house, tenant, line)).matches;
  expect(await undone(house, tenant, one!.id)).toMatchObject({ status: 200 });
  expect(await shown(house, tenant, line)).toMatchObject({ state: 'open', money: { openFen: '964000' } });
});

test('an unknown credit goes back to its payer, in two debits', async () => {
  const theirs = await credit(500n);
  const [a, b] = [await debit(200n), await debit(300n)];
  const custody = await balance({ kind: 'custody' });
  expect(await matched(house, tenant, a, 'back-to-payer', theirs, 200n)).toMatchObject({ status: 201, body: { state: 'resolved' } });
  expect(await shown(house, tenant, theirs)).toMatchObject({ state: 'open', money: { onAccountFen: '300' } });
  expect(await matched(house, tenant, b, 'back-to-payer', theirs, 300n)).toMatchObject({ status: 201 });
  expect(await shown(house, tenant, theirs)).toMatchObject({ state: 'resolved' });
  expect([await balance({ kind: 'suspense' }), await balance({ kind: 'custody' })]).toEqual([0n, custody - 500n]);
});

test('a return in whole without its id, taken as a bounce: the release begins anew, and that is final', async () => {
  await house.releases.database.beginReceipt(payout.id, payout.payoutId, await nowMs(house, tenant));
  const [part, line] = [await credit(963_999n), await credit(964_000n)];
  const bounce = (id: string) => house.ask('POST', `/v1/exceptions/${id}/bounce`, { as: tenant.sessions.maker, body: { payoutId: payout.payoutId } });
  expect(await bounce(part)).toMatchObject({ status: 422, body: { code: 'exception.wrong_target' } });
  expect(await bounce(line)).toMatchObject({ status: 200, body: { state: 'resolved' } });
  expect(await bounce(line)).toMatchObject({ status: 409 });
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
  expect(await house.releases.reading.returnIsBooked(payout.payoutId)).toBe(true);
  await house.releases.database.recordReturn(payout.payoutId, await nowMs(house, tenant));
  expect(await row(house.db, 'select state from payout where id = ?', [payout.payoutId])).toEqual({ state: 'returned' });
  expect(await balance({ kind: 'suspense' })).toBe(963_999n);
  expect(await row(house.db, `select notice from outbox where subject_id = ? and notice = 'bank-returned'`, [payout.id])).not.toBeNull();
});

test('what a person matched stays theirs: the bank’s late word of a return changes no match', async () => {
  const line = await credit(964_000n);
  expect(await matched(house, tenant, line, 'payout-return', payout.payoutId, 1n)).toMatchObject({ status: 201 });
  await house.push(
    'bank',
    bankLine(tenant, { sign: 'CRDT', amountFen: 964_000n, endToEndId: payout.payoutId, returnCode: 'AC04', reference: 'RETURN' }),
  );
  expect(await house.releases.reading.returnIsBooked(payout.payoutId)).toBe(false);
  expect(await shown(house, tenant, await exceptionOf(house, `${tenant.custodyAccount}/RETURN/CRDT`))).toMatchObject({
    kind: 'return-twice',
    state: 'open',
  });
  expect((await shown(house, tenant, line)).matches).toMatchObject([{ undoneAt: null }]);
  await expect(house.owner('bank_line').where({ allocated_fen: '1' }).update({ kind: 'return' })).rejects.toThrow('matched by hand');
  await expect(house.owner('bank_match').update({ undone_at: new Date(), undone_by: 'workflow:release', undo_reason: 'x' })).rejects.toThrow();
});

test('money that came back and was asked for again: the match stands', async () => {
  const line = await credit(964_000n);
  const match = await matched(house, tenant, line, 'payout-return', payout.payoutId, 964_000n);
  await house.db.raw('select begin_refund(?, ?, ?, null, ?, ?, ?)', [
    ulid(),
    payout.campaignId,
    'surplus',
    '964000',
    'test',
    new Date(await nowMs(house, tenant)),
  ]);
  expect(await undone(house, tenant, match.body.matches[0]!.id)).toMatchObject({ status: 409, body: { code: 'match.money_gone' } });
});

test('age is business time', async () => {
  const line = await credit(1n, { bookedAt: new Date(await nowMs(house, tenant)).toISOString() });
  await later(house, tenant, 50 * 3_600_000);
  expect((await shown(house, tenant, line)).ageHours).toBe(50);
});
