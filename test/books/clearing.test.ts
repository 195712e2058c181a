import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inTransaction, row } from '../../src/database/connect';
import { wordsOf } from '../../src/custody/words';
import { balanceOf, post } from '../../src/ledger/post';
import { periodStatement } from '../../src/ledger/period';
import { verifyLedger } from '../../src/ledger/verify';
import { checkoutRoot } from '../../src/paths';
import { openException } from '../../src/records/exceptions';
import { aRaise, bankLine, DONOR_CONSENT, feeVersionOf, given, paidNotice } from '../support/campaigns';
import { exceptionOf, matched, shown, undone } from '../support/exceptions';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, nowMs, type Tenant } from '../support/people';

// Each channel's bill, sweeps and what it owes agree by themselves: nothing of one is taken for the other's.
let house: House;
let tenant: Tenant;
let seller: string;
let campaignId: string;
beforeAll(async () => {
  house = await aHouse();
});
beforeEach(async () => {
  tenant = await aTenant(house);
  seller = (await row<{ alipay_seller_id: string }>(house.db, 'select alipay_seller_id from tenant where id = ?', [tenant.id]))!.alipay_seller_id;
  campaignId = await aRaise(house, tenant);
});
afterEach(async () => expect(await verifyLedger(house.db, tenant.id)).toEqual([]));
afterAll(() => house.close());

/** What WeChat Pay owes, what Alipay owes, what lies on suspense. */
const owed = async (): Promise<bigint[]> =>
  Promise.all((['clearing', 'clearing-alipay', 'suspense'] as const).map((kind) => balanceOf(house.db, tenant.id, { kind })));
const swept = async (amountFen: bigint, remittance: string | null, sign = 'CRDT'): Promise<string> => {
  const line = bankLine(tenant, { sign, amountFen, remittance });
  expect((await house.push('bank', line)).status).toBe(204);
  return `${tenant.custodyAccount}/${String(line.entries[0]!.reference)}/${sign}`;
};
const parkedAs = (subject: string): Promise<{ id: string; kind: string } | null> =>
  row(house.db, 'select id, kind from money_exception where subject = ?', [subject]);

async function givenAtAlipay(amountFen: bigint): Promise<string> {
  const consent = { ...DONOR_CONSENT, feeVersion: await feeVersionOf(house, campaignId) };
  const made = await house.ask<{ gifts: [{ id: string }] }>('POST', `/v1/campaigns/${campaignId}/gifts`, {
    as: tenant.platformKey,
    key: aKey(),
    body: { gifts: [{ amountFen }], channel: 'alipay', consent },
  });
  const [{ id }] = made.body.gifts;
  const paidAt = new Date(await nowMs(house, tenant)).toISOString();
  expect((await house.push('alipay', paidNotice(tenant, id, amountFen, { paidAt, merchantId: seller }))).status).toBe(200);
  return id;
}

test('a sweep takes what its own channel owes, and no fen of the other’s: what is too much is somebody’s', async () => {
  await given(house, tenant, campaignId, [700n]);
  await givenAtAlipay(500n);
  expect(await owed()).toEqual([700n, 500n, 0n]);
  const subject = await swept(600n, `ALIPAY SETTLE ${seller} 2021-03-01`);
  expect(await owed()).toEqual([700n, 0n, 100n]);
  expect(await parkedAs(subject)).toMatchObject({ kind: 'unexplained-credit' });
  // The line is Alipay's by its own words: not even a person takes it off what WeChat Pay owes, and nobody is proposed that.
  const id = await exceptionOf(house, subject);
  expect(await matched(house, tenant, id, 'channel', tenant.id, 100n)).toMatchObject({
    status: 422,
    body: { code: 'exception.wrong_target', field: '/target/kind' },
  });
  const proposals = await house.ask<{ proposals: object[] }>('GET', `/v1/exceptions/${id}/proposals`, { as: tenant.sessions.maker });
  expect(JSON.stringify(proposals.body)).not.toContain('"channel"');
  expect((await shown(house, tenant, id)).money).toMatchObject({ channel: 'alipay' });
  await swept(700n, `WXPAY SETTLE ${tenant.merchantId} 2021-03-01`);
  expect(await owed()).toEqual([0n, 0n, 100n]);
  const day = '2021-03-01';
  const { movements } = await periodStatement(house.db, { tenantId: tenant.id }, { from: day, to: '2021-03-31' });
  expect(movements.filter((m) => m.kind === 'channel-settled').map((m) => [m.credit, m.amountFen])).toEqual([
    ['clearing', 700n],
    ['clearing-alipay', 500n],
  ]);
});

