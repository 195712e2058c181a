import { row } from '../../src/database/connect';
import { ACCOUNT, aSubmission, documentOf, submission } from '../support/campaigns';
import { aHouse, type Answer, type House } from '../support/house';
import { aKey, anIdNumber } from '../support/identifiers';
import { aTenant, nowMs, type Tenant } from '../support/people';

// IDENTITY with three and four elements, and guardians; the tenant's clock stands on 1 March 2021.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close());

interface Seen {
  readonly report: {
    readonly verdict: string;
    readonly findings: readonly { readonly rule: string; readonly verdict: string; readonly en: string }[];
  };
  readonly identity: { readonly patient: { readonly verdict: string } };
}
const submit = (over: Record<string, unknown>): Promise<Answer> =>
  house.ask('POST', '/v1/campaigns', { as: tenant.platformKey, key: aKey(), body: submission(tenant, over) });
const reported = async (over: Record<string, unknown>): Promise<Seen> => {
  const id = await aSubmission(house, tenant, over);
  await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
  return (await house.ask<Seen>('GET', `/v1/campaigns/${id}`, { as: tenant.platformKey })).body;
};
const PHONE = '13800138000';
const CARD = '6222021234567890128';
/** Somebody born on that day (YYYYMMDD). */
const born = (day: string): string => {
  const stem = `110105${day}001`;
  return stem + '10X98765432'[[...stem].reduce((sum, digit) => ((sum + Number(digit)) * 2) % 11, 0)]!;
};

test('without a phone, by two elements; with one, by three; the number is kept sealed', async () => {
  const [plain, phoned] = [anIdNumber(), anIdNumber()];
  await reported({ patient: { name: '张三', idNumber: plain, minor: false } });
  await reported({ patient: { name: '张三', idNumber: phoned, phone: `+86${PHONE}`, minor: false } });
  expect(house.identities.asked.filter((a) => a[1] === plain)).toEqual([['张三', plain]]);
  expect(house.identities.asked.filter((a) => a[1] === phoned)).toEqual([['张三', phoned, PHONE]]);
  const person = await row<{ phone_enc: Buffer }>(
    house.db,
    'select p.phone_enc from person p join identity_check i on i.person_id = p.id where i.elements = 3 order by p.id desc limit 1',
  );
  expect(person!.phone_enc.includes(PHONE)).toBe(false);
});

test('a mismatch by three elements fails IDENTITY and stays', async () => {
  const idNumber = anIdNumber();
  house.identities.answers.set(idNumber, 'mismatch');
  const seen = await reported({ patient: { name: '张三', idNumber, phone: PHONE, minor: false } });
  expect(seen).toMatchObject({ report: { verdict: 'fail' }, identity: { patient: { verdict: 'mismatch' } } });
});

test('a card is asked about once by four elements, beside the bank; what is no card, or has no phone, is not', async () => {
  const idNumber = anIdNumber();
  const patient = { name: '张三', idNumber, phone: PHONE, minor: false };
  const id = await aSubmission(house, tenant, { patient, payee: { kind: 'seeker', account: { ...ACCOUNT, number: CARD } } });
  for (let i = 0; i < 2; i += 1) await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
  expect(house.identities.asked.filter((a) => a.length === 4)).toEqual([['张三', idNumber, CARD, PHONE]]);
  const payee = { kind: 'spouse', name: '李四', idNumber: anIdNumber(), account: { ...ACCOUNT, name: '李四', number: CARD } };
  await reported({ patient, payee });
  await reported({ patient, payee: { kind: 'seeker', account: { ...ACCOUNT, number: '12345678' } } });
  expect(house.identities.asked.filter((a) => a.length === 4)).toHaveLength(1);
  await reported({ payee: { ...payee, phone: PHONE } });
  expect(house.identities.asked.filter((a) => a.length === 4)).toHaveLength(2);
});

test.each([
  ['of age today, said to be a minor', '20030301', true, '/patient/minor'],
  ['of age tomorrow, said to be of age', '20030302', false, '/patient/minor'],
  ['born tomorrow', '20210302', true, '/patient/idNumber'],
])('a flag that contradicts the number is refused: %s', async (_what, day, minor, pointer) => {
  const answer = await submit({ patient: { name: '小明', idNumber: born(day), minor } });
  expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid', field: pointer, rules: ['IDENTITY'] } });
});

test.each([
  ['of age today', '20030301', false],
  ['of age tomorrow', '20030302', true],
  ['born today', '20210301', true],
])('a flag that agrees is taken: %s', async (_what, day, minor) => {
  expect(await submit({ patient: { name: '小明', idNumber: born(day), minor } })).toMatchObject({ status: 201 });
});

test('an incapable patient without a guardian’s proof fails IDENTITY', async () => {
  const documents = ['id-cards', 'diagnosis', 'admission-record'].map((kind) => documentOf(kind));
  const { report } = await reported({ documents, patient: { name: '张三', idNumber: anIdNumber(), minor: false, incapable: true } });
  expect(report.findings.find((f) => f.rule === 'IDENTITY')).toMatchObject({ verdict: 'fail', en: expect.stringContaining('guardian') });
});

test.each([
  [
    'a phone of no mainland number',
    { patient: { name: '张三', idNumber: '11010519491231002X', phone: '12800138000', minor: false } },
    '/patient/phone',
  ],
  ['a phone for a sponsor who is the patient', { sponsor: { relation: 'self', phone: PHONE } }, '/sponsor/phone'],
  ['a phone for a payee without a number', { payee: { kind: 'spouse', name: '李四', phone: PHONE, account: ACCOUNT } }, '/payee/phone'],
])('%s is refused by name', async (_what, over, field) => {
  expect(await submit(over)).toMatchObject({ status: 400, body: { field } });
});
