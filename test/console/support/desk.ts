import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { House } from '../../support/house';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Where pictures go: `ALMONER_SCREENS=docs/screens npx jest test/console` takes those of docs/screens anew. */
const SCREENS = process.env.ALMONER_SCREENS;

/** Debian's Chromium, kept from looking for hosts of its own. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** One person at the console, whose keys and clicks are counted. Anything that the page's policy refuses or that throws there fails the test. */
export class Desk {
  /** Keys pressed since the count began; text counts apart. */
  keys = 0;
  readonly #trouble: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly house: House,
  ) {
    page.on('pageerror', (error) => this.#trouble.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of (4\d\d)/.test(message.text())) this.#trouble.push(message.text());
    });
  }

  /** @param session the token of a log-in, as the log-in page would have kept it in a cookie. */
  static async at(browser: Browser, house: House, session: string, language: 'zh' | 'en' = 'zh'): Promise<Desk> {
    const context = await browser.newContext({
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    });
    await context.addCookies([{ name: 'almoner_session', value: session, url: house.url, httpOnly: true, sameSite: 'Strict' }]);
    return new Desk(await context.newPage(), context, house);
  }

  /** Somebody else sits down here. */
  async become(session: string): Promise<void> {
    await this.context.addCookies([{ name: 'almoner_session', value: session, url: this.house.url, httpOnly: true, sameSite: 'Strict' }]);
  }

  /** Opens a screen and waits until it has been read. */
  async open(at: string): Promise<void> {
    await this.page.goto(`${this.house.url}/console${at}`);
    await this.ready();
  }

  /** Waits until nothing is being read any more. */
  async ready(): Promise<void> {
    await this.page.locator('main h1').first().waitFor();
    await this.page.locator('[data-reading]').first().waitFor({ state: 'detached' });
  }

  /** Presses keys, one after the other, and counts them. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.keys += 1;
      await this.page.keyboard.press(key);
    }
  }

  /** Writes text, which is not counted. */
  async write(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }

  /** The open dialog, once it has the keyboard. */
  async dialog(): Promise<void> {
    await this.page.locator('dialog[open] form :focus').first().waitFor({ state: 'attached' });
  }

  /** Chooses language and theme by the tools in the head of the screen. */
  async prefer(language: 'zh' | 'en', theme: 'light' | 'dark'): Promise<void> {
    const other = this.page.getByRole('button', { name: language === 'en' ? 'English' : '中文' });
    if (await other.count()) await other.click();
    await this.page.locator('.account').click();
    await this.page.locator('.menu select').selectOption(theme);
    await this.page.keyboard.press('Escape');
    // No picture of where the keyboard was left.
    await this.page.evaluate('document.activeElement.blur()');
    await this.page.locator(`html[lang^=${language}][data-theme=${theme}]`).waitFor();
  }

  /** What axe finds wrong with the screen as it is. */
  async violations(): Promise<string[]> {
    if (!(await this.page.evaluate('"axe" in window'))) await this.page.evaluate(AXE);
    const found = (await this.page.evaluate('axe.run({ resultTypes: ["violations"] })')) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
  }

  /** How many pixels the screen is wider than its window, once a chart and the head have heard of the window's new width. */
  async overflow(): Promise<number> {
    await this.page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    return (await this.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')) as number;
  }

  /** Takes a picture for docs/screens, where pictures are wanted. */
  async photograph(name: string, whole = true): Promise<void> {
    if (!SCREENS) return;
    mkdirSync(SCREENS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENS, `console-${name}.png`), fullPage: whole });
  }

  async leave(): Promise<void> {
    await this.context.close();
    expect(this.#trouble).toEqual([]);
  }
}

/** Each language in each theme, and in each width: of a width axe sees the same in either theme. */
const LOOKS = [
  { language: 'zh', theme: 'light', width: 360 },
  { language: 'zh', theme: 'dark', width: 1440 },
  { language: 'en', theme: 'light', width: 1440 },
  { language: 'en', theme: 'dark', width: 360 },
] as const;
type Look = (typeof LOOKS)[number];

/** A screen to look at: what its picture is called, whose log-in opens it, and where it is. */
export type Screen = readonly [name: string, session: string, at: string];

interface Expected {
  /** Words of the console that may not stand on a screen in English. */
  readonly chinese: RegExp;
  /** The first words of the keys of texts, of which none may show. */
  readonly keys: readonly string[];
  /** What people wrote, which is not the console's. */
  readonly written?: RegExp;
  /** Done once a screen is open. */
  readonly first?: (desk: Desk, name: string) => Promise<void>;
  /** Done in each look; its own findings are taken. @returns what is wrong. */
  readonly also?: (desk: Desk, name: string, look: Look) => Promise<string[]>;
}

/** Looks at screens in every look, and takes their pictures where pictures are wanted. @returns what is wrong: too wide, found by axe, not in the reader's language, a key instead of a text. */
export async function lookAt(browser: Browser, house: House, screens: readonly Screen[], expected: Expected): Promise<string[]> {
  const key = new RegExp(`\\b(${expected.keys.join('|')})\\.[a-zA-Z]+\\b`);
  const wrong: string[] = [];
  for (const [name, session, at] of screens) {
    const desk = await Desk.at(browser, house, session);
    await desk.open(at);
    await expected.first?.(desk, name);
    for (const look of LOOKS) {
      const { language, theme, width } = look;
      await desk.prefer(language, theme);
      await desk.page.setViewportSize({ width, height: width < 600 ? 780 : 900 });
      const found: string[] = [];
      if ((await desk.overflow()) > 0) found.push('wider than the window');
      found.push(...(await desk.violations()));
      found.push(...((await expected.also?.(desk, name, look)) ?? []));
      let text = await desk.page.locator('main').innerText();
      if (expected.written) text = text.replaceAll(expected.written, '');
      if (language === 'en' && expected.chinese.test(text)) found.push('Chinese words of the console');
      if (key.test(text)) found.push(`a key instead of a text: ${key.exec(text)![0]}`);
      wrong.push(...found.map((each) => `${name}.${language}.${theme}.${width}: ${each}`));
      if (theme === 'light') await desk.photograph(`${name}.${language}.${width}`);
      else if (language === 'zh') await desk.photograph(`${name}-dark.${language}.${width}`);
    }
    await desk.leave();
  }
  return wrong;
}
