import { row } from '../../src/database/connect';
import { aRaise, aSubmission, CONSENTS } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { anIdNumber } from '../support/identifiers';
import { aTenant, nowMs, type Tenant } from '../support/people';

// ONE-RAISE and SECOND-ASK across platforms, and every gate asked again in the transaction that opens.
let house: House;
let tenant: Tenant;
let other: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  other = await aTenant(house);
});
afterAll(() => house.close());

const somebody = () => ({ name: '张三', idNumber: anIdNumber(), minor: false });
const CERTIFIED = { askFen: '50000001' };
interface Shown {
  phase: string;
  stoppedBy: string[];
  report: { verdict: string; findings: { rule: string; verdict: string }[] };
}
const shown = async (of: Tenant, id: string): Promise<Shown> => (await house.ask<Shown>('GET', `/v1/campaigns/${id}`, { as: of.platformKey })).body;
async function reported(of: Tenant, id: string): Promise<Record<string, string>> {
  await house.campaigns.payment.reportByMachine(id, await nowMs(house, of));
  return Object.fromEntries((await shown(of, id)).report.findings.filter((f) => f.verdict !== 'pass').map((f) => [f.rule, f.verdict]));
}
const approved = (of: Tenant, id: string) =>
  house.ask('POST', `/v1/campaigns/${id}/decision`, { as: of.sessions.reviewer, body: { decision: 'approve', reason: '材料齐全' } });
const opened = async (of: Tenant, id: string) => house.campaigns.database.openRaise(id, await nowMs(house, of));
const registered = (patient: { name: string; idNumber: string }, over: object = {}) =>
  house.ask<{ id: string }>('POST', '/v1/sandbox/earlier-raises', {
    as: house.sandboxKey,
    body: {
      tenantId: tenant.id,
      patient: { name: patient.name, idNumber: patient.idNumber },
      diagnosisCode: 'C91.1',
      platform: 'love-fund',
      askFen: '10000000',
      raisedFen: '300',
      status: 'settled',
      ...over,
    },
  });

test('a raise that runs on another platform keeps a second one from opening; another illness or its end does not', async () => {
  const patient = somebody();
  const running = await aRaise(house, other, { patient });
  expect(await reported(tenant, await aSubmission(house, tenant, { patient }))).toEqual({ 'ONE-RAISE': 'fail' });
  const broken = await aSubmission(house, tenant, { patient, diagnosis: { code: 'S72.0', text: '股骨颈骨折' } });
  expect(await reported(tenant, broken)).not.toHaveProperty('ONE-RAISE');
  await house.owner('campaign').where('id', running).update({ phase: 'settled', ended_at: new Date() });
  expect(await reported(tenant, await aSubmission(house, tenant, { patient }))).toEqual({});
});

test('the register of earlier raises counts like a campaign here, by the first three characters of the diagnosis', async () => {
  const patient = somebody();
  expect(await registered(patient, { status: 'running' })).toMatchObject({ status: 201 });
  expect(await reported(tenant, await aSubmission(house, tenant, { patient }))).toEqual({ 'ONE-RAISE': 'fail' });
  expect(await registered(patient, { raisedFen: '10000001' })).toMatchObject({ status: 400 });
});

test('two approved campaigns of one patient, opened at once: one opens, the other is refused by ONE-RAISE', async () => {
  const patient = somebody();
  const [one, two] = [await aSubmission(house, tenant, { patient }), await aSubmission(house, other, { patient })];
  expect([await reported(tenant, one), await reported(other, two)]).toEqual([{}, {}]);
  expect([(await approved(tenant, one)).status, (await approved(other, two)).status]).toEqual([200, 200]);
  const answers = await Promise.all([opened(tenant, one), opened(other, two)]);
  expect([...answers].sort()).toEqual([false, true]);
  const [loserOf, loser] = answers[0] === false ? [tenant, one] : [other, two];
  expect(await shown(loserOf as Tenant, loser as string)).toMatchObject({ phase: 'refused', stoppedBy: ['ONE-RAISE'] });
  expect(await opened(loserOf as Tenant, loser as string)).toBe(false);
});

test('of two campaigns in certificate publicity the first opens', async () => {
  const patient = somebody();
  const [one, two] = [await aSubmission(house, tenant, { patient, ...CERTIFIED }), await aSubmission(house, other, { patient, ...CERTIFIED })];
  for (const [of, id] of [
    [tenant, one],
    [other, two],
  ] as const)
    await reported(of, id);
  for (const [of, id] of [
    [tenant, one],
    [other, two],
  ] as const) {
    expect((await approved(of, id)).status).toBe(200);
    await house.campaigns.database.beginCertificatePublicity(id, await nowMs(house, of));
  }
  expect([await opened(tenant, one), await opened(other, two)]).toEqual([true, false]);
});

test('somebody listed after the approval: the raise does not open', async () => {
  const patient = somebody();
  const id = await aSubmission(house, tenant, { patient });
  await reported(tenant, id);
  expect((await approved(tenant, id)).status).toBe(200);
  const { name, idNumber } = patient;
  await house.ask('POST', '/v1/sandbox/listings', { as: house.sandboxKey, body: { tenantId: other.id, name, idNumber } });
  expect(await opened(tenant, id)).toBe(false);
  expect(await shown(tenant, id)).toMatchObject({ phase: 'refused', stoppedBy: ['BLACKLIST'] });
});

