import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';

const WAIT_MS = 60_000;
/** Chromium's own "Slow 4G": 1.6 Mbit/s down and 0.75 up less a tenth, and 150 ms that come to 562.5 with the round trips of a connection. */
const SLOW_4G = { offline: false, latency: 562.5, downloadThroughput: (1_600_000 / 8) * 0.9, uploadThroughput: (750_000 / 8) * 0.9 };

/** In every page: the largest paint so far, the last key or click, the slowest interaction until its next paint, what has loaded, and a wait that ends with a frame and costs no word over the wire. */
const WATCH = `
  globalThis.bench = { lcp: 0, began: 0, inp: 0 };
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) bench.lcp = entry.startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => { for (const { interactionId, startTime, duration } of list.getEntries()) if (interactionId && startTime >= bench.from) bench.inp = Math.max(bench.inp, duration); }).observe({ type: 'event', durationThreshold: 16 });
  for (const type of ['keydown', 'input', 'change', 'click']) addEventListener(type, (event) => { bench.began = event.timeStamp; }, true);
  document.addEventListener('load', (event) => { if (event.target instanceof Element) event.target.setAttribute('data-loaded', ''); }, true);
  bench.when = (holds) => new Promise((resolve) => {
    const look = () => requestAnimationFrame(() => (holds() ? setTimeout(() => resolve(performance.now())) : look()));
    look();
  });`;

/** One opening of a page. */
export interface Opened {
  /** Over the wire, heads and compression as they are. */
  readonly bytes: number;
  /** From the beginning of the navigation, ms. */
  readonly lcpMs: number;
  readonly usableMs: number;
}

/** One act on a page. */
export interface Acted {
  /** From its last key or click until the frame in which what was wanted is there, ms. */
  readonly doneMs: number;
  /** The slowest of its keys and clicks until the next paint, in steps of 8 ms as the browser tells it; below 16 ms it tells 0. */
  readonly paintMs: number;
}

/** The system's Chromium, kept from looking for hosts of its own. */
export async function openBrowser(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic'];
  return chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}

/** Somebody at a browser of their own, whose pages are weighed and timed inside the page. */
export class Visitor {
  #bytes = 0;

  private constructor(
    private readonly url: string,
    private readonly context: BrowserContext,
    readonly page: Page,
    wire: CDPSession,
  ) {
    wire.on('Network.loadingFinished', ({ encodedDataLength }) => (this.#bytes += encodedDataLength));
  }

  /** @param session token of a log-in, as the log-in page keeps it in a cookie. @param slow over an emulated slow 4G, each page anew. */
  static async at(browser: Browser, url: string, session: string | null, { width = 1440, slow = false } = {}): Promise<Visitor> {
    const context = await browser.newContext({ locale: 'zh-CN', viewport: { width, height: width < 600 ? 780 : 900 }, reducedMotion: 'reduce' });
    if (session !== null) await context.addCookies([{ name: 'almoner_session', value: session, url, httpOnly: true, sameSite: 'Strict' }]);
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    const wire = await context.newCDPSession(page);
    await wire.send('Network.enable');
    if (slow) {
      await wire.send('Network.emulateNetworkConditions', SLOW_4G);
      await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
    }
    return new Visitor(url, context, page, wire);
  }

  /** Opens a page. @param usable an expression that holds in the page when a person can use it. */
  async open(path: string, usable: string): Promise<Opened> {
    this.#bytes = 0;
    await this.page.goto(this.url + path, { waitUntil: 'commit' });
    const usableMs = await this.#when(usable);
    // The last answer may be shown before its end is told.
    await this.page.waitForLoadState('load');
    await this.page.waitForTimeout(100);
    return { bytes: this.#bytes, lcpMs: (await this.page.evaluate('bench.lcp')) as number, usableMs };
  }

  /** Does something in the page. @returns how long that took, ms. */
  async act(press: (page: Page) => Promise<unknown>, done: string): Promise<Acted> {
    await this.page.evaluate('bench.from = performance.now(), bench.inp = 0');
    await press(this.page);
    const at = await this.#when(done);
    // The browser tells of an interaction after the frame that it led to.
    await this.page.waitForTimeout(50);
    const { began, inp } = (await this.page.evaluate('bench')) as { began: number; inp: number };
    return { doneMs: at - began, paintMs: inp };
  }

  async leave(): Promise<void> {
    await this.context.close();
  }

  async #when(holds: string): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          void this.page
            .evaluate('document.body.innerText')
            .then((text) => reject(new Error(`${this.page.url()} is not usable (${holds}): ${String(text).slice(-600)}`)), reject),
        WAIT_MS,
      );
    });
    try {
      return (await Promise.race([this.page.evaluate(`bench.when(() => ${holds})`), late])) as number;
    } finally {
      clearTimeout(timer);
    }
  }
}
