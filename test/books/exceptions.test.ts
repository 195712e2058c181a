import { ulid } from 'ulid';
import { inTransaction, row, rows } from '../../src/database/connect';
import { balanceOf } from '../../src/ledger/post';
import { readChannelBill } from '../../src/reconciliation/channel';
import { openException } from '../../src/records/exceptions';
import { aRaise, bankLine, given } from '../support/campaigns';
import { anOwedReturn } from '../support/cardRefunds';
import { anUnknownLine, exceptionOf, matched, shown, undone } from '../support/exceptions';
import { aHouse, type House } from '../support/house';
import { aColleague, aTenant, later, nowMs, staffId, type Tenant } from '../support/people';

// What fits nowhere, over HTTP: whose it is, how old, what may be done; and that it cannot be done away with while its money is owed.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());

interface Page {
  readonly exceptions: { readonly id: string; readonly kind: string }[];
  readonly next: string | null;
}
const listed = async (query: string, as = tenant.sessions.maker): Promise<Page> => {
  const answer = await house.ask<Page>('GET', `/v1/exceptions?${query}`, { as });
  expect(answer.status).toBe(200);
  return answer.body;
};
const settled = (id: string, body: object = { reason: '已与银行核实' }) =>
  house.ask<{ code?: string; state?: string }>('POST', `/v1/exceptions/${id}/settlement`, { as: tenant.sessions.checkerA, body });
const debit = (amountFen: bigint): Promise<string> =>
  anUnknownLine(house, tenant, { sign: 'DBIT', amountFen, endToEndId: ulid(), bookedAt: '2021-03-01T01:00:00Z' });
const credit = (amountFen: bigint): Promise<string> =>
  anUnknownLine(house, tenant, { sign: 'CRDT', amountFen, endToEndId: ulid(), bookedAt: '2021-03-01T01:00:00Z' });

test('the list is filtered by kind, state, age and owner, page by page, and ends', async () => {
  const ids = [];
  for (let i = 1n; i <= 5n; i += 1n) ids.push(await debit(i));
  const first = await listed('limit=3');
  expect(first.exceptions.map(({ id }) => id)).toEqual(ids.slice(0, 3));
  const rest = await listed(`limit=3&after=${first.next}`);
  expect([rest.exceptions.map(({ id }) => id), rest.next]).toEqual([ids.slice(3), null]);
  expect((await listed('kind=recover')).exceptions).toEqual([]);
  expect((await listed('olderThanHours=2')).exceptions).toEqual([]);
  await later(house, tenant, 2 * 3_600_000);
  expect((await listed('olderThanHours=2')).exceptions).toHaveLength(5);
  expect(await settled(ids[0]!)).toMatchObject({ status: 200, body: { state: 'resolved', resolution: 'settled' } });
  expect((await listed('state=resolved')).exceptions.map(({ id }) => id)).toEqual([ids[0]]);
  expect((await listed('state=open&kind=bank-line-unknown')).exceptions).toHaveLength(4);
  for (const wrong of ['kind=nothing', 'state=x', 'olderThanHours=-1', 'owner=x', 'after=x', 'limit=0', 'more=1'])
    expect(await house.ask('GET', `/v1/exceptions?${wrong}`, { as: tenant.sessions.maker })).toMatchObject({ status: 400 });
});

test('given to a person of finance of the same platform, and to nobody else', async () => {
  const id = await debit(1n);
  const checker = await staffId(house, tenant, 'checkerA');
  const give = (to: string | null) => house.ask('POST', `/v1/exceptions/${id}/owner`, { as: tenant.sessions.maker, body: { staffId: to } });
  expect(await give(checker)).toMatchObject({ status: 200, body: { owner: { staffId: checker, role: 'finance-checker' } } });
  expect((await listed(`owner=${checker}`)).exceptions).toHaveLength(1);
  expect((await listed('owner=nobody')).exceptions).toHaveLength(0);
  expect(await give(await staffId(house, tenant, 'reviewer'))).toMatchObject({ status: 400, body: { field: '/staffId' } });
  expect(await give(await staffId(house, await aTenant(house), 'checkerA'))).toMatchObject({ status: 400 });
  expect(await give(null)).toMatchObject({ status: 200, body: { owner: { staffId: null, role: 'operator' } } });
});

test('another platform’s, and what belongs to nobody, is not there', async () => {
  const other = await aTenant(house);
  const id = await debit(1n);
  expect(await house.ask('GET', `/v1/exceptions/${id}`, { as: other.sessions.maker })).toMatchObject({ status: 404 });
  expect(await house.ask('GET', `/v1/exceptions?tenantId=${tenant.id}`, { as: other.sessions.maker })).toMatchObject({ status: 404 });
  await inTransaction(house.db, (tx) =>
    openException(tx, { kind: 'refund-unknown', subject: ulid(), tenantId: undefined, actor: 'channel', data: {} }),
  );
  expect((await listed('')).exceptions.map((each) => each.id)).toEqual([id]);
  expect((await listed('', tenant.sessions.operator)).exceptions).toHaveLength(1);
});

