import type { Browser } from 'playwright-core';
import { z } from 'zod';
import { deletionAnswer } from '../../src/api/answers';
import { sealAndAnchor } from '../../src/audit/chain';
import { EVENT_TYPES, INTERNAL_ACTIONS } from '../../src/audit/eventTypes';
import { differences, type Edition } from '../../src/console/screens/editions/difference';
import { editionText } from '../../src/console/text/editions';
import { eventText } from '../../src/console/text/events';
import { tourText } from '../../src/console/text/tour';
import { houseEventText } from '../../src/console/text/houseEvents';
import { wordText } from '../../src/console/text/words';
import { diffEditions, editionValues } from '../../src/domain/convention/editionDiff';
import { EDITIONS } from '../../src/domain/convention/editions';
import { ACCOUNT, aRaise, aSubmission } from '../support/campaigns';
import { aPersonAskedFor } from '../support/deletions';
import { anAdmissibleComplaint } from '../support/endings';
import { aHouse, type House } from '../support/house';
import { anIdNumber } from '../support/identifiers';
import { aColleague, aTenant, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { Desk, lookAt, openBrowser } from './support/desk';

// The screens of operator, auditor and administrator in a real browser, against one house.
let house: House;
let tenant: Tenant;
let browser: Browser;
let as: { readonly operator: string; readonly auditor: string; readonly administrator: string; readonly regulator: string };
let payoutId: string;
let conductId: string;
let listingId: string;
beforeAll(async () => {
  [house, browser] = await Promise.all([aHouse(), openBrowser()]);
  tenant = await aTenant(house);
  const [auditor, administrator] = [await aColleague(house, tenant, 'auditor'), await aColleague(house, tenant, 'administrator')];
  as = {
    operator: tenant.sessions.operator,
    auditor: auditor.session,
    administrator: administrator.session,
    regulator: (await aColleague(house, tenant, 'regulator')).session,
  };
  ({ payoutId } = await aReservedPayout(house, tenant, [1_000_000n]));
  // Its outcome is not known, and a word to it did not arrive: what an operator is called for.
  for (const state of ['submitted', 'unknown'])
    await house
      .owner('payout')
      .where('id', payoutId)
      .update({ state, submitted_at: new Date('2020-01-01T00:00:00Z'), submits: 2 });
  await anAdmissibleComplaint(house, tenant, await aRaise(house, tenant));
});
afterAll(async () => {
  await browser?.close();
  await house.close();
});

test('from the alert to the cause in one act; the re-drive says what it will do, and is on the chain under a name', async () => {
  const desk = await Desk.at(browser, house, as.operator);
  await desk.open('/operations');
  await desk.press('j', 'Enter');
  await desk.page.waitForURL(new RegExp(`/console/operations/work\\?workflow=transfer&id=${payoutId}`));
  await desk.ready();
  expect(desk.keys).toBeLessThanOrEqual(2);
  await desk.press('r');
  await desk.dialog();
  expect(await desk.page.locator('dialog').innerText()).toContain('先以原编号询问银行');
  await desk.press('Enter');
  await desk.page.locator('[role=status]', { hasText: '已推动' }).waitFor();
  const words = await house.db('outbox').where({ workflow_type: 'transfer', subject_id: payoutId, notice: 'repaired' });
  expect(words).toHaveLength(1);
  const events = await house.db('audit.event').where('action', 'workflow.redriven').select('actor', 'subject');
  expect(events).toEqual([{ actor: expect.stringMatching(/^operator:/), subject: `transfer/${payoutId}` }]);
  await desk.leave();
});

test('an auditor verifies, sees who looked at what, and takes the proof along', async () => {
  const campaignId = await aSubmission(house, tenant);
  const { people } = (
    await house.ask<{ people: { personId: string }[] }>('GET', `/v1/campaigns/${campaignId}/people`, { as: tenant.sessions.reviewer })
  ).body;
  const look = { fields: ['phone'], purpose: 'contact', reason: '电话核实患者的住院情况' };
  expect((await house.ask('POST', `/v1/people/${people[0]!.personId}/reveals`, { as: tenant.sessions.reviewer, body: look })).status).toBe(201);
  const desk = await Desk.at(browser, house, as.auditor);
  await desk.open('/');
  await desk.page.waitForURL(/\/console\/audit$/);
  await desk.ready();
  await desk.press('v');
  await desk.page.getByText('账簿相符，审计链完整').waitFor();
  const [download] = await Promise.all([desk.page.waitForEvent('download'), desk.page.getByRole('button', { name: '下载证明文件' }).click()]);
  expect(download.suggestedFilename()).toBe('almoner-proof.ndjson');
  await desk.open('/reveals');
  expect(await desk.page.locator('main').innerText()).toContain('电话核实患者的住院情况');
  await desk.leave();
});

test('an administrator adds somebody, whose password shows once, and ends their log-in; a key is rotated', async () => {
  const desk = await Desk.at(browser, house, as.administrator);
  await desk.open('/staff');
  await desk.press('n');
  await desk.dialog();
  await desk.write('新审核员');
  await desk.page.getByLabel('登录名').fill('new.reviewer@house');
  await desk.press('Control+Enter');
  await desk.page.getByText('首次密码只显示这一次').waitFor();
  await desk.press('Escape');
  const row = desk.page.getByRole('row', { name: /new\.reviewer@house/ });
  await row.getByRole('button', { name: '停用' }).click();
  await desk.dialog();
  await desk.press('Enter');
  await row.getByText('已停用').waitFor();
  expect(await house.db('staff').where('login', 'new.reviewer@house').first('disabled_at')).toMatchObject({ disabled_at: expect.any(Date) });
  // Whom wrong passwords locked out is marked, until when, beside the act that ends it.
  const login = `checkerb@${tenant.id.toLowerCase()}`;
  for (let i = 0; i < 6; i += 1) await house.ask('POST', '/v1/sessions', { body: { login, password: 'wrong' } });
  await desk.open('/staff');
  const locked = desk.page.getByRole('row', { name: new RegExp(login) });
  await locked.getByText('已锁定，至').waitFor();
  expect(await locked.locator('time').count()).toBe(1);
  expect(await locked.getByText('可登录').count()).toBe(0);
  expect(await desk.page.getByText('已锁定，至').count()).toBe(1);
  await desk.open('/keys');
  await desk.page.getByRole('button', { name: '轮换' }).first().click();
  await desk.dialog();
  await desk.press('Enter');
  await desk.page.getByText('密钥只显示这一次').waitFor();
  await desk.leave();
});

test('a conduct case is opened by a reviewer, decided by an operator, and its appeal by another, each at one screen', async () => {
  const made = await house.ask<{ id: string }>('POST', '/v1/promoters', { as: tenant.platformKey, body: { name: '赵推', contractRef: 'LD-1' } });
  const reviewer = await Desk.at(browser, house, tenant.sessions.reviewer);
  await reviewer.open('/conduct');
  await reviewer.press('n');
  await reviewer.dialog();
  await reviewer.write('病区监控记录');
  await reviewer.page.getByLabel('合同编号').selectOption(made.body.id);
  await reviewer.page.locator('option[value=sweeping]').waitFor({ state: 'attached' });
  await reviewer.page.getByLabel('底线规则').selectOption('sweeping');
  await reviewer.press('Control+Enter');
  await reviewer.page.getByRole('link', { name: /扫楼/ }).waitFor();
  const desk = await Desk.at(browser, house, as.operator);
  await desk.open('/conduct?state=waiting');
  await desk.press('j', 'Enter');
  await desk.page.getByText('病区监控记录').waitFor();
  await desk.press('d');
  await desk.dialog();
  await desk.write('查证属实');
  await desk.page.locator('dialog').getByLabel('决定').selectOption('removal');
  await desk.press('Control+Enter');
  await desk.page.getByText('违规：清退').waitFor();
  expect(desk.keys).toBeLessThanOrEqual(4);
  conductId = ((await house.db('conduct_case').first('id', 'sanction')) as { id: string }).id;
  await house.ask('POST', `/v1/conduct-cases/${conductId}/appeal`, { as: tenant.platformKey, body: { text: '并非本人' } });
  await reviewer.open(`/conduct/${conductId}`);
  await reviewer.press('d');
  await reviewer.dialog();
  await reviewer.write('证据不足');
  await reviewer.page.locator('dialog').getByLabel('申诉决定').selectOption('upheld');
  await reviewer.press('Control+Enter');
  await reviewer.page.getByText('申诉成立，处分撤销').waitFor();
  await reviewer.open('/conduct');
  await reviewer.page.getByRole('cell', { name: '已撤销（原为：违规：清退）' }).waitFor();
  expect(await house.db('conduct_appeal').select('outcome')).toEqual([{ outcome: 'upheld' }]);
  await reviewer.leave();
  await desk.leave();
});

test('a reviewer puts a party of a case on the list; another decides the appeal in three keys with its words before their eyes, each look on record', async () => {
  const patient = { name: '王小明', idNumber: anIdNumber(), minor: false };
  const campaignId = await aSubmission(house, tenant, { patient, payee: { kind: 'seeker', account: { ...ACCOUNT, name: patient.name } } });
  const desk = await Desk.at(browser, house, tenant.sessions.reviewer);
  await desk.open(`/cases/${campaignId}`);
  await desk.page.getByRole('link', { name: '列入失信名单' }).click();
  await desk.dialog();
  await desk.write('投诉 2021-014 及不动产登记查询结果');
  await desk.page.getByLabel('理由（不写姓名）').fill('隐瞒两处房产');
  const dialog = desk.page.locator('dialog');
  await dialog.locator('option', { hasText: '患者 · 王**' }).waitFor({ state: 'attached' });
  await dialog.getByLabel('列入何人').selectOption('patient');
  await dialog.getByLabel('事由').selectOption('hidden-assets');
  await desk.press('Control+Enter');
  await desk.page.waitForURL(/\/blacklist\/[0-9A-Z]{26}$/);
  listingId = desk.page.url().slice(-26);
  await desk.page.getByRole('heading', { name: '王**' }).waitFor();
  expect(await desk.page.locator('main').innerText()).not.toContain(patient.name);
  const appeal = { as: tenant.platformKey, body: { text: '两处房产已于多年前出售，登记尚未更新。' } };
  expect((await house.ask('POST', `/v1/blacklist/${listingId}/appeals`, appeal)).status).toBe(201);
  // Who listed may read it, and is told that another decides.
  await desk.open('/blacklist?whose=own&state=appealed');
  desk.keys = 0;
  await desk.press('j', 'Enter');
  await desk.page.getByText('列入者不得裁决').waitFor();
  expect(await desk.page.getByRole('button', { name: '决定申诉' }).count()).toBe(0);
  await desk.press('r');
  await desk.page.getByText(appeal.body.text).waitFor();
  await desk.open('/blacklist?whose=others');
  await desk.page.getByText('没有符合条件的名单记录').waitFor();
  await desk.leave();

  const other = await Desk.at(browser, house, (await aColleague(house, tenant, 'reviewer')).session, 'en');
  await other.open(`/blacklist/${listingId}`);
  await other.press('d');
  await other.dialog();
  await other.page.locator('dialog').getByText(appeal.body.text).waitFor();
  await other.write('登记更新前的记录，房产已售');
  await other.page.locator('dialog').getByLabel('Decision on the appeal').selectOption('upheld');
  expect(await other.violations()).toEqual([]);
  await other.photograph('listing-appeal.en.1440', false);
  await other.press('Control+Enter');
  await other.page.getByText('Upheld: the listing is lifted').waitFor();
  expect(other.keys).toBeLessThanOrEqual(3);
  expect(await house.db('blacklist_listing').select('state')).toEqual([{ state: 'lifted' }]);
  expect(await house.db('audit.event').where('action', 'blacklist.appeal_read')).toHaveLength(2);
  await other.leave();
});

test('the tour is five steps, is skipped by Esc, and is not offered again', async () => {
  const desk = await Desk.at(browser, house, as.operator, 'en');
  await desk.open('/operations');
  const offer = desk.page.getByRole('complementary', { name: 'Tour' });
  await offer.getByRole('button', { name: 'Start the tour' }).click();
  for (let step = 1; step <= 5; step += 1) {
    await desk.page.getByText(`Step ${step} of 5`).waitFor();
    await desk.press('Enter');
  }
  await desk.page.locator('dialog').waitFor({ state: 'detached' });
  await desk.page.reload();
  await desk.ready();
  expect(await offer.count()).toBe(0);
  await desk.leave();
});

test('the head is one line at 1440 and 1280 pixels for every role in both languages, also under a long name; what it has no room for is under “more”, by keyboard', async () => {
  const { reviewer, maker, checkerA } = tenant.sessions;
  const longest = '阿布都热依木·买买提艾力·尼亚孜（演示复核员）';
  const names = await house.db<{ id: string; display_name: string }>('staff').select('id', 'display_name');
  await house.owner('staff').update({ display_name: longest });
  const desk = await Desk.at(browser, house, reviewer);
  for (const session of [reviewer, maker, checkerA, as.operator, as.auditor, as.administrator, as.regulator]) {
    await desk.become(session);
    await desk.open('/');
    await desk.page.waitForURL(/\/console\/[a-z]+/);
    await desk.page.locator('.line a[aria-current]').waitFor({ state: 'attached' });
    const { role } = (await house.ask<{ role: string }>('GET', '/v1/me', { as: session })).body;
    const more = desk.page.locator('.menu > .more');
    for (const language of ['zh', 'en'] as const) {
      await desk.prefer(language, 'light');
      const screens = await desk.page.locator('.line a').allTextContents();
      expect(screens.length).toBeGreaterThan(1);
      // The tour of a role names each of its screens.
      const told = [1, 2, 3, 4, 5].map((step) => tourText[`tour.${role}.${step}` as keyof typeof tourText][language].toLowerCase()).join(' ');
      expect([role, screens.filter((name) => !told.includes(name.toLowerCase()))]).toEqual([role, []]);
      for (const width of role === 'finance-checker' ? [1440, 1280, 360] : [1440, 1280]) {
        await desk.page.setViewportSize({ width, height: 900 });
        await desk.page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
        const inLine = await desk.page.locator('.line a:not(.out)').allTextContents();
        expect([role, language, width, (await desk.page.locator('.top').boundingBox())!.height <= (width < 600 ? 110 : 56)]).toEqual([
          role,
          language,
          width,
          true,
        ]);
        expect(await desk.overflow()).toBe(0);
        if (inLine.length === screens.length) continue;
        await more.focus();
        await desk.press('Enter');
        const menu = desk.page.locator('.top nav .menu-panel a');
        await menu.first().waitFor();
        expect([...inLine, ...(await menu.allTextContents())]).toEqual(screens);
        expect(await desk.overflow()).toBe(0);
        if (role === 'auditor' || width === 360) {
          expect(await desk.violations()).toEqual([]);
          await desk.photograph(`head.${language}.${width}`, false);
        }
        await desk.press('Escape');
        expect(await desk.page.evaluate('document.activeElement.className')).toContain('more');
      }
    }
    if (await more.isVisible()) {
      await more.focus();
      await desk.press('Enter', 'ArrowUp', 'Enter');
      await desk.page.locator('.menu > .more.here').waitFor();
    }
    await desk.page.locator('.account').click();
    await desk.page.locator('.menu-panel').getByText(longest).waitFor();
  }
  await desk.leave();
  for (const { id, display_name } of names) await house.owner('staff').where('id', id).update({ display_name });
});

test('a regulator sees every platform’s money, opens one in two keys and a campaign’s statement in two more; complaints of all in one list', async () => {
  const desk = await Desk.at(browser, house, as.regulator);
  await desk.open('/');
  await desk.page.waitForURL(/\/console\/oversight$/);
  await desk.ready();
  const others = await desk.page.getByRole('row', { name: /水滴/ }).count();
  expect(others).toBeGreaterThan(0);
  await desk.press('j', 'Enter');
  await desk.page.waitForURL(new RegExp(`/oversight/${tenant.id}`));
  await desk.page
    .getByText('恒等式')
    .or(desk.page.getByRole('table', { name: /账户/ }))
    .first()
    .waitFor();
  await desk.press('j', 'Enter');
  await desk.page.waitForURL(/\/statements\/[0-9A-Z]{26}/);
  await desk.page.getByRole('table').first().waitFor();
  expect(await desk.page.getByRole('alert').count()).toBe(0);
  expect(desk.keys).toBeLessThanOrEqual(4);
  await desk.open('/complaints?state=open');
  await desk.page.getByText('拨付暂停中').waitFor();
  expect(await desk.page.locator('main').innerText()).not.toContain('商铺');
  await desk.open(`/events?platform=${tenant.id}`);
  await desk.page.getByRole('cell').first().waitFor();
  await desk.leave();
});

test('a deletion is taken by one operator, offered to another and not to the first, and confirmed in two keys', async () => {
  const { personId, deletionId } = await aPersonAskedFor(house, tenant);
  const campaignId = await aSubmission(house, tenant);
  const desk = await Desk.at(browser, house, as.operator);
  await desk.open('/deletions');
  await desk.press('n');
  await desk.dialog();
  await desk.write(campaignId);
  const dialog = desk.page.locator('dialog');
  await dialog.locator('option', { hasText: '患者' }).waitFor({ state: 'attached' });
  await dialog.getByLabel('何人').selectOption({ index: 1 });
  await dialog.getByLabel('申请的理由').fill('本人来信申请删除信息');
  await desk.press('Control+Enter');
  // The house says why not now, and nothing is taken.
  await desk.page.locator('[role=alert][data-code="deletion.not_now"]').waitFor();
  await desk.press('Escape');
  desk.keys = 0;
  await desk.press('j', 'Enter');
  await desk.dialog();
  expect(await dialog.innerText()).toContain(personId);
  await desk.press('Enter');
  await desk.page.getByText('已删除').waitFor();
  expect(desk.keys).toBeLessThanOrEqual(3);
  expect(await house.db('person').where('id', personId).first('wrapped_key')).toEqual({ wrapped_key: null });
  const seen = (await house.ask<{ deletions: unknown[] }>('GET', '/v1/deletions', { as: as.auditor })).body.deletions;
  expect(z.array(z.strictObject(deletionAnswer.shape)).parse(seen)).toMatchObject([{ id: deletionId, state: 'done', acts: [] }]);
  await desk.leave();
  // What waits for its second person, for the pictures.
  await aPersonAskedFor(house, tenant);
});

test('two editions side by side: what one has, lacks and sets differently, by keyboard', async () => {
  const desk = await Desk.at(browser, house, as.auditor);
  await desk.open('/editions');
  const table = desk.page.getByRole('table');
  await table.getByText('2024-09-05').first().waitFor();
  expect(await table.innerText()).toMatch(/平台资格[\s\S]*DESIGNATION[\s\S]*新增/);
  await desk.press('p');
  await desk.page.waitForURL(/to=convention-2\.0/);
  await table.getByText('自律公约 1.0').first().waitFor();
  expect(await table.innerText()).toMatch(/筹款上限[\s\S]*ASK-CAP[\s\S]*取消/);
  await desk.press('j');
  expect(await desk.page.locator('[data-row]:focus').innerText()).toContain('ASK-CAP');
  const few = await table.getByRole('row').count();
  await desk.press('a');
  await table.getByText('¥500,000.00').first().waitFor();
  expect(await table.getByRole('row').count()).toBeGreaterThan(few);
  expect(desk.keys).toBeLessThanOrEqual(3);
  await desk.leave();
});

test('what the screen says that an edition changed is what the house says; every rule and value has its words', () => {
  const shown = (edition: (typeof EDITIONS)[number]): Edition =>
    ({ ...edition, rules: [...edition.rules], values: [...editionValues(edition)].map(([path, value]) => ({ path, value })) }) as never;
  const [before, after] = EDITIONS.slice(-2) as [(typeof EDITIONS)[number], (typeof EDITIONS)[number]];
  // An edition that would also set a number, a list and a date otherwise.
  const next = { ...after, capFen: 60_000_000n, reportedOn: null, publicity: { ...after.publicity, items: after.publicity.items.slice(1) } };
  for (const [from, to] of [[before, after] as const, [after, next] as const, [next, before] as const]) {
    const rows = differences(shown(from), shown(to));
    const of = (kind: string, ...changes: readonly string[]) => rows.filter((row) => row.kind === kind && changes.includes(row.change));
    const said = diffEditions(from, to);
    expect(of('rule', 'added').map(({ path }) => path)).toEqual(said.rulesAdded);
    expect(of('rule', 'removed').map(({ path }) => path)).toEqual(said.rulesRemoved);
    expect(
      of('value', 'added', 'removed', 'changed')
        .map(({ path, from: was, to: is }) => ({ path, from: was, to: is }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    ).toEqual(said.changed);
  }
  const known = { ...editionText, ...wordText };
  const wanted = EDITIONS.flatMap((edition) => [
    `edition.${edition.id}`,
    ...[...edition.rules].map((rule) => `rule.${rule}`),
    ...[...editionValues(edition).keys()].map((path) => `editionPath.${path}`),
    ...edition.publicity.items.map((item) => `item.${item}`),
  ]);
  expect(wanted.filter((key) => !(key in known))).toEqual([]);
});

test('every action of the chain has its words', () => {
  const known = { ...eventText, ...houseEventText };
  expect([...Object.keys(EVENT_TYPES), ...INTERNAL_ACTIONS].filter((action) => !(`event.${action}` in known))).toEqual([]);
});

test('every screen in both languages, both themes and both widths: no violation by axe, nothing too wide, no text missing', async () => {
  const { anchorFile, anchorKey } = house.dependencies;
  while ((await sealAndAnchor(house.db, anchorFile, anchorKey)) > 0);
  const screens = [
    ['operations', as.operator, '/operations'],
    ['work', as.operator, `/operations/work?workflow=transfer&id=${payoutId}`],
    ['audit', as.auditor, '/audit'],
    ['events', as.auditor, '/events'],
    ['reveals', as.auditor, '/reveals'],
    ['conduct', as.operator, '/conduct'],
    ['conduct-case', as.operator, `/conduct/${conductId}`],
    ['blacklist', tenant.sessions.reviewer, '/blacklist'],
    ['listing', tenant.sessions.reviewer, `/blacklist/${listingId}`],
    ['editions', as.auditor, '/editions'],
    ['oversight', as.regulator, '/oversight'],
    ['platform', as.regulator, `/oversight/${tenant.id}`],
    ['complaints', as.regulator, '/complaints'],
    ['deletions', as.operator, '/deletions'],
    ['staff', as.administrator, '/staff'],
    ['keys', as.administrator, '/keys'],
  ] as const;
  const wrong = await lookAt(browser, house, screens, {
    chinese: /正在|停滞|核验|人员|密钥|名单|申诉|待拨付|逾期|录入/,
    keys: [
      'editions',
      'edition',
      'editionPath',
      'item',
      'rule',
      'operations',
      'work',
      'audit',
      'events',
      'reveals',
      'conduct',
      'blacklist',
      'staff',
      'apiKeys',
      'tour',
      'stuck',
      'redrive',
      'oversight',
      'complaints',
      'complaintState',
      'complaintSubject',
      'deletion',
      'deletionState',
      'statement',
    ],
    also: async (desk, name, { language, theme, width }) => {
      if (name !== 'blacklist' || theme !== 'light') return [];
      await desk.press('n');
      await desk.dialog();
      const found = (await desk.violations()).map((each) => `listing somebody: ${each}`);
      if ((await desk.overflow()) > 0) found.push('listing somebody: wider than the window');
      await desk.photograph(`new-listing.${language}.${width}`, false);
      await desk.press('Escape');
      return found;
    },
    written: /电话核实.*|新审核员|管理员.*|审核员.*|new\.reviewer|\bstaff\.[a-z]+@/g,
  });
  expect(wrong).toEqual([]);
}, 240_000);
