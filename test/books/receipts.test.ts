import { row, rows } from '../../src/database/connect';
import { DAY_MS } from '../../src/domain/calendar';
import { verifyLedger } from '../../src/ledger/verify';
import { anUnknownLine, matched, type Shown, shown, undone } from '../support/exceptions';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, later, nowMs, signedReceipt, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { auditOf, debitNotified, type Payout, pursue } from '../support/transfers';

// RECEIPT in part: what a hospital confirms, what it sends back and what is missing never come to more than was paid, and the next batch waits for the rest.
let house: House;
let tenant: Tenant;
let payout: Payout;
const NET = 964_000n;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
beforeEach(async () => {
  payout = await aReservedPayout(house, tenant, [1_000_000n], { payee: { kind: 'institution' } });
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  await debitNotified(house, tenant, payout);
  await house.releases.database.beginReceipt(payout.id, payout.payoutId, await nowMs(house, tenant));
});
afterEach(async () => expect(await verifyLedger(house.db, tenant.id)).toEqual([]));
afterAll(() => house.close());

type Given = Answer<{ id?: string; code?: string; field?: string }>;
const gives = (outcome: 'confirm' | 'deny', amountFen: bigint, reason?: string, key = aKey()): Promise<Given> =>
  house.ask('POST', `/v1/payouts/${payout.payoutId}/receipt`, {
    as: tenant.hospital.key,
    key,
    body: signedReceipt(tenant.hospital, payout.payoutId, outcome, amountFen.toString(), reason),
  });
const stands = (): Promise<unknown> =>
  row(
    house.db,
    `select r.receipt, p.confirmed_fen as "confirmedFen", p.given_back_fen as "backFen", exists (select from hold h where h.release_id = r.id and h.lifted_at is null) as held
     from payout p join release r on r.id = p.release_id where p.id = ?`,
    [payout.payoutId],
  );
const shortfall = async (): Promise<Shown> => {
  const found = await row<{ id: string }>(house.db, `select id from money_exception where kind = 'receipt-short' and subject = ?`, [payout.payoutId]);
  return shown(house, tenant, found!.id);
};
const sentBack = async (amountFen: bigint): Promise<{ line: string; matchId: string }> => {
  const line = await anUnknownLine(house, tenant, { sign: 'CRDT', endToEndId: aKey(), amountFen });
  const answer = await matched(house, tenant, line, 'payout-return', payout.payoutId, amountFen);
  expect(answer).toMatchObject({ status: 201 });
  return { line, matchId: answer.body.matches.at(-1)!.id };
};
const heard = async (): Promise<number> =>
  (await row<{ n: number }>(house.db, `select count(*)::int as n from outbox where subject_id = ? and notice = 'receipt-given'`, [payout.id]))!.n;

test('in part: the rest is an exception and the release waits; overdue it is held; the rest confirmed closes the loop', async () => {
  const key = aKey();
  const first = await gives('confirm', 700_000n, 'less-credited', key);
  expect(first).toMatchObject({ status: 201 });
  // The same request again is the same answer; the same amount again, under another key, adds nothing.
  expect((await gives('confirm', 700_000n, 'less-credited', key)).body).toEqual(first.body);
  expect(await gives('confirm', 700_000n, 'less-credited')).toMatchObject({ status: 409, body: { code: 'receipt.already_given' } });
  expect(await stands()).toEqual({ receipt: 'part', confirmedFen: 700_000n, backFen: 0n, held: false });
  expect(await house.releases.reading.receiptOf(payout.id)).toBe('part');
  expect(await shortfall()).toMatchObject({
    state: 'open',
    acts: ['assign', 'settle'],
    money: { amountFen: '264000', expectedFen: '964000' },
    owner: { role: 'operator' },
  });
  const listed = await house.ask<{ payouts: object[] }>('GET', '/v1/hospital/payouts', { as: tenant.hospital.login });
  expect(listed.body.payouts[0]).toMatchObject({ receipt: 'part', netFen: '964000', confirmedFen: '700000', openFen: '264000', mostFen: '964000' });

  await later(house, tenant, 14 * DAY_MS);
  await house.releases.database.holdForReceipt(payout.id, await nowMs(house, tenant));
  expect(await stands()).toMatchObject({ receipt: 'part', held: true });
  expect(await gives('confirm', 800_000n, 'not-placed')).toMatchObject({ status: 201 });
  expect(await stands()).toMatchObject({ confirmedFen: 800_000n, held: true });
  const before = await heard();
  expect(await gives('confirm', NET)).toMatchObject({ status: 201 });
  expect(await stands()).toEqual({ receipt: 'signed', confirmedFen: NET, backFen: 0n, held: false });
  expect(await shortfall()).toMatchObject({ state: 'resolved', money: { amountFen: '0' } });
  expect(await heard()).toBe(before + 1);
  expect((await auditOf(house, payout.payoutId)).slice(-3)).toEqual(['receipt.confirmed_in_part', 'receipt.confirmed_in_part', 'receipt.confirmed']);
});