describe('SECOND-ASK: the expense list is reconciled line by line', () => {
  const EXPENSES = [
    { date: '2021-01-05', item: '化疗', hospital: '第一医院', amountFen: '200', invoiceNumber: 'FP-0001' },
    { date: '2021-02-05', item: '住院', hospital: '第一医院', amountFen: '101', invoiceNumber: 'FP-0002' },
  ];
  const filed = (id: string, lines: object[] = EXPENSES) =>
    house.ask<{ ids: string[] }>('POST', `/v1/campaigns/${id}/expense-lines`, { as: tenant.platformKey, body: { lines } });
  const reconciled = (id: string, body: object) =>
    house.ask('POST', `/v1/campaigns/${id}/expense-reconciliation`, { as: tenant.sessions.reviewer, body });
  async function aSecondAsk(): Promise<{ id: string; lineIds: string[]; raiseId: string }> {
    const patient = somebody();
    const raise = await registered(patient);
    const id = await aSubmission(house, tenant, { patient, ...CERTIFIED });
    expect(await reported(tenant, id)).toEqual({ 'SECOND-ASK': 'needs' });
    return { id, lineIds: (await filed(id)).body.ids, raiseId: raise.body.id };
  }

  test('a reviewer reconciles it, and the campaign can be approved; a line filed later asks for it again', async () => {
    const { id, lineIds, raiseId } = await aSecondAsk();
    expect(await approved(tenant, id)).toMatchObject({ status: 409 });
    const seen = await house.ask<{ lines: object[]; earlierRaises: object[] }>('GET', `/v1/campaigns/${id}/expense-lines`, {
      as: tenant.sessions.reviewer,
    });
    expect(seen.body.lines).toEqual(EXPENSES.map((e, i) => ({ id: lineIds[i], ...e })));
    expect(seen.body.earlierRaises).toEqual([expect.objectContaining({ id: raiseId, platform: 'love-fund', paidFen: '300' })]);
    const lines = [
      { lineId: lineIds[0], covered: [{ raiseId, amountFen: '200' }] },
      { lineId: lineIds[1], covered: [{ raiseId, amountFen: '100' }] },
    ];
    expect(await reconciled(id, { lines })).toMatchObject({ status: 201 });
    expect(await reported(tenant, id)).toEqual({});
    await filed(id, [{ ...EXPENSES[0], invoiceNumber: 'FP-0003' }]);
    expect(await reported(tenant, id)).toEqual({ 'SECOND-ASK': 'needs' });
  });

  test('sums that do not hold are refused by their place, and nothing is stored', async () => {
    const { id, lineIds, raiseId } = await aSecondAsk();
    const covering = (one: string, two: string, over: object = {}) => ({
      lines: [
        { lineId: lineIds[0], covered: [{ raiseId, amountFen: one }] },
        { lineId: lineIds[1], covered: [{ raiseId, amountFen: two }] },
      ],
      ...over,
    });
    const wrong = (field: string) => ({ status: 422, body: { code: 'expense.does_not_add_up', field, rules: ['SECOND-ASK'] } });
    expect(await reconciled(id, covering('201', '1'))).toMatchObject(wrong('/lines/0/covered'));
    expect(await reconciled(id, covering('200', '101'))).toMatchObject(wrong('/lines/1/covered/0/amountFen'));
    expect(await reconciled(id, covering('200', '99'))).toMatchObject(wrong('/unexplainedReason'));
    expect(await reconciled(id, { lines: covering('200', '100').lines.slice(1) })).toMatchObject(wrong('/lines'));
    expect(await row(house.db, 'select 1 from expense_reconciliation where campaign_id = ?', [id])).toBeNull();
    expect(await reconciled(id, covering('200', '99', { unexplainedReason: '生活费' }))).toMatchObject({ status: 201 });
  });

  test('an invoice counts once, a day to come not at all, and the list is closed with the prior audit', async () => {
    const { id } = await aSecondAsk();
    expect(await filed(id, [EXPENSES[0]!])).toMatchObject({ status: 400, body: { field: '/lines/0/invoiceNumber' } });
    expect(await filed(id, [{ ...EXPENSES[0], date: '2021-03-02', invoiceNumber: 'FP-9' }])).toMatchObject({
      status: 400,
      body: { field: '/lines/0/date' },
    });
    const open = await aRaise(house, tenant, { patient: somebody() });
    expect(await filed(open)).toMatchObject({ status: 409, body: { code: 'campaign.wrong_phase' } });
  });
});

test('DESIGNATION: the day of submission decides; a designation that ended does not', async () => {
  const fees = { serviceBp: 0, serviceCapFen: '0', channelBp: 0 };
  const submittedOn = async (platform: string): Promise<string[]> => {
    const made = await house.ask<{ tenantId: string }>('POST', '/v1/sandbox/tenants', {
      as: house.sandboxKey,
      body: { platform, fees, clockStartsAt: '2024-09-05T00:00:00+08:00' },
    });
    const { tenantId, platformKey } = made.body as { tenantId: string; platformKey: string };
    const of = { ...tenant, id: tenantId, platformKey };
    return Object.keys(
      await reported(of, await aSubmission(house, of, { patient: somebody(), consents: CONSENTS.map((consent) => ({ ...consent, version: 2 })) })),
    );
  };
  // The hospital is another tenant's and unknown there; only DESIGNATION is looked at.
  expect(await submittedOn('water-drop')).not.toContain('DESIGNATION');
  expect(await submittedOn('360-major-illness')).toContain('DESIGNATION');
  await house.owner('platform_designation').where('platform', 'water-drop').update({ designated_until: '2024-09-06' });
  expect(await submittedOn('water-drop')).not.toContain('DESIGNATION');
  await house.owner('platform_designation').where('platform', 'relaxed-fund').update({ designated_from: '2024-09-06' });
  expect(await submittedOn('relaxed-fund')).toContain('DESIGNATION');
});
