import { row, rows } from '../../src/database/connect';
import { shanghaiDate } from '../../src/domain/calendar';
import { MONEY_EXCEPTIONS } from '../../src/domain/moneyExceptions';
import { balanceOf } from '../../src/ledger/post';
import { verifyLedger } from '../../src/ledger/verify';
import { aRaise, ordered, paidNotice } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { type Counterpart, dice, type Month, monthOf } from '../support/month';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { pursue, type Payout } from '../support/transfers';

// A month of bank statements and channel bills with everything that goes wrong in one, read by the real reconciliation, judged by the generator's own truth.
const SEED = Number(process.env.MONTH_SEED ?? 1);
const DAY_MS = 86_400_000;
const [PAYOUTS, GIFTS, ANNOUNCED] = [20, 180, 3];
let house: House;
let tenant: Tenant;
let month: Month;

beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  const payouts = await paid();
  const announced = await announcedOf(payouts.slice(-2 - ANNOUNCED, -2));
  const roll = dice(SEED + 1);
  const amounts = Array.from({ length: GIFTS }, () => BigInt(1 + Math.floor(roll() * 2_000)));
  const campaignId = await aRaise(house, tenant);
  const ids: string[] = [];
  for (let at = 0; at < GIFTS; at += 40) ids.push(...(await ordered(house, tenant, campaignId, amounts.slice(at, at + 40))));
  const from = shanghaiDate((await nowMs(house, tenant)) + DAY_MS);
  const orders = ids.map((id, i) => ({ id, amountFen: amounts[i]! }));
  month = monthOf(SEED, { account: tenant.custodyAccount, merchantId: tenant.merchantId, from, payouts, orders, announced });
  for (const id of month.late)
    await house.owner.raw(`update release set stage = 'closed', closed_at = stage_since where id = (select release_id from payout where id = ?)`, [
      id,
    ]);
  await callbacks();
  await reconciled();
}, 120_000);
afterAll(() => house.close());

async function paid(): Promise<(Payout & { netFen: bigint })[]> {
  const made: (Payout & { netFen: bigint })[] = [];
  // One after the other: they move the platform's one clock.
  for (let i = 0; i < PAYOUTS; i += 1) {
    const payout = await aReservedPayout(house, tenant, [1_000_000n + BigInt(i) * 1_111n], { payee: { kind: 'institution' } });
    expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
    made.push({ ...payout, netFen: house.bank.booked.get(payout.payoutId)!.amountFen });
  }
  return made;
}

async function announcedOf(payouts: readonly Payout[]): Promise<{ reference: string; payoutId: string; amountFen: bigint }[]> {
  return Promise.all(
    payouts.map(async ({ payoutId }, i) => {
      const amountFen = 10_000n + BigInt(i);
      const body = { amountFen, reason: '出院结余' };
      const answer = await house.ask<{ reference: string }>('POST', `/v1/payouts/${payoutId}/surplus-returns`, {
        as: tenant.hospital.login,
        key: aKey(),
        body,
      });
      expect(answer.status).toBe(201);
      return { reference: answer.body.reference, payoutId, amountFen };
    }),
  );
}

async function callbacks(): Promise<void> {
  const heard = month.gifts.filter(({ isHeard }) => isHeard);
  for (let at = 0; at < heard.length; at += 25)
    await Promise.all(
      heard.slice(at, at + 25).map(async ({ id, amountFen, paidAt }) => {
        expect((await house.push('wechat', paidNotice(tenant, id, amountFen, { paidAt }))).status).toBe(204);
      }),
    );
}

/** Day by day, as its workflow does; releases hear of their returns in between. */
async function reconciled(): Promise<void> {
  house.bank.lines = [...month.statements.values()].flat();
  for (const [day, lines] of month.bills)
    house.channel.bills.set(`${tenant.merchantId}/${day}`, { kind: 'READY', lines: lines.map(({ line }) => line) });
  const days = [...new Set([...month.statements.keys(), ...month.bills.keys()])].sort();
  for (const day of days) {
    const id = `${tenant.id}/${day}`;
    await house.owner('reconciliation_day').insert({ id, tenant_id: tenant.id, day }).onConflict('id').ignore();
    const readAt = Date.parse(`${day}T00:00:00+08:00`) + DAY_MS + 11 * 3_600_000;
    expect(await house.reconciliations.payment.reconcileDay(id, readAt)).toBe(true);
    const back = await rows<{ id: string }>(
      house.db,
      `select p.id from payout p join bank_line l on l.payout_id = p.id and l.kind = 'return' where p.tenant_id = ? and p.state = 'succeeded'`,
      [tenant.id],
    );
    for (const payout of back) await house.releases.database.recordReturn(payout.id, readAt);
  }
}

/** What the product made of a line without anybody's help; null: nothing. */
async function madeOf(reference: string, sign: string): Promise<Counterpart> {
  const line = (await row<{ kind: string; payout_id: string | null; unexplained: bigint; matched: string | null }>(
    house.db,
    `select l.kind, l.payout_id, l.unexplained_fen as unexplained, (select m.payout_id from bank_match m where m.account_number = l.account_number and m.reference = l.reference
       and m.sign = l.sign and m.made_by = 'machine' and m.amount_fen = l.amount_fen) as matched
     from bank_line l where l.account_number = ? and l.reference = ? and l.sign = ?`,
    [tenant.custodyAccount, reference, sign],
  ))!;
  if (line.kind === 'payout' || line.kind === 'return') return { kind: line.kind, ids: [line.payout_id!] };
  if (line.kind === 'interest') return { kind: 'interest', ids: [] };
  if (line.kind === 'collection' && line.unexplained === 0n) return { kind: 'channel', ids: [] };
  return line.matched === null ? null : { kind: 'surplus', ids: [line.matched] };
}