test('who acted is on record, once; nothing more may be done then', async () => {
  const id = await debit(1n);
  expect(await settled(id)).toMatchObject({ status: 200 });
  expect(await settled(id)).toMatchObject({ status: 409, body: { code: 'exception.wrong_act' } });
  const by = `finance-checker:${await staffId(house, tenant, 'checkerA')}`;
  expect(await row(house.db, 'select resolved_by, reason from money_exception where id = ?', [id])).toEqual({
    resolved_by: by,
    reason: '已与银行核实',
  });
  expect(await rows(house.db, 'select actor, action from audit.event where subject = ?', [`exception/${id}`])).toEqual([
    { actor: by, action: 'exception.settled' },
  ]);
});

test('suspense is not settled away, and only a debit is claimed for a release', async () => {
  const id = await credit(5n);
  expect(await settled(id)).toMatchObject({ status: 409, body: { code: 'exception.wrong_act' } });
  expect(await settled(id, { reason: 'x', releaseId: ulid() })).toMatchObject({ status: 409 });
  expect(await settled(await debit(5n), { reason: 'x', releaseId: ulid() })).toMatchObject({ status: 422, body: { code: 'exception.wrong_target' } });
});

describe('owed back', () => {
  test('it is not settled while it is owed, by nobody; paid by bank and matched it ends, undone it is owed again', async () => {
    const owed = await anOwedReturn(house, tenant);
    expect(await shown(house, tenant, owed.exceptionId)).toMatchObject({
      acts: ['assign', 'refund-to-card'],
      money: { account: 'owed-back', onAccountFen: '300' },
    });
    expect(await settled(owed.exceptionId)).toMatchObject({ status: 409 });
    const resolving = { resolved_at: new Date(), resolved_by: 'operator', resolution: 'settled' };
    await expect(house.owner('money_exception').where('id', owed.exceptionId).update(resolving)).rejects.toThrow('the money is owed still');

    const line = await debit(300n);
    expect(await matched(house, tenant, line, 'owed-back', owed.returnId, 299n)).toMatchObject({ status: 422 });
    const match = await matched(house, tenant, line, 'owed-back', owed.returnId, 300n);
    expect(match).toMatchObject({ status: 201, body: { state: 'resolved' } });
    expect(await shown(house, tenant, owed.exceptionId)).toMatchObject({ state: 'resolved' });
    expect(await row(house.db, 'select status from gift_return where id = ?', [owed.returnId])).toEqual({ status: 'returned' });
    expect(await balanceOf(house.db, tenant.id, { kind: 'refunded', campaignId: owed.campaignId })).toBe(300n);
    // The bank paid it: the channel collects nothing for it. A debit of that size is not taken for its funding.
    const funding = await anUnknownLine(house, tenant, { sign: 'DBIT', amountFen: 300n });
    expect(await shown(house, tenant, funding)).toMatchObject({ kind: 'bank-line-unknown' });

    expect(await undone(house, tenant, match.body.matches[0]!.id)).toMatchObject({ status: 200 });
    expect(await shown(house, tenant, owed.exceptionId)).toMatchObject({ state: 'open', acts: ['assign', 'refund-to-card'] });
    expect(await balanceOf(house.db, tenant.id, { kind: 'refunded', campaignId: owed.campaignId })).toBe(0n);
  });
});

