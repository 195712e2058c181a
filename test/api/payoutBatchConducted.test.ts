import { createPayoutBatchActivities, type Conducted } from '../../src/activities/payoutBatch';
import { PayoutsTogether } from '../../src/activities/payouts/together';
import { rows } from '../../src/database/connect';
import { verifyLedger } from '../../src/ledger/verify';
import { bankLine } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { oneBank } from '../support/outside';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { aBatchOf, type Batch, batchOf, proposedBatch, signedBatch } from '../support/payoutBatches';
import { aReleaseInApproval, type Release } from '../support/releases';
import { Killed, pursue } from '../support/transfers';

// A payout batch's conductor: all lines in files; what is not certain at once goes its own way, and everybody is told in the end.
let house: House;
let tenant: Tenant;
let three: Release[];
let batch: Batch;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
  house.bank.submitScript.length = 0;
  three = [await aReleaseInApproval(house, tenant), await aReleaseInApproval(house, tenant), await aReleaseInApproval(house, tenant)];
  batch = await aBatchOf(house, tenant, three);
  await signedBatch(house, tenant, batch.id, (await proposedBatch(house, tenant, batch.id)).body.proposal!.digest);
});
afterAll(async () => {
  expect(await verifyLedger(house.db, null)).toEqual([]);
  await house.close();
});

/** A worker's own conductor, as its workflow calls it. @param bank the outside that it sees. */
async function conducts(bank = house.bank): Promise<Conducted> {
  const together = new PayoutsTogether(house.db, oneBank(bank), house.dependencies.personalData);
  const { payment } = createPayoutBatchActivities({ db: house.db, together, page: 2 });
  let came: Conducted = { phase: 'paying', after: 0 };
  do came = await payment.conductBatch(batch.id, await nowMs(house, tenant), came);
  while (came.phase !== 'finished');
  return came;
}

interface Payout {
  readonly id: string;
  readonly release_id: string;
  readonly state: string;
  readonly conducted: boolean;
  readonly submits: number;
}

/** In the order of the batch's lines. */
async function payouts(): Promise<Payout[]> {
  const found = await rows<Payout>(house.db, 'select id, release_id, state, conducted, submits from payout where tenant_id = ?', [tenant.id]);
  return three.flatMap(({ id }) => found.filter((p) => p.release_id === id));
}

/** Whom the outbox tells of the batch's lines, beyond what was told before the conductor began. */
async function told(): Promise<string[]> {
  const found = await rows<{ word: string }>(
    house.db,
    `select workflow_type || ' ' || notice as word from outbox where tenant_id = ? and
       (notice in ('paid', 'payout-settled') or workflow_type = 'transfer' or notice = 'approval-changed' and id like '%/batch-%') order by seq`,
    [tenant.id],
  );
  return found.map(({ word }) => word);
}

const debit = (payoutId: string, amountFen: bigint): Record<string, unknown> =>
  bankLine(tenant, { sign: 'DBIT', amountFen, endToEndId: payoutId, reference: `B${payoutId}` }).entries[0]!;

test('the last signature tells the conductor alone, and it pays every line once; books and bank agree after one notice of all debits', async () => {
  expect(await rows(house.db, `select workflow_id, notice from outbox where workflow_type = 'payoutBatch' and tenant_id = ?`, [tenant.id])).toEqual([
    { workflow_id: `payoutBatch/${batch.id}`, notice: 'approved' },
  ]);
  expect(await told()).toEqual([]);
  await conducts();
  const paid = await payouts();
  expect(paid).toMatchObject(Array(3).fill({ state: 'succeeded', conducted: false, submits: 1 }));
  expect(house.bank.received.filter(({ payoutId }) => paid.some(({ id }) => id === payoutId))).toHaveLength(3);
  expect((await told()).sort()).toEqual([...Array(3).fill('release payout-settled'), ...Array(3).fill('supervision paid')]);
  const entries = paid.map(({ id }) => debit(id, house.bank.booked.get(id)!.amountFen));
  const notice = { kind: 'entries', messageId: 'NTF1', entries } as const;
  for (let i = 0; i < 2; i += 1) expect((await house.push('bank', notice)).status).toBe(204);
  expect(await batchOf(house, tenant, batch.id)).toMatchObject({ terminal: true, reconciled: true, lines: { succeeded: { count: 3 } } });
  // Called again, at any time, it has nothing to do.
  expect(await conducts()).toEqual({ phase: 'finished', after: 0 });
  expect(await payouts()).toEqual(paid);
});