const exceptions = (): Promise<{ subject: string; kind: string; owner: string; open: boolean }[]> =>
  rows(house.db, 'select subject, kind, owner, resolved_at is null as open from money_exception where tenant_id = ?', [tenant.id]);

test('the bank: at least 95 % of the lines that are of something are matched by machine, none wrongly, and every other one has a cause and an owner', async () => {
  const parked = await exceptions();
  let [known, matched] = [0, 0];
  const [wrong, unexplained]: [string[], string[]] = [[], []];
  for (const { line, is } of month.bank) {
    const made = await madeOf(line.reference, line.sign);
    if (is !== null) known += 1;
    if (made !== null && JSON.stringify(made) === JSON.stringify(is)) matched += 1;
    else if (made !== null) wrong.push(`${line.reference}: ${JSON.stringify(made)}, in truth ${JSON.stringify(is)}`);
    else {
      const subject = `${line.accountNumber}/${line.reference}/${line.sign}`;
      const why = parked.find((e) => e.subject === subject && e.open);
      if (why === undefined || !(why.kind in MONEY_EXCEPTIONS) || why.owner === '') unexplained.push(subject);
    }
  }
  const told = [...month.statements.values()].flat().length;
  process.stdout.write(
    `${JSON.stringify({ seed: SEED, bankLines: month.bank.length, told, known, matched, wrong: wrong.length, parked: month.bank.length - matched })}\n`,
  );
  expect(wrong).toEqual([]);
  expect(unexplained).toEqual([]);
  expect(matched / known).toBeGreaterThanOrEqual(0.95);
  // Enough went wrong for that to mean something.
  expect(told).toBeGreaterThan(month.bank.length);
  expect(month.bank.length - known).toBeGreaterThanOrEqual(12);
  expect(await row(house.db, 'select count(*)::int as n from bank_line where tenant_id = ? and reference like ?', [tenant.id, 'BK%'])).toEqual({
    n: month.bank.length,
  });
});

test('the channel: lost callbacks are posted from the bill, what differs is parked line by line, and no gift is other than it was paid', async () => {
  const lines = [...month.bills.values()].flat();
  const told = (is: string): number => lines.filter((each) => each.is === is).length;
  const found = await row<{ lines: number; matched: number; posted: number; differing: number; missing: number }>(
    house.db,
    `select sum(lines)::int as lines, sum(matched)::int as matched, sum(posted)::int as posted, sum(differing)::int as differing, sum(missing)::int as missing
     from channel_bill where tenant_id = ? and channel = 'wechat'`,
    [tenant.id],
  );
  process.stdout.write(`${JSON.stringify({ seed: SEED, billLines: lines.length, ...found })}\n`);
  expect(found).toMatchObject({
    lines: lines.length,
    posted: month.gifts.filter(({ isHeard }) => !isHeard).length,
    differing: told('noise') + told('differs'),
    missing: month.omitted.length,
  });
  expect(found!.matched + found!.posted).toBe(told('gift'));
  expect(told('gift') / (told('gift') + told('differs'))).toBeGreaterThanOrEqual(0.95);
  const subjects = new Set((await exceptions()).filter(({ kind }) => kind.startsWith('bill-')).map(({ subject }) => subject));
  const expected = lines.filter(({ is }) => is !== 'gift').map(({ line }) => `${line.refundId ?? line.orderId}/${line.transactionId}`);
  expect([...subjects].sort()).toEqual([...new Set([...expected, ...month.omitted.map((id) => `${id}/T${id}`)])].sort());
  const kept = await rows<{ id: string; fen: bigint; transaction: string }>(
    house.db,
    `select id, amount_fen as fen, transaction_id as transaction from gift where tenant_id = ? and status = 'paid' and id = any(?) order by id`,
    [tenant.id, month.gifts.map(({ id }) => id)] as never,
  );
  const truth = month.gifts.map(({ id, amountFen }) => ({ id, fen: amountFen, transaction: `T${id}` }));
  expect(kept).toEqual([...truth].sort((a, b) => (a.id < b.id ? -1 : 1)));
});

test('the books hold: interest apart, nothing paid that bounced, the channel owes nothing more', async () => {
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
  expect(await balanceOf(house.db, tenant.id, { kind: 'interest' })).toBe(month.interestFen);
  expect(await balanceOf(house.db, tenant.id, { kind: 'clearing' })).toBe(0n);
  const day = month.bank.find(({ is }) => is?.kind === 'interest')!.line.bookedAt.slice(0, 10);
  const statement = await house.ask<{ interestFen: string; movements: { kind: string; credit: string }[] }>(
    'GET',
    `/v1/statements/platform?day=${day}`,
    {
      as: tenant.sessions.maker,
    },
  );
  expect(statement).toMatchObject({ status: 200, body: { interestFen: month.interestFen.toString() } });
  expect(statement.body.movements).toContainEqual(
    expect.objectContaining({ kind: 'interest-credited', debit: 'custody', credit: 'interest', movements: 2 }),
  );
});
