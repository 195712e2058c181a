import { row, rows } from '../../src/database/connect';
import { balanceOf } from '../../src/ledger/post';
import { verifyLedger } from '../../src/ledger/verify';
import { anOwedReturn, CARD, cardAsked, type OwedReturn } from '../support/cardRefunds';
import { matched, anUnknownLine, shown } from '../support/exceptions';
import { type Answer, aHouse, type House } from '../support/house';
import { aTenant, nowMs, type Tenant } from '../support/people';

// What a donor's account takes no more goes to a card of theirs: two people, one refund, and owed until the channel proves it.
let house: House;
let tenant: Tenant;
let owed: OwedReturn;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
  owed = await anOwedReturn(house, tenant);
  house.channel.cards.length = 0;
  house.channel.onCard = () => ({ kind: 'PROCESSING' });
  house.channel.onQueryRefund = () => ({ kind: 'PROCESSING' });
});
afterAll(async () => {
  expect(await verifyLedger(house.db, null)).toEqual([]);
  await house.close();
});

const confirmed = (id: string, card: object = CARD, as: string = tenant.sessions.checkerA): Promise<Answer<{ code: string }>> =>
  house.ask('POST', `/v1/card-refunds/${id}/confirmation`, { as, body: card });
const sent = async (): Promise<boolean> => house.refunds.payment.sendReturns(owed.roundId, await nowMs(house, tenant));
const standing = async (): Promise<unknown> =>
  row(
    house.db,
    'select r.status, k.state, k.card_enc is null as forgotten from gift_return r join card_refund k on k.return_id = r.id where r.id = ? order by k.id desc',
    [owed.returnId],
  );
const told = (kind: 'SUCCEEDED' | 'ABNORMAL') =>
  house.push('wechat', {
    ...{ kind: 'refund', noticeId: kind, merchantId: tenant.merchantId, orderId: 'x', refundId: owed.returnId, refundFen: '300' },
    outcome: kind === 'SUCCEEDED' ? { kind, reference: 'WX1', refundedAt: '2021-03-01T04:00:00Z' } : { kind, text: 'x' },
  });

test('two people write the same card down, the channel is asked once, and the refund that comes home ends it', async () => {
  const { body } = await cardAsked(house, tenant, owed.exceptionId);
  expect(await shown(house, tenant, owed.exceptionId)).toMatchObject({
    acts: ['assign'],
    cardRefunds: [{ id: body.id, bank: 'ICBC', card: '****2230', state: 'asked' }],
  });
  expect(await cardAsked(house, tenant, owed.exceptionId)).toMatchObject({ status: 409, body: { code: 'exception.wrong_act' } });
  expect(await sent()).toBe(false);
  expect(house.channel.cards).toEqual([]);
  expect(await confirmed(body.id, CARD, tenant.sessions.maker)).toMatchObject({ status: 403, body: { code: 'card_refund.same_person' } });
  for (const change of [{ bank: 'CCB' }, { holder: '王捐增' }, { number: '6222020200112248' }])
    expect(await confirmed(body.id, { ...CARD, ...change })).toMatchObject({ status: 422, body: { code: 'card_refund.differs' } });
  const both = await Promise.all([confirmed(body.id), confirmed(body.id, CARD, tenant.sessions.checkerB)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(
    await rows(house.db, `select notice from outbox where workflow_id = ? and notice = 'return-retried'`, [`refund/${owed.roundId}`]),
  ).toHaveLength(1);

  // The first answer is lost: the same card again under the same number. A callback of before is not believed meanwhile.
  house.channel.onCard = () => ({ kind: 'UNKNOWN', reason: 'the answer was lost' });
  expect(await sent()).toBe(true);
  await told('ABNORMAL');
  expect(await standing()).toEqual({ status: 'processing', state: 'confirmed', forgotten: false });
  house.channel.onCard = () => ({ kind: 'PROCESSING' });
  expect(await sent()).toBe(true);
  expect(house.channel.cards).toEqual([CARD, CARD]);
  expect(await standing()).toEqual({ status: 'processing', state: 'taken', forgotten: true });
  await told('ABNORMAL');
  expect(await sent()).toBe(true);
  expect([await standing(), house.channel.cards.length]).toEqual([{ status: 'processing', state: 'taken', forgotten: true }, 2]);

  // Owed until it is home: neither settled nor paid by bank beside it.
  expect(await shown(house, tenant, owed.exceptionId)).toMatchObject({ state: 'open', acts: ['assign'], money: { onAccountFen: '300' } });
  const line = await anUnknownLine(house, tenant, { sign: 'DBIT', amountFen: 300n, endToEndId: '8'.repeat(26) });
  expect(await matched(house, tenant, line, 'owed-back', owed.returnId, 300n)).toMatchObject({ status: 422 });
  for (let times = 0; times < 2; times += 1) expect((await told('SUCCEEDED')).status).toBe(204);
  expect(await shown(house, tenant, owed.exceptionId)).toMatchObject({ state: 'resolved', resolution: 'machine' });
  expect(await balanceOf(house.db, tenant.id, { kind: 'refunded', campaignId: owed.campaignId })).toBe(300n);
  expect(await sent()).toBe(false);
});

test.each([
  ['refused at once', (): void => void (house.channel.onCard = () => ({ kind: 'REJECTED', code: 'PARAM_ERROR', text: 'x' })), 'refused'],
  ['taken, and failed as well', (): void => void (house.channel.onQueryRefund = () => ({ kind: 'ABNORMAL', text: 'x' })), 'taken'],
])('a card that is %s: owed again, and another may be named', async (_what, goesWrong, state) => {
  const { body } = await cardAsked(house, tenant, owed.exceptionId);
  expect(await confirmed(body.id)).toMatchObject({ status: 200 });
  goesWrong();
  while (await sent());
  expect(await standing()).toEqual({ status: 'owed', state, forgotten: true });
  expect(await shown(house, tenant, owed.exceptionId)).toMatchObject({ state: 'open', acts: ['assign', 'refund-to-card'] });
  expect(await cardAsked(house, tenant, owed.exceptionId)).toMatchObject({ status: 201 });
});

test('withdrawn it is forgotten, and not confirmed any more; what is no card is refused by its field', async () => {
  const { body } = await cardAsked(house, tenant, owed.exceptionId);
  const withdraw = () => house.ask('POST', `/v1/card-refunds/${body.id}/withdrawal`, { as: tenant.sessions.checkerA });
  expect([(await withdraw()).status, (await withdraw()).status]).toEqual([200, 409]);
  expect(await standing()).toEqual({ status: 'owed', state: 'withdrawn', forgotten: true });
  expect(await confirmed(body.id)).toMatchObject({ status: 409, body: { code: 'card_refund.not_now' } });
  for (const [change, field] of [
    [{ number: '6222020200112231' }, '/number'],
    [{ bank: 'HSBC' }, '/bank'],
    [{ holder: '' }, '/holder'],
  ] as const)
    expect(await cardAsked(house, tenant, owed.exceptionId, { ...CARD, ...change })).toMatchObject({ status: 400, body: { field } });
  const other = await aTenant(house);
  expect(await house.ask('POST', `/v1/card-refunds/${body.id}/confirmation`, { as: other.sessions.checkerA, body: CARD })).toMatchObject({
    status: 404,
  });
});