test('one line is refused, one answer is lost: the refused one asks for new signatures, the unknown one is its own transfer’s, and nobody is told early', async () => {
  const refuses: (typeof house.bank.submitScript)[number] = () => ({ kind: 'REJECTED', code: 'AC04', text: '收款账户已销户', final: true });
  const loses: typeof refuses = (_order, book) => {
    book();
    return { kind: 'UNKNOWN', reason: 'timeout' };
  };
  house.bank.submitScript.push(refuses, loses);
  await conducts();
  const all = await payouts();
  expect(all.map(({ state }) => state).sort()).toEqual(['failed', 'succeeded', 'unknown']);
  const unknown = all.find(({ state }) => state === 'unknown')!;
  expect((await told()).sort()).toEqual([
    'release approval-changed',
    'release approval-changed',
    'release payout-settled',
    'release payout-settled',
    'supervision paid',
    'transfer started',
  ]);
  expect(await pursue(house, tenant, unknown.id)).toBe('succeeded');
  expect(house.bank.received.filter(({ payoutId }) => payoutId === unknown.id)).toHaveLength(1);
});

test('the worker dies before the file leaves: the next one sends nothing again, each payout asks the bank for itself, and each is debited once', async () => {
  const dead = { ...bankOf(), files: { ...house.bank.files, submit: async () => Promise.reject(new Killed('before the call')) } };
  await expect(conducts(dead as never)).rejects.toThrow(Killed);
  const begun = (await payouts()).filter(({ conducted }) => conducted);
  expect(begun).toMatchObject(Array(2).fill({ state: 'submitted', submits: 1 }));
  // While the batch is on its way, a transfer that wakes leaves its payout alone.
  expect(await pursue(house, tenant, begun[0]!.id)).toBe('waiting');
  await conducts();
  expect(await payouts()).toMatchObject([{ state: 'submitted', conducted: false }, { state: 'submitted', conducted: false }, { state: 'succeeded' }]);
  expect((await told()).filter((word) => word === 'transfer started')).toHaveLength(2);
  for (const { id } of begun) expect(await pursue(house, tenant, id)).toBe('succeeded');
  expect(begun.map(({ id }) => house.bank.received.filter(({ payoutId }) => payoutId === id).length)).toEqual([1, 1]);
});

test('what is held when its turn comes, or for which there is no money, is left to its release’s workflow', async () => {
  await house.db('hold').insert({
    id: `H${three[0]!.id.slice(1)}`,
    campaign_id: three[0]!.campaignId,
    rule: 'COMPLAINT',
    reason: 'test',
    placed_at: new Date(await nowMs(house, tenant)),
  });
  await conducts();
  expect((await payouts()).map(({ release_id }) => release_id)).toEqual([three[1]!.id, three[2]!.id]);
  expect((await told()).filter((word) => word === 'release approval-changed')).toHaveLength(1);
});

test('a line that the database refuses is left alone, and the others of its file are paid', async () => {
  // Released to the hospital, while the payee is a person: a trigger refuses such a payout.
  await house.owner('release').where('id', three[1]!.id).update({ mode: 'hospital-direct' });
  await conducts();
  expect((await payouts()).map(({ release_id, state }) => [release_id, state])).toEqual([
    [three[0]!.id, 'succeeded'],
    [three[2]!.id, 'succeeded'],
  ]);
  expect((await told()).filter((word) => word === 'release approval-changed')).toHaveLength(1);
});

test('a rail that takes orders one by one leaves every line to its own workflow', async () => {
  const single = { ...bankOf(), files: undefined };
  await conducts(single as never);
  expect(await payouts()).toEqual([]);
  expect(await told()).toEqual(Array(3).fill('release approval-changed'));
});

test('of a notice with many lines, each that fits is taken once, and each that does not is parked', async () => {
  await conducts();
  const [a, b, c] = (await payouts()).map(({ id }) => ({ id, fen: house.bank.booked.get(id)!.amountFen }));
  const entries = [
    debit(a!.id, a!.fen),
    { ...debit(a!.id, a!.fen), reference: 'TWICE' },
    debit(b!.id, b!.fen - 1n),
    debit(c!.id, c!.fen),
    { ...debit('01JGT2M6Q3W8ZK5N7P9R1T3V5X', 5n), reference: 'NOBODY' },
  ];
  expect((await house.push('bank', { kind: 'entries', messageId: 'NTF2', entries })).status).toBe(204);
  const kinds = await rows<{ kind: string }>(house.db, 'select kind from money_exception where tenant_id = ? order by kind', [tenant.id]);
  expect(kinds.map(({ kind }) => kind)).toEqual(['bank-line-unknown', 'payout-amount', 'payout-twice']);
  const lines = await rows<{ n: number }>(
    house.db,
    `select count(*)::int as n from bank_line where tenant_id = ? and kind = 'payout' and applied_at is not null`,
    [tenant.id],
  );
  expect(lines).toEqual([{ n: 2 }]);
});

/** The bank's own methods, to put another file rail beside. */
function bankOf(): Record<string, unknown> {
  const { bank } = house;
  return { submit: bank.submit.bind(bank), query: bank.query.bind(bank) };
}
