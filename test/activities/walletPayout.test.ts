import { walletPayoutId } from '../../src/activities/payouts/walletPayoutId';
import { row, rows } from '../../src/database/connect';
import { HOUR_MS } from '../../src/domain/calendar';
import { askAboutPaid, recoverWallets } from '../../src/reconciliation/wallets';
import { bankLine } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, later, nowMs, type Tenant } from '../support/people';
import { aReleaseInApproval, preparePayout, type Release, signedByAll } from '../support/releases';
import { auditOf, debitNotified, Killed, type Payout, pursue } from '../support/transfers';

// Small payouts to the payee's wallet: signed for as such, confirmed by the receiver, and never by a second rail while the first outcome is unknown.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house, undefined, { wallets: { wechat: { mostFen: '200000', dayFen: '250000' } } });
});
beforeEach(() => {
  house.wallet.received.length = 0;
});
afterAll(() => house.close());

const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const payoutOf = async (id: string): Promise<Record<string, unknown>> => (await row(house.db, 'select * from payout where id = ?', [id]))!;
const balanceOf = async (kind: string): Promise<bigint> =>
  (await row<{ fen: bigint }>(
    house.db,
    `select (case normal when 'debit' then debits_fen - credits_fen else credits_fen - debits_fen end) as fen from ledger.account where tenant_id = ? and campaign_id is null and kind = ?`,
    [tenant.id, kind],
  ))!.fen;

/** Files the payee's wallet and has the reviewer accept it. */
async function withWallet(release: Release): Promise<void> {
  const filed = await house.ask<{ payeeWallet: { version: number } }>('PUT', `/v1/campaigns/${release.campaignId}/payee-wallet`, {
    as: tenant.platformKey,
    body: { wallet: 'wechat', identity: OPENID, name: '张三' },
  });
  expect(filed).toMatchObject({ status: 200, body: { payeeWallet: { wallet: 'wechat', status: 'filed' } } });
  const accepted = await house.ask('POST', `/v1/campaigns/${release.campaignId}/payee-wallet/acceptance`, {
    as: tenant.sessions.reviewer,
    body: { version: filed.body.payeeWallet.version },
  });
  expect(accepted).toMatchObject({ status: 200, body: { payeeWallet: { status: 'accepted' } } });
}

async function aWalletPayout(amountsFen: readonly bigint[] = [100_000n]): Promise<Payout> {
  const release = await aReleaseInApproval(house, tenant, amountsFen);
  await withWallet(release);
  await signedByAll(house, tenant, release);
  return { ...release, payoutId: (await preparePayout(house, tenant, release))! };
}

/** What the release's workflow does after a payment that failed, until it is signed for anew. */
async function signedAnew(release: Release): Promise<string | null> {
  await house.releases.database.beginCorrection(release.id, await nowMs(house, tenant));
  expect(await house.releases.reading.correctionStanding(release.id)).toBe('corrected');
  await signedByAll(house, tenant, release);
  return preparePayout(house, tenant, release);
}

