import { row, rows } from '../../src/database/connect';
import { readStatement } from '../../src/reconciliation/bank';
import { ACCOUNT } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, later, nowMs, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { auditOf, type Payout, pursue, standing } from '../support/transfers';
import { aSandbox, eventually, type Line, type Sandbox } from '../simulators/support/sandbox';

// A payout over China Merchants Bank's link: the real adapter and the simulated bank over HTTP, from the signed sheet to the books.
let house: House;
let sandbox: Sandbox;
let tenant: Tenant;
let payout: Payout;
beforeAll(async () => {
  [house, sandbox] = [await aHouse(), await aSandbox()];
});
afterAll(async () => {
  await sandbox.close();
  expect(sandbox.errors).toEqual([]);
  await house.close();
});

/** ¥10,000.00 less 3 % and 0.6 %. */
const NET = 964_000n;
const PAYEE_ACCOUNT = { accountNumber: ACCOUNT.number, name: ACCOUNT.name, bankCode: ACCOUNT.bankCode };
const again = (): ReturnType<typeof pursue> => pursue(house, tenant, payout.payoutId);
const state = async (): Promise<Record<string, unknown>> =>
  (await row(house.db, 'select state, rail, submits from payout where id = ?', [payout.payoutId]))!;
const debits = async (): Promise<number> =>
  (await sandbox.control<(Line & { sign: string })[]>('GET', `/bank/accounts/${tenant.custodyAccount}/entries`)).body.filter(
    ({ sign }) => sign === 'DBIT',
  ).length;
const setClock = async (): Promise<void> =>
  void (await sandbox.control('PUT', `/clocks/${tenant.clockId}`, { now: new Date(await nowMs(house, tenant)).toISOString() }));

beforeEach(async () => {
  house.links.cmb = house.bank;
  tenant = await aTenant(house, undefined, { custodyRail: 'cmb' });
  payout = await aReservedPayout(house, tenant);
  house.links.cmb = sandbox.cmb;
  const custody = await row<{ name: string; code: string }>(
    house.db,
    'select custody_account_name as name, custody_bank_code as code from tenant where id = ?',
    [tenant.id],
  );
  await setClock();
  const account = {
    accountNumber: tenant.custodyAccount,
    name: custody!.name,
    bankCode: custody!.code,
    kind: 'custody',
    clockId: tenant.clockId,
    link: 'cmb',
  };
  await sandbox.control('POST', '/bank/accounts', account);
  const swept = { reference: 'IN1', amountFen: '1000000', counterpartyAccount: '243300133', counterpartyName: '财付通' };
  await sandbox.control('POST', `/bank/accounts/${tenant.custodyAccount}/credits`, swept);
  await sandbox.control('POST', '/bank/accounts', { ...account, notifyUrl: `${house.url}/callbacks/cmb` });
  await sandbox.control('POST', '/bank/accounts', { ...PAYEE_ACCOUNT, kind: 'payee', clockId: null });
});

async function fault(name: string, params: object = {}): Promise<void> {
  const set = await sandbox.control('POST', '/bank/faults', { accountNumber: tenant.custodyAccount, nth: 1, fault: name, params });
  expect(set.status).toBe(200);
}
const line = (kind: string): Promise<unknown> =>
  row(house.db, 'select applied_at from bank_line where payout_id = ? and kind = ?', [payout.payoutId, kind]);

