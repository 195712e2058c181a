import { readFileSync } from 'node:fs';
import { ulid } from 'ulid';
import type { Browser } from 'playwright-core';
import { rows } from '../../src/database/connect';
import { verifyLedger } from '../../src/ledger/verify';
import { anOwedReturn, CARD, cardAsked } from '../support/cardRefunds';
import { anUnknownLine, shown } from '../support/exceptions';
import { aHouse, type House } from '../support/house';
import { aColleague, aTenant, nowMs, passwordOf, staffId, type Tenant } from '../support/people';
import { batchOf, csvOf, lineOf } from '../support/payoutBatches';
import { aReleaseInApproval, aReservedPayout, type Release } from '../support/releases';
import { aRaisedCampaign, documentOf } from '../support/campaigns';
import { endPublicity, placeReleases } from '../../src/bench/manyReleases';
import { type Payout, pursue } from '../support/transfers';
import { Desk, lookAt, openBrowser } from './support/desk';

// Finance at the console in a real browser, against one house: keys and acts are counted against the goals, and what the house then holds is looked at.
let house: House;
let tenant: Tenant;
let browser: Browser;
let payouts: Payout[];
/** A return with a card that waits to be confirmed. */
let named: { readonly tenant: Tenant; readonly exceptionId: string };
beforeAll(async () => {
  [house, browser] = await Promise.all([aHouse(), openBrowser()]);
  tenant = await aTenant(house);
  payouts = [];
  for (const amountFen of [1_000_000n, 2_000_000n, 5_000_000n]) {
    const payout = await aReservedPayout(house, tenant, [amountFen]);
    expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
    payouts.push(payout);
  }
});
afterAll(async () => {
  await browser?.close();
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
  await house.close();
});

test('a debit of two payouts is matched in two keys, waits for the books, and is undone in two acts that touch one match', async () => {
  const line = await anUnknownLine(house, tenant, { sign: 'DBIT', endToEndId: ulid(), amountFen: 964_000n + 1_928_000n, reference: 'BULK-1' });
  const desk = await Desk.at(browser, house, tenant.sessions.maker);
  await desk.open('/reconciliation');
  await desk.page.locator('[data-difference="0"]').waitFor();
  // Without what is ticked, the difference is counted again; ticked anew it is gone.
  const first = desk.page.getByRole('checkbox').first();
  await first.uncheck();
  await desk.page.locator('[data-difference="1928000"]').waitFor();
  await first.check();
  await desk.page.locator('[data-difference="0"]').waitFor();
  await first.blur();
  desk.keys = 0;
  await desk.press('a');
  await desk.dialog();
  expect(await desk.page.locator('dialog').textContent()).toContain('¥28,920.00');
  await desk.press('Enter');
  await desk.page.getByRole('button', { name: '撤销' }).first().waitFor();
  expect(desk.keys).toBeLessThanOrEqual(2);
  const { matches } = await shown(house, tenant, line);
  expect(matches).toHaveLength(2);
  expect(desk.page.url()).toContain(`line=${line}`);

  await desk.page.getByRole('button', { name: '撤销' }).first().click();
  await desk.dialog();
  await desk.write('银行更正了该笔明细');
  await desk.page.locator('dialog').getByRole('button', { name: '撤销' }).click();
  await desk.page.locator('dialog').waitFor({ state: 'detached' });
  await desk.page.getByText('已撤销').first().waitFor();
  expect((await shown(house, tenant, line)).matches.filter(({ undoneAt }) => undoneAt !== null).map(({ id }) => id)).toEqual([matches[0]!.id]);
  await desk.leave();
});

test('a credit in part by keyboard alone: the amount is written, the rest stays unmatched; too much is refused and nothing is matched', async () => {
  const line = await anUnknownLine(house, tenant, { sign: 'CRDT', endToEndId: ulid(), amountFen: 5_000n, reference: 'PART-1' });
  const desk = await Desk.at(browser, house, tenant.sessions.maker, 'en');
  await desk.open(`/reconciliation?line=${line}`);
  const boxes = desk.page.getByRole('checkbox');
  await boxes.first().focus();
  await desk.press('Space');
  const part = desk.page.getByLabel(/^Matched \(yuan\)/);
  await part.fill('20');
  await desk.page.locator('[data-difference="3000"]').waitFor();
  await part.fill('60');
  await desk.page.locator('[data-difference="-1000"]').waitFor();
  expect(await desk.page.getByRole('button', { name: 'Match', exact: false }).first().isDisabled()).toBe(true);
  await part.fill('20');
  await part.blur();
  await desk.press('a');
  await desk.dialog();
  expect(await desk.page.locator('dialog').textContent()).toContain('¥30.00 of the line stays unmatched');
  await desk.press('Enter');
  await desk.page.getByRole('button', { name: 'Undo' }).first().waitFor();
  expect(await shown(house, tenant, line)).toMatchObject({ state: 'open', money: { openFen: '3000', matchedFen: '2000' } });
  await desk.leave();
});

