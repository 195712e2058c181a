import { utils, write } from '@e965/xlsx';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { readLines } from '../../src/api/lineFiles/read';
import { DomainError } from '../../src/domain/errors';
import { controlSum, type GivenLine } from '../../src/domain/payoutBatch';

// Lines of a payout batch as files: what a spreadsheet writes is read, and what a file says otherwise is refused by line and field.
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const RELEASE = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const OTHER = '01ARZ3NDEKTSV4RRFFQ69G5FZZ';
const HEADER = 'lineId,releaseId,amountFen';
const LINE: GivenLine = { lineId: 'a-1', releaseId: RELEASE, amountFen: 123_456n };

const csv = (text: string | Buffer): readonly GivenLine[] => readLines({ bytes: Buffer.from(text as string), mediaType: 'text/csv' });
const xlsx = (bytes: Uint8Array): readonly GivenLine[] => readLines({ bytes: Buffer.from(bytes), mediaType: XLSX });
const workbook = (rows: readonly (readonly unknown[])[]): Buffer => {
  const book = utils.book_new();
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows as unknown[][]), '付款');
  return write(book, { type: 'buffer', bookType: 'xlsx', compression: true }) as Buffer;
};
function refusal(read: () => unknown): { pointer: string; en: string } {
  try {
    read();
  } catch (error) {
    if (error instanceof DomainError) {
      const first = (error.details.errors as { pointer: string; message: { en: string; zh: string } }[])[0]!;
      expect(first.message.zh).toMatch(/[\u4e00-\u9fff]/);
      return { pointer: first.pointer, en: first.message.en };
    }
    throw error;
  }
  throw new Error('it was read');
}

test.each([
  ['plain', `${HEADER}\n${LINE.lineId},${RELEASE},123456`],
  ['with a byte order mark and CRLF', `\ufeff${HEADER}\r\n${LINE.lineId},${RELEASE},123456\r\n`],
  ['quoted, with columns in another order and empty lines', `"amountFen","releaseId","lineId"\n\n"123456","${RELEASE}","a-1"\n,,\n`],
])('CSV %s', (_what, text) => {
  expect(csv(text)).toEqual([LINE]);
});

test('XLSX: numbers, texts, a formula’s value, blank rows', () => {
  expect(xlsx(workbook([['releaseId', 'lineId', 'amountFen'], [RELEASE, 'a-1', 123_456], [], [OTHER, 7, '10']]))).toEqual([
    LINE,
    { lineId: '7', releaseId: OTHER, amountFen: 10n },
  ]);
});

test('JSON, CSV and XLSX of 10,000 lines are the same lines', () => {
  const all = Array.from({ length: 10_000 }, (_, i) => ({
    lineId: `l${i}`,
    releaseId: RELEASE.slice(0, 21) + String(10_000 + i),
    amountFen: String(i + 1),
  }));
  const json = readLines({ bytes: Buffer.from(JSON.stringify({ lines: all })), mediaType: 'application/json' });
  expect(json).toHaveLength(10_000);
  expect(csv([HEADER, ...all.map((l) => `${l.lineId},${l.releaseId},${l.amountFen}`)].join('\n'))).toEqual(json);
  expect(xlsx(workbook([HEADER.split(','), ...all.map((l) => [l.lineId, l.releaseId, Number(l.amountFen)])]))).toEqual(json);
});

test('10,001 lines are refused, in each form', () => {
  const rows = Array.from({ length: 10_001 }, (_, i) => [`l${i}`, RELEASE, '1']);
  const lines = rows.map(([lineId, releaseId, amountFen]) => ({ lineId, releaseId, amountFen }));
  const tooMany = { pointer: '/lines', en: 'at most 10000 lines at once' };
  expect(refusal(() => readLines({ bytes: Buffer.from(JSON.stringify({ lines })), mediaType: 'application/json' }))).toEqual(tooMany);
  expect(refusal(() => csv([HEADER, ...rows.map((r) => r.join(','))].join('\n')))).toEqual(tooMany);
  expect(refusal(() => xlsx(workbook([HEADER.split(','), ...rows])))).toEqual(tooMany);
  // Behind many empty rows too: nothing is cut off in silence.
  const far = Array.from({ length: 11_000 }, (): string[] => []);
  expect(refusal(() => xlsx(workbook([HEADER.split(','), rows[0]!, ...far, rows[1]!]))).pointer).toBe('/');
});

