import { ulid } from 'ulid';
import { linesToMatchAnswer, proposalsAnswer, reconciliationDayAnswer } from '../../src/api/answers';
import { verifyLedger } from '../../src/ledger/verify';
import { anUnknownLine, shown, undone } from '../support/exceptions';
import { aHouse, type Answer, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { type Payout, pursue } from '../support/transfers';
import { shanghaiDate } from '../../src/domain/calendar';

// The reconciliation's workbench by the API: what a line could be, many matches in one act, and the days with their totals.
let house: House;
let tenant: Tenant;
let payouts: Payout[];
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  payouts = [];
  for (const amountFen of [1_000_000n, 2_000_000n, 2_500_000n]) {
    const payout = await aReservedPayout(house, tenant, [amountFen]);
    expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
    payouts.push(payout);
  }
});
afterEach(async () => expect(await verifyLedger(house.db, tenant.id)).toEqual([]));
afterAll(() => house.close());

interface Proposals {
  readonly openFen: string;
  readonly proposals: { readonly target: { readonly kind: string; readonly id: string }; readonly amountFen: string; readonly chosen: boolean }[];
}
const get = async <T>(path: string, as = tenant.sessions.maker): Promise<T> => {
  const found = await house.ask<T>('GET', path, { as });
  expect(found.status).toBe(200);
  return found.body;
};
const proposals = (id: string) => get<Proposals>(`/v1/exceptions/${id}/proposals`);
const matchedWith = (id: string, matches: readonly object[], key = aKey()): Promise<Answer<{ code: string; state: string; money: object }>> =>
  house.ask('POST', `/v1/exceptions/${id}/match-sets`, { as: tenant.sessions.maker, key, body: { matches } });
const chosenOf = ({ proposals: all }: Proposals) => all.filter((each) => each.chosen).map(({ target, amountFen }) => ({ target, amountFen }));

test('a debit of several payouts: the only set is proposed, taken whole in one act, the same act twice is once, and each is undone alone', async () => {
  const nets = [964_000n, 1_928_000n];
  const line = await anUnknownLine(house, tenant, { sign: 'DBIT', endToEndId: ulid(), amountFen: nets[0]! + nets[1]! });
  const found = await proposals(line);
  proposalsAnswer.parse(found);
  const chosen = chosenOf(found);
  expect(chosen.map(({ amountFen }) => amountFen)).toEqual(['1928000', '964000']);
  const key = aKey();
  const [once, twice] = [await matchedWith(line, chosen, key), await matchedWith(line, chosen, key)];
  expect([once, twice]).toMatchObject([
    { status: 201, body: { state: 'resolved', money: { openFen: '0' } } },
    { status: 201, body: { state: 'resolved' } },
  ]);
  const { matches } = await shown(house, tenant, line);
  expect(matches).toHaveLength(2);
  // What is matched is proposed no more.
  const other = await anUnknownLine(house, tenant, { sign: 'DBIT', endToEndId: ulid(), amountFen: nets[0]! });
  expect((await proposals(other)).proposals).toEqual([]);
  expect(await undone(house, tenant, matches[0]!.id)).toMatchObject({ status: 200 });
  expect((await shown(house, tenant, line)).matches.filter(({ undoneAt }) => undoneAt === null)).toHaveLength(1);
  expect(await shown(house, tenant, line)).toMatchObject({ state: 'open' });
});

test('all or none: a set of which one does not fit changes nothing; a thing named twice is refused with its field', async () => {
  const line = await anUnknownLine(house, tenant, { sign: 'CRDT', endToEndId: ulid(), amountFen: 500n });
  const part = (payout: Payout, amountFen: string) => ({ target: { kind: 'payout-return', id: payout.payoutId }, amountFen });
  const [a, b] = payouts as [Payout, Payout];
  expect(await matchedWith(line, [part(a, '300'), part(b, '201')])).toMatchObject({ status: 422, body: { code: 'match.too_much' } });
  expect(await matchedWith(line, [part(a, '300'), part(a, '100')])).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  expect(await shown(house, tenant, line)).toMatchObject({ state: 'open', matches: [], money: { openFen: '500' } });
  expect(await matchedWith(line, [part(a, '300'), part(b, '150')])).toMatchObject({ status: 201, body: { state: 'open', money: { openFen: '50' } } });
  expect((await proposals(line)).openFen).toBe('50');
});

test('two sets of the same payouts for two lines at once: one of each payout, none twice', async () => {
  const nets = { a: payouts[0]!, c: payouts[2]! };
  const lines = [];
  for (let i = 0; i < 2; i += 1) lines.push(await anUnknownLine(house, tenant, { sign: 'CRDT', endToEndId: ulid(), amountFen: 200n }));
  const set = [nets.a, nets.c].map((payout) => ({ target: { kind: 'payout-return', id: payout.payoutId }, amountFen: '100' }));
  const answers = await Promise.all(lines.map((line, i) => matchedWith(line, i === 0 ? set : set.toReversed())));
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
});

test('days: what the bank booked, what of it is unmatched, and no close while it is open; lines by day, the largest first, with their totals', async () => {
  const day = shanghaiDate(await nowMs(house, tenant));
  const { days } = await get<{ days: { day: string; lines: number; unmatched: number; unmatchedFen: string; closedAt: null }[] }>(
    '/v1/reconciliation-days',
  );
  expect(days).toHaveLength(14);
  days.forEach((each) => reconciliationDayAnswer.parse(each));
  const open = await get<{ lines: { openFen: string; exceptionId: string }[]; count: number; inFen: string; outFen: string }>('/v1/lines-to-match');
  linesToMatchAnswer.parse(open);
  const told = days.filter((each) => each.lines > 0);
  expect(told.reduce((sum, each) => sum + each.unmatched, 0)).toBe(open.count);
  expect(told.reduce((sum, each) => sum + BigInt(each.unmatchedFen), 0n)).toBe(BigInt(open.inFen) + BigInt(open.outFen));
  const sizes = open.lines.map((each) => BigInt(each.openFen));
  expect(sizes).toEqual(sizes.toSorted((x, y) => (x > y ? -1 : 1)));
  const elsewhere = await get<{ count: number }>(`/v1/lines-to-match?day=2020-01-01`);
  expect(elsewhere.count).toBe(0);
  expect(told.every((each) => each.closedAt === null && each.day <= day)).toBe(true);
  // The wall: another platform's maker sees none of it.
  const stranger = await aTenant(house);
  expect((await get<{ count: number }>('/v1/lines-to-match', stranger.sessions.maker)).count).toBe(0);
  const theirs = await house.ask('GET', `/v1/exceptions/${open.lines[0]!.exceptionId}/proposals`, { as: stranger.sessions.maker });
  expect(theirs.status).toBe(404);
});
