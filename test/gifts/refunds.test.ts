import fc from 'fast-check';
import { row, rows } from '../../src/database/connect';
import { DAY_MS } from '../../src/domain/calendar';
import { proRata } from '../../src/domain/refund';
import { campaignBooks } from '../../src/ledger/statement';
import { aRaise, aRaisedCampaign, DONOR_CONSENT, given } from '../support/campaigns';
import { aDeath, askedBack } from '../support/endings';
import { aHouse, type House } from '../support/house';
import { aTenant, later, nowMs, type Tenant } from '../support/people';

// Money on its way back: shared out exactly, given back once, owed with an owner where the channel gives it back no more.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
// The channel sweeps first in, first out: a tenant of one's own keeps another test's money out of the way.
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());
afterEach(() => {
  house.channel.onRefund = (order) => ({ kind: 'SUCCEEDED', reference: `RF${order.refundId}`, refundedAt: '2021-03-01T04:00:00Z' });
  house.channel.onQueryRefund = () => ({ kind: 'NOT_FOUND' });
});

const sharesOf = (roundId: string): Promise<{ giftId: string; amountFen: bigint }[]> =>
  rows(house.db, 'select gift_id as "giftId", amount_fen as "amountFen" from gift_return where round_id = ? order by gift_id', [roundId]);
const roundsOf = (campaignId: string): Promise<{ id: string; amount_fen: bigint; finished_at: Date | null }[]> =>
  rows(house.db, 'select id, amount_fen, finished_at from refund_round where campaign_id = ? order by begun_at, id', [campaignId]);

async function begun(campaignId: string, amountFen: bigint, roundId: string, cause = 'surplus'): Promise<void> {
  await house.db.raw('select begin_refund(?, ?, ?, null, ?, ?, ?)', [
    roundId,
    campaignId,
    cause,
    amountFen.toString(),
    'test',
    new Date(await nowMs(house, tenant)),
  ]);
}

async function stopped(amountsFen: readonly bigint[]): Promise<{ campaignId: string; roundId: string }> {
  const campaignId = await aRaisedCampaign(house, tenant, amountsFen);
  const deathId = await aDeath(house, tenant, campaignId);
  const confirmed = await house.ask('POST', `/v1/deaths/${deathId}/decision`, {
    as: tenant.sessions.operator,
    body: { confirmed: true, reason: '已核对死亡证明' },
  });
  expect(confirmed).toMatchObject({ status: 200, body: { stoppedBy: ['DEATH'] } });
  await house.campaigns.database.moveMoneyOn(campaignId, await nowMs(house, tenant));
  return { campaignId, roundId: (await roundsOf(campaignId))[0]!.id };
}

test('the database shares out as the domain does, fen for fen', async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.bigInt(1n, 90_000n), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 10_000 }),
      async (amountsFen, shareBp) => {
        const campaignId = await aRaise(house, tenant);
        const ids = await given(house, tenant, campaignId, amountsFen);
        const whole = amountsFen.reduce((a, b) => a + b, 0n);
        const amountFen = (whole * BigInt(shareBp)) / 10_000n || 1n;
        const roundId = `TESTROUND${String((n += 1)).padStart(17, '0')}`;
        await begun(campaignId, amountFen, roundId);
        const left = ids.map((giftId, i) => ({ giftId, amountFen: amountsFen[i]! }));
        const expected = proRata(left, amountFen).sort((a, b) => (a.giftId < b.giftId ? -1 : 1));
        expect(await sharesOf(roundId)).toEqual(expected);
        // A second round shares out what the first left, and together they are the whole.
        if (amountFen === whole) return;
        const second = `TESTROUNDB${String(n).padStart(16, '0')}`;
        await house.owner('refund_round').where('id', roundId).update({ finished_at: new Date() });
        await begun(campaignId, whole - amountFen, second);
        const total = await row<{ fen: bigint }>(house.db, 'select sum(amount_fen)::bigint as fen from gift_return where campaign_id = ?', [
          campaignId,
        ]);
        expect(total!.fen).toBe(whole);
      },
    ),
    { numRuns: 12 },
  );
});