test('signed for as the wallet, it waits for its receiver, says until when, reminds once, and is paid from what the channel holds', async () => {
  const payout = await aWalletPayout();
  const sheet = await house.ask('GET', `/v1/releases/${payout.id}`, { as: tenant.sessions.checkerA });
  expect(sheet).toMatchObject({ body: { sheet: { wallet: 'wechat', account: '****eS6o', bankCode: '' } } });
  expect(await payoutOf(payout.payoutId)).toMatchObject({ rail: 'wechat', clearing: 'wallet', route_reason: 'small-to-person', waits_until: null });
  house.wallet.expiresAt = new Date((await nowMs(house, tenant)) + 24 * HOUR_MS).toISOString();
  expect(await pursue(house, tenant, payout.payoutId)).toBe('submitted');
  const { net_fen: netFen } = (await payoutOf(payout.payoutId)) as { net_fen: bigint };
  expect(house.wallet.received).toMatchObject([
    { payoutId: payout.payoutId, amountFen: netFen, merchantId: tenant.merchantId, identity: OPENID, name: '张三', scene: '1011' },
  ]);
  const confirmation = await house.ask('GET', `/v1/payouts/${payout.payoutId}/confirmation`, { as: tenant.platformKey });
  expect(confirmation).toMatchObject({ status: 200, body: { until: house.wallet.expiresAt, confirmation: { package: `P${payout.payoutId}` } } });
  const shown = await house.ask<{ releases: object[] }>('GET', `/v1/public/campaigns/${payout.campaignId}`);
  expect(shown.body.releases).toMatchObject([{ stage: 'transfer', awaitsReceiverUntil: house.wallet.expiresAt }]);
  for (let times = 0; times < 2; times += 1) {
    await later(house, tenant, 10 * HOUR_MS);
    await pursue(house, tenant, payout.payoutId);
  }
  expect((await house.db('reminder').where('payout_id', payout.payoutId)).map((r: { kind: string }) => r.kind)).toEqual(['confirmation-due']);
  // No word of the bank is awaited: the channel's callback is only a reason to ask.
  house.wallet.paid(payout.payoutId, netFen);
  expect(await house.push('wechat-transfers', { messageId: 'n1', payoutId: payout.payoutId })).toMatchObject({ status: 204 });
  expect(await rows(house.db, `select 1 from outbox where workflow_id like ?`, [`%${payout.payoutId}%`])).not.toHaveLength(0);
  const [custody, clearing, disbursed] = [await balanceOf('custody'), await balanceOf('clearing'), await balanceOf('disbursed')];
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  expect([await balanceOf('custody'), await balanceOf('clearing'), await balanceOf('disbursed')]).toEqual([
    custody,
    clearing - netFen,
    disbursed + netFen,
  ]);
  expect(await auditOf(house, payout.payoutId)).toEqual(
    expect.arrayContaining(['payout.reserved', 'payout.submitted', 'payout.awaits_receiver', 'reminder.confirmation_due', 'payout.succeeded']),
  );
  expect((await house.ask('GET', `/v1/payouts/${payout.payoutId}/confirmation`, { as: tenant.platformKey })).body).toMatchObject({
    until: null,
    confirmation: null,
  });
  // The channel collects from custody what it paid beyond what it held.
  const funding = bankLine(tenant, { sign: 'DBIT', amountFen: netFen, remittance: `WXPAY SETTLE ${tenant.merchantId}` });
  expect((await house.push('bank', funding)).status).toBe(204);
  expect([await balanceOf('custody'), await balanceOf('clearing')]).toEqual([custody - netFen, clearing]);
});

test('what lapses ends as failed, its money is the release’s again, and only then, signed anew, it goes to the account', async () => {
  const payout = await aWalletPayout();
  await pursue(house, tenant, payout.payoutId);
  // While nothing is certain there is no second payment, by no rail.
  house.wallet.queryScript.push(() => ({ kind: 'UNKNOWN', reason: 'no answer' }));
  expect(await pursue(house, tenant, payout.payoutId)).toBe('unknown');
  expect(await preparePayout(house, tenant, payout)).toBe(payout.payoutId);
  // Whatever becomes of the limits meanwhile: what was sent is sent again as it was.
  await house.owner('wallet_terms').where('tenant_id', tenant.id).update({ most_fen: '1' });
  house.wallet.queryScript.push(() => ({ kind: 'NOT_FOUND' }));
  expect(await pursue(house, tenant, payout.payoutId)).toBe('submitted');
  expect(house.wallet.received[1]).toEqual(house.wallet.received[0]);
  await house.owner('wallet_terms').where('tenant_id', tenant.id).update({ most_fen: '200000' });
  house.wallet.standing.set(payout.payoutId, { kind: 'FAILED', code: 'OVERDUE_CLOSE', text: '' });
  expect(await pursue(house, tenant, payout.payoutId)).toBe('failed');
  expect(await payoutOf(payout.payoutId)).toMatchObject({ state: 'failed', failure_code: 'OVERDUE_CLOSE' });
  expect(await preparePayout(house, tenant, payout)).toBeNull();
  const second = (await signedAnew(payout))!;
  expect(await payoutOf(second)).toMatchObject({ rail: 'iso20022', clearing: 'beps', wallet_id: null, attempt: 2 });
  expect(await pursue(house, tenant, second)).toBe('succeeded');
  await debitNotified(house, tenant, { ...payout, payoutId: second });
  // The wallet did nothing wrong: other releases still go there.
  expect(await row(house.db, 'select refused_at from payee_wallet where campaign_id = ?', [payout.campaignId])).toEqual({ refused_at: null });
});

