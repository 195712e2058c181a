// Takes the pictures demo-*.png of docs/screens from a running Almoner whose demonstration is seeded: `PORT=8080 node bin/demoScreens.mjs [folder]`.
// It logs in as the demonstration's own people, by the log-in page, and looks at what a newcomer sees first.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const url = `http://127.0.0.1:${process.env.PORT || 8080}`;
const folder = path.resolve(process.argv[2] ?? path.join(root, 'docs', 'screens'));
const credentials = JSON.parse(readFileSync(path.join(process.env.ALMONER_STATE || path.join(root, '.almoner'), 'credentials.json'), 'utf8'));
const { house, places, state } = credentials.demonstration;
if (state !== 'seeded') throw new Error('The demonstration is still being seeded: wait until the start says that it is.');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

/** Looks at one address as somebody, or as nobody, in one language. `before`: what is done on it first. */
async function take(name, at, { login = null, language = 'en', width = 1440, height = 900, before = async () => undefined } = {}) {
  const context = await browser.newContext({ locale: language === 'zh' ? 'zh-CN' : 'en-GB', viewport: { width, height }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  if (login) {
    await page.goto(`${url}/login?lang=${language}`);
    await page.fill('#login', login.login);
    await page.fill('#password', login.password);
    await page.click('main button');
    await page.waitForLoadState();
  }
  await page.goto(`${url}${at}`);
  await page.locator('h1').first().waitFor();
  await page.locator('[data-reading]').first().waitFor({ state: 'detached' });
  await before(page);
  await page.screenshot({ path: path.join(folder, `${name}.${language}.${width}.png`) });
  await context.close();
}

const notNow = async (page) => {
  await page.getByRole('button', { name: /^(Not now|不用了)$/ }).click();
};
const { logins } = house;
await take('demo-queue', '/console/queue', { login: logins.reviewer, before: notNow });
await take('demo-operations', '/console/operations', { login: logins.operator, before: notNow });
await take('demo-front', '/?lang=zh', { language: 'zh', width: 1280 });
await take('demo-campaign', `${new URL(places.partRefund).pathname}?lang=en`, { width: 1280, height: 1100 });
await browser.close();
