import { read, utils } from '@e965/xlsx';
import { ulid } from 'ulid';
import { csvOf } from '../../src/api/exports/csv';
import { plainYuan, type Table } from '../../src/api/exports/table';
import { xlsxOf } from '../../src/api/exports/xlsx';
import { chineseCapitals } from '../../src/domain/chineseCapitals';
import { anUnknownLine } from '../support/exceptions';
import { aHouse, type House } from '../support/house';
import { wordsOf } from '../support/pdf';
import { aTenant, type Tenant } from '../support/people';
import { aReservedPayout } from '../support/releases';
import { type Payout, pursue } from '../support/transfers';

// The list that is looked at, as a file: the same filter, every fen exact, nothing that a spreadsheet would run.
let house: House;
let tenant: Tenant;
let payouts: Payout[];
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  payouts = [await aReservedPayout(house, tenant, [6_734_818n]), await aReservedPayout(house, tenant)];
  await pursue(house, tenant, payouts[0]!.payoutId);
  for (const [sign, fen] of [
    ['CRDT', 100n],
    ['DBIT', 250n],
    ['DBIT', 7n],
  ] as const)
    await anUnknownLine(house, tenant, { sign, amountFen: fen, endToEndId: ulid() });
});
afterAll(() => house.close());

async function file(at: string, as = tenant.sessions.maker): Promise<Buffer> {
  const response = await fetch(house.url + at, { headers: { authorization: `Bearer ${as}` } });
  expect([at, response.status]).toEqual([at, 200]);
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="[a-z]+\.(csv|xlsx|pdf)"$/);
  return Buffer.from(await response.arrayBuffer());
}
const linesOf = (csv: Buffer): string[] => csv.toString('utf8').split('\r\n');
const cellsOf = (xlsx: Buffer): unknown[][] => {
  const book = read(xlsx, { type: 'buffer', cellFormula: true });
  const sheet = book.Sheets[book.SheetNames[0]!]!;
  const formulas = Object.values(sheet).filter((cell) => typeof cell === 'object' && cell !== null && 'f' in cell);
  expect(formulas).toEqual([]);
  return utils.sheet_to_json<unknown[]>(sheet, { header: 1, raw: true, blankrows: true });
};

test('the export is the filtered list and says by which filter', async () => {
  const [all, debits] = [await file('/v1/exports/exceptions'), await file('/v1/exports/exceptions?kind=bank-line-unknown&state=open&owner=nobody')];
  expect(linesOf(all).filter((line) => line.includes('bank-line-unknown'))).toHaveLength(3);
  expect(debits.toString('utf8')).toContain('kind=bank-line-unknown; state=open; owner=nobody');
  expect(linesOf(await file('/v1/exports/exceptions?state=resolved')).filter((line) => line.includes('bank-line-unknown'))).toEqual([]);
  const one = linesOf(await file('/v1/exports/payouts?state=succeeded'));
  expect(one.filter((line) => payouts.some(({ payoutId }) => line.startsWith(payoutId)))).toHaveLength(1);
  const listed = await house.ask<{ payouts: { id: string; netFen: string }[] }>('GET', '/v1/payouts?state=reserved', {
    as: tenant.sessions.checkerA,
  });
  expect(listed.body.payouts).toMatchObject([{ id: payouts[1]!.payoutId, netFen: '964000' }]);
});

test('every amount twice: yuan with two decimals, integer fen; the same in each form', async () => {
  const csv = await file('/v1/exports/payouts');
  expect([...csv.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const line = linesOf(csv).find((each) => each.startsWith(payouts[1]!.payoutId))!;
  expect(line).toContain(',10000.00,1000000,360.00,36000,9640.00,964000,');
  const row = cellsOf(await file('/v1/exports/payouts?format=xlsx')).find((cells) => cells[0] === payouts[1]!.payoutId)!;
  expect(row.slice(4, 10)).toEqual(['10000.00', 1_000_000, '360.00', 36_000, '9640.00', 964_000]);
});

test('the PDF shows the same in Chinese, and its total in capitals', async () => {
  const pdf = await file('/v1/exports/payouts?format=pdf');
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  const words = wordsOf(pdf).replaceAll('\n', '');
  const { netFen } = (await house.db('payout').where('id', payouts[0]!.payoutId).first('net_fen as netFen')) as { netFen: bigint };
  expect(words).toContain(`人民币（大写）：${chineseCapitals(netFen + 964_000n)}`);
  expect(words).toContain('付款 Payouts');
  expect(words).not.toContain('�');
  expect(words).toContain(plainYuan(netFen));
});

test('a statement in each form: the identity in words, the raised sum in capitals', async () => {
  const at = `/v1/exports/statements/campaigns/${payouts[0]!.campaignId}?from=2021-03-01&to=2021-03-31`;
  expect((await file(at)).toString('utf8')).toContain('：平 holds');
  expect(wordsOf(await file(`${at}&format=pdf`)).replaceAll('\n', '')).toContain(`（大写）：${chineseCapitals(6_734_818n)}`);
  expect(cellsOf(await file('/v1/exports/statements/platform?day=2021-03-01&format=xlsx')).flat()).toContain('gift-credited: clearing → held');
});

const HOSTILE = ['=1+1', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '＝1+1', '"quoted", comma', 'line\nbreak', '-12.50', '正常'];
const table: Table = {
  name: 'hostile',
  title: 'hostile',
  notes: ['=note'],
  columns: [
    { title: 'what', kind: 'text' },
    { title: 'amount', kind: 'fen' },
  ],
  rows: HOSTILE.map((text) => [text, -1n]),
  totalFen: null,
};

test('no cell of a CSV begins a formula, and quoting is RFC 4180', () => {
  expect(csvOf(table).toString('utf8').slice(1)).toBe(
    [
      "'=note",
      'what,amount（元） yuan,amount（分） fen',
      "'=1+1,-0.01,-1",
      "'+1,-0.01,-1",
      "'-1+1,-0.01,-1",
      "'@SUM(A1),-0.01,-1",
      "'\t=1,-0.01,-1",
      '"\'\r=1",-0.01,-1',
      "'＝1+1,-0.01,-1",
      '"""quoted"", comma",-0.01,-1',
      '"line\nbreak",-0.01,-1',
      '-12.50,-0.01,-1',
      '正常,-0.01,-1',
      '',
    ].join('\r\n'),
  );
});

test('a workbook holds words as words: no formula, and what a double would bend is text', async () => {
  const big: Table = { ...table, rows: [...table.rows, ['big', 9_007_199_254_740_993n]] };
  const rows = cellsOf(await xlsxOf(big));
  expect(rows.slice(2).map((row) => row[0])).toEqual(
    [...HOSTILE.map((text) => text.replace('\r', '\n')), 'big'].map((text, i) => (i === 5 ? rows[7]![0] : text)),
  );
  expect(rows.flat().filter((cell) => typeof cell === 'object')).toEqual([]);
  expect(rows.at(-1)).toEqual(['big', '90071992547409.93', '9007199254740993']);
});

test.each([
  [0n, '0.00'],
  [-1n, '-0.01'],
  [5n, '0.05'],
  [6_734_818n, '67348.18'],
  [-1_234_567n, '-12345.67'],
])('%d fen are %s yuan', (fen, yuan) => {
  expect(plainYuan(fen)).toBe(yuan);
});