test('more than is left of the gifts is refused, and nothing is written', async () => {
  const campaignId = await aRaise(house, tenant);
  await given(house, tenant, campaignId, [100n]);
  await expect(begun(campaignId, 101n, 'TESTTOOMUCH000000000000000')).rejects.toMatchObject({ code: 'AL006' });
  expect(await roundsOf(campaignId)).toEqual([]);
  expect((await campaignBooks(house.db, campaignId)).heldFen).toBe(100n);
});

test('a stopped campaign gives everything back, once, however often the workflow asks', async () => {
  const { campaignId, roundId } = await stopped([1_000n, 333n, 1n]);
  const asked: string[] = [];
  house.channel.onRefund = (order) => {
    asked.push(order.refundId);
    return { kind: 'PROCESSING' };
  };
  expect(await house.refunds.payment.sendReturns(roundId, await nowMs(house, tenant))).toBe(true);
  // The channel knows them now: it is asked, not told again.
  house.channel.onQueryRefund = (refundId) => ({ kind: 'SUCCEEDED', reference: `RF${refundId}`, refundedAt: '2021-03-01T04:00:00Z' });
  expect(await house.refunds.payment.sendReturns(roundId, await nowMs(house, tenant))).toBe(false);
  expect(await house.refunds.payment.sendReturns(roundId, await nowMs(house, tenant))).toBe(false);
  expect(asked).toHaveLength(3);
  await house.refunds.database.finishRefund(roundId, await nowMs(house, tenant));
  await house.refunds.database.finishRefund(roundId, await nowMs(house, tenant));
  expect(await campaignBooks(house.db, campaignId)).toMatchObject({ raisedFen: 1_334n, refundedFen: 1_334n, pendingFen: 0n });
  expect(await house.campaigns.database.settleCampaign(campaignId, await nowMs(house, tenant))).toBe('refunded');
});

test('a call that comes to the end of its time says where the next one goes on, and nothing is asked for twice', async () => {
  const { campaignId, roundId } = await stopped(Array.from({ length: 150 }, () => 2n));
  const asked: string[] = [];
  house.channel.onRefund = (order) => {
    asked.push(order.refundId);
    return { kind: 'SUCCEEDED', reference: `RF${order.refundId}`, refundedAt: '2021-03-01T04:00:00Z' };
  };
  const at = new Date(await nowMs(house, tenant));
  const { returns } = house.dependencies.gifts;
  expect(await returns.send({ roundId }, at, { after: '', forMs: 0 })).toEqual({ after: '', underWay: true });
  expect(asked).toEqual([]);
  const first = await rows<{ id: string }>(house.db, 'select id from gift_return where round_id = ? order by id', [roundId]);
  expect(await returns.send({ roundId }, at, { after: first[49]!.id, forMs: 60_000 })).toEqual({ after: null, underWay: true });
  expect(asked).toHaveLength(100);
  expect(await house.refunds.payment.sendReturnsFrom(roundId, at.getTime(), '')).toEqual({ after: null, underWay: false });
  expect(new Set(asked).size).toBe(150);
  expect(asked).toHaveLength(150);
  expect((await campaignBooks(house.db, campaignId)).refundedFen).toBe(300n);
});

test('a callback and the answer to a question about the same return count once', async () => {
  const { campaignId, roundId } = await stopped([500n]);
  house.channel.onRefund = () => ({ kind: 'PROCESSING' });
  await house.refunds.payment.sendReturns(roundId, await nowMs(house, tenant));
  const due = (await rows<{ id: string; gift_id: string }>(house.db, 'select id, gift_id from gift_return where round_id = ?', [roundId]))[0]!;
  const notice = {
    kind: 'refund',
    noticeId: 'N1',
    merchantId: tenant.merchantId,
    orderId: due.gift_id,
    refundId: due.id,
    refundFen: 500n,
    outcome: { kind: 'SUCCEEDED', reference: 'RF1', refundedAt: '2021-03-01T04:00:00Z' },
  };
  const answers = await Promise.all([1, 2, 3].map(() => house.push('wechat', notice)));
  expect(answers.map((a) => a.status)).toEqual([204, 204, 204]);
  house.channel.onQueryRefund = () => ({ kind: 'SUCCEEDED', reference: 'RF1', refundedAt: '2021-03-01T04:00:00Z' });
  expect(await house.refunds.payment.sendReturns(roundId, await nowMs(house, tenant))).toBe(false);
  expect((await campaignBooks(house.db, campaignId)).refundedFen).toBe(500n);
  const told = await rows(house.db, `select id from outbox where workflow_id = ? and notice = 'returns-settled'`, [`refund/${roundId}`]);
  expect(told).toHaveLength(1);
});

