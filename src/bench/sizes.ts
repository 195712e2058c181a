import { connect, type Database, inTransaction } from '../database/connect';
import { shanghaiDate } from '../domain/calendar';
import { periodStatement } from '../ledger/period';
import { openAccounts, post } from '../ledger/post';
import { campaignBooks, campaignStatement } from '../ledger/statement';
import { verifyLedger } from '../ledger/verify';
import { tpcB } from './baseline';
import { withEngine } from './engine';
import { type Figure, machine, median, rounded, type Say } from './figure';
import { bytesAGift, campaignId, giftOf, mustAddUp, postGifts, TENANT, transfersIn, WRITERS } from './posting';

const SMALLEST = 10_000;
/** A campaign of few gifts beside the large one: what is read of it may not grow with its neighbour. */
const SMALL = 'bench-small';
const SMALL_GIFTS = 50;
const PAGE = 100;
const READINGS = 15;

export interface SizesOptions {
  /** How long gifts are posted and the baseline runs at each size, s. */
  readonly seconds: number;
  /** The size to grow to, by tens. */
  readonly largest: number;
}

interface Size {
  readonly gifts: bigint;
  readonly rate: number;
  readonly baseline: number;
  readonly bytes: number;
  /** What reading takes, ms: the balances of the large campaign, pages of its movements, and of a small one's; statements of this day. */
  readonly read: Readonly<Record<'balances' | 'firstPage' | 'lastPage' | 'smallPage' | 'smallDay' | 'largeDay', number>>;
  readonly verifyS: number;
}

/**
 * One ledger that grows from ten thousand gifts by tens, most of them of one hot campaign: at each size what is posted a second beside the baseline, what is read of
 * the large campaign and of a small one beside it, what a whole check takes, and the bytes of a gift.
 * The figure is gifts/s at the largest size; its ratio is to gifts/s at the smallest, each taken as a multiple of the baseline of its own minute.
 * @throws when the books do not add up.
 */
export async function sizesBench({ seconds, largest }: SizesOptions, say: Say): Promise<Figure> {
  if (largest < SMALLEST) throw new Error(`--largest is ${largest}: sizes begin at ${SMALLEST}`);
  return withEngine(async (engine) => {
    const { db, ownerUrl } = await engine.house(WRITERS + 1);
    try {
      const baseline = await tpcB(await engine.database('tpcb'), 1);
      await openSizes(db);
      const sizes: Size[] = [];
      for (let size = SMALLEST; size <= largest; size *= 10) {
        const missing = size - Number(await transfersIn(db));
        if (missing > 0) await postGifts(db, 1, `to-${size}`, { gifts: missing });
        await analyze(ownerUrl);
        const measured = await measure(db, `at-${size}`, seconds, () => baseline.run(seconds));
        say(told(measured));
        sizes.push(measured);
      }
      const [first, last] = [sizes[0]!, sizes.at(-1)!];
      return {
        name: `ledger of ${last.gifts} gifts`,
        value: rounded(last.rate),
        unit: 'gifts/s',
        ratio: rounded(last.rate / last.baseline / (first.rate / first.baseline), 2),
        baseline: `${rounded(first.rate / first.baseline, 1)} × ${baseline.name} at ${SMALLEST} gifts`,
        machine: machine(engine.version),
      };
    } finally {
      await db.destroy();
    }
  });
}

async function openSizes(db: Database): Promise<void> {
  await openAccounts(db, TENANT, null);
  for (const id of [campaignId(0), SMALL]) await openAccounts(db, TENANT, id);
  const gifts = Array.from({ length: SMALL_GIFTS }, (_, n) => giftOf(`small/${n}`, SMALL, 0));
  await inTransaction(db, (tx) => post(tx, gifts, 'bench'));
}

async function measure(db: Database, name: string, seconds: number, baseline: () => Promise<number>): Promise<Size> {
  const gifts = await transfersIn(db);
  const { rate } = await postGifts(db, 1, name, { ms: performance.now() + seconds * 1_000 });
  const rateBeside = await baseline();
  const [large, today] = [campaignId(0), shanghaiDate(Date.now())];
  const page = (of: string, after: bigint) => readingMs(() => campaignStatement(db, of, after, PAGE));
  const day = (of: string) => readingMs(() => periodStatement(db, { campaignId: of }, { from: today, to: today }), 3);
  const read = {
    balances: await readingMs(() => campaignBooks(db, large)),
    firstPage: await page(large, 0n),
    lastPage: await page(large, gifts - BigInt(PAGE)),
    smallPage: await page(SMALL, 0n),
    smallDay: await day(SMALL),
    largeDay: await day(large),
  };
  const began = performance.now();
  mustAddUp(await verifyLedger(db, null));
  return { gifts, rate, baseline: rateBeside, bytes: await bytesAGift(db), read, verifyS: (performance.now() - began) / 1_000 };
}

/** @returns the median of some readings, ms. */
async function readingMs(read: () => Promise<unknown>, times = READINGS): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const began = performance.now();
    await read();
    took.push(performance.now() - began);
  }
  return median(took);
}

/** What a server does by itself in quiet minutes, done here so that each size is measured with its own statistics. */
async function analyze(ownerUrl: string): Promise<void> {
  const owner = connect(ownerUrl, { max: 1, name: 'almoner-bench' });
  try {
    for (const table of ['ledger.transfer', 'ledger.posting', 'ledger.account', 'audit.event']) await owner.raw(`vacuum (analyze) ${table}`);
  } finally {
    await owner.destroy();
  }
}

const told = ({ gifts, rate, baseline, bytes, read, verifyS }: Size): string =>
  `${gifts} gifts: ${rounded(rate)} gifts/s (${rounded(rate / baseline, 2)} × ${rounded(baseline)}), ${rounded(bytes)} bytes each, verify ${rounded(verifyS, 2)} s; ms: ${Object.entries(
    read,
  )
    .map(([what, ms]) => `${what} ${rounded(ms, 2)}`)
    .join(', ')}`;