test('what the hospital does not confirm comes back: confirmed and returned are all that was paid; undone, it is missing again', async () => {
  await gives('confirm', 700_000n, 'sent-back');
  const { matchId } = await sentBack(264_000n);
  expect(await stands()).toEqual({ receipt: 'signed', confirmedFen: 700_000n, backFen: 264_000n, held: false });
  expect(await shortfall()).toMatchObject({ state: 'resolved' });
  expect(await gives('confirm', NET)).toMatchObject({ status: 409, body: { code: 'receipt.already_given' } });
  expect(await undone(house, tenant, matchId)).toMatchObject({ status: 200 });
  expect(await stands()).toEqual({ receipt: 'part', confirmedFen: 700_000n, backFen: 0n, held: false });
  expect(await shortfall()).toMatchObject({ state: 'open', money: { amountFen: '264000' } });
});

test('money sent back before any receipt is not signed for; sent back after a full receipt it is surplus', async () => {
  await sentBack(100_000n);
  expect(await gives('confirm', NET)).toMatchObject({ status: 422, body: { code: 'receipt.wrong_amount', field: '/amountFen' } });
  expect(await gives('confirm', NET - 100_000n)).toMatchObject({ status: 201 });
  expect(await stands()).toMatchObject({ receipt: 'signed', confirmedFen: 864_000n, backFen: 100_000n });
  const { matchId } = await sentBack(64_000n);
  expect(await stands()).toMatchObject({ receipt: 'signed', confirmedFen: 800_000n, backFen: 164_000n });
  await undone(house, tenant, matchId);
  expect(await stands()).toMatchObject({ receipt: 'signed', confirmedFen: 864_000n, backFen: 100_000n });
});

test('refused: a code that fits is asked for, nothing is changed without; the campaign is held until the hospital signs', async () => {
  for (const [outcome, amountFen, reason, field] of [
    ['confirm', 1n, undefined, '/reason'],
    ['confirm', 1n, 'not-credited', '/reason'],
    ['confirm', 1n, 'other', '/note'],
    ['confirm', NET, 'bank-fee', '/reason'],
    ['deny', NET, 'bank-fee', '/reason'],
  ] as const)
    expect(await gives(outcome, amountFen, reason)).toMatchObject({ status: 400, body: { code: 'request.invalid', field } });
  const noReason = { outcome: 'deny', amountFen: NET, signedAt: '2021-03-05T10:00:00+08:00' };
  const bare = await house.ask('POST', `/v1/payouts/${payout.payoutId}/receipt`, { as: tenant.hospital.login, key: aKey(), body: noReason });
  expect(bare).toMatchObject({ status: 400, body: { field: '/reason' } });
  expect(await stands()).toMatchObject({ receipt: 'awaited', confirmedFen: 0n });
  expect(await gives('deny', NET, 'patient-unknown')).toMatchObject({ status: 201 });
  await house.releases.database.holdForReceipt(payout.id, await nowMs(house, tenant));
  expect(await stands()).toMatchObject({ receipt: 'denied', held: true });
  // A part lifts no hold.
  expect(await gives('confirm', 1n, 'not-placed')).toMatchObject({ status: 201 });
  expect(await stands()).toMatchObject({ receipt: 'part', held: true });
  expect(await gives('confirm', NET)).toMatchObject({ status: 201 });
  expect(await stands()).toMatchObject({ receipt: 'signed', held: false });
});

test('a reason is signed too: one put in afterwards does not hold', async () => {
  const signed = signedReceipt(tenant.hospital, payout.payoutId, 'confirm', '1', 'bank-fee');
  const changed = { ...signed, reason: 'sent-back' };
  expect(await house.ask('POST', `/v1/payouts/${payout.payoutId}/receipt`, { as: tenant.hospital.key, key: aKey(), body: changed })).toMatchObject({
    status: 403,
    body: { code: 'receipt.bad_signature' },
  });
});