test('callbacks of two platforms that come together are each recorded at their own platform’s time', async () => {
  house.channel.onRefund = () => ({ kind: 'PROCESSING' });
  const platforms: { of: Tenant; roundId: string }[] = [];
  for (const days of [0, 40]) {
    tenant = await aTenant(house);
    const { roundId } = await stopped([500n, 200n]);
    await later(house, tenant, days * DAY_MS);
    await house.refunds.payment.sendReturns(roundId, await nowMs(house, tenant));
    platforms.push({ of: tenant, roundId });
  }
  const told: Promise<{ status: number }>[] = [];
  for (const { of, roundId } of platforms)
    for (const due of await rows<{ id: string; gift_id: string; amount_fen: bigint }>(house.db, 'select * from gift_return where round_id = ?', [
      roundId,
    ])) {
      const came = { kind: 'SUCCEEDED', reference: `RF${due.id}`, refundedAt: '2021-03-01T04:00:00Z' };
      const about = { merchantId: of.merchantId, orderId: due.gift_id, refundId: due.id, refundFen: due.amount_fen };
      told.push(house.push('wechat', { kind: 'refund', noticeId: due.id, ...about, outcome: came }));
    }
  expect((await Promise.all(told)).map(({ status }) => status)).toEqual([204, 204, 204, 204]);
  for (const { of, roundId } of platforms) {
    const at = await rows<{ returned_at: Date }>(house.db, 'select distinct returned_at from gift_return where round_id = ?', [roundId]);
    expect(at.map(({ returned_at }) => returned_at.getTime())).toEqual([await nowMs(house, of)]);
  }
});

test('what the channel cannot give back is owed, with an owner, and the campaign does not end', async () => {
  const { campaignId, roundId } = await stopped([700n, 300n]);
  house.channel.onRefund = (order) =>
    order.refundFen === 300n ? { kind: 'ABNORMAL', text: '账户已注销' } : { kind: 'SUCCEEDED', reference: 'RF', refundedAt: '2021-03-01T04:00:00Z' };
  expect(await house.refunds.payment.sendReturns(roundId, await nowMs(house, tenant))).toBe(false);
  await house.refunds.database.finishRefund(roundId, await nowMs(house, tenant));
  expect(await campaignBooks(house.db, campaignId)).toMatchObject({ refundedFen: 700n, pendingFen: 300n });
  expect(await house.campaigns.reading.isPaidOut(campaignId)).toBe(false);
  const view = await house.ask<{ owed: object[] }>('GET', `/v1/campaigns/${campaignId}/refunds`, { as: tenant.platformKey });
  expect(view.body).toMatchObject({ owed: [{ amountFen: '300', outcome: 'ABNORMAL', owner: 'operator' }], rounds: [{ owedFen: '300' }] });
});

test('after a year the channel is not asked any more: the gift is owed another way', async () => {
  const { roundId } = await stopped([900n]);
  await later(house, tenant, 365 * DAY_MS);
  let asked = 0;
  house.channel.onRefund = (order) => {
    asked += 1;
    return { kind: 'SUCCEEDED', reference: order.refundId, refundedAt: '2021-03-01T04:00:00Z' };
  };
  expect(await house.refunds.payment.sendReturns(roundId, await nowMs(house, tenant))).toBe(false);
  expect(asked).toBe(0);
  const owed = await rows(house.db, 'select status, last_outcome from gift_return where round_id = ?', [roundId]);
  expect(owed).toEqual([{ status: 'owed', last_outcome: 'RAIL_CLOSED' }]);
});