test('payouts and statements: totals of all that the filter lets through, and the file is the list that is looked at', async () => {
  const desk = await Desk.at(browser, house, tenant.sessions.checkerA);
  await desk.open('/payouts?state=succeeded');
  expect(await desk.page.locator('main').textContent()).toContain('共 3 笔：总额 ¥80,000.00，费用 ¥2,880.00，实付 ¥77,120.00');
  const [file] = await Promise.all([desk.page.waitForEvent('download'), desk.page.getByRole('button', { name: '导出为 CSV' }).click()]);
  expect(file.suggestedFilename()).toBe('payouts.csv');
  const csv = readFileSync(await file.path(), 'utf8');
  for (const { payoutId } of payouts) expect(csv).toContain(payoutId);
  expect(csv).toContain('state=succeeded');
  await desk.page.getByLabel('状态').selectOption('failed');
  await desk.page.getByText('没有符合条件的付款').waitFor();
  expect(desk.page.url()).toContain('state=failed');

  await desk.open(`/statements/${payouts[0]!.campaignId}`);
  const text = await desk.page.locator('main').innerText();
  for (const words of ['收费标准（第 1 版，按公示）', '3%', '0.6%', '¥10,000.00', '✓ 平']) expect(text).toContain(words);
  expect(text).not.toContain('不平');
  await desk.page.getByLabel('起').fill('2021-04-01');
  await desk.page.waitForURL(/from=2021-04-01/);
  await desk.leave();
});

test('a batch of a file: each left-out line with its reason, own figures held against it, two acts; a line that changed afterwards is named to the checker', async () => {
  const releases = [];
  for (let i = 0; i < 2; i += 1) releases.push(await aReleaseInApproval(house, tenant));
  const [a, b] = releases as [Release, Release];
  const listed = [{ ...lineOf(b, 'b-0'), amountFen: '999' }, lineOf(a, 'a-1'), lineOf(b, 'b-1'), lineOf(a, 'a-2')];
  const file = { name: '付款 3月.csv', mimeType: 'text/csv', buffer: Buffer.from(csvOf(listed)) };
  const desk = await Desk.at(browser, house, tenant.sessions.maker);
  await desk.open('/batches/new');
  await desk.page.getByLabel('选择文件').setInputFiles({ ...file, name: 'lines.txt' });
  await desk.page.getByText('文件须为 .csv、.xlsx 或 .json。').waitFor();
  await desk.page.getByLabel('选择文件').setInputFiles(file);
  await desk.page.getByText('未列入的行，2 笔').waitFor();
  const text = await desk.page.locator('main').innerText();
  for (const words of ['¥20,000.00', '人民币贰万元整', '本批次第 a-1 行已是同一笔拨付', '所列金额 999 分']) expect(text).toContain(words);
  const total = desk.page.getByLabel('总额（元）');
  await total.fill('40000.00');
  await desk.page.getByText('查明之前不能申报').waitFor();
  expect(await desk.page.getByRole('button', { name: '申报并提交复核' }).isDisabled()).toBe(true);
  await total.fill('');
  await total.blur();
  // A look changes nothing.
  expect(await house.db('payout_batch').where('tenant_id', tenant.id)).toEqual([]);
  desk.keys = 0;
  await desk.press('d');
  await desk.page.waitForURL(/\/console\/batches\/[0-9A-Z]{26}$/);
  await desk.ready();
  // Choosing the file is the other act.
  expect(desk.keys + 1).toBeLessThanOrEqual(5);
  const id = desk.page.url().slice(-26);
  expect(await batchOf(house, tenant, id)).toMatchObject({ state: 'proposed', lines: { proposed: { count: 2 }, excluded: { count: 2 } } });
  await desk.page.getByLabel('各行', { exact: true }).last().selectOption('excluded');
  await desk.page.waitForURL(/lines=excluded/);
  await desk.page.getByRole('cell', { name: '本批次第 a-1 行已是同一笔拨付' }).waitFor();
  await desk.leave();

  const body = { documents: [documentOf('receipts', 'a further receipt')] };
  expect(await house.ask('POST', `/v1/campaigns/${a.campaignId}/documents`, { as: tenant.platformKey, body })).toMatchObject({ status: 201 });
  const checker = await Desk.at(browser, house, tenant.sessions.checkerA);
  await checker.open(`/batches/${id}`);
  const changed = checker.page.getByRole('table', { name: '提交后有变更的行' });
  await changed.waitFor();
  expect(await changed.innerText()).toMatch(/a-1[\s\S]*补充了材料/);
  expect(await checker.page.getByRole('button', { name: '签字同意' }).count()).toBe(0);
  await checker.leave();
  // It may be declared again at once in another batch only when this one is done with it.
  const payable = await house.ask<{ count: number }>('GET', '/v1/payable-releases', { as: tenant.sessions.maker });
  expect(payable.body.count).toBe(0);
});

