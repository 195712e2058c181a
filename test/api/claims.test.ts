import { rows } from '../../src/database/connect';
import { ACCOUNT, aRaise, aSubmission, documentOf } from '../support/campaigns';
import { aPdf, upload } from '../support/files';
import { aHouse, type Answer, type House } from '../support/house';
import { anIdNumber } from '../support/identifiers';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { rowCounts } from '../support/releases';

let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close());

interface Said {
  readonly state: string;
  readonly source: string;
  readonly by: string | null;
  readonly override: boolean;
  readonly note: string | null;
  readonly reason: string | null;
}
interface Claims {
  readonly claims: readonly { readonly claim: string; readonly standing: Said | null; readonly history: readonly Said[] }[];
}
const claimsOf = async (id: string): Promise<Claims['claims']> =>
  (await house.ask<Claims>('GET', `/v1/campaigns/${id}/claims`, { as: tenant.sessions.reviewer })).body.claims;
const claimOf = async (id: string, claim: string) => (await claimsOf(id)).find((c) => c.claim === claim)!;
const judge = (id: string, claim: string, over: Record<string, unknown> = {}): Promise<Answer> =>
  house.ask('POST', `/v1/campaigns/${id}/claims/${claim}`, {
    as: tenant.sessions.reviewer,
    body: { state: 'verified', how: 'phone-call', note: '与主治医生李医生通话核实', ...over },
  });
const report = async (id: string): Promise<void> => house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
const decide = (id: string, decision: 'approve' | 'refuse', reason: string, rules?: string[]): Promise<Answer> =>
  house.ask('POST', `/v1/campaigns/${id}/decision`, { as: tenant.sessions.reviewer, body: { decision, reason, ...(rules ? { rules } : {}) } });
const CARD = '6222021234567890128';
/** A seeker whose card the identity service knows under another person. */
const disputed = async (): Promise<string> => {
  const patient = { name: '张三', idNumber: anIdNumber(), phone: '13800138000', minor: false };
  house.identities.cards.set(CARD, 'mismatch');
  const id = await aSubmission(house, tenant, { patient, payee: { kind: 'seeker', account: { ...ACCOUNT, number: CARD } } });
  await report(id);
  return id;
};

test('claims stand as submitted, then as services answer; the machine report keeps them as they stood', async () => {
  const id = await aSubmission(house, tenant);
  const states = async () => Object.fromEntries((await claimsOf(id)).map((c) => [c.claim, c.standing?.state ?? null]));
  expect(await states()).toMatchObject({
    'identity-patient': 'evidenced',
    diagnosis: 'evidenced',
    income: 'declared',
    'account-ownership': 'declared',
  });
  await report(id);
  expect(await states()).toMatchObject({ 'identity-patient': 'verified', 'identity-sponsor': 'verified' });
  const seen = await house.ask<{ report: { claims: object[] }; claims: object[] }>('GET', `/v1/campaigns/${id}`, { as: tenant.platformKey });
  expect(seen.body.report.claims).toEqual(seen.body.claims);
  expect(seen.body.claims).toContainEqual(expect.objectContaining({ claim: 'identity-patient', state: 'verified', source: 'identity-service' }));
  expect((await claimOf(id, 'identity-patient')).history.map((e) => e.state)).toEqual(['evidenced', 'verified']);
});

test('a claim that nobody made has no standing', async () => {
  const id = await aSubmission(house, tenant, { publications: [] });
  expect((await claimOf(id, 'assets-houses')).standing).toBeNull();
});

test('a reviewer verifies a claim: by name, how, why and on which documents; new papers do not undo it', async () => {
  const id = await aSubmission(house, tenant);
  const document = (await upload(house, tenant, id, 'diagnosis', aPdf('', 'claims'))).body.id;
  expect(await judge(id, 'diagnosis', { documents: [document] })).toMatchObject({ status: 200 });
  await upload(house, tenant, id, 'diagnosis', aPdf('', 'claims, more'));
  const { standing, history } = await claimOf(id, 'diagnosis');
  expect(standing).toMatchObject({
    state: 'verified',
    source: 'person',
    by: expect.any(String),
    method: 'phone-call',
    documents: [document],
    override: false,
  });
  expect(standing!.note).toBe('与主治医生李医生通话核实');
  expect(history.map((e) => e.source)).toEqual(['machine', 'machine', 'person', 'machine']);
  // The words are sealed, in the row as in the audit trail.
  const stored = await rows<{ note_enc: Buffer }>(house.db, `select note_enc from claim_event where campaign_id = ? and source = 'person'`, [id]);
  expect(stored[0]!.note_enc.includes(Buffer.from('李医生'))).toBe(false);
  expect(JSON.stringify(await rows(house.owner, `select data from audit.event where action like 'claim.%'`))).not.toContain('李医生');
});

test('against a service’s contradiction a person needs a reason, which is kept as an override; approval waits for it', async () => {
  const id = await disputed();
  expect((await claimOf(id, 'account-ownership')).standing).toMatchObject({ state: 'contradicted', source: 'identity-service' });
  expect(await decide(id, 'approve', '材料齐全')).toMatchObject({
    status: 409,
    body: { code: 'campaign.claim_contradicted', rules: ['DOUBLE-AUDIT'] },
  });
  const before = await rowCounts(house);
  for (const reason of [undefined, '九个字的理由不够长'])
    expect(await judge(id, 'account-ownership', reason ? { reason } : {})).toMatchObject({
      status: 400,
      body: { field: '/reason', rules: ['DOUBLE-AUDIT'] },
    });
  expect(await rowCounts(house)).toEqual(before);
  expect((await judge(id, 'account-ownership', { reason: '银行客服确认此卡属于张三本人' })).status).toBe(200);
  expect((await claimOf(id, 'account-ownership')).standing).toMatchObject({
    state: 'verified',
    override: true,
    reason: '银行客服确认此卡属于张三本人',
  });
  // The machine repeats itself: the person's word stands. It changes its mind for the worse: it does not.
  await report(id);
  expect((await claimOf(id, 'account-ownership')).standing).toMatchObject({ source: 'person' });
  expect(await decide(id, 'approve', '材料齐全')).toMatchObject({ status: 200, body: { decision: { decision: 'approve', override: false } } });
});

