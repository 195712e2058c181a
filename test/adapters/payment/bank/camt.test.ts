import { MessageError } from '../../../../src/adapters/errors';
import { readNotification, readStatement } from '../../../../src/adapters/payment/bank/camt';
import { sample } from '../../support';

const DEBIT = {
  accountNumber: '1100100000000000001',
  reference: 'BK0001',
  amountFen: 3_865_000n,
  sign: 'DBIT',
  status: 'BOOK',
  bookedAt: '2026-01-05T09:31:10+08:00',
  endToEndId: 'DISB-20260105-0001',
  returnCode: null,
  returnText: null,
  counterparty: '示例市第一人民医院',
  remittance: null,
  transactionCode: 'PMNT/ICDT/DMCT',
};

const text = (file: string): string => sample(file).toString('utf8');

test('cn-chain-3: the debit', async () => {
  expect(await readNotification(sample('cn-chain-3-camt.054.001.08'))).toEqual({ messageId: 'BANK-NTF-0001', entries: [DEBIT] });
});

test('cn-chain-5: the return carries the id and the reason', async () => {
  const { entries } = await readNotification(sample('cn-chain-5-camt.054.001.08-return'));
  expect(entries).toEqual([
    {
      ...DEBIT,
      reference: 'BK0002',
      sign: 'CRDT',
      bookedAt: '2026-01-07T14:02:45+08:00',
      returnCode: 'AC04',
      returnText: '收款账户已销户',
      transactionCode: 'PMNT/RCDT/RRTN',
    },
  ]);
});

test('cn-chain-4: the statement adds up', async () => {
  expect(await readStatement(sample('cn-chain-4-camt.053.001.08'))).toEqual({
    statementId: 'STM-20260105',
    sequence: 5n,
    accountNumber: '1100100000000000001',
    openingFen: 100_000_000n,
    closingFen: 96_135_000n,
    entries: [DEBIT],
    fromDate: '2026-01-05',
  });
});

test('the bank’s code of a line: interest says so; half a code is none', async () => {
  const xml = text('cn-chain-4-camt.053.001.08');
  const coded = async (code: string): Promise<string | null | undefined> => {
    const [entry] = (await readStatement(Buffer.from(xml.replace(/<BkTxCd>[^]*?<\/BkTxCd>/, `<BkTxCd>${code}</BkTxCd>`)))).entries;
    return entry!.transactionCode;
  };
  expect(await coded('<Domn><Cd>ACMT</Cd><Fmly><Cd>MCOP</Cd><SubFmlyCd>INTR</SubFmlyCd></Fmly></Domn>')).toBe('ACMT/MCOP/INTR');
  expect(await coded('<Prtry><Cd>JX</Cd></Prtry>')).toBeNull();
});

test.each([
  ['a fen less at the close', '961350.00', '961349.99'],
  ['a debit shown as a credit', '<CdtDbtInd>DBIT</CdtDbtInd>\n        <Sts>', '<CdtDbtInd>CRDT</CdtDbtInd>\n        <Sts>'],
  ['a line that is not booked', '<Cd>BOOK</Cd>', '<Cd>PDNG</Cd>'],
  ['no opening balance', '<Cd>OPBD</Cd>', '<Cd>PRCD</Cd>'],
  ['another currency', '<Amt Ccy="CNY">961350.00', '<Amt Ccy="USD">961350.00'],
  ['three decimals', '961350.00', '961350.000'],
])('a statement with %s is quarantined', async (_what, from, to) => {
  const xml = text('cn-chain-4-camt.053.001.08');
  expect(xml).toContain(from);
  await expect(readStatement(Buffer.from(xml.replace(from, to)))).rejects.toThrow(MessageError);
});

test.each(['camt.054.001.08-genkgo', 'camt.054.001.08-uetr', 'camt.054.001.08-financial-institution'])(
  '%s: another currency than ours is refused',
  async (file) => {
    await expect(readNotification(sample(file))).rejects.toThrow(/CNY|missing|reference/);
  },
);

test('genkgo’s samples in our currency: several transactions in an entry become lines that add up', async () => {
  const xml = text('camt.054.001.08-genkgo').replaceAll(/Ccy="[A-Z]{3}"/g, 'Ccy="CNY"');
  const { entries } = await readNotification(Buffer.from(xml));
  expect(entries.length).toBeGreaterThan(0);
  expect(new Set(entries.map((entry) => `${entry.reference} ${entry.sign}`)).size).toBe(entries.length);
  for (const entry of entries) expect(entry.amountFen > 0n).toBe(true);
});

test('entities are decoded once, CDATA is taken as it stands, a prefix does not matter', async () => {
  const xml = text('cn-chain-3-camt.054.001.08');
  const named = async (written: string): Promise<string | null | undefined> =>
    (await readNotification(Buffer.from(xml.replace('示例市第一人民医院', written)))).entries[0]?.counterparty;
  expect(await named('A&amp;amp;B &lt;&#x533B;&#38498;&gt;')).toBe('A&amp;B <医院>');
  expect(await named('<![CDATA[A&amp;B]]>')).toBe('A&amp;B');
  const prefixed = xml.replaceAll(/<(\/?)([A-Z])/g, '<$1b:$2').replace('xmlns=', 'xmlns:b=');
  expect((await readNotification(Buffer.from(prefixed))).entries).toEqual([DEBIT]);
});

test('a statement is not a notification', async () => {
  await expect(readNotification(sample('cn-chain-4-camt.053.001.08'))).rejects.toThrow(MessageError);
});
