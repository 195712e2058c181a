import { verifyLedger } from '../../src/ledger/verify';
import { aRaise, given } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { column, tampered } from '../support/tampering';
import { debitNotified, pursue } from '../support/transfers';

// One campaign's money from gift to bank line, then faults planted by somebody with the owner's password: each is found and named.
let house: House;
let tenant: Tenant;
let ids: { campaign: string; payout: string; gift: string };
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  const payout = await aReservedPayout(house, tenant, [600_000n, 400_001n]);
  // Crosses a small target, so that there is money due back, too.
  await given(house, tenant, await aRaise(house, tenant, { askFen: '300' }), [500n]);
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  await debitNotified(house, tenant, payout);
  const [gift] = await column<string>(house.owner, `select id as value from gift where campaign_id = '${payout.campaignId}' order by id limit 1`);
  ids = { campaign: payout.campaignId, payout: payout.payoutId, gift: gift! };
});
afterAll(() => house.close());

const verify = (sql: string | string[], tenantId: string | null = null): ReturnType<typeof tampered> =>
  tampered(house.owner, sql, (tx) => verifyLedger(tx, tenantId));

test('untouched books have no difference, of one tenant and of all', async () => {
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
  expect(await verifyLedger(house.db, null)).toEqual([]);
});

const held = (): string => `campaign_id = '${ids.campaign}' and kind = 'held'`;
const GUARD = 'alter table ledger.account drop constraint balance_not_negative';

