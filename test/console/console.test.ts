import { Secret, TOTP } from 'otpauth';
import type { Browser } from 'playwright-core';
import { sealAndAnchor } from '../../src/audit/chain';
import { EVENT_TYPES } from '../../src/audit/eventTypes';
import { eventText } from '../../src/console/text/events';
import { wordText } from '../../src/console/text/words';
import { CLAIMS } from '../../src/domain/convention/claims';
import { DOCUMENT_KINDS } from '../../src/domain/convention/terms';
import { REVIEW_KINDS } from '../../src/domain/reviewTargets';
import { batchAnswer, caseAnswer, checkAnswer, exceptionAnswer, meAnswer } from '../../src/api/answers';
import { aSubmission, documentOf } from '../support/campaigns';
import { anUnknownLine, shown } from '../support/exceptions';
import { upload } from '../support/files';
import { aHouse, type House } from '../support/house';
import { aTenant, later, nowMs, passwordOf, type Tenant } from '../support/people';
import { aBatchOf, batchOf, proposedBatch } from '../support/payoutBatches';
import { aReleaseInApproval, type Release } from '../support/releases';
import { DAY_MS } from '../../src/domain/calendar';
import { Desk, lookAt, openBrowser } from './support/desk';

// The console in a real browser against one house: what a person does, in how many keys, and what the house then holds. Workflows do not run: the test does
// their part, so that it sees the console wait for it.
let house: House;
let tenant: Tenant;
let browser: Browser;
let releases: Release[];
beforeAll(async () => {
  [house, browser] = await Promise.all([aHouse(), openBrowser()]);
  tenant = await aTenant(house);
  releases = [];
  for (const amountFen of [1_000_000n, 1_000_000n, 1_000_000n]) releases.push(await aReleaseInApproval(house, tenant, [amountFen]));
});
afterAll(async () => {
  await browser?.close();
  await house.close();
});

/** Audits that wait for a reviewer, the oldest first. @returns their ids. */
async function audits(...over: readonly Record<string, unknown>[]): Promise<string[]> {
  const ids: string[] = [];
  for (const each of over) {
    const id = await aSubmission(house, tenant, each);
    await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
    ids.push(id);
    await later(house, tenant, 60_000);
  }
  return ids;
}

const decisions = (id: string) => house.db('audit_decision').where('campaign_id', id).select('decision', 'rules', 'reason');

test('a routine audit takes three keys and no mouse; the page waits for the workflow, and says so', async () => {
  const [id] = await audits({ title: '为张三筹集治疗费用' });
  const desk = await Desk.at(browser, house, tenant.sessions.reviewer);
  await desk.open('/');
  await desk.page.waitForURL(/\/console\/queue$/);
  await desk.ready();
  await desk.press('n');
  await desk.page.waitForURL(new RegExp(`/console/cases/${id}\\?kind=prior-audit`));
  await desk.ready();
  await desk.press('a');
  await desk.dialog();
  await desk.press('Enter');
  await desk.page.locator('[data-standing=sent]').waitFor();
  expect(desk.keys).toBeLessThanOrEqual(6);
  expect(await decisions(id!)).toMatchObject([{ decision: 'approve', rules: [] }]);
  // A reload changes nothing: it still waits.
  await desk.page.reload();
  await desk.page.locator('[data-standing=sent]').waitFor();
  await house.campaigns.database.openRaise(id!, await nowMs(house, tenant));
  await desk.page.locator('[data-standing=taken]').waitFor();
  expect(await desk.page.locator('[data-standing=taken]').textContent()).toContain('流程已接受：筹款中');
  await desk.leave();
});

test('a refusal with its rule and a note takes fewer than twelve keys; asking for more takes the case out of the queue; a case in another’s hand says whose', async () => {
  const [refused, asked] = await audits({ title: '甲' }, { title: '乙' });
  const desk = await Desk.at(browser, house, tenant.sessions.reviewer, 'en');
  await desk.open('/queue');
  await desk.press('n');
  await desk.page.waitForURL(new RegExp(refused!));
  await desk.ready();
  await desk.press('r');
  await desk.dialog();
  await desk.write('The plan asks for more than the certificate says');
  await desk.press('Tab', 'Space', 'Control+Enter');
  await desk.page.locator('[data-standing=sent]').waitFor();
  expect(desk.keys).toBeLessThanOrEqual(12);
  expect(await decisions(refused!)).toMatchObject([{ decision: 'refuse', rules: ['ASK-CAP'] }]);

  await desk.press('n');
  await desk.page.waitForURL(new RegExp(asked!));
  await desk.ready();
  await desk.press('m');
  await desk.dialog();
  await desk.press('Space');
  await desk.page.getByLabel('Message').fill('Please send both sides of the card');
  await desk.press('Control+Enter');
  await desk.page.locator('[data-standing=asked]').waitFor();
  const queue = await house.ask<{ waiting: { subjectId: string }[] }>('GET', '/v1/review-queue', { as: tenant.sessions.reviewer });
  expect(queue.body.waiting.map((each) => each.subjectId)).not.toContain(asked);
  await desk.leave();
});