test('a hundred lines of a file are with the checkers after two acts, and a checker sees the unusual one first', async () => {
  const other = await aTenant(house);
  const campaignId = await aRaisedCampaign(house, other, [1_000n], { payee: { kind: 'institution' } });
  const of = { tenantId: other.id, campaignId };
  const at = new Date(await nowMs(house, other));
  const reviewerId = await staffId(house, other, 'reviewer');
  await placeReleases(house.owner, of, { count: 99, grossFen: 10_000n, reviewerId, at });
  await placeReleases(house.owner, of, { count: 1, grossFen: 60_000n, reviewerId, at });
  await endPublicity(house.owner, other.id);
  const waiting = await rows<{ id: string; fen: string }>(
    house.db,
    `select r.id, r.gross_fen::text as fen from release r join campaign c on c.id = r.campaign_id where c.tenant_id = ? and r.stage = 'approval' order by r.id`,
    [other.id],
  );
  expect(waiting).toHaveLength(100);
  const lines = waiting.map(({ id, fen }, i) => ({ lineId: `L-${i}`, releaseId: id, amountFen: fen }));
  const desk = await Desk.at(browser, house, other.sessions.maker, 'en');
  await desk.open('/batches/new');
  await desk.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'lines.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ lines })) });
  await desk.page.getByText('¥10,500.00').first().waitFor();
  await desk.press('e');
  await desk.write('ICU fees are due today');
  await desk.press('Enter');
  await desk.page.waitForURL(/\/console\/batches\/[0-9A-Z]{26}$/);
  expect(desk.keys).toBe(2);
  const id = desk.page.url().slice(-26);
  const emergency = { reason: 'ICU fees are due today' };
  expect(await batchOf(house, other, id)).toMatchObject({ state: 'proposed', emergency, lines: { proposed: { count: 100 } } });
  await desk.leave();
  const checker = await Desk.at(browser, house, other.sessions.checkerA, 'en');
  await checker.open(`/batches/${id}`);
  const unusual = checker.page.getByRole('table', { name: 'Unusual lines' });
  expect(await unusual.innerText()).toMatch(/¥600\.00[\s\S]*Over five times the median/);
  expect(await checker.page.getByRole('table', { name: 'Lines, as they were given' }).getByRole('row').count()).toBe(101);
  await checker.leave();
});

