import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildPain001, buildPain001File, idsOf, messageIdOf } from '../../../../src/adapters/payment/bank/pain001';
import type { PaymentOrder } from '../../../../src/adapters/payment/port';
import { readOrders } from '../../../../src/simulators/bank/pain001';

const PARTY = { name: '施助基金', uscc: '53100000500021676K' };
const NOW_MS = Date.parse('2026-01-05T09:30:00+08:00');

const ORDER: PaymentOrder = {
  payoutId: '01JGT2M6Q3W8ZK5N7P9R1T3V5X',
  amountFen: 3_865_000n,
  custody: { accountNumber: '1100100000000000001', name: '施助筹款专用账户（测试）', bankCode: '102100099996' },
  payee: { accountNumber: '3300200000000000002', name: '示例市第一人民医院', bankCode: '105100000017' },
  remittance: '患者预交金 住院号ZY20260001',
  executionDate: '2026-01-05',
  urgent: false,
};

/** Names as people write them: Chinese, Uighur points, emoji, and every character that is special in XML. */
const name = fc
  .array(fc.constantFrom(...'施助市第一人民医院阿依·&<>"\'];{}#&amp;&lt;😀é　（）'), { minLength: 1, maxLength: 140 })
  .map((letters) => letters.join(''))
  .filter((text) => text.trim() !== '' && [...text].length <= 140);

test('what goes in comes out: every order is valid, and the bank’s own reader finds the same fields', async () => {
  const amounts = fc.bigInt({ min: 1n, max: 10n ** 15n });
  await fc.assert(
    fc.asyncProperty(name, name, name, amounts, fc.boolean(), async (custodyName, payeeName, remittance, amountFen, urgent) => {
      const custody = { ...ORDER.custody, name: custodyName };
      const payee = { ...ORDER.payee, name: payeeName };
      const xml = await buildPain001({ ...ORDER, custody, payee, remittance, amountFen, urgent }, PARTY, NOW_MS);
      const [read] = await readOrders(Buffer.from(xml));
      expect(read).toEqual({
        ...{ messageId: `M${ORDER.payoutId}`, paymentInfoId: `P${ORDER.payoutId}`, instructionId: ORDER.payoutId, endToEndId: ORDER.payoutId },
        uetr: idsOf(ORDER.payoutId).uetr,
        ...{ debtorAccount: custody.accountNumber, debtorName: custodyName, debtorBank: custody.bankCode },
        ...{ creditorAccount: payee.accountNumber, creditorName: payeeName, creditorBank: payee.bankCode },
        ...{ amountFen: String(amountFen), remittance, executionDate: ORDER.executionDate },
      });
    }),
    { numRuns: 150 },
  );
});

test('a retry sends the same ids, and only the time of creation differs', async () => {
  const first = await buildPain001(ORDER, PARTY, NOW_MS);
  const later = await buildPain001(ORDER, PARTY, NOW_MS + 60_000);
  expect(later.replace('09:31:00', '09:30:00')).toBe(first);
  expect(idsOf(ORDER.payoutId).uetr).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(idsOf('01JGT2M6Q3W8ZK5N7P9R1T3V5Y').uetr).not.toBe(idsOf(ORDER.payoutId).uetr);
});

test('the fields of the profile', async () => {
  const xml = await buildPain001({ ...ORDER, urgent: true, amountFen: 5n }, PARTY, NOW_MS);
  for (const part of [
    '<CreDtTm>2026-01-05T09:30:00+08:00</CreDtTm>',
    '<BtchBookg>false</BtchBookg>',
    '<CtrlSum>0.05</CtrlSum>',
    '<SvcLvl><Cd>URGP</Cd></SvcLvl>',
    '<InstdAmt Ccy="CNY">0.05</InstdAmt>',
    '<ChrgBr>DEBT</ChrgBr>',
    '<Purp><Cd>HSPC</Cd></Purp>',
    '<Othr><Id>53100000500021676K</Id></Othr>',
  ])
    expect(xml).toContain(part);
  expect(xml.match(/<Cd>CNAPS<\/Cd>/g)).toHaveLength(2);
});

test.each<[string, Partial<PaymentOrder>]>([
  ['nothing', { amountFen: 0n }],
  ['a negative amount', { amountFen: -1n }],
  ['an id that is not 26 characters', { payoutId: 'SHORT' }],
  ['a remittance of 141 characters', { remittance: 'x'.repeat(141) }],
  ['a name of 141 characters', { payee: { ...ORDER.payee, name: '院'.repeat(141) } }],
  ['an empty name', { payee: { ...ORDER.payee, name: ' ' } }],
  ['a control character', { payee: { ...ORDER.payee, name: '医\u0000院' } }],
  ['half a character', { payee: { ...ORDER.payee, name: '医\ud83d' } }],
  ['a CNAPS number of 11 digits', { payee: { ...ORDER.payee, bankCode: '10510000001' } }],
  ['a day that is none', { executionDate: '2026-02-30' }],
])('%s has no valid form', async (_what, change) => {
  await expect(buildPain001({ ...ORDER, ...change }, PARTY, NOW_MS)).rejects.toThrow();
});

test('the bank’s reader refuses a file without a service level, as the sample chain has it', async () => {
  await expect(readOrders(readFileSync(path.join(__dirname, '../../samples/cn-chain-1-pain.001.001.09.xml')))).rejects.toThrow('SvcLvl');
});

describe('a file of many orders', () => {
  const FILE = '01JGT2M6Q3W8ZK5N7P9R1T3V00';
  const orders = Array.from({ length: 30 }, (_, n) => ({
    ...ORDER,
    payoutId: `01JGT2M6Q3W8ZK5N7P9R1T3V${String(n + 10)}`,
    amountFen: 100n + BigInt(n),
    urgent: n % 3 === 0,
    executionDate: n % 2 === 0 ? '2026-01-05' : '2026-01-06',
  }));

  test('is valid, holds a block for each urgency and day, and the bank reads every order with its ids', async () => {
    const xml = await buildPain001File(FILE, orders, PARTY, NOW_MS);
    expect(xml.match(/<PmtInf>/g)).toHaveLength(4);
    const read = await readOrders(Buffer.from(xml));
    expect(new Set(read.map(({ messageId }) => messageId))).toEqual(new Set([messageIdOf(FILE)]));
    const found = new Map(read.map((order) => [order.endToEndId, order]));
    for (const { payoutId, amountFen, executionDate } of orders)
      expect(found.get(payoutId)).toMatchObject({ amountFen: String(amountFen), executionDate, uetr: idsOf(payoutId).uetr });
    expect(found.size).toBe(orders.length);
  });

  test.each([
    ['a count that is not the orders’', (xml: string) => xml.replace('<NbOfTxs>30<', '<NbOfTxs>29<'), 'GrpHdr NbOfTxs'],
    ['a sum that is not a block’s', (xml: string) => xml.replace(/(<PmtInf>[^]*?<CtrlSum>)[\d.]+</, '$19.99<'), 'PmtInf CtrlSum'],
    ['an id that stands twice', (xml: string) => xml.replaceAll(orders[1]!.payoutId, orders[2]!.payoutId), 'EndToEndId stands twice'],
  ])('with %s is refused as a whole', async (_what, broken, reason) => {
    const xml = broken(await buildPain001File(FILE, orders, PARTY, NOW_MS));
    await expect(readOrders(Buffer.from(xml))).rejects.toThrow(reason);
  });
});