test('a checker signs once for the whole batch, by a code; what changed meanwhile is refused, and nothing is signed', async () => {
  const batch = await aBatchOf(house, tenant, releases);
  const made = await proposedBatch(house, tenant, batch.id);
  const as = tenant.sessions.checkerA;
  const begun = await house.ask<{ secret: string }>('POST', '/v1/me/second-factor', { as, body: { password: passwordOf(as) } });
  const totp = new TOTP({ secret: Secret.fromBase32(begun.body.secret) });
  // The code of the step before: the one of now is for the signature.
  await house.ask('POST', '/v1/me/second-factor/confirmation', { as, body: { code: totp.generate({ timestamp: Date.now() - 30_000 }) } });
  const desk = await Desk.at(browser, house, as);
  await desk.open('/batches');
  await desk.press('j', 'Enter');
  await desk.ready();
  const text = (await desk.page.locator('main').textContent())!;
  for (const words of ['¥28,920.00', '人民币贰万捌仟玖佰贰拾元整', made.body.proposal!.digest, '与申报一致']) expect(text).toContain(words);
  await desk.page.getByRole('button', { name: '签字同意' }).waitFor();
  await desk.press('s');
  await desk.dialog();
  await desk.write(totp.generate());
  await desk.press('Enter');
  await desk.page.getByText('您的签字已记录').waitFor();
  expect(desk.keys).toBeLessThanOrEqual(5);
  const signatures = () => house.db('payout_batch_signature').where('proposal_id', made.body.proposal!.id);
  expect(await signatures()).toHaveLength(1);
  await desk.leave();

  const other = await Desk.at(browser, house, tenant.sessions.checkerB);
  await other.open(`/batches/${batch.id}`);
  await other.page.getByRole('button', { name: '签字同意' }).waitFor();
  await other.press('s');
  await other.dialog();
  const document = { documents: [documentOf('receipts', 'a further receipt')] };
  expect((await house.ask('POST', `/v1/campaigns/${releases[0]!.campaignId}/documents`, { as: tenant.platformKey, body: document })).status).toBe(
    201,
  );
  await other.write(passwordOf(tenant.sessions.checkerB));
  await other.press('Enter');
  await other.page.locator('[role=alert][data-code="batch.digest_changed"]').waitFor();
  expect(await signatures()).toHaveLength(1);
  await other.press('Escape');
  await other.page.getByText('不能签字，须由制单人重新提交').waitFor();
  expect(await other.page.getByRole('button', { name: '签字同意' }).count()).toBe(0);
  await other.leave();
});

test('a maker makes a batch of all that may be paid in two keys', async () => {
  const release = await aReleaseInApproval(house, tenant);
  const desk = await Desk.at(browser, house, tenant.sessions.maker);
  await desk.open('/batches');
  await desk.page.getByRole('button', { name: '全部可付款项组成一批' }).waitFor();
  await desk.press('n');
  await desk.dialog();
  await desk.press('Enter');
  expect(desk.keys).toBe(2);
  await desk.page.waitForURL(/\/console\/batches\/[0-9A-Z]{26}$/);
  const id = desk.page.url().slice(-26);
  expect(await batchOf(house, tenant, id)).toMatchObject({ state: 'proposed', lines: { proposed: { count: 1 } } });
  expect(await house.db('payout_batch_line').where('batch_id', id).select('release_id')).toEqual([{ release_id: release.id }]);
  await desk.leave();
});