test('paid: its sheet was signed for this rail, one debit, its push heard, its statement read, the books to the fen', async () => {
  expect(await state()).toEqual({ state: 'reserved', rail: 'cmb', submits: 0 });
  expect(await again()).toBe('succeeded');
  expect(await standing(house, payout)).toMatchObject({ state: 'succeeded', paidFen: NET, pendingFen: 0n });
  expect(await debits()).toBe(1);
  await eventually(async () => (await line('payout')) !== null);
  expect(await auditOf(house, payout.payoutId)).toEqual(['payout.reserved', 'payout.submitted', 'payout.succeeded']);
  await later(house, tenant, 86_400_000);
  await setClock();
  const asked = { id: tenant.id, account: tenant.custodyAccount, rail: 'cmb', nowMs: await nowMs(house, tenant) } as const;
  const day = new Date(asked.nowMs - 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
  const { banks, custody } = house.dependencies;
  expect(await readStatement(house.db, banks, custody, asked, day)).toEqual({ lines: 2, unplaced: 0 });
  // The line that was pushed and stands in the statement too is one line.
  expect(await rows(house.db, `select 1 from bank_line where account_number = ? and sign = 'DBIT'`, [tenant.custodyAccount])).toHaveLength(1);
});

test.each(['answer-lost', '500-after-commit', 'not-found-then-found'])('%s: unknown, asked about, and debited once', async (name) => {
  await fault(name);
  expect(await again()).toBe('unknown');
  expect(await standing(house, payout)).toMatchObject({ state: 'unknown', paidFen: 0n });
  expect(await again()).toBe('succeeded');
  expect(await debits()).toBe(1);
  await eventually(async () => (await line('payout')) !== null);
});

test('lost before it arrived: found nowhere, sent again under its id, debited once', async () => {
  await fault('drop-before');
  expect(await again()).toBe('unknown');
  expect(await again()).toBe('succeeded');
  expect(await state()).toMatchObject({ state: 'succeeded', submits: 2 });
  expect(await debits()).toBe(1);
  await eventually(async () => (await line('payout')) !== null);
});

test('refused by the bank: failed for good, nothing moved', async () => {
  await fault('reject', { code: 'AC01' });
  expect(await again()).toBe('failed');
  expect(await standing(house, payout)).toMatchObject({ state: 'failed', paidFen: 0n, pendingFen: 1_000_000n });
  expect(await debits()).toBe(0);
});

test('sent back: the push is the return, and the query says the same', async () => {
  await fault('bounce', { afterDays: 1 });
  expect(await again()).toBe('succeeded');
  await later(house, tenant, 2 * 86_400_000);
  await setClock();
  await eventually(async () => (await line('return')) !== null);
  expect(await sandbox.cmb.query(payout.payoutId, tenant.custodyAccount)).toMatchObject({ kind: 'RETURNED', amountFen: NET, text: '收款账户已销户' });
  await house.releases.database.recordReturn(payout.payoutId, await nowMs(house, tenant));
  expect(await standing(house, payout)).toMatchObject({ state: 'returned', paidFen: 0n });
});

test('the bank of one rail speaks for no account of another; the rail of a payout and of its account stay', async () => {
  const { custody } = house.dependencies;
  const entry = {
    accountNumber: tenant.custodyAccount,
    reference: 'FORGED',
    amountFen: 1n,
    sign: 'CRDT',
    status: 'BOOK',
    bookedAt: '2021-03-02T02:00:00Z',
  } as const;
  const said = { ...entry, endToEndId: null, returnCode: null, returnText: null, counterparty: null, remittance: null };
  await custody.hear({ kind: 'entries', messageId: 'M', entries: [said] }, 'iso20022');
  expect(await rows(house.db, `select 1 from bank_line where reference = 'FORGED'`)).toEqual([]);
  expect(await sandbox.bank.query(payout.payoutId, tenant.custodyAccount)).toEqual({ kind: 'NOT_FOUND' });
  await expect(house.owner('payout').where('id', payout.payoutId).update({ rail: 'iso20022' })).rejects.toThrow(/never changes/);
  await expect(house.owner('tenant').where('id', tenant.id).update({ custody_rail: 'iso20022' })).rejects.toThrow(/over cmb/);
});

test("the account's name is asked of the bank that pays", async () => {
  const stranger = { ...PAYEE_ACCOUNT, accountNumber: '6217000000000000' };
  expect(await Promise.all([PAYEE_ACCOUNT, { ...PAYEE_ACCOUNT, name: '李四' }, stranger].map((each) => sandbox.cmb.checkAccountName(each)))).toEqual([
    ...['match', 'mismatch', 'no-record'],
  ]);
});