test('a refund that an account takes no more: one names the card, another writes it again; what differs is refused, what was wrong taken back', async () => {
  const other = await aTenant(house);
  const { exceptionId } = await anOwedReturn(house, other);
  const written = async (desk: Desk, holder: string): Promise<void> => {
    await desk.dialog();
    await desk.page.getByLabel('卡号', { exact: true }).fill('6222 0202 0011 2230');
    await desk.page.getByLabel('持卡人姓名').fill(holder);
    await desk.page.getByLabel('发卡银行').selectOption(CARD.bank);
    await desk.press('Control+Enter');
  };
  const cards = () => house.db('card_refund').where('tenant_id', other.id).orderBy('id').pluck('state');
  const desk = await Desk.at(browser, house, other.sessions.maker);
  await desk.open(`/exceptions/${exceptionId}`);
  const { acts } = await shown(house, other, exceptionId);
  await desk.press(String(acts.indexOf('refund-to-card') + 1));
  await written(desk, '王捐增');
  const table = desk.page.getByRole('table', { name: '退款卡' });
  await table.getByText('****2230').waitFor();
  // Who wrote it down takes it back, and confirms nothing.
  expect(await desk.page.getByRole('button', { name: '再填一次并确认' }).count()).toBe(0);
  await desk.press('w');
  await desk.dialog();
  await desk.press('Enter');
  await table.getByText('已撤回').waitFor();
  expect(await cards()).toEqual(['withdrawn']);
  expect(desk.keys).toBeLessThanOrEqual(4);
  await desk.leave();

  expect(await cardAsked(house, other, exceptionId)).toMatchObject({ status: 201 });
  const checker = await Desk.at(browser, house, other.sessions.checkerA);
  await checker.open(`/exceptions/${exceptionId}`);
  await checker.press('c');
  await written(checker, '王捐增');
  await checker.page.locator('[role=alert][data-code="card_refund.differs"]').waitFor();
  await checker.page.getByLabel('持卡人姓名').fill(CARD.holder);
  await checker.press('Control+Enter');
  await checker.page.getByText('已确认，待渠道受理').waitFor();
  expect(checker.keys).toBeLessThanOrEqual(3);
  expect(await cards()).toEqual(['withdrawn', 'confirmed']);
  await checker.leave();
  named = { tenant: other, exceptionId: (await anOwedReturn(house, other)).exceptionId };
  expect(await cardAsked(house, other, named.exceptionId)).toMatchObject({ status: 201 });
});

test('the search finds by amount, reference and title what the role may open, and nothing of another platform', async () => {
  const line = await anUnknownLine(house, tenant, { sign: 'CRDT', endToEndId: ulid(), amountFen: 123_450n, reference: 'FIND_ME-1' });
  await anUnknownLine(house, tenant, { sign: 'CRDT', endToEndId: ulid(), amountFen: 1n, reference: 'FINDXME-1' });
  const desk = await Desk.at(browser, house, tenant.sessions.maker);
  await desk.open('/batches');
  await desk.page.getByRole('button', { name: '搜索' }).waitFor();
  await desk.press('Control+k');
  await desk.page.locator('dialog input:focus').waitFor();
  await desk.write('¥1,234.50');
  await desk.page
    .getByRole('link', { name: /款项例外/ })
    .last()
    .waitFor();
  await desk.page.getByText('找到 1 项').waitFor();
  await desk.press('ArrowDown', 'Enter');
  await desk.page.waitForURL(new RegExp(`/exceptions/${line}`));
  expect(desk.keys).toBe(3);
  await desk.leave();

  const stranger = await aTenant(house);
  const find = async (as: string, q: string): Promise<string[]> =>
    (await house.ask<{ found: { kind: string; id: string }[] }>('GET', `/v1/search?q=${encodeURIComponent(q)}`, { as })).body.found.map(
      ({ kind, id }) => `${kind} ${id}`,
    );
  const { maker, reviewer } = tenant.sessions;
  // A pattern's signs are signs: `_` is no other letter.
  expect(await find(maker, 'FIND_ME')).toEqual([`exception ${line}`]);
  expect(await find(stranger.sessions.maker, 'FIND_ME')).toEqual([]);
  expect(await find(stranger.sessions.maker, payouts[0]!.payoutId)).toEqual([]);
  expect(await find(maker, payouts[0]!.payoutId.toLowerCase())).toEqual([`payout ${payouts[0]!.payoutId}`]);
  expect(await find(reviewer, payouts[0]!.campaignId)).toEqual([`campaign ${payouts[0]!.campaignId}`]);
  // A reviewer opens no payout and no money event, and finds none.
  expect(await find(reviewer, 'FIND_ME')).toEqual([]);
  expect(await house.ask('GET', '/v1/search?q=FIND', { as: tenant.platformKey })).toMatchObject({ status: 403 });
  expect(await house.ask('GET', '/v1/search?q=', { as: maker })).toMatchObject({ status: 400 });
});