test('a line without words is a channel’s only where no other can have sent it; a person says whose it is, and undoes it', async () => {
  await given(house, tenant, campaignId, [700n]);
  await swept(100n, null);
  expect(await owed()).toEqual([600n, 0n, 0n]);
  await givenAtAlipay(500n);
  const subject = await swept(500n, null);
  expect(await owed()).toEqual([600n, 500n, 500n]);
  expect(await parkedAs(subject)).toMatchObject({ kind: 'bank-line-unknown' });
  const id = await exceptionOf(house, subject);
  expect(await matched(house, tenant, id, 'channel-alipay', tenant.id, 501n)).toMatchObject({ status: 422, body: { code: 'match.too_much' } });
  expect(await matched(house, tenant, id, 'channel-alipay', tenant.id, 500n)).toMatchObject({ status: 201 });
  expect(await owed()).toEqual([600n, 0n, 0n]);
  const { matches } = await shown(house, tenant, id);
  expect(await undone(house, tenant, matches[0]!.id)).toMatchObject({ status: 200 });
  expect(await owed()).toEqual([600n, 500n, 500n]);
});

/** The statement by which migration 0208 splits what stood on one account. */
function splitting(): string {
  const sql = readFileSync(path.join(checkoutRoot(), 'migrations/0208_clearing_by_channel.sql'), 'utf8');
  return /^select ledger\.post\(.*?\) m;$/ms.exec(sql)![0];
}

test('books of before, with one account for both: what is Alipay’s goes to its own account, to the fen and once', async () => {
  const before = 'create or replace function ledger.clearing_of(p_channel text) returns text language sql immutable as';
  await house.owner.raw(`${before} $$ select 'clearing'::text $$`);
  await given(house, tenant, campaignId, [700n]);
  await givenAtAlipay(500n);
  await givenAtAlipay(300n);
  await house.owner.raw(`${before} $$ select case p_channel when 'wechat' then 'clearing' when 'alipay' then 'clearing-alipay' end $$`);
  // Two sweeps as a process of before booked them, one of each channel; 40 fen of Alipay's were too much, and a person matched them since.
  for (const [reference, remittance, fen, unexplained] of [
    ['OLD-W', `WXPAY SETTLE ${tenant.merchantId}`, 650n, 0n],
    ['OLD-A', `ALIPAY SETTLE ${seller}`, 540n, 40n],
  ] as const) {
    const subject = `bank-line/${tenant.custodyAccount}/${reference}`;
    const entry = { counterparty: null, remittance, returnText: null } as Parameters<typeof wordsOf>[1];
    const at = new Date(await nowMs(house, tenant));
    await house.owner('bank_line').insert({
      account_number: tenant.custodyAccount,
      reference,
      sign: 'CRDT',
      tenant_id: tenant.id,
      amount_fen: fen.toString(),
      booked_at: at,
      words_enc: wordsOf(house.dependencies.personalData, entry),
      kind: 'collection',
      names_merchant: true,
      unexplained_fen: unexplained.toString(),
      applied_at: at,
    });
    const common = { tenantId: tenant.id, subject, businessAt: at, debit: { kind: 'custody' } } as const;
    const settled = {
      ...common,
      key: `${subject}/collected`,
      kind: 'channel-settled',
      credit: { kind: 'clearing' },
      amountFen: fen - unexplained,
    } as const;
    const suspended = {
      ...common,
      key: `${subject}/suspense`,
      kind: 'unexplained-credit',
      credit: { kind: 'suspense' },
      amountFen: unexplained,
    } as const;
    await post(house.db, [settled, suspended], 'bank');
  }
  const line = { kind: 'unexplained-credit', subject: `${tenant.custodyAccount}/OLD-A/CRDT`, tenantId: tenant.id, actor: 'bank', data: {} } as const;
  const id = await inTransaction(house.db, (tx) => openException(tx, { ...line, businessAt: new Date() }));
  expect(await matched(house, tenant, id, 'channel', tenant.id, 40n)).toMatchObject({ status: 201 });
  expect(await owed()).toEqual([310n, 0n, 0n]);
  for (let times = 0; times < 2; times += 1) {
    await house.owner.raw(splitting());
    expect(await owed()).toEqual([-490n, 800n, 0n]);
  }
  // The next line of the bank, whatever it is, has the settlements of before read as well.
  await swept(50n, `WXPAY SETTLE ${tenant.merchantId} 2021-03-02`);
  expect(await owed()).toEqual([0n, 260n, 0n]);
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
  const { matches } = await shown(house, tenant, id);
  expect(await undone(house, tenant, matches[0]!.id)).toMatchObject({ status: 200 });
  expect(await owed()).toEqual([0n, 300n, 40n]);
});
