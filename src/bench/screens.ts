import type { Browser } from 'playwright-core';
import { connect, row } from '../database/connect';
import { verifyLedger } from '../ledger/verify';
import { type Acted, openBrowser, Visitor } from './browser';
import { type Figure, machine, percentile, rounded, type Say } from './figure';
import { fillHouse, type Sizes } from './screensHouse';
import { withSystem } from './system';
import { EMPTY, type Goal, QUEUE, type Visit, visitsOf } from './visits';

/** What is opened before anything is timed: neither process has met its code yet. */
const WARM_UP = 3;

export interface ScreensOptions extends Sizes {
  readonly checkout: string;
  /** How often each screen is opened and used. */
  readonly times: number;
}

interface Measured {
  readonly visit: Visit;
  readonly bytes: number;
  readonly coldLcpMs: number;
  readonly lcpMs: readonly number[];
  readonly openMs: readonly number[];
  readonly acts: readonly Acted[];
}

/**
 * Weight, largest contentful paint and times of the screens in a real browser against the running house with long lists; the books are verified at the end. The figure is the 95th percentile from `n`
 * until the next case of the review queue is shown, over that of opening the console's empty page in the same run.
 */
export async function screensBench({ checkout, times, ...sizes }: ScreensOptions, say: Say): Promise<Figure> {
  return withSystem(checkout, async (system) => {
    const db = connect(system.databaseUrl, { max: 2, name: 'almoner-bench' });
    const browser = await openBrowser();
    try {
      const house = await fillHouse(db, system, browser, sizes, say);
      const sessions = { ...house.raise.stage.sessions, anybody: null };
      const of = async (visit: Visit): Promise<Measured> => {
        const measured = await measure(browser, system.url, visit, sessions[visit.who], times);
        for (const line of told(measured)) say(line);
        return measured;
      };
      const empty = await of(EMPTY);
      const queue = await of(QUEUE);
      // What cannot be used is told, and the others are measured all the same.
      const unusable: string[] = [];
      for (const visit of visitsOf(house))
        await of(visit).catch((error: unknown) => {
          say(`${visit.name}: ${(error as Error).message}`);
          unusable.push(visit.name);
        });
      if (unusable.length > 0) throw new Error(`not usable: ${unusable.join(', ')}`);
      const differences = await verifyLedger(db, null);
      if (differences.length > 0) throw new Error(`the books do not add up: ${JSON.stringify(differences.slice(0, 3))}`);
      const next = percentile(doneMs(queue), 0.95);
      const baseline = percentile(empty.openMs, 0.95);
      const server = await row<{ server_version: string }>(db, 'show server_version');
      return {
        name: `screens: next case shown with ${sizes.cases} open, p95`,
        value: rounded(next),
        unit: 'ms',
        ratio: rounded(next / baseline, 2),
        baseline: `${rounded(baseline)} ms p95 to open the empty console page (Chromium ${browser.version()})`,
        machine: machine(server!.server_version),
      };
    } finally {
      await browser.close();
      await db.destroy();
    }
  });
}

/** Opens a screen cold for its weight, then again and again, each time doing what is done there. */
async function measure(browser: Browser, url: string, visit: Visit, session: string | null, times: number): Promise<Measured> {
  const visitor = await Visitor.at(browser, url, session, visit);
  try {
    const cold = await visitor.open(visit.path, visit.usable);
    const [lcpMs, openMs, acts] = [[] as number[], [] as number[], [] as Acted[]];
    for (let nth = 0; nth < WARM_UP + times; nth += 1) {
      const counts = nth >= WARM_UP;
      if (nth === 0 || visit.act?.again !== false) {
        const opened = await visitor.open(visit.path, visit.usable);
        if (counts) {
          openMs.push(opened.usableMs);
          lcpMs.push(opened.lcpMs);
        }
      }
      if (!visit.act) continue;
      const acted = await visitor.act((page) => visit.act!.press(page, nth), visit.act.done(nth));
      if (counts) acts.push(acted);
    }
    // What an act leads away from is opened by itself.
    while (openMs.length < times) {
      const opened = await visitor.open(visit.path, visit.usable);
      openMs.push(opened.usableMs);
      lcpMs.push(opened.lcpMs);
    }
    return { visit, bytes: cold.bytes, coldLcpMs: cold.lcpMs, lcpMs, openMs, acts };
  } finally {
    await visitor.leave();
  }
}

const doneMs = ({ acts }: Measured): number[] => acts.map((act) => act.doneMs);
const spread = (ms: readonly number[]): string => `p50 ${rounded(percentile(ms, 0.5), 0)} p95 ${rounded(percentile(ms, 0.95), 0)} ms`;
const raw = (ms: readonly number[]): string => ms.map((each) => rounded(each, 0)).join(' ');

/** A line that sums up, and the raw times below it. */
function told(measured: Measured): string[] {
  const { visit, bytes, coldLcpMs, lcpMs, openMs, acts } = measured;
  const paints = acts.map((act) => act.paintMs);
  const parts = [
    `${rounded(bytes / 1_000)} kB cold`,
    `largest paint cold ${rounded(coldLcpMs, 0)} ms, ${spread(lcpMs)}`,
    `usable ${spread(openMs)}`,
    ...(visit.act ? [`${visit.act.name} ${spread(doneMs(measured))}, next paint ${spread(paints)}`] : []),
    ...(visit.goals ?? []).map((goal) => `goal: ${goal.of} ≤ ${goal.most}: ${met(goal, measured) ? 'met' : 'missed'}`),
  ];
  return [
    `${visit.name}: ${parts.join('; ')}`,
    `  usable: ${raw(openMs)}; largest paint: ${raw(lcpMs)}${visit.act ? `; act: ${raw(doneMs(measured))}; next paint: ${raw(paints)}` : ''}`,
  ];
}

function met({ of, most }: Goal, measured: Measured): boolean {
  if (of === 'weight') return measured.bytes / 1_000 <= most;
  return percentile({ open: measured.openMs, act: doneMs(measured), lcp: measured.lcpMs }[of], 0.95) <= most;
}
