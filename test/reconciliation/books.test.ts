import { row, rows } from '../../src/database/connect';
import { DAY_MS } from '../../src/domain/calendar';
import { scrape } from '../../src/observability/metrics';
import { checkBooks } from '../../src/reconciliation/books';
import { aRaise, given } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant } from '../support/people';

let house: House;
let campaignId: string;
const startMs = Date.now();
beforeAll(async () => {
  house = await aHouse();
  const tenant = await aTenant(house);
  campaignId = await aRaise(house, tenant);
  await given(house, tenant, campaignId, [1_200n, 300n]);
});
afterAll(() => house.close());

const looks = (): Promise<{ differences: number }[]> => rows(house.db, 'select differences from books_check order by id');
const named = (): Promise<object[]> =>
  rows(house.db, `select subject, owner, data from money_exception where kind = 'books-differ' order by subject`);
/** Somebody with the owner's password moves what is on record as raised; foreign to every rule of the application. */
const raisedBy = (fen: number): Promise<unknown> =>
  house.owner.transaction(async (tx) => {
    await tx.raw("set local session_replication_role = 'replica'");
    await tx.raw('update campaign set raised_fen = raised_fen + ? where id = ?', [fen, campaignId]);
  });

test('a look a day: several processes that ask at once look once, and again only after a day', async () => {
  const at = await Promise.all(Array.from({ length: 8 }, () => checkBooks(house.db, startMs)));
  expect(at.filter((differences) => differences !== null)).toEqual([[]]);
  expect(await checkBooks(house.db, startMs + DAY_MS - 1)).toBeNull();
  expect(await looks()).toEqual([{ differences: 0 }]);
  expect(await checkBooks(house.db, startMs + DAY_MS)).toEqual([]);
  expect(await row(house.db, `select data from audit.event where action = 'books.checked' order by seq desc limit 1`)).toMatchObject({
    data: { differences: 0 },
  });
});

test('a difference raises the alarm and becomes somebody’s task, once; a look that finds none ends the alarm', async () => {
  const alarm = async (): Promise<string | undefined> => /^almoner_books_differences (\d+)$/m.exec((await scrape(house.db, true)).text)?.[1];
  await raisedBy(1);
  expect(await checkBooks(house.db, startMs + 2 * DAY_MS)).toHaveLength(2);
  expect(await alarm()).toBe('2');
  expect(await checkBooks(house.db, startMs + 3 * DAY_MS)).toHaveLength(2);
  expect(await named()).toEqual([
    { subject: `campaign.identity/campaign/${campaignId}`, owner: 'operator', data: { expected: '1501', found: '1500' } },
    { subject: `campaign.raised/campaign/${campaignId}`, owner: 'operator', data: { expected: '1501', found: 'gifts 1500, ledger 1500' } },
  ]);
  await raisedBy(-1);
  expect(await checkBooks(house.db, startMs + 4 * DAY_MS)).toEqual([]);
  expect((await looks()).map(({ differences }) => differences)).toEqual([0, 0, 2, 2, 0]);
});
