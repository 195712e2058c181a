import type { Page } from 'playwright-core';
import type { FullHouse } from './screensHouse';

/** Who opens a screen: a log-in of the platform, or anybody. */
type Who = 'reviewer' | 'maker' | 'checkerA' | 'anybody';

/** One screen: how it is opened, and what a person then does there. */
export interface Visit {
  readonly name: string;
  readonly who: Who;
  readonly path: string;
  /** Holds in the page when a person can use it. */
  readonly usable: string;
  readonly width?: number;
  readonly slow?: boolean;
  readonly act?: Act;
  /** What is promised of it, for the telling. */
  readonly goals?: readonly Goal[];
}

/** The most that 95 of 100 may take: until it is usable, until its act is done, until its largest paint (ms); or what it may weigh (kB over the wire, cold). */
export interface Goal {
  readonly of: 'open' | 'act' | 'lcp' | 'weight';
  readonly most: number;
}

interface Act {
  readonly name: string;
  /** Once before each time, and not timed: the screen as it is before the act. */
  readonly again: boolean;
  readonly press: (page: Page, nth: number) => Promise<unknown>;
  readonly done: (nth: number) => string;
}

const READ = `document.querySelector('main h1') && !document.querySelector('[data-reading]')`;
const rowsShown = (least: number): string => `${READ} && document.querySelectorAll('tbody tr').length >= ${least}`;
/** The answer that a filter asked for has come. */
const ASKED_AGAIN = `performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('state=proposed') && responseEnd > 0)`;
/** The lines of a batch stand below their own filter. */
const FIRST_LINE = `document.querySelector('main section:has(> .filter) tbody tr').textContent`;
const AT_THE_END = `scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2`;
const PAPERS = `document.querySelectorAll('[data-comparison] .paper[data-loaded]').length === 2`;
const keys =
  (...all: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of all) await page.keyboard.press(key);
  };

/** The empty frame of the console, with the reader's name: what every screen costs before it shows anything. */
export const EMPTY: Visit = {
  name: 'empty console page',
  who: 'checkerA',
  path: '/console/none',
  usable: `document.querySelector('main h1') && document.querySelector('.who')`,
};

/** The reviewers' queue, and from it one case after the other. */
export const QUEUE: Visit = {
  name: 'review queue',
  who: 'reviewer',
  path: '/console/queue',
  usable: rowsShown(50),
  act: { name: 'n: the next case is shown', again: false, press: nextCase, done: nextIsShown },
  goals: [{ of: 'act', most: 500 }],
};

/** Every other screen that has a promise, and those beside them on which staff spend their day. */
export function visitsOf(house: FullHouse): readonly Visit[] {
  /** A checker's page, whole: what is signed, what is unusual, and the first 100 lines. */
  const batch = (name: string, id: string, act?: Act): Visit => ({
    name,
    who: 'checkerA',
    path: `/console/batches/${id}`,
    usable: rowsShown(100),
    ...(act && { act }),
    goals: [{ of: 'open', most: 1_500 }],
  });
  const compare = (name: string, id: string): Visit => ({
    name,
    who: 'reviewer',
    path: `/console/cases/${id}?kind=prior-audit`,
    usable: `${READ} && document.querySelector('.findings')`,
    act: { name: 'c: both versions have loaded', again: true, press: keys('c'), done: () => PAPERS },
    goals: [{ of: 'act', most: 1_000 }],
  });
  return [
    compare('case, a scan in two versions', house.scanCase),
    compare('case, 20 pages in two versions', house.pagesCase),
    batch('the large batch, its next lines', house.batch, {
      name: 'the next 100 lines',
      again: true,
      press: clickMore,
      done: () => `location.search.includes('after=') && ${FIRST_LINE} !== bench.before`,
    }),
    batch('the large batch, by state', house.batch, {
      name: 'its lines of one state',
      again: true,
      press: (page) => page.locator('main section .filter select').selectOption('proposed'),
      done: () => `location.search.includes('lines=') && ${ASKED_AGAIN} && ${READ}`,
    }),
    batch('the large batch, scrolled', house.batch, {
      name: 'End: the last line on the screen',
      again: true,
      press: keys('End'),
      done: () => AT_THE_END,
    }),
    batch('a batch of 500 lines', house.smallBatch),
    {
      name: 'exceptions',
      who: 'maker',
      path: '/console/exceptions',
      usable: rowsShown(1),
      act: { name: 'j, Enter: one is shown', again: true, press: keys('j', 'Enter'), done: () => `${READ} && document.querySelector('#guidance')` },
    },
    {
      name: 'reconciliation',
      who: 'maker',
      path: '/console/reconciliation',
      usable: rowsShown(20),
      act: {
        name: 'n: the next line with what it could be',
        again: true,
        press: keys('n'),
        done: () => `location.search.includes('line=') && ${READ}`,
      },
    },
    {
      name: 'search (Ctrl+K)',
      who: 'maker',
      path: '/console/exceptions',
      usable: rowsShown(1),
      act: { name: 'the last letter until what is found, 200 ms of waiting included', again: true, press: searchFor(house), done: foundIs(house) },
    },
    {
      name: 'statements',
      who: 'maker',
      path: '/console/statements',
      usable: `${READ} && document.querySelector('#bank') && document.querySelectorAll('[data-row]').length >= 20`,
      act: {
        name: 'j, Enter: a campaign’s statement',
        again: true,
        press: keys('j', 'Enter'),
        done: () => `/statements\\/./.test(location.pathname) && ${READ}`,
      },
    },
    {
      name: 'public campaign page, slow 4G',
      who: 'anybody',
      path: `/c/${house.raise.campaignId}`,
      usable: `document.readyState === 'complete'`,
      width: 360,
      slow: true,
      goals: [
        { of: 'weight', most: 150 },
        { of: 'lcp', most: 2_000 },
      ],
    },
  ];
}

/** `n`, on the queue and then on each case; what was shown before is remembered in the page. */
async function nextCase(page: Page): Promise<void> {
  await page.evaluate(`bench.before = location.href`);
  await page.keyboard.press('n');
}
function nextIsShown(): string {
  return `location.href !== bench.before && location.pathname.includes('/cases/') && ${READ} && document.querySelector('.findings')`;
}

async function clickMore(page: Page): Promise<void> {
  await page.evaluate(`bench.before = ${FIRST_LINE}`);
  await page.locator('main section p a').last().click();
}

const wordOf = ({ titles }: FullHouse, nth: number): string => titles[nth % titles.length]!;
const searchFor =
  (house: FullHouse) =>
  async (page: Page, nth: number): Promise<void> => {
    await page.keyboard.press('Control+k');
    await page.locator('dialog[open] input:focus').waitFor();
    await page.keyboard.insertText(wordOf(house, nth));
  };
const foundIs =
  (house: FullHouse) =>
  (nth: number): string =>
    `document.querySelector('dialog[open] li a')?.textContent.includes('${wordOf(house, nth)}')`;