test('a rest that can neither be confirmed nor returned is settled with a reason; then the gate counts what was confirmed alone', async () => {
  await gives('confirm', 959_000n, 'bank-fee');
  const { id } = await shortfall();
  const settle = (as: string) => house.ask('POST', `/v1/exceptions/${id}/settlement`, { as, body: { reason: '收款行扣收手续费 50 元' } });
  expect(await settle(tenant.platformKey)).toMatchObject({ status: 403 });
  expect(await settle(tenant.sessions.checkerA)).toMatchObject({
    status: 200,
    body: { state: 'open', acts: ['assign', 'confirm-settlement', 'withdraw-settlement'], settlement: { reason: '收款行扣收手续费 50 元' } },
  });
  const says = (word: string, as: string) => house.ask('POST', `/v1/exceptions/${id}/settlement/${word}`, { as });
  expect(await says('confirmation', tenant.sessions.checkerA)).toMatchObject({ status: 403, body: { code: 'exception.same_person' } });
  expect(await says('confirmation', tenant.platformKey)).toMatchObject({ status: 403 });
  expect(await settle(tenant.sessions.checkerB)).toMatchObject({ status: 409, body: { code: 'exception.wrong_act' } });
  expect(await stands()).not.toMatchObject({ receipt: 'signed' });
  // Turned down it is asked anew, and another confirms, once, however many do at the same time.
  expect(await says('withdrawal', tenant.sessions.maker)).toMatchObject({ status: 200, body: { acts: ['assign', 'settle'], settlement: null } });
  expect(await says('confirmation', tenant.sessions.checkerB)).toMatchObject({ status: 409, body: { code: 'exception.wrong_act' } });
  expect(await settle(tenant.sessions.maker)).toMatchObject({ status: 200, body: { state: 'open' } });
  // Not even a row written past the API ends it by one person's word.
  const alone = {
    resolved_at: new Date(),
    resolved_by: 'finance-checker:nobody',
    resolution: 'settled',
    asked_staff_id: null,
    asked_reason: null,
    asked_at: null,
  };
  await expect(house.db('money_exception').where('id', id).update(alone)).rejects.toMatchObject({ code: 'AL009' });
  const both = await Promise.all([says('confirmation', tenant.sessions.checkerA), says('confirmation', tenant.sessions.checkerB)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await says('withdrawal', tenant.sessions.maker)).toMatchObject({ status: 409 });
  expect(await stands()).toMatchObject({ receipt: 'signed', confirmedFen: 959_000n, held: false });
  await house.releases.database.beginEvidence(payout.id, await nowMs(house, tenant));
  const evidenced = async (amountFen: bigint): Promise<boolean> => {
    const document = { sha256: 'a'.repeat(64), mediaType: 'image/png', byteLength: 10 };
    const filed = await house.ask<{ id: string }>('POST', `/v1/releases/${payout.id}/use-evidence`, {
      as: tenant.platformKey,
      key: aKey(),
      body: { amountFen, document },
    });
    await house.ask('POST', `/v1/use-evidence/${filed.body.id}/decision`, {
      as: tenant.sessions.reviewer,
      body: { decision: 'accept', reason: '相符' },
    });
    return house.releases.reading.useIsEvidenced(payout.id);
  };
  // 80 % of 959,000 fen, not of 964,000.
  expect(await evidenced(767_199n)).toBe(false);
  expect(await evidenced(1n)).toBe(true);
});

test('two cashiers at once: one amount counts; the database holds it whoever writes', async () => {
  const answers = await Promise.all([gives('confirm', 500_000n, 'not-placed'), gives('confirm', 500_000n, 'not-placed')]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  await expect(house.owner('payout').where('id', payout.payoutId).update({ confirmed_fen: '964001' })).rejects.toThrow(
    'confirmed_and_given_back_within_payout',
  );
  await expect(house.owner('payout').where('id', payout.payoutId).update({ given_back_fen: '464001' })).rejects.toThrow(
    'confirmed_and_given_back_within_payout',
  );
  const receipt = (await rows(house.owner, 'select * from receipt where payout_id = ?', [payout.payoutId]))[0] as object;
  await expect(house.owner('receipt').insert({ ...receipt, id: aKey(), amount_fen: '499999' })).rejects.toThrow('are confirmed already');
  await expect(house.owner('receipt').insert({ ...receipt, id: aKey(), outcome: 'deny', reason: null })).rejects.toThrow('denial_has_a_reason');
});

test('the bank takes the whole payment back after a part was confirmed: nothing is missing any more', async () => {
  await gives('confirm', 1n, 'less-credited');
  house.bank.booked.delete(payout.payoutId);
  await house.push('bank', {
    kind: 'entries',
    messageId: aKey(),
    entries: [
      {
        accountNumber: tenant.custodyAccount,
        reference: `R${payout.payoutId}`,
        sign: 'CRDT',
        amountFen: NET,
        status: 'BOOK',
        bookedAt: '2021-03-03T02:00:00Z',
        endToEndId: payout.payoutId,
        returnCode: 'AC04',
        returnText: null,
        counterparty: null,
        remittance: null,
      },
    ],
  });
  await house.releases.database.recordReturn(payout.payoutId, await nowMs(house, tenant));
  await house.releases.database.beginCorrection(payout.id, await nowMs(house, tenant));
  expect(await shortfall()).toMatchObject({ state: 'resolved' });
});