test('the channel says that it is not this person: the wallet is refused, and nothing goes there until another is filed', async () => {
  const payout = await aWalletPayout();
  await pursue(house, tenant, payout.payoutId);
  house.wallet.standing.set(payout.payoutId, { kind: 'FAILED', code: 'NAME_NOT_CORRECT', text: '' });
  expect(await pursue(house, tenant, payout.payoutId)).toBe('failed');
  const campaign = await house.ask('GET', `/v1/campaigns/${payout.campaignId}`, { as: tenant.platformKey });
  expect(campaign).toMatchObject({ body: { payeeWallet: { status: 'refused' } } });
  const accepted = await house.ask('POST', `/v1/campaigns/${payout.campaignId}/payee-wallet/acceptance`, {
    as: tenant.sessions.reviewer,
    body: { version: 1 },
  });
  expect(accepted).toMatchObject({ status: 404, body: { field: '/version' } });
});

test('a hold cancels what its receiver has not confirmed', async () => {
  const payout = await aWalletPayout();
  await pursue(house, tenant, payout.payoutId);
  await house
    .owner('hold')
    .insert({ id: 'H'.padEnd(26, '0'), campaign_id: payout.campaignId, rule: 'COMPLAINT', reason: 'a test', placed_at: new Date() });
  expect(await pursue(house, tenant, payout.payoutId)).toBe('failed');
  expect([house.wallet.cancelled.slice(-1), (await payoutOf(payout.payoutId)).failure_code]).toEqual([[payout.payoutId], 'MCH_CANCEL']);
});

test('an answer that was lost is found under the same id, with what its receiver confirms by; a refusal is believed only once the channel knows of nothing', async () => {
  const lost = await aWalletPayout();
  house.wallet.submitScript.push((take) => (take(), { kind: 'UNKNOWN', reason: 'time-out' }));
  expect(await pursue(house, tenant, lost.payoutId)).toBe('unknown');
  expect(await pursue(house, tenant, lost.payoutId)).toBe('submitted');
  expect(house.wallet.received.map(({ payoutId }) => payoutId)).toEqual([lost.payoutId, lost.payoutId]);
  expect(house.wallet.received[1]).toEqual(house.wallet.received[0]);
  expect(await payoutOf(lost.payoutId)).toMatchObject({ confirmation_enc: expect.any(Buffer) });
  const taken = await aWalletPayout();
  house.wallet.submitScript.push((take) => (take(), { kind: 'REJECTED', code: 'INVALID_REQUEST', text: '', final: true }));
  expect(await pursue(house, tenant, taken.payoutId)).toBe('submitted');
  const refused = await aWalletPayout();
  house.wallet.submitScript.push(() => ({ kind: 'REJECTED', code: 'EXCEED_LIMIT_DM_AMOUNT', text: '', final: true }));
  expect(await pursue(house, tenant, refused.payoutId)).toBe('failed');
});

test.each(['after-intent', 'after-call', 'after-record'] as const)('killed %s, it is one transfer under one id', async (point) => {
  const payout = await aWalletPayout();
  await expect(pursue(house, tenant, payout.payoutId, point)).rejects.toThrow(Killed);
  expect(await pursue(house, tenant, payout.payoutId)).toBe('submitted');
  house.wallet.paid(payout.payoutId, (await payoutOf(payout.payoutId)).net_fen as bigint);
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  expect(new Set(house.wallet.received.map(({ payoutId }) => payoutId))).toEqual(new Set([payout.payoutId]));
});