test('a donor gets back their part of what is neither spent nor asked for, and nobody else’s', async () => {
  const campaignId = await aRaise(house, tenant);
  const [mine] = await given(house, tenant, campaignId, [1_000n, 2_000n]);
  const requestId = await askedBack(house, tenant, mine!);
  expect(await house.ask('POST', `/v1/gifts/${mine}/refund-requests`, { as: tenant.platformKey, body: { reason: '再问一次' } })).toMatchObject({
    status: 409,
    body: { code: 'refund.wrong_state', rules: ['REFUND'] },
  });
  const granted = await house.ask('POST', `/v1/refund-requests/${requestId}/decision`, {
    as: tenant.sessions.operator,
    body: { grant: true, reply: '已退回' },
  });
  expect(granted).toMatchObject({ status: 200, body: { state: 'granted', reply: '已退回' } });
  const [round] = await roundsOf(campaignId);
  expect(round!.amount_fen).toBe(1_000n);
  await house.refunds.payment.sendReturns(round!.id, await nowMs(house, tenant));
  expect(await campaignBooks(house.db, campaignId)).toMatchObject({ raisedFen: 3_000n, refundedFen: 1_000n, pendingFen: 2_000n });
  expect(await house.ask('POST', `/v1/gifts/${mine}/refund-requests`, { as: tenant.platformKey, body: { reason: '还要' } })).toMatchObject({
    status: 409,
    body: { code: 'refund.nothing_left' },
  });
  expect(
    await house.ask('POST', `/v1/refund-requests/${requestId}/decision`, { as: tenant.sessions.operator, body: { grant: true, reply: '再退' } }),
  ).toMatchObject({ status: 409, body: { code: 'refund.wrong_state' } });
});

test('the key on the receipt opens the gift, another key opens nothing', async () => {
  const campaignId = await aRaise(house, tenant);
  const made = await house.ask<{ gifts: { id: string; donorKey: string }[] }>('POST', `/v1/campaigns/${campaignId}/gifts`, {
    as: tenant.platformKey,
    key: 'a-donors-gift',
    body: { gifts: [{ amountFen: '100' }, { amountFen: '200' }], consent: DONOR_CONSENT },
  });
  const [mine, other] = made.body.gifts;
  expect(await house.ask('GET', `/v1/public/gifts/${mine!.id}/${mine!.donorKey}`)).toMatchObject({
    status: 200,
    body: { amountFen: '100', status: 'ordered' },
  });
  expect(await house.ask('GET', `/v1/public/gifts/${mine!.id}/${other!.donorKey}`)).toMatchObject({ status: 404 });
  expect(await house.ask('POST', `/v1/public/gifts/${mine!.id}/${mine!.donorKey}/refund-requests`, { body: { reason: '还没付款' } })).toMatchObject({
    status: 409,
    body: { code: 'refund.wrong_state' },
  });
});

test('the channel collects from custody what it gave back beyond its captures', async () => {
  const own = await aTenant(house);
  const campaignId = await aRaisedCampaign(house, own, [5_000n]);
  const deathId = await aDeath(house, own, campaignId);
  await house.ask('POST', `/v1/deaths/${deathId}/decision`, { as: own.sessions.operator, body: { confirmed: true, reason: '属实' } });
  await house.campaigns.database.moveMoneyOn(campaignId, await nowMs(house, own));
  const [round] = await roundsOf(campaignId);
  await house.refunds.payment.sendReturns(round!.id, await nowMs(house, own));
  const line = (amountFen: bigint, reference: string): object => ({
    kind: 'entries',
    messageId: reference,
    entries: [
      {
        accountNumber: own.custodyAccount,
        reference,
        status: 'BOOK',
        bookedAt: '2021-03-03T02:00:00Z',
        endToEndId: null,
        returnCode: null,
        returnText: null,
        counterparty: null,
        remittance: null,
        sign: 'DBIT',
        amountFen,
      },
    ],
  });
  expect((await house.push('bank', line(5_000n, 'WXS-1'))).status).toBe(204);
  expect((await house.push('bank', line(5_000n, 'WXS-1'))).status).toBe(204);
  // Nothing more was given back: another debit is nobody's.
  expect((await house.push('bank', line(1n, 'WXS-2'))).status).toBe(204);
  const kinds = await rows(house.db, `select reference, kind from bank_line where tenant_id = ? and sign = 'DBIT' order by reference`, [own.id]);
  expect(kinds).toEqual([
    { reference: 'WXS-1', kind: 'refund-funding' },
    { reference: 'WXS-2', kind: 'unknown' },
  ]);
  const custody = await row<{ fen: bigint }>(
    house.db,
    `select debits_fen - credits_fen as fen from ledger.account where tenant_id = ? and kind = 'custody'`,
    [own.id],
  );
  expect(custody!.fen).toBe(0n);
});
