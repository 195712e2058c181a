import { businessNow } from '../../src/database/clock';
import { DAY_MS } from '../../src/domain/calendar';
import type { DayMoney } from '../../src/ledger/daily';
import type { AccountPeriod, Identity, LateMovement, MovementSum } from '../../src/ledger/period';
import { verifyLedger } from '../../src/ledger/verify';
import { aRaise, bankLine, given } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aColleague, aTenant, later, nowMs, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { debitNotified, pursue } from '../support/transfers';

// Statements from the ledger's own rows: each day opens where the day before closed, the identity holds on both ends, and what comes late says so.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
});
afterAll(() => house.close());

interface Shown {
  readonly accounts: Record<keyof AccountPeriod, string>[];
  readonly movements: (MovementSum & { readonly amountFen: string })[];
  readonly identity: { readonly opening: Identity; readonly closing: Identity };
  readonly late: LateMovement[];
  readonly close: { readonly closingFen: Record<string, string> } | null;
  readonly bank: Record<string, unknown>;
  readonly days: Record<keyof DayMoney, string>[];
  readonly interestFen: string;
  readonly asOf: { readonly at: string; readonly lastTransfer: string };
}
const asked = async (at: string, as = tenant.sessions.maker): Promise<Shown> => {
  const answer = await house.ask<Shown>('GET', at, { as });
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
};
const dayOf = (day: string): Promise<Shown> => asked(`/v1/statements/platform?day=${day}`);
const reconcileDay = async (day: string): Promise<void> => {
  await house.db.raw(`select money_moved(?, ?)`, [tenant.id, `${day}T12:00:00+08:00`]);
  expect(await house.reconciliations.payment.reconcileDay(`${tenant.id}/${day}`, await nowMs(house, tenant))).toBe(true);
};

test('a paid campaign: its movements by kind, fees as published, and the identity on both ends', async () => {
  const payout = await aReservedPayout(house, tenant);
  await pursue(house, tenant, payout.payoutId);
  await debitNotified(house, tenant, payout);
  const statement = await asked(`/v1/statements/campaigns/${payout.campaignId}?from=2021-03-01&to=2021-03-31`);
  expect(statement).toMatchObject({
    fees: { version: 1, serviceBp: 300, channelBp: 60 },
    identity: {
      opening: { raisedFen: '0', heldFen: '0', holds: true },
      closing: { raisedFen: '1000000', paidFen: '964000', feesFen: '36000', refundedFen: '0', heldFen: '0', reservedFen: '0', holds: true },
    },
    late: [],
  });
  expect(statement.movements.map((m) => [m.kind, m.debit, m.credit, m.amountFen])).toEqual([
    ['fee-charged', 'reserved', 'fees', '36000'],
    ['gift-credited', 'clearing', 'held', '1000000'],
    ['payout-paid', 'reserved', 'paid', '964000'],
    ['release-reserved', 'held', 'reserved', '1000000'],
  ]);
  // By day: what came from outside and what left; what was only reserved did neither.
  const sum = (of: 'inFen' | 'outFen') => statement.days.reduce((total, day) => total + BigInt(day[of]), 0n);
  expect([sum('inFen'), sum('outFen'), statement.days.at(-1)!.closingFen]).toEqual([1_000_000n, 1_000_000n, '0']);
  // Before its first day nothing was, and nothing moved.
  expect(await asked(`/v1/statements/campaigns/${payout.campaignId}?from=2021-02-01&to=2021-02-28`)).toMatchObject({
    movements: [],
    identity: { closing: { raisedFen: '0', holds: true } },
  });
});

