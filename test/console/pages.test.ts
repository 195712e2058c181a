import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { type House, openHouse } from '../api/pages/support/house';
import { Story } from '../api/pages/support/story';
import { openBrowser } from './support/desk';

// The pages of hospitals and of everybody, in a real browser without scripts and on a telephone's width: taps counted, weight weighed, axe at 0.
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 360, height: 780 };
let house: House;
let browser: Browser;
let story: Story;
let payoutId: string;
beforeAll(async () => {
  [house, browser] = await Promise.all([openHouse(), openBrowser()]);
  story = await (await (await Story.begin(house)).open()).give([3_000_000n, 2_000_000n]);
  payoutId = await story.approveAndPay(await story.toApproval());
});
afterAll(async () => {
  await browser?.close();
  await house.close();
});

/** A telephone that runs no script of the page's. @param login who is logged in; nobody when left out. */
async function aPhone(login?: { readonly login: string; readonly password: string }): Promise<Page> {
  const page = await (await browser.newContext({ viewport: PHONE, locale: 'zh-CN', javaScriptEnabled: false, reducedMotion: 'reduce' })).newPage();
  if (!login) return page;
  await page.goto(`${house.url}/login?lang=zh`);
  await page.fill('#login', login.login);
  await page.fill('#password', login.password);
  await page.click('main button');
  return page;
}

/** Looks at pages as they are served, with axe, which needs scripts and a page that lets them in. @returns what is wrong, by page and language. */
async function wrongWith(paths: readonly string[], cookies: Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>): Promise<string[]> {
  const context = await browser.newContext({ viewport: PHONE, bypassCSP: true, reducedMotion: 'reduce' });
  await context.addCookies(cookies);
  const page = await context.newPage();
  const wrong: string[] = [];
  for (const path of paths)
    for (const lang of ['zh', 'en'])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.goto(`${house.url}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
        await page.evaluate(AXE);
        const { violations } = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as {
          violations: { id: string; nodes: { html: string }[] }[];
        };
        wrong.push(
          ...violations.map(({ id, nodes }) => `${path} ${lang} ${colorScheme} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`),
        );
        const tooWide = (await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')) as number;
        if (tooWide > 0) wrong.push(`${path} ${lang}: ${tooWide} px wider than the telephone`);
        const small = (await page.evaluate(
          `[...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, a.button')].map((e) => [e.outerHTML.slice(0, 80), (e.closest('label.choice') ?? e).getBoundingClientRect()]).filter(([, r]) => r.width > 0 && (r.height < 24 || r.width < 24)).map(([html]) => html)`,
        )) as string[];
        wrong.push(...small.map((html) => `${path} ${lang}: smaller than 24 px: ${html}`));
      }
  await context.close();
  return wrong;
}

test('a cashier signs for a payment in four taps on a telephone, files an invoice, and anybody checks the receipt; nothing is wrong by axe', async () => {
  const page = await aPhone(story.hospitalLogin);
  await page.waitForURL(/\/hospital/);
  let taps = 0;
  const tap = async (selector: string): Promise<void> => {
    taps += 1;
    await page.locator(selector).first().click();
  };
  await tap('.card-title');
  await tap('label.choice:has(input[value=confirm])');
  await tap('main form button');
  await tap('.actions-box button');
  await page.waitForURL(/\/receipt$/);
  expect(taps).toBeLessThanOrEqual(4);
  expect(await house.db('receipt').where('payout_id', payoutId).pluck('outcome')).toEqual(['confirm']);
  const code = (await page.textContent('.verification code'))!;

  const at = `/hospital/payouts/${payoutId}`;
  await page.goto(`${house.url}${at}/invoices`);
  for (const [field, text] of [
    ['number', 'FP-0001'],
    ['issuedOn', '2026-03-03'],
    ['item1', '床位费'],
    ['amount1', '1,200.50'],
  ] as const)
    await page.fill(`#${field}`, text);
  await page.click('form[action$="/check"] button');
  await page.click('.actions-box button');
  await page.waitForURL(/\/invoices$/);
  expect(await house.db('invoice').where('campaign_id', story.campaignId).pluck('amount_fen')).toEqual([120_050n]);

  const wrong = await wrongWith(
    ['/hospital', at, `${at}/receipt`, `${at}/invoices`, `${at}/surplus`, `/receipts?code=${encodeURIComponent(code)}`, '/receipts'],
    await page.context().cookies(),
  );
  expect(wrong).toEqual([]);
  await page.context().close();
}, 120_000);

test('the public page is read without scripts, is light, and shows where every fen is; a complaint is three pages', async () => {
  const page = await aPhone();
  const bodies: Promise<number>[] = [];
  page.on('requestfinished', (request) => void bodies.push(request.sizes().then(({ responseBodySize }) => responseBodySize)));
  await page.goto(`${house.url}/c/${story.campaignId}?lang=zh`, { waitUntil: 'load' });
  const weight = (await Promise.all(bodies)).reduce((sum, bytes) => sum + bytes, 0);
  expect(weight).toBeGreaterThan(5_000);
  expect(weight).toBeLessThanOrEqual(150_000);
  const text = await page.innerText('main');
  for (const words of ['账目相符', '¥50,000.00', '医院已签收']) expect(text).toContain(words);

  let pages = 0;
  await page.click('a[href$="/complain"]');
  for (; !/\/complaints\/|\/complaint$/.test(page.url()) && pages < 5; pages += 1) {
    if (await page.locator('input[type=radio]').count()) await page.locator('label.choice').first().click();
    for (const area of await page.locator('textarea').all()) await area.fill('有人说这套房子没有公示，请核实。');
    await page.locator('main form button').last().click();
  }
  expect(pages).toBeLessThanOrEqual(3);
  expect(await house.db('complaint').where('campaign_id', story.campaignId)).toHaveLength(1);
  expect(await wrongWith(['/', `/c/${story.campaignId}`, `/c/${story.campaignId}/complain`, '/complaints', '/login'], [])).toEqual([]);
  await page.context().close();
}, 120_000);