test('a batch that cannot wait goes by the emergency lane with its reason in four keys, and its checkers see it first', async () => {
  const release = await aReleaseInApproval(house, tenant);
  const desk = await Desk.at(browser, house, tenant.sessions.maker);
  await desk.open('/batches');
  await desk.page.getByRole('button', { name: '全部可付款项组成一批' }).waitFor();
  await desk.press('n');
  await desk.dialog();
  await desk.press('Shift+Tab', 'Space');
  await desk.page.getByLabel('为何不能等待').waitFor();
  await desk.write('ICU 当日须缴费');
  await desk.press('Control+Enter');
  await desk.page.waitForURL(/\/console\/batches\/[0-9A-Z]{26}$/);
  expect(desk.keys).toBe(4);
  const id = desk.page.url().slice(-26);
  const batch = await batchOf(house, tenant, id);
  expect(batch).toMatchObject({ state: 'proposed', emergency: { reason: 'ICU 当日须缴费' }, lines: { proposed: { count: 1 } } });
  expect(await house.db('payout_batch_line').where('batch_id', id).pluck('release_id')).toEqual([release.id]);
  await desk.leave();
  const checker = await Desk.at(browser, house, tenant.sessions.checkerA);
  await checker.open('/batches');
  await checker.page.getByRole('row').nth(1).getByText('紧急').waitFor();
  await checker.press('j', 'Enter');
  await checker.page.getByText('ICU 当日须缴费').waitFor();
  await checker.press('s');
  await checker.dialog();
  await checker.page.locator('dialog').getByText('ICU 当日须缴费').waitFor();
  await checker.press('Escape');
  await checker.leave();
});

test('a money event shows only what may be done now; what is refused is said in the reader’s language with field and rule', async () => {
  const id = await anUnknownLine(house, tenant, { sign: 'DBIT', amountFen: 1_234n });
  const desk = await Desk.at(browser, house, tenant.sessions.maker);
  await desk.open('/exceptions');
  await desk.press('j', 'Enter');
  await desk.ready();
  const { acts } = await shown(house, tenant, id);
  expect(await desk.page.locator('[aria-labelledby=acts] button').count()).toBe(acts.length);
  const wrong = desk.page.getByRole('button', { name: '匹配付款的借记' });
  await wrong.click();
  await desk.page.getByLabel('付款编号').fill('01ARZ3NDEKTSV4RRFFQ69G5FAV');
  await desk.press('Control+Enter');
  const refusal = desk.page.locator('[role=alert]');
  await refusal.waitFor();
  expect(await refusal.textContent()).toMatch(/[\u4e00-\u9fff]{4}/);
  await desk.press('Escape');
  desk.keys = 0;
  await desk.press(String(acts.indexOf('settle') + 1));
  await desk.dialog();
  await desk.write('银行账户管理费，已另行核对');
  await desk.press('Control+Enter');
  await desk.page.getByText('已记录。').waitFor();
  expect(desk.keys).toBeLessThanOrEqual(4);
  expect(await shown(house, tenant, id)).toMatchObject({ state: 'resolved' });
  await desk.leave();
});

test('what comes while the queue is open shows without a reload', async () => {
  const desk = await Desk.at(browser, house, tenant.sessions.reviewer);
  await desk.open('/queue');
  await desk.page.locator('[data-live=listening]').waitFor({ state: 'attached' });
  await audits({ title: '刚刚提交的求助' });
  const { anchorFile, keys } = house.dependencies.sandbox!;
  while ((await sealAndAnchor(house.db, anchorFile, keys.anchorKey)) > 0);
  await desk.page.getByRole('link', { name: '刚刚提交的求助' }).waitFor();
  await desk.leave();
});