test.each<[string, string, () => string | string[], () => RegExp]>([
  [
    'a balance one fen off',
    'account.balance',
    () => `update ledger.account set credits_fen = credits_fen + 1 where ${held()}`,
    () => new RegExp(`^account/\\d+ \\(held of ${ids.campaign}\\)$`),
  ],
  [
    'an account on its wrong side',
    'account.guard',
    () => [GUARD, `update ledger.account set debits_fen = credits_fen + 1 where ${held()}`],
    () => /^account\/\d+$/,
  ],
  [
    'a transfer slipped in',
    'posting.digest',
    () => `insert into ledger.transfer (posting_id, key, request_hash, kind, debit_account, credit_account, amount_fen, subject, business_at)
      select posting_id, 'slipped', request_hash, kind, debit_account, credit_account, amount_fen, subject, business_at from ledger.transfer where id = 1`,
    () => /^posting\/1$/,
  ],
  [
    'a transfer of an account that never was',
    'transfer.rows',
    () => `insert into ledger.transfer (posting_id, key, request_hash, kind, debit_account, credit_account, amount_fen, subject, business_at)
      select 999999, 'orphan', request_hash, kind, debit_account, 888888, amount_fen, subject, business_at from ledger.transfer where id = 1`,
    () => /^transfer\/\d+$/,
  ],
  ['a posting’s digest rewritten', 'posting.audit', () => `update ledger.posting set digest = sha256('x') where id = 1`, () => /^posting\/1$/],
  ['a posting’s audit row removed', 'posting.audit', () => `delete from audit.event where subject = 'posting/1'`, () => /^posting\/1$/],
  [
    'a campaign that says it raised a fen less',
    'campaign.raised',
    () => `update campaign set raised_fen = raised_fen - 1 where id = '${ids.campaign}'`,
    () => new RegExp(`^campaign/${ids.campaign}$`),
  ],
  [
    'a campaign’s account emptied',
    'campaign.identity',
    () => `update ledger.account set credits_fen = 0 where campaign_id = '${ids.campaign}' and kind = 'paid'`,
    () => new RegExp(`^campaign/${ids.campaign}$`),
  ],
  [
    'a gift that says it was given back',
    'gift.posted',
    () => `update gift set credited_fen = credited_fen - 1, excess_fen = excess_fen + 1 where id = '${ids.gift}'`,
    () => new RegExp(`^gift/${ids.gift}$`),
  ],
  [
    'a gift’s posting removed',
    'gift.posted',
    () => `delete from ledger.transfer where key = 'gift/${ids.gift}/credited'`,
    () => new RegExp(`^gift/${ids.gift}$`),
  ],
  [
    'a paid payout called failed',
    'payout.posted',
    () => `update payout set state = 'failed', booked_at = null where id = '${ids.payout}'`,
    () => new RegExp(`^payout/${ids.payout}$`),
  ],
  [
    'a paid payout called returned',
    'payout.posted',
    () => `update payout set state = 'returned' where id = '${ids.payout}'`,
    () => new RegExp(`^payout/${ids.payout}$`),
  ],
  [
    'a payout’s posting removed',
    'payout.posted',
    () => `delete from ledger.transfer where key = 'payout/${ids.payout}/paid'`,
    () => new RegExp(`^payout/${ids.payout}$`),
  ],
  [
    'one signature of two removed',
    'payout.approved',
    () => `delete from approval_signature where checker_id = (select min(checker_id) from approval_signature)`,
    () => new RegExp(`^payout/${ids.payout}$`),
  ],
  [
    'a bank line one fen off',
    'tenant.custody',
    () => `update bank_line set amount_fen = amount_fen + 1 where kind = 'collection'`,
    () => new RegExp(`^tenant/${tenant.id}$`),
  ],
  ['a bank line removed', 'tenant.custody', () => `delete from bank_line where kind = 'collection'`, () => new RegExp(`^tenant/${tenant.id}$`)],
  [
    'a campaign that raised more than it asked for',
    'campaign.cap',
    () => ['alter table campaign drop constraint never_above_the_ask', `update campaign set ask_fen = raised_fen - 1 where id = '${ids.campaign}'`],
    () => new RegExp(`^campaign/${ids.campaign}$`),
  ],
  [
    'a release that was paid twice',
    'release.paid_once',
    () => [
      'drop index one_live_payout',
      `insert into payout select (jsonb_populate_record(p, '{"id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "attempt": 2, "approval_id": "another"}')).* from payout p where id = '${ids.payout}'`,
    ],
    () => /^release\//,
  ],
  [
    'a second debit of a payout',
    'payout.debited_once',
    () => `insert into bank_line select (jsonb_populate_record(l, '{"reference": "second"}')).* from bank_line l where payout_id = '${ids.payout}'`,
    () => new RegExp(`^payout/${ids.payout}$`),
  ],
  ['a return that says it came home', 'return.posted', () => `update gift_return set status = 'returned', returned_at = now()`, () => /^return\/R/],
  ['more due back than was given', 'gift.returned', () => 'update gift_return set amount_fen = 501', () => /^gift\//],
  [
    'a receipt that nobody signed',
    'payout.confirmed',
    () => `update payout set confirmed_fen = 1 where id = '${ids.payout}'`,
    () => new RegExp(`^payout/${ids.payout}$`),
  ],
  [
    'a surplus that never came back',
    'payout.given_back',
    () => `update payout set given_back_fen = 1 where id = '${ids.payout}'`,
    () => new RegExp(`^payout/${ids.payout}$`),
  ],
  [
    'a bank line matched with nothing',
    'bank_line.allocated',
    () => `update bank_line set allocated_fen = 1, unexplained_fen = 1 where kind = 'collection'`,
    () => /^bank-line\//,
  ],
  [
    'a credit that is called unexplained',
    'tenant.suspense',
    () => `update bank_line set unexplained_fen = 1 where kind = 'collection'`,
    () => new RegExp(`^tenant/${tenant.id}$`),
  ],
  [
    'a chargeback one fen off',
    'tenant.chargeback',
    () => `update ledger.account set debits_fen = debits_fen + 1 where tenant_id = '${tenant.id}' and kind = 'chargeback'`,
    () => new RegExp(`^tenant/${tenant.id}$`),
  ],
  ['a bank line that nobody took', 'bank_line.owned', () => `update bank_line set applied_at = null where kind = 'collection'`, () => /^bank-line\//],
])('%s is found as %s', async (_what, check, sql, subject) => {
  const found = await verify(sql());
  expect(found.map((d) => d.what)).toContain(check);
  const named = found.find((d) => d.what === check)!;
  expect(named.subject).toMatch(subject());
  expect(named.expected).not.toBe(named.found);
});

test('every transfer, altered in any of its fields or removed, is found and its posting named', async () => {
  const alterations = [
    'update ledger.transfer set amount_fen = amount_fen + 1',
    'update ledger.transfer set debit_account = credit_account, credit_account = debit_account',
    "update ledger.transfer set subject = subject || ' '",
    "update ledger.transfer set key = key || '2'",
    "update ledger.transfer set business_at = business_at + interval '1 microsecond'",
    "update ledger.transfer set request_hash = sha256('x')",
    "update ledger.transfer set kind = 'another-kind'",
    'delete from ledger.transfer',
  ];
  const transfers = await house.owner('ledger.transfer').select<{ id: bigint; posting_id: bigint }[]>('id', 'posting_id').orderBy('id');
  expect(transfers.length).toBeGreaterThanOrEqual(8);
  for (const { id, posting_id } of transfers) {
    for (const sql of alterations) {
      const found = await verify(`${sql} where id = ${id}`);
      expect([sql, id, found.filter((d) => d.what === 'posting.digest').map((d) => d.subject)]).toEqual([sql, id, [`posting/${posting_id}`]]);
    }
  }
});

test('a difference of another tenant is not this tenant’s', async () => {
  const sql = `update campaign set raised_fen = raised_fen - 1 where id = '${ids.campaign}'`;
  expect(await verify(sql, 'somebody else')).toEqual([]);
  expect((await verify(sql, tenant.id)).map((d) => d.what)).toEqual(['campaign.raised', 'campaign.identity']);
});