test.each([
  [
    'another encoding',
    Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.from([0xd6, 0xd0, 0xb9, 0xfa])]),
    '/',
    'the file is not UTF-8 (perhaps GBK or GB18030): save it as “CSV UTF-8”',
  ],
  ['no header', `a-1,${RELEASE},1`, '/', 'the first row names the columns lineId, releaseId, amountFen (and control, if there is one), each once'],
  [
    'a column that is none',
    `${HEADER},note\na-1,${RELEASE},1,x`,
    '/',
    'the first row names the columns lineId, releaseId, amountFen (and control, if there is one), each once',
  ],
  ['a cell too many', `${HEADER}\na-1,${RELEASE},1,9`, '/', 'line 1 has more cells than the header names'],
  ['a quote that is not closed', `${HEADER}\n"a-1,${RELEASE},1\n${'x'.repeat(2_000)}`, '/', 'row 3 is no CSV'],
  ['a missing amount', `${HEADER}\na-1,${RELEASE},`, '/lines/0/amountFen', 'is required'],
  ['yuan', `${HEADER}\na-1,${RELEASE},1\na-2,${RELEASE},12.50`, '/lines/1/amountFen', expect.stringContaining('integer fen')],
  ['a thousands comma', `${HEADER}\na-1,${RELEASE},"1,000"`, '/lines/0/amountFen', expect.stringContaining('integer fen')],
  ['too much', `${HEADER}\na-1,${RELEASE},5000000001`, '/lines/0/amountFen', 'at most 5000000000 fen'],
  ['a formula as an id', `${HEADER}\n=1+1,${RELEASE},1`, '/lines/0/lineId', expect.stringContaining('letters')],
  ['no release id', `${HEADER}\na-1,nothing,1`, '/lines/0/releaseId', 'not an id of this system'],
  [
    'a control that is not the line’s',
    `${HEADER},control\na-1,${RELEASE},123456,5`,
    '/lines/0/control',
    'is not what release id and amount of this line come to',
  ],
  ['nothing', HEADER, '/lines', 'must have at least 1 entries'],
])('CSV with %s is refused', (_what, text, pointer, en) => {
  expect(refusal(() => csv(text))).toEqual({ pointer, en });
});

test.each([
  ['no archive', Buffer.from('lineId')],
  ['an archive of something else', Buffer.from(zipSync({ 'a.txt': Buffer.from('a') }))],
  ['cut off', workbook([HEADER.split(','), ['a-1', RELEASE, 1]]).subarray(0, 900)],
])('XLSX that is %s is refused', (_what, bytes) => {
  expect(refusal(() => xlsx(bytes)).en).toBe('the file is no XLSX workbook');
});

test('a cell far to the right does not make 10,000 rows as wide', () => {
  const sheet = utils.aoa_to_sheet([HEADER.split(','), ['a-1', RELEASE, 1]]);
  const book = utils.book_new();
  utils.book_append_sheet(book, sheet, 'x');
  const parts = unzipSync(write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer);
  // Written into the file itself: the library would write a row of 16,384 cells for each row above it, which takes minutes.
  const written = strFromU8(parts['xl/worksheets/sheet1.xml']!)
    .replace('A1:C2', 'A1:XFD9000')
    .replace('</sheetData>', '<row r="9000"><c r="XFD9000"><v>1</v></c></row></sheetData>');
  expect(written).toContain('A1:XFD9000');
  parts['xl/worksheets/sheet1.xml'] = strToU8(written);
  expect(refusal(() => xlsx(zipSync(parts))).en).toBe('the sheet has more than 50 columns');
});

test('an amount that is no whole fen is refused in XLSX too', () => {
  expect(refusal(() => xlsx(workbook([HEADER.split(','), ['a-1', RELEASE, 12.5]]))).pointer).toBe('/lines/0/amountFen');
  expect(refusal(() => xlsx(workbook([HEADER.split(','), ['a-1', RELEASE, true]]))).pointer).toBe('/lines/0/amountFen');
});

test('a bomb is given up in the middle, one that lies about its size too, and what it unpacked to is not kept', () => {
  const name = 'xl/worksheets/sheet1.xml';
  const liar = Buffer.from(zipSync({ [name]: [new Uint8Array(48 * 1_024 * 1_024), { level: 9 }] }));
  expect(liar.length).toBeLessThan(100_000);
  expect(refusal(() => xlsx(liar)).en).toContain('unpacks to more than');
  liar.writeUInt32LE(100, liar.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])) + 24);
  liar.writeUInt32LE(100, 22);
  expect(refusal(() => xlsx(liar)).en).toContain('unpacks to more than');
  const many = zipSync(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, Buffer.from('x')])));
  expect(refusal(() => xlsx(many)).en).toContain('unpacks to more than');
});

test('the control sum is what a spreadsheet computes, exactly, up to the highest amount', () => {
  // =MOD(DECIMAL(RIGHT(B2,4),36)*C2,999983) in floating point, as a spreadsheet does it.
  const spreadsheet = (releaseId: string, fen: number): number => {
    const product = Number.parseInt(releaseId.slice(-4), 36) * fen;
    return product - 999_983 * Math.floor(product / 999_983);
  };
  for (const [releaseId, fen] of [
    [RELEASE, 123_456],
    [`${RELEASE.slice(0, 22)}ZZZZ`, 5_000_000_000],
    [`${RELEASE.slice(0, 22)}0000`, 1],
  ] as const) {
    expect(Number.parseInt(releaseId.slice(-4), 36) * fen).toBeLessThan(Number.MAX_SAFE_INTEGER);
    expect(controlSum([{ releaseId, amountFen: BigInt(fen) }])).toBe(BigInt(spreadsheet(releaseId, fen)));
  }
});