test('a view is a screen with its filters under one’s own name: kept, opened, taken away by its owner alone', async () => {
  const desk = await Desk.at(browser, house, tenant.sessions.maker);
  await desk.open('/payouts?state=failed&from=2021-03-01');
  await desk.page.getByRole('button', { name: '视图' }).waitFor();
  await desk.press('v');
  await desk.page.getByLabel('名称').fill('失败的付款');
  await desk.press('Enter');
  const link = desk.page.getByRole('link', { name: '失败的付款' });
  await link.waitFor();
  await desk.press('Escape');
  await desk.open('/batches');
  desk.keys = 0;
  await desk.page.getByRole('button', { name: '视图' }).waitFor();
  await desk.press('v');
  await desk.page.locator('dialog a:focus').waitFor();
  await desk.press('Enter');
  expect(desk.keys).toBe(2);
  await desk.page.waitForURL(/\/console\/payouts\?state=failed&from=2021-03-01$/);
  await desk.leave();
  const mine = (as: string) => house.ask<{ views: { id: string }[] }>('GET', '/v1/me/views', { as });
  const [view] = (await mine(tenant.sessions.maker)).body.views;
  expect((await mine(tenant.sessions.checkerA)).body.views).toEqual([]);
  // Shared with the role it is not a checker's; with the platform it is theirs to open and nobody's but the owner's to change.
  const share = (as: string, shared: string) => house.ask('POST', `/v1/me/views/${view!.id}/sharing`, { as, body: { shared } });
  expect(await share(tenant.sessions.maker, 'role')).toMatchObject({ status: 204 });
  expect((await mine(tenant.sessions.checkerA)).body.views).toEqual([]);
  const colleague = (await aColleague(house, tenant, 'finance-maker')).session;
  expect((await mine(colleague)).body.views).toMatchObject([{ id: view!.id, mine: false, shared: 'role' }]);
  expect((await mine((await aTenant(house)).sessions.maker)).body.views).toEqual([]);
  const again = await Desk.at(browser, house, tenant.sessions.maker, 'en');
  await again.open('/batches');
  await again.press('v');
  await again.page.getByLabel('Whom 失败的付款 is shared with').selectOption('platform');
  await again.page.locator('select:has(option[value=platform]:checked)').waitFor({ state: 'attached' });
  await again.press('Escape');
  await again.leave();
  const checker = await Desk.at(browser, house, tenant.sessions.checkerA);
  await checker.open('/batches');
  await checker.page.getByRole('button', { name: '视图' }).waitFor();
  await checker.press('v');
  await checker.page.locator('dialog a:focus').waitFor();
  expect(await checker.page.locator('dialog').innerText()).toMatch(/同事共享的视图\s+失败的付款/);
  expect(await checker.page.locator('dialog li select').count()).toBe(0);
  expect(await checker.violations()).toEqual([]);
  await checker.photograph('views-shared.zh.1440', false);
  await checker.press('Enter');
  await checker.page.waitForURL(/\/console\/payouts\?state=failed&from=2021-03-01$/);
  await checker.leave();
  for (const as of [tenant.sessions.checkerA, colleague]) expect(await share(as, 'none')).toMatchObject({ status: 404 });
  expect(await share(tenant.sessions.maker, 'everybody')).toMatchObject({ status: 400 });
  const shared = await house
    .db('audit.event')
    .where({ action: 'view.shared', subject: `view/${view!.id}` })
    .orderBy('seq');
  expect(shared.map((event: { data: object }) => event.data)).toEqual([{ kind: 'role' }, { kind: 'platform' }]);
  const remove = (as: string) => house.ask('POST', `/v1/me/views/${view!.id}/removal`, { as });
  expect(await remove(tenant.sessions.checkerA)).toMatchObject({ status: 404 });
  const save = (body: object) => house.ask('POST', '/v1/me/views', { as: tenant.sessions.maker, body });
  expect(await save({ name: '失败的付款', address: '/batches' })).toMatchObject({ status: 400, body: { field: '/name' } });
  for (const address of ['//elsewhere.example', 'https://elsewhere.example', '/x?q=<b>'])
    expect(await save({ name: '别处', address })).toMatchObject({ status: 400 });
  expect(await remove(tenant.sessions.maker)).toMatchObject({ status: 204 });
  expect((await mine(tenant.sessions.maker)).body.views).toEqual([]);
});

