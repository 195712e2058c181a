// Takes the pictures in docs/screens from a running Almoner with a sandbox: `PORT=8080 node bin/screens.mjs [folder] [--all]`.
// Narrow in Chinese and wide in English; with --all, both languages in both widths; with --people, only the pages of donors, complainants and sponsors.
// It goes the way of real people: maker, two checkers and a hospital's cashier press the buttons of the pages themselves.
// Needs a Chromium (CHROMIUM, default /usr/bin/chromium) and a font with Chinese.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { people } from './screens/people.mjs';
import { Story } from './screens/story.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const url = `http://127.0.0.1:${process.env.PORT || 8080}`;
const [wanted] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const folder = path.resolve(wanted ?? path.join(root, 'docs', 'screens'));
const { sandboxKey } = JSON.parse(readFileSync(path.join(process.env.ALMONER_STATE || path.join(root, '.almoner'), 'credentials.json'), 'utf8'));
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const VIEWS = process.argv.includes('--all') ? [['zh', 360], ['en', 360], ['zh', 1280], ['en', 1280]] : [['zh', 360], ['en', 1280]];

/** One person at one browser. */
async function person(login) {
  const context = await browser.newContext({ locale: 'zh-CN', javaScriptEnabled: false });
  const page = await context.newPage();
  if (login) {
    await page.goto(`${url}/login?lang=zh`);
    await page.fill('#login', login.login);
    await page.fill('#password', login.password);
    await page.click('main button');
  }
  return page;
}

/** Long pages are cut into pictures of a height that can still be looked at. */
async function photograph(page, name, width) {
  const most = width < 600 ? 3600 : 2400;
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const parts = Math.ceil(height / most);
  for (let part = 0; part < parts; part += 1) {
    const y = part * most;
    const clip = { x: 0, y, width, height: Math.min(most, height - y) };
    await page.screenshot({ path: path.join(folder, `${name}${parts > 1 ? `.${part + 1}` : ''}.png`), fullPage: true, clip });
  }
}

/** Takes a page in both languages and widths; `views` limits that where the page is the answer to a form. */
async function take(page, name, views = VIEWS) {
  const here = new URL(page.url());
  for (const [lang, width] of views) {
    await page.setViewportSize({ width, height: width < 600 ? 780 : 900 });
    if (views === VIEWS) await page.goto(`${here.origin}${here.pathname}?lang=${lang}`);
    await photograph(page, `${name}.${lang}.${width}`, width);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) console.error(`${name}.${lang}.${width}: wider than the window by ${overflow} px`);
  }
  if (views === VIEWS) await page.goto(`${here.origin}${here.pathname}?lang=zh`);
  console.error(`✓ ${name}`);
}

/** Takes a page that is the answer to a form: opened, filled and sent anew for each language and width. */
async function takeAnswer(page, name, address, send) {
  for (const [lang, width] of VIEWS) {
    await page.setViewportSize({ width, height: width < 600 ? 780 : 900 });
    await page.goto(`${url}${address}?lang=${lang}`);
    await send(page);
    await photograph(page, `${name}.${lang}.${width}`, width);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) console.error(`${name}.${lang}.${width}: wider than the window by ${overflow} px`);
  }
  console.error(`✓ ${name}`);
}

const answered = [['zh', 360]];
try {
  const story = new Story(url, sandboxKey);
  await story.begin();
  const anybody = await person();
  await story.give(300);
  await anybody.goto(`${url}/`);
  await take(anybody, 'front');
  await people({ story, page: anybody, url, take, takeAnswer });
  if (process.argv.includes('--people')) process.exit(0);
  await story.toApproval();

  const maker = await person(story.tenant.logins.maker);
  await take(maker, 'approvals-maker');
  await maker.goto(`${url}/approvals/${story.releaseId}`);
  await take(maker, 'propose');
  await maker.click('.actions-box button');

  // Who signs shows once more that it is them.
  const sign = async (page, who) => {
    await page.fill('.actions-box input[type=password]', story.tenant.logins[who].password);
    await page.click('.actions-box button[value=approve]');
  };
  const checkerA = await person(story.tenant.logins.checkerA);
  await checkerA.goto(`${url}/approvals/${story.releaseId}`);
  await take(checkerA, 'check');
  await sign(checkerA, 'checkerA');
  await take(checkerA, 'signed');

  // While B looks, a document arrives and the maker proposes anew: what B saw can no longer be signed.
  const checkerB = await person(story.tenant.logins.checkerB);
  await checkerB.goto(`${url}/approvals/${story.releaseId}`);
  await story.api.send('POST', `/v1/campaigns/${story.campaignId}/publications`, story.tenant.platformKey, { publications: [{ item: 'social-aid', text: '县民政局临时救助一次。' }] });
  await maker.goto(`${url}/approvals/${story.releaseId}`);
  await maker.click('.actions-box button');
  await sign(checkerB, 'checkerB');
  await take(checkerB, 'changed', answered);
  await sign(checkerB, 'checkerB');
  await checkerA.goto(`${url}/approvals`);
  await take(checkerA, 'approvals-checker');
  await checkerA.goto(`${url}/approvals/${story.releaseId}`);
  await sign(checkerA, 'checkerA');
  await story.until((c) => c.releases[0].stage === 'receipt', 0);

  const cashier = await person(story.hospital.hospitalLogin);
  await take(cashier, 'hospital');
  await cashier.click('.card-title');
  await take(cashier, 'payout');
  await cashier.check('input[value=confirm]');
  await cashier.click('main form button');
  await take(cashier, 'sign', answered);
  await cashier.click('.actions-box button');
  await take(cashier, 'receipt');
  await cashier.emulateMedia({ media: 'print' });
  await take(cashier, 'receipt-print', [['zh', 1280]]);
  await cashier.emulateMedia({ media: 'screen' });
  const code = await cashier.textContent('.verification code');
  await anybody.goto(`${url}/receipts?code=${encodeURIComponent(code)}`);
  await take(anybody, 'receipt-check', answered);
  const payout = new URL(cashier.url()).pathname.replace('/receipt', '');
  await cashier.goto(`${url}${payout}/invoices?lang=zh`);
  await cashier.fill('#number', 'FP-20260311-07');
  await cashier.fill('#issuedOn', '2026-03-02');
  await cashier.fill('#item1', '化疗药品');
  await cashier.fill('#amount1', '31,200.50');
  await cashier.fill('#item2', '住院床位费');
  await cashier.fill('#amount2', '2,400');
  await cashier.click('form[action$="/check"] button');
  await take(cashier, 'invoice-check', answered);
  await cashier.click('.actions-box button');
  await take(cashier, 'invoices');
  await cashier.goto(`${url}${payout}/surplus?lang=zh`);
  await cashier.fill('#amountYuan', '1,000');
  await cashier.fill('#reason', '疗程结余');
  await cashier.click('form.card button');
  await take(cashier, 'surplus');

  await anybody.goto(`${url}/c/${story.campaignId}`);
  await take(anybody, 'campaign');
  await anybody.emulateMedia({ colorScheme: 'dark' });
  await take(anybody, 'campaign-dark', [['zh', 360]]);
  await anybody.emulateMedia({ colorScheme: 'light' });
  await anybody.goto(`${url}/approvals`);
  await take(anybody, 'login');
  await anybody.goto(`${url}/c/01ARZ3NDEKTSV4RRFFQ69G5FAV`);
  await take(anybody, 'not-found');
} finally {
  await browser.close();
}