test('a chargeback: booked from the bill as a receivable, made good by a credit, and open again when that was wrong', async () => {
  const [giftId] = await given(house, tenant, await aRaise(house, tenant), [500n]);
  const day = '2021-03-01';
  const line = { orderId: giftId!, transactionId: `T${giftId}`, feeFen: 0n, at: `${day}T12:00:00+08:00` };
  house.channel.bills.set(`${tenant.merchantId}/${day}`, {
    kind: 'READY',
    lines: [
      { ...line, kind: 'paid', refundId: null, amountFen: 500n },
      { ...line, kind: 'refund', refundId: 'C'.repeat(26), amountFen: 500n },
    ],
  });
  const billed = { id: tenant.id, channel: 'wechat' as const, merchantId: tenant.merchantId, nowMs: await nowMs(house, tenant) };
  await readChannelBill(house.db, house.channel, house.dependencies.gifts, billed, day);
  const id = await exceptionOf(house, `${'C'.repeat(26)}/T${giftId}`);
  expect(await shown(house, tenant, id)).toMatchObject({ kind: 'bill-refund-unknown', acts: ['assign', 'settle', 'book-chargeback'] });
  const book = () => house.ask('POST', `/v1/exceptions/${id}/chargeback`, { as: tenant.sessions.maker });
  const clearing = await balanceOf(house.db, tenant.id, { kind: 'clearing' });
  expect((await Promise.all([book(), book()])).map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await shown(house, tenant, id)).toMatchObject({ state: 'open', acts: ['assign'], money: { account: 'chargeback', onAccountFen: '500' } });
  expect(await balanceOf(house.db, tenant.id, { kind: 'clearing' })).toBe(clearing - 500n);

  expect(await matched(house, tenant, await credit(200n), 'chargeback', id, 200n)).toMatchObject({ status: 201 });
  expect(await shown(house, tenant, id)).toMatchObject({ state: 'open', money: { onAccountFen: '300' } });
  const rest = await matched(house, tenant, await credit(400n), 'chargeback', id, 300n);
  expect(rest).toMatchObject({ status: 201, body: { state: 'open', money: { openFen: '100' } } });
  expect(await shown(house, tenant, id)).toMatchObject({ state: 'resolved' });
  expect(await undone(house, tenant, rest.body.matches[0]!.id)).toMatchObject({ status: 200 });
  expect(await shown(house, tenant, id)).toMatchObject({ state: 'open', money: { onAccountFen: '300' } });
});

test('its owner puts it aside for five working days at most, back by itself, and hands it up with a note: then nobody has it', async () => {
  const id = await debit(1n);
  const as = tenant.sessions.maker;
  const aside = (until: string) => house.ask('POST', `/v1/exceptions/${id}/aside`, { as, body: { until, words: '等银行答复' } });
  expect(await aside('2021-03-03')).toMatchObject({ status: 409, body: { code: 'exception.wrong_act' } });
  const maker = await staffId(house, tenant, 'maker');
  expect(await house.ask('POST', `/v1/exceptions/${id}/owner`, { as, body: { staffId: maker } })).toMatchObject({ status: 200 });
  for (const until of ['2021-03-01', '2021-03-07', '2021-03-09'])
    expect([until, await aside(until)]).toMatchObject([until, { status: 400, body: { errors: [{ pointer: '/until' }] } }]);
  expect(await aside('2021-03-03')).toMatchObject({ status: 200, body: { aside: { words: '等银行答复' } } });
  expect((await listed('aside=no')).exceptions).toEqual([]);
  expect((await listed('aside=only')).exceptions).toHaveLength(1);
  // Who asks for all has all: no export leaves it out.
  expect((await listed('state=open')).exceptions).toHaveLength(1);
  await later(house, tenant, 2 * 86_400_000);
  expect((await listed('aside=no')).exceptions).toHaveLength(1);
  const handed = await house.ask('POST', `/v1/exceptions/${id}/escalation`, { as, body: { to: 'operator', words: '金额存疑' } });
  expect(handed).toMatchObject({ status: 200, body: { owner: { staffId: null }, escalation: { to: 'operator', words: '金额存疑' }, aside: null } });
  expect(await house.ask('POST', `/v1/exceptions/${id}/escalation`, { as, body: { to: 'operator', words: '金额存疑' } })).toMatchObject({
    status: 409,
  });
  const events = await house.db('audit.event').where('subject', `exception/${id}`).whereIn('action', ['exception.put_aside', 'exception.escalated']);
  expect(events).toHaveLength(2);
});

test('what belongs to no platform: the regulator sees it, people of a platform do not', async () => {
  const line = bankLine(tenant, { sign: 'CRDT', amountFen: 77n, accountNumber: '9999999999999999' });
  for (let i = 0; i < 2; i += 1) expect((await house.push('bank', line)).status).toBe(204);
  const id = await exceptionOf(house, `9999999999999999/${line.entries[0]!.reference}/CRDT`);
  const seen = (as: string, query = '') => house.ask<Page>('GET', `/v1/unowned-exceptions${query}`, { as });
  const { session } = await aColleague(house, tenant, 'regulator');
  const { body } = await seen(session, '?kind=bank-account-unknown&state=open');
  expect(body.exceptions.filter((e) => e.id === id)).toMatchObject([
    { tenantId: 'unknown', money: { amountFen: '77' }, owner: { role: 'operator' } },
  ]);
  expect((await seen(session, '?limit=1')).body.exceptions).toHaveLength(1);
  for (const who of ['maker', 'reviewer'] as const) expect((await seen(tenant.sessions[who])).status).toBe(403);
  expect(await house.ask('GET', `/v1/exceptions/${id}`, { as: tenant.sessions.maker })).toMatchObject({ status: 404 });
  expect((await listed('state=open')).exceptions.map((e) => e.id)).not.toContain(id);
});