test('a payout is asked back at the screen and confirmed by another person at theirs; who asked is offered no confirmation', async () => {
  const { payoutId } = payouts[2]!;
  const desk = await Desk.at(browser, house, tenant.sessions.checkerB);
  await desk.open('/payouts?state=succeeded');
  await desk.page.locator(`a[href*="payout=${payoutId}"]`).click();
  await desk.page.getByRole('button', { name: '申请追回' }).waitFor();
  await desk.press('n');
  await desk.dialog();
  await desk.page.locator('dialog select').selectOption('fraud');
  await desk.page.locator('dialog textarea').fill('收款人并非医院');
  await desk.press('Control+Enter');
  await desk.page.getByRole('button', { name: '撤回申请' }).waitFor();
  expect(await desk.page.getByRole('button', { name: /确认追回|申请追回/ }).count()).toBe(0);
  await desk.leave();

  const other = await Desk.at(browser, house, tenant.sessions.checkerA);
  await other.open('/recalls?state=asked');
  await other.page.getByRole('button', { name: '确认追回' }).click();
  await other.dialog();
  // Mistyped, the dialog says so and the page stays.
  await other.page.locator('dialog input').fill('not the password');
  await other.press('Control+Enter');
  await other.page.locator('dialog [data-code="auth.bad_credentials"]').waitFor();
  await other.page.locator('dialog input').fill(passwordOf(tenant.sessions.checkerA));
  await other.press('Control+Enter');
  await other.page.locator('.alert.good').waitFor();
  expect(await rows(house.db, 'select reason, state from recall where payout_id = ?', [payoutId])).toEqual([{ reason: 'fraud', state: 'confirmed' }]);
  await other.leave();
});

test('every screen of finance in both languages, both themes and both widths: no violation by axe, nothing too wide, no text missing', async () => {
  await anUnknownLine(house, tenant, { sign: 'DBIT', endToEndId: ulid(), amountFen: 4_820_000n, reference: '20210301004417' });
  const waiting = [await aReleaseInApproval(house, tenant), await aReleaseInApproval(house, tenant)];
  const lines = [...waiting.map((release, i) => lineOf(release, `202103-${i + 1}`)), { ...lineOf(waiting[0]!, '202103-3'), amountFen: '250000' }];
  const screens = [
    ['reconciliation', tenant.sessions.maker, '/reconciliation'],
    ['new-batch', tenant.sessions.maker, '/batches/new'],
    ['payouts', tenant.sessions.maker, '/payouts'],
    ['recalls', tenant.sessions.checkerA, '/recalls'],
    ['statements', tenant.sessions.checkerA, '/statements?day=2021-03-02'],
    ['statement', tenant.sessions.checkerA, `/statements/${payouts[0]!.campaignId}`],
    ['card-refund', named.tenant.sessions.checkerA, `/exceptions/${named.exceptionId}`],
  ] as const;
  const wrong = await lookAt(browser, house, screens, {
    chinese: /对账|未匹配|批次|匹配|导出/,
    keys: [
      'card',
      'cardState',
      'cardBank',
      'recon',
      'newBatch',
      'batch',
      'statement',
      'payouts',
      'recalls',
      'recall',
      'recallState',
      'recallReason',
      'export',
      'account',
      'movement',
      'shell',
      'act',
      'search',
      'find',
      'view',
    ],
    first: async (desk, name) => {
      await desk.page.getByRole('button', { name: '视图' }).waitFor();
      if (name !== 'new-batch') return;
      // The picture shows the emergency lane, asked for.
      await desk.page.locator('input[type=file]').setInputFiles({ name: '202103.csv', mimeType: 'text/csv', buffer: Buffer.from(csvOf(lines)) });
      await desk.page.getByRole('table').first().waitFor();
      await desk.press('e');
      await desk.write('ICU 今日须缴费');
      await desk.page.locator('main form input:focus').blur();
    },
    also: async (desk, name, { language, theme, width }) => {
      if (name === 'card-refund' && theme === 'light') {
        await desk.press('c');
        await desk.dialog();
        const wrong = (await desk.violations()).map((each) => `the card: ${each}`);
        await desk.photograph(`card-again.${language}.${width}`, false);
        await desk.press('Escape');
        return wrong;
      }
      if (name !== 'reconciliation' || theme !== 'light') return [];
      await desk.press('Control+k');
      await desk.page.locator('dialog input').fill('48200');
      await desk.page.locator('dialog li').first().waitFor();
      const found = (await desk.violations()).map((each) => `the search: ${each}`);
      await desk.photograph(`find.${language}.${width}`, false);
      await desk.press('Escape');
      await desk.press('v');
      await desk.page.locator('dialog input').waitFor();
      found.push(...(await desk.violations()).map((each) => `the views: ${each}`));
      await desk.photograph(`views.${language}.${width}`, false);
      await desk.press('Escape');
      return found;
    },
  });
  expect(wrong).toEqual([]);
}, 240_000);