test('a contradiction that comes after a person’s word stands against it', async () => {
  const id = await aRaise(house, tenant);
  expect((await judge(id, 'account-ownership')).status).toBe(200);
  await house.db('payee_account').where('campaign_id', id).update({ name_check: 'mismatch', name_checked_at: new Date() });
  expect((await upload(house, tenant, id, 'diagnosis', aPdf('', 'after'))).status).toBe(201);
  expect((await claimOf(id, 'account-ownership')).standing).toMatchObject({ state: 'contradicted', source: 'bank' });
});

test('a mismatch of identity is for nobody to override, not even in SQL (IDENTITY)', async () => {
  const idNumber = anIdNumber();
  house.identities.answers.set(idNumber, 'mismatch');
  const id = await aSubmission(house, tenant, { patient: { name: '张三', idNumber, minor: false } });
  await report(id);
  expect((await claimOf(id, 'identity-patient')).standing).toMatchObject({ state: 'contradicted' });
  for (const claim of ['identity-patient', 'identity-sponsor'])
    expect(await judge(id, claim, { reason: '我亲自见过他，确认是本人' })).toMatchObject({
      status: 409,
      body: { code: 'identity.mismatch_stands', rules: ['IDENTITY'] },
    });
  const staff = await rows<{ id: string }>(house.db, `select id from staff where tenant_id = ? and role = 'reviewer'`, [tenant.id]);
  const event = { id: 'x', campaign_id: id, claim: 'identity-patient', state: 'verified', source: 'person', staff_id: staff[0]!.id, method: 'visit' };
  await expect(house.db('claim_event').insert({ ...event, at: new Date() })).rejects.toMatchObject({ code: 'AL007' });
});

test('a missing record is resolved by a person, and the claim says so', async () => {
  const idNumber = anIdNumber();
  house.identities.answers.set(idNumber, 'no-record');
  const id = await aSubmission(house, tenant, { patient: { name: '张三', idNumber, minor: false } });
  await report(id);
  expect(await judge(id, 'identity-patient')).toMatchObject({ status: 409, body: { code: 'identity.mismatch_stands' } });
  const body = { party: 'patient', resolution: 'confirmed', reason: '视频核对证件' };
  await house.ask('POST', `/v1/campaigns/${id}/identity-resolutions`, { as: tenant.sessions.reviewer, body });
  for (const claim of ['identity-patient', 'identity-sponsor'])
    expect((await claimOf(id, claim)).standing).toMatchObject({ state: 'verified', source: 'person', method: 'comparison' });
});

test.each([
  ['an unknown claim', 'age', {}, '/params/claim'],
  ['no note', 'income', { note: ' ' }, '/note'],
  ['the machine’s method', 'income', { how: 'bank' }, '/how'],
  ['what a person does not say', 'income', { state: 'declared' }, '/state'],
  ['another campaign’s document', 'income', { documents: ['01ARZ3NDEKTSV4RRFFQ69G5FAV'] }, '/documents/0'],
])('%s is refused by name', async (_what, claim, over, field) => {
  const id = await aSubmission(house, tenant);
  expect(await judge(id, claim, over)).toMatchObject({ status: 400, body: { field } });
});

describe('a reviewer decides otherwise than the machine', () => {
  test('refusing what passed needs rules and a reason, and is an override', async () => {
    const id = await aSubmission(house, tenant);
    await report(id);
    for (const [reason, rules, field] of [
      ['照片与患者本人不是同一人', undefined, '/rules'],
      ['不像', ['CONDUCT'], '/reason'],
      ['照片与患者本人不是同一人', ['NO-SUCH'], '/rules/0'],
    ] as const)
      expect(await decide(id, 'refuse', reason, rules ? [...rules] : undefined)).toMatchObject({ status: 400, body: { field } });
    const refused = await decide(id, 'refuse', '照片与患者本人不是同一人', ['CONDUCT', 'IDENTITY']);
    expect(refused).toMatchObject({ status: 200, body: { decision: { decision: 'refuse', rules: ['CONDUCT', 'IDENTITY'], override: true } } });
  });

  test('refusing what failed is none; further rules may be named', async () => {
    const id = await aSubmission(house, tenant, { documents: [documentOf('id-cards')] });
    await report(id);
    const refused = await decide(id, 'refuse', '材料不全', ['CONDUCT']);
    expect(refused).toMatchObject({ status: 200, body: { decision: { rules: ['CONDUCT', 'PRE-AUDIT'], override: false } } });
  });

  test('approving over a failed gate stays impossible, and names no rules', async () => {
    const id = await aSubmission(house, tenant, { documents: [documentOf('id-cards')] });
    await report(id);
    expect(await decide(id, 'approve', '我相信他，理由足够充分')).toMatchObject({ status: 409, body: { code: 'campaign.rule_failed' } });
    expect(await decide(id, 'approve', '我相信他，理由足够充分', ['PRE-AUDIT'])).toMatchObject({ status: 400, body: { field: '/rules' } });
  });
});