test('each day opens where the one before closed, and what moved is the difference', async () => {
  const campaignId = await aRaise(house, tenant);
  for (let day = 1; day <= 4; day += 1) {
    await given(house, tenant, campaignId, [100n * BigInt(day), 7n]);
    await house.push('bank', bankLine(tenant, { sign: 'CRDT', amountFen: 50n, bookedAt: (await businessNow(house.db, tenant.id)).toISOString() }));
    await later(house, tenant, DAY_MS);
  }
  const days = await Promise.all(['2021-03-01', '2021-03-02', '2021-03-03', '2021-03-04', '2021-03-05'].map(dayOf));
  for (const [i, day] of days.entries()) {
    expect(day.identity.closing.holds).toBe(true);
    if (i > 0) expect(day.accounts.map((a) => a.openingFen)).toEqual(days[i - 1]!.accounts.map((a) => a.closingFen));
    for (const a of day.accounts) expect(BigInt(a.openingFen) + BigInt(a.inFen) - BigInt(a.outFen)).toBe(BigInt(a.closingFen));
  }
  expect(days.map((d) => d.identity.closing.raisedFen)).toEqual(['107', '314', '621', '1028', '1028']);
  expect(days[2]).toMatchObject({ bank: { lines: 1, creditedFen: '50', debitedFen: '0' }, interestFen: '0', close: null });
  expect(days[4]!.movements).toEqual([]);
  // The same by day, from the middle on: what was there before counts, and a day without money is none.
  const by = (statement: Shown) => statement.days.map(({ day, inFen, outFen, closingFen }) => [day, inFen, outFen, closingFen]);
  expect(by(await asked(`/v1/statements/campaigns/${campaignId}?from=2021-03-03&to=2021-03-05`))).toEqual([
    ['2021-03-03', '307', '0', '621'],
    ['2021-03-04', '407', '0', '1028'],
  ]);
  expect(by(days[1]!)).toEqual([
    ['2021-03-01', '50', '0', '50'],
    ['2021-03-02', '50', '0', '100'],
  ]);
});

test('a closed day keeps its figures; what comes into it later is in the statement, and named as late', async () => {
  const campaignId = await aRaise(house, tenant);
  await given(house, tenant, campaignId, [300n]);
  await later(house, tenant, 2 * DAY_MS);
  await reconcileDay('2021-03-01');
  const closed = await dayOf('2021-03-01');
  expect(closed).toMatchObject({ late: [], close: { closingFen: { raised: '300', held: '300', custody: '0' } } });

  await house.push('bank', bankLine(tenant, { sign: 'CRDT', amountFen: 120n, bookedAt: '2021-03-01T15:00:00+08:00' }));
  const after = await dayOf('2021-03-01');
  expect(after.close).toEqual(closed.close);
  expect(after.accounts.find((a) => a.account === 'custody')).toMatchObject({ closingFen: '120' });
  expect(after.late).toMatchObject([{ kind: 'channel-settled', amountFen: '120', day: '2021-03-01' }]);
  // Closed once: reading the day again changes nothing.
  await house.db('reconciliation_day').where('id', `${tenant.id}/2021-03-01`).update({ finished_at: null, bank_lines: null });
  await reconcileDay('2021-03-01');
  expect((await dayOf('2021-03-01')).close).toEqual(closed.close);
  await expect(house.owner('day_close').update({ movements: 0 })).rejects.toThrow('append-only');
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
});

test('whose it is: the own platform’s people and key, a regulator for the platform they name, nobody else', async () => {
  const other = await aTenant(house);
  const campaignId = await aRaise(house, tenant);
  const platform = `/v1/statements/platform?tenantId=${tenant.id}&day=2021-03-01`;
  const campaign = `/v1/statements/campaigns/${campaignId}?from=2021-03-01&to=2021-03-02`;
  for (const as of [other.sessions.maker, other.platformKey])
    for (const at of [platform, campaign]) expect(await house.ask('GET', at, { as })).toMatchObject({ status: 404 });
  const regulator = (await aColleague(house, tenant, 'regulator')).session;
  for (const as of [tenant.platformKey, tenant.sessions.operator, regulator]) for (const at of [platform, campaign]) await asked(at, as);
  expect(await house.ask('GET', '/v1/statements/platform?day=2021-03-01', { as: regulator })).toMatchObject({
    status: 400,
    body: { field: '/query/tenantId' },
  });
  expect(await house.ask('GET', platform, { as: tenant.sessions.reviewer })).toMatchObject({ status: 403 });
});

test.each([
  ['the wrong order', 'from=2021-03-02&to=2021-03-01', '/query/to'],
  ['no day', 'from=2021-02-30&to=2021-03-01', '/query/from'],
  ['a missing end', 'from=2021-03-01', '/query/to'],
])('%s is refused by field', async (_what, query, field) => {
  const campaignId = await aRaise(house, tenant);
  expect(await house.ask('GET', `/v1/statements/campaigns/${campaignId}?${query}`, { as: tenant.sessions.maker })).toMatchObject({
    status: 400,
    body: { field },
  });
});