test('the log-in is a cookie that counts only beside the console’s header, from our own pages; the document knows no inline script', async () => {
  const cookie = `almoner_session=${tenant.sessions.reviewer}`;
  const me = (headers: Record<string, string>) => house.ask('GET', '/v1/me', { headers: { cookie, ...headers } });
  expect((await me({})).status).toBe(401);
  expect((await me({ 'x-almoner-console': '1' })).status).toBe(200);
  expect((await me({ 'x-almoner-console': '1', 'sec-fetch-site': 'cross-site' })).status).toBe(401);
  const post = (headers: Record<string, string>) =>
    house.ask('POST', '/v1/review-queue/next', { headers: { cookie, 'x-almoner-console': '1', ...headers }, body: {} });
  expect((await post({})).status).toBe(401);
  expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(401);
  expect((await post({ origin: 'https://elsewhere.example' })).status).toBe(401);
  expect((await post({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);

  const [one, two] = await Promise.all([fetch(`${house.url}/console`), fetch(`${house.url}/console/cases/x`)]);
  const policy = one.headers.get('content-security-policy')!;
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe');
  const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
  const document = await one.text();
  expect(document).toContain(nonce);
  expect(await two.text()).not.toContain(nonce);
  const script = /src="(\/console\/assets\/[^"]+\.js)"/.exec(document)![1]!;
  expect((await fetch(house.url + script)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await fetch(`${house.url}/console/assets/none.js`)).status).toBe(404);
});

test('who is not logged in goes to the log-in page, which leads back to the very address', async () => {
  const desk = await Desk.at(browser, house, 'alm_session_over');
  await desk.page.goto(`${house.url}/console/queue?kind=prior-audit`);
  await desk.page.waitForURL(/\/login\?/);
  expect(await desk.page.locator('input[name=next]').inputValue()).toBe('/console/queue?kind=prior-audit');
  await desk.leave();
});

test('the answers that the client is typed by are what the house sends', async () => {
  const get = async (path: string, as: string) => (await house.ask('GET', path, { as })).body as never;
  const { maker, reviewer } = tenant.sessions;
  meAnswer.parse(await get('/v1/me', reviewer));
  caseAnswer.parse(await get(`/v1/campaigns/${releases[0]!.campaignId}`, reviewer));
  const { batches } = (await get('/v1/payout-batches', maker)) as { batches: { id: string }[] };
  for (const batch of batches) {
    batchAnswer.parse(batch);
    checkAnswer.parse(await get(`/v1/payout-batches/${batch.id}/check`, maker));
  }
  const { exceptions } = (await get('/v1/exceptions', maker)) as { exceptions: { id: string }[] };
  exceptionAnswer.parse(await get(`/v1/exceptions/${exceptions[0]!.id}`, maker));
});

test('a case is put aside until the last day of its time in two keys beside its words, and handed to another; both show in list and case', async () => {
  const [id] = await audits({ title: '丁的手术' });
  const at = `/cases/${id}?kind=prior-audit&subject=${id}`;
  const desk = await Desk.at(browser, house, tenant.sessions.reviewer);
  await desk.open(at);
  await desk.page.getByRole('button', { name: '搁置' }).waitFor();
  await desk.press('?');
  expect(await desk.page.locator('dialog .keys').innerText()).toMatch(/z\s+搁置[\s\S]*e\s+转交另一审核员/);
  await desk.press('Escape');
  desk.keys = 0;
  await desk.press('z');
  await desk.dialog();
  await desk.write('等医院回电');
  expect(await desk.violations()).toEqual([]);
  await desk.photograph('aside.zh.1440', false);
  await desk.press('Control+Enter');
  await desk.page.waitForURL(/\/console\/queue$/);
  expect(desk.keys).toBe(2);
  await desk.ready();
  expect(await desk.page.getByRole('link', { name: '丁的手术' }).count()).toBe(0);
  await desk.page.getByLabel('搁置').selectOption('only');
  await desk.page.getByRole('row', { name: /丁的手术.*搁置至/ }).waitFor();
  await desk.open(at);
  await desk.page.locator('[data-aside]', { hasText: '等医院回电' }).waitFor();
  await desk.press('e');
  await desk.dialog();
  await desk.write('收入材料请再看一眼');
  await desk.press('Control+Enter');
  await desk.page.waitForURL(/\/console\/queue$/);
  await desk.open(at);
  await desk.page.locator('[data-escalation]', { hasText: '交给审核员：收入材料请再看一眼' }).waitFor();
  expect(await desk.violations()).toEqual([]);
  await desk.photograph('case-aside.zh.1440', false);
  await desk.leave();
});

/** A synthetic diagnosis as somebody would have scanned it. */
async function aPaper(courses = '四'): Promise<Uint8Array<ArrayBuffer>> {
  const page = await browser.newPage({ viewport: { width: 620, height: 380 } });
  await page.setContent(
    `<body style="font:17px sans-serif;margin:34px;line-height:1.9"><h2>诊断证明书（演示）</h2><p>姓名：林小满　性别：女　年龄：8 岁<br>科室：血液科　住院号：ZY20210001<br>诊断：急性淋巴细胞白血病（C91.0）<br>建议：住院化疗，${courses}个疗程。</p><p>医师签名：演示　2021 年 3 月 1 日</p></body>`,
  );
  const picture = new Uint8Array(await page.screenshot());
  await page.close();
  return picture;
}

test('what a new version of a document changed is seen in two keys, and what came since the last look is marked', async () => {
  const [id] = await audits({ title: '丙' });
  const first = await upload(house, tenant, id!, 'diagnosis', await aPaper('三'), 'image/png');
  const desk = await Desk.at(browser, house, tenant.sessions.reviewer);
  const at = `/cases/${id}?kind=prior-audit&subject=${id}`;
  await desk.open(`${at}&document=${first.body.id}`);
  await desk.page.locator('img.paper').waitFor();
  await later(house, tenant, 60_000);
  const second = await upload(house, tenant, id!, 'diagnosis', await aPaper('四'), 'image/png');
  await desk.open(at);
  await desk.page.getByText('您上次查看后新增').waitFor();
  await desk.press('c');
  await desk.page.locator('[data-comparison] .laid-over img').nth(1).waitFor();
  expect(desk.keys).toBeLessThanOrEqual(2);
  const table = (await desk.page.locator('[data-comparison] table').innerText()).replace(/\s+/g, ' ');
  for (const words of ['第 2 版', '第 3 版', first.body.sha256, second.body.sha256, '不同']) expect(table).toContain(words);
  const looks = await house.db('document_view').whereIn('document_id', [first.body.id, second.body.id]).pluck('document_id');
  expect(new Set(looks).size).toBe(2);
  await desk.page.getByLabel('查看方式').selectOption('');
  await desk.page.locator('.beside img').nth(1).waitFor();
  await desk.leave();
});

test('every kind of event that a timeline may show has its words, and every kind of thing that waits', () => {
  expect(Object.keys(EVENT_TYPES).filter((type) => !(`event.${type}` in eventText))).toEqual([]);
  for (const word of [
    ...REVIEW_KINDS.map((kind) => `kind.${kind}`),
    ...DOCUMENT_KINDS.map((kind) => `document.${kind}`),
    ...CLAIMS.map((claim) => `claim.${claim}`),
  ])
    expect([word, word in wordText]).toEqual([word, true]);
});

test('every screen in both languages, both themes and both widths: no violation by axe, nothing too wide, no text missing', async () => {
  const [pass] = await audits(
    { title: '林小满的白血病治疗' },
    { title: '王建国的肝移植手术', documents: [documentOf('id-cards'), documentOf('diagnosis')] },
  );
  const before = await upload(house, tenant, pass!, 'diagnosis', await aPaper('三'), 'image/png');
  const paper = await upload(house, tenant, pass!, 'diagnosis', await aPaper(), 'image/png');
  await house.campaigns.payment.reportByMachine(pass!, await nowMs(house, tenant));
  await later(house, tenant, 6 * DAY_MS);
  await anUnknownLine(house, tenant, { sign: 'CRDT', amountFen: 250_000n });
  const { batches } = (
    await house.ask<{ batches: { id: string; emergency: object | null }[] }>('GET', '/v1/payout-batches', { as: tenant.sessions.maker })
  ).body;
  const { exceptions } = (await house.ask<{ exceptions: { id: string }[] }>('GET', '/v1/exceptions?state=open', { as: tenant.sessions.maker })).body;
  const screens = [
    ['queue', tenant.sessions.reviewer, '/queue'],
    ['case', tenant.sessions.reviewer, `/cases/${pass}?kind=prior-audit&subject=${pass}&document=${paper.body.id}`],
    ['diff', tenant.sessions.reviewer, `/cases/${pass}?kind=prior-audit&subject=${pass}&document=${paper.body.id}&compare=${before.body.id}`],
    ['batches', tenant.sessions.maker, '/batches'],
    ['batch', tenant.sessions.checkerB, `/batches/${batches.find(({ emergency }) => emergency === null)!.id}`],
    ['exceptions', tenant.sessions.maker, '/exceptions'],
    ['exception', tenant.sessions.maker, `/exceptions/${exceptions[0]!.id}`],
  ] as const;
  const wrong = await lookAt(browser, house, screens, {
    chinese: /正在|待审|批次|工作日/,
    keys: ['case', 'diff', 'queue', 'batch', 'shell', 'act', 'event'],
    also: async (desk, name, { language, width }) => {
      if (name !== 'case' || width !== 360) return [];
      await desk.press('r');
      await desk.dialog();
      const found = (await desk.violations()).map((each) => `refusing: ${each}`);
      if ((await desk.overflow()) > 0) found.push('refusing: wider than the window');
      await desk.photograph(`refuse.${language}.${width}`, false);
      await desk.press('Escape');
      return found;
    },
  });
  expect(wrong).toEqual([]);
}, 240_000);