test('above the limit, in batches, or to a hospital it goes to the account; a day that is full is waited for', async () => {
  const large = await aReleaseInApproval(house, tenant, [210_000n]);
  await withWallet(large);
  await signedByAll(house, tenant, large);
  expect(await payoutOf((await preparePayout(house, tenant, large))!)).toMatchObject({ rail: 'iso20022', wallet_id: null });
  const releases = [await aReleaseInApproval(house, tenant, [200_000n]), await aReleaseInApproval(house, tenant, [100_000n])];
  const made: Payout[] = [];
  for (const release of releases) {
    await withWallet(release);
    await signedByAll(house, tenant, release);
    made.push({ ...release, payoutId: (await preparePayout(house, tenant, release))! });
  }
  const [first, second] = made as [Payout, Payout];
  expect(await payoutOf(first.payoutId)).toMatchObject({ rail: 'wechat', waits_until: null });
  const { waits_until: until, route_reason: why } = (await payoutOf(second.payoutId)) as { waits_until: Date; route_reason: string };
  expect([until.toISOString().slice(11), why]).toEqual(['16:00:00.000Z', 'wallet-day-is-full']);
  expect(await pursue(house, tenant, second.payoutId)).toBe('waiting');
  await house.owner('test_clock').where('id', tenant.clockId).update({ now: until });
  expect(await pursue(house, tenant, second.payoutId)).toBe('submitted');
  const foreign = await house.ask('PUT', `/v1/campaigns/${large.campaignId}/payee-wallet`, {
    as: tenant.platformKey,
    body: { wallet: 'alipay', identity: '2088123412341234', name: '张三' },
  });
  expect(foreign.status).toBe(409);
});

test('another’s name, a channel without terms, and an identity that is none are refused; another payee has no wallet', async () => {
  const release = await aReleaseInApproval(house, tenant, [100_000n]);
  const put = (body: object) => house.ask('PUT', `/v1/campaigns/${release.campaignId}/payee-wallet`, { as: tenant.platformKey, body });
  expect(await put({ wallet: 'wechat', identity: OPENID, name: '李四' })).toMatchObject({ status: 400, body: { field: '/name', rules: ['PAYEE'] } });
  expect(await put({ wallet: 'alipay', identity: '2088123412341234', name: '张三' })).toMatchObject({ status: 400, body: { field: '/wallet' } });
  expect(await put({ wallet: 'wechat', identity: '13800000000', name: '张三' })).toMatchObject({ status: 400, body: { field: '/identity' } });
  expect(await house.db('payee_wallet').where('campaign_id', release.campaignId)).toEqual([]);
});

test('a restored house finds what the channel has under the same id; the daily look takes back what came back, and the release is open again', async () => {
  const payout = await aWalletPayout();
  const wallets = { wechat: house.wallet, alipay: house.wallet };
  const asked = { id: tenant.id, nowMs: await nowMs(house, tenant) };
  const { net_fen: netFen } = (await payoutOf(payout.payoutId)) as { net_fen: bigint };
  // The house that was lost had sent it: made up once more it has the same id, and the channel is asked about it.
  expect(payout.payoutId).toBe(walletPayoutId(payout.id, 1));
  house.wallet.standing.set(payout.payoutId, { kind: 'ACTION_REQUIRED', expiresAt: house.wallet.expiresAt });
  expect(await recoverWallets(house.db, wallets, asked, [])).toEqual([payout.payoutId]);
  expect(await pursue(house, tenant, payout.payoutId)).toBe('submitted');
  house.wallet.paid(payout.payoutId, netFen);
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  const look = () => askAboutPaid(house.db, wallets, asked, '2021-03-05');
  expect(await look()).toEqual([]);
  house.wallet.queryScript.push(() => ({ kind: 'UNKNOWN', reason: 'no answer' }));
  expect(await look()).toEqual([expect.stringContaining('no answer')]);
  const returned = { kind: 'RETURNED', reference: 'R', bookedAt: '2021-03-07T08:00:00Z', amountFen: netFen, code: 'REFUND', text: '' } as const;
  house.wallet.standing.set(payout.payoutId, returned);
  const [clearing, disbursed] = [await balanceOf('clearing'), await balanceOf('disbursed')];
  for (let times = 0; times < 2; times += 1) expect(await look()).toEqual([]);
  expect(await payoutOf(payout.payoutId)).toMatchObject({ state: 'returned', failure_code: 'REFUND' });
  expect(await house.releases.reading.returnIsBooked(payout.payoutId)).toBe(true);
  expect([await balanceOf('clearing'), await balanceOf('disbursed')]).toEqual([clearing + netFen, disbursed - netFen]);
});
