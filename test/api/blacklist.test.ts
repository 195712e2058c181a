import { ulid } from 'ulid';
import { isListed } from '../../src/records/blacklist';
import { maskedName } from '../../src/records/blacklistViews';
import { row } from '../../src/database/connect';
import { DAY_MS } from '../../src/domain/calendar';
import { aSubmission, ACCOUNT } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { anIdNumber } from '../support/identifiers';
import { aColleague, aTenant, later, nowMs, type Tenant } from '../support/people';

// BLACKLIST: a decision with evidence, published, shared by all platforms, appealable, over when the edition says.
let house: House;
let tenant: Tenant;
let other: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  other = await aTenant(house);
});
afterAll(() => house.close());

interface Listing {
  id: string;
  state: string;
  name: string;
  expiresAt: string;
}
const somebody = () => ({ name: '王小明', idNumber: anIdNumber(), minor: false });
const OWN_ACCOUNT = { kind: 'seeker', account: { ...ACCOUNT, name: '王小明' } };
const listing = (campaignId: string, over: object = {}, as = tenant.sessions.reviewer) =>
  house.ask<Listing>('POST', '/v1/blacklist', {
    as,
    body: { campaignId, party: 'patient', ground: 'hidden-assets', reason: '隐瞒两处房产', evidence: '不动产登记查询结果', ...over },
  });
const listed = async (patient = somebody()): Promise<Listing> => {
  const made = await listing(await aSubmission(house, tenant, { patient, payee: OWN_ACCOUNT }));
  expect(made).toMatchObject({ status: 201 });
  return made.body;
};
async function failing(of: Tenant, over: object): Promise<string[]> {
  const id = await aSubmission(house, of, over as Record<string, unknown>);
  await house.campaigns.payment.reportByMachine(id, await nowMs(house, of));
  const { body } = await house.ask<{ blacklisted: boolean; report: { findings: { rule: string; verdict: string }[] } }>(
    'GET',
    `/v1/campaigns/${id}`,
    {
      as: of.platformKey,
    },
  );
  const failed = body.report.findings.filter((f) => f.verdict === 'fail').map((f) => f.rule);
  expect(body.blacklisted).toBe(failed.includes('BLACKLIST'));
  return failed;
}
const appealed = (id: string, as = tenant.platformKey) =>
  house.ask<{ id: string }>('POST', `/v1/blacklist/${id}/appeals`, { as, body: { text: '登记有误，房产已于多年前出售。' } });
const decided = (id: string, as: string, outcome = 'upheld') =>
  house.ask<Listing>('POST', `/v1/blacklist-appeals/${id}/decision`, { as, body: { outcome, reason: '查证属实' } });

test('whom one platform lists is refused by every platform: as patient, sponsor or payee', async () => {
  const patient = somebody();
  await listed(patient);
  const { name, idNumber } = patient;
  expect(await failing(other, { patient, payee: OWN_ACCOUNT })).toEqual(['BLACKLIST']);
  expect(await failing(other, { sponsor: { relation: 'parent', name, idNumber } })).toEqual(['BLACKLIST']);
  expect(await failing(other, { payee: { kind: 'parent', name, idNumber, account: { ...ACCOUNT, name } } })).toEqual(['BLACKLIST']);
  expect(await failing(other, { patient: somebody(), payee: OWN_ACCOUNT })).toEqual([]);
});

test('the same person, campaign and ground stand once, whoever repeats it', async () => {
  const campaignId = await aSubmission(house, tenant, { patient: somebody(), payee: OWN_ACCOUNT });
  const [one, two] = [await listing(campaignId), await listing(campaignId)];
  expect(two.body.id).toBe(one.body.id);
  expect((await listing(campaignId, { ground: 'forged-records' })).body.id).not.toBe(one.body.id);
});

test('the public sees a masked name, ground, dates and platform, never a number or the evidence', async () => {
  const patient = somebody();
  const { id } = await listed(patient);
  const answer = await house.ask<{ listings: Record<string, unknown>[] }>('GET', '/v1/public/blacklist?realm=sandbox');
  const found = answer.body.listings.find((l) => l.id === id)!;
  expect(Object.keys(found).sort()).toEqual(['expiresAt', 'ground', 'id', 'name', 'platform', 'publishedAt', 'state']);
  expect(found).toMatchObject({ name: '王**', ground: 'hidden-assets', platform: 'water-drop', state: 'listed' });
  expect(JSON.stringify(answer.body)).not.toContain(patient.idNumber);
  expect((await house.ask<{ listings: unknown[] }>('GET', '/v1/public/blacklist')).body.listings).toEqual([]);
  const shared = await house.ask<{ listings: Listing[] }>('GET', '/v1/blacklist', { as: other.sessions.maker });
  expect(shared.body.listings.map((l) => l.id)).toContain(id);
});

test('the list is narrowed by who listed, by how it stands, and to one', async () => {
  const { id } = await listed();
  const asked = async (query: string, as = other.sessions.reviewer): Promise<string[]> =>
    (await house.ask<{ listings: Listing[] }>('GET', `/v1/blacklist?${query}`, { as })).body.listings.map((each) => each.id);
  expect(await asked(`id=${id}`)).toEqual([id]);
  expect(await asked(`id=${id}&whose=others&state=listed`)).toEqual([id]);
  expect([await asked(`id=${id}&whose=own`), await asked(`id=${id}&state=lifted`), await asked(`id=${ulid()}`)]).toEqual([[], [], []]);
  expect(await asked(`id=${id}&whose=own`, tenant.sessions.reviewer)).toEqual([id]);
  expect(await house.ask('GET', '/v1/blacklist?state=gone', { as: other.sessions.reviewer })).toMatchObject({
    status: 400,
    body: { field: '/query/state' },
  });
});

test('an appeal stands open, is decided by another than the lister, and lifts', async () => {
  const patient = somebody();
  const { id } = await listed(patient);
  expect(await appealed(id, other.platformKey)).toMatchObject({ status: 404 });
  const appeal = await appealed(id);
  expect(appeal).toMatchObject({ status: 201 });
  expect(await appealed(id)).toMatchObject({ status: 409, body: { code: 'blacklist.not_appealable' } });
  expect(await failing(other, { patient, payee: OWN_ACCOUNT })).toEqual(['BLACKLIST']);
  expect(await decided(appeal.body.id, tenant.sessions.reviewer)).toMatchObject({ status: 403, body: { code: 'blacklist.own_decision' } });
  const colleague = await aColleague(house, tenant, 'reviewer');
  const seen = async (as: string) =>
    (
      await house.ask<{ listings: (Listing & { own: boolean; appeal: { acts: string[] } | null })[] }>('GET', '/v1/blacklist', { as })
    ).body.listings.find((each) => each.id === id);
  // Whose listing it is not sees no appeal; who listed decides none.
  expect(await seen(other.sessions.reviewer)).toMatchObject({ own: false, appeal: null });
  expect(await seen(tenant.sessions.reviewer)).toMatchObject({ own: true, appeal: { id: appeal.body.id, outcome: null, acts: [] } });
  expect(await seen(colleague.session)).toMatchObject({ own: true, appeal: { acts: ['decide'] } });
  const at = `/v1/blacklist-appeals/${appeal.body.id}`;
  expect(await house.ask('GET', at, { as: colleague.session })).toMatchObject({ status: 200, body: { text: '登记有误，房产已于多年前出售。' } });
  expect(await house.ask('GET', at, { as: other.sessions.reviewer })).toMatchObject({ status: 404 });
  expect(await house.db('audit.event').where({ action: 'blacklist.appeal_read', subject: `blacklist/${id}` })).toHaveLength(1);
  expect(await decided(appeal.body.id, colleague.session)).toMatchObject({ status: 200, body: { state: 'lifted' } });
  expect(await decided(appeal.body.id, colleague.session, 'dismissed')).toMatchObject({ status: 409, body: { code: 'blacklist.appeal_decided' } });
  expect(await failing(other, { patient, payee: OWN_ACCOUNT })).toEqual([]);
});

test('a dismissed appeal leaves the listing, and the database too refuses the lister as judge', async () => {
  const { id } = await listed();
  const appeal = await appealed(id);
  const lister = await row<{ listed_by: string }>(house.db, 'select listed_by from blacklist_listing where id = ?', [id]);
  await expect(
    house
      .db('blacklist_appeal')
      .where('id', appeal.body.id)
      .update({ outcome: 'dismissed', decided_by: lister!.listed_by, decided_at: new Date(), reason: 'x' }),
  ).rejects.toThrow(/lister_does_not_decide/);
  const colleague = await aColleague(house, tenant, 'reviewer');
  expect(await decided(appeal.body.id, colleague.session, 'dismissed')).toMatchObject({ status: 200, body: { state: 'listed' } });
});

test("a listing ends with the edition's last day, to the millisecond, and nothing has to be done for it", async () => {
  const sometime = await aTenant(house);
  const patient = somebody();
  const made = await listing(await aSubmission(house, sometime, { patient, payee: OWN_ACCOUNT }), {}, sometime.sessions.reviewer);
  const begun = await nowMs(house, sometime);
  expect(Date.parse(made.body.expiresAt) - begun).toBe(5 * 365 * DAY_MS);
  const { id_number_hash: hash } = (await row<{ id_number_hash: Buffer }>(house.db, 'select id_number_hash from blacklist_listing where id = ?', [
    made.body.id,
  ]))!;
  const at = (ms: number) => isListed(house.db, hash, new Date(begun + ms), 'sandbox');
  expect([await at(5 * 365 * DAY_MS - 1), await at(5 * 365 * DAY_MS)]).toEqual([true, false]);
  expect(await isListed(house.db, hash, new Date(begun), 'platform')).toBe(false);
  await later(house, sometime, 5 * 365 * DAY_MS);
  expect(await appealed(made.body.id, sometime.platformKey)).toMatchObject({ status: 409 });
  expect((await house.ask<{ listings: Listing[] }>('GET', '/v1/blacklist', { as: sometime.platformKey })).body.listings).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: made.body.id, state: 'expired' })]),
  );
  const narrowed = (state: string) =>
    house.ask<{ listings: Listing[] }>('GET', `/v1/blacklist?id=${made.body.id}&state=${state}`, { as: sometime.platformKey });
  expect([(await narrowed('expired')).body.listings.length, (await narrowed('listed')).body.listings.length]).toEqual([1, 0]);
});

test('the sandbox lists people and hospitals before a story; an institution as payee is matched too', async () => {
  const ask = (body: object) => house.ask('POST', '/v1/sandbox/listings', { as: house.sandboxKey, body: { tenantId: tenant.id, ...body } });
  expect(await ask({ uscc: tenant.hospital.uscc })).toMatchObject({ status: 201 });
  expect(await ask({ uscc: tenant.hospital.uscc, name: '王' })).toMatchObject({ status: 400 });
  expect(await ask({})).toMatchObject({ status: 400 });
  expect(await failing(tenant, { payee: { kind: 'institution' } })).toEqual(['BLACKLIST']);
  expect(await failing(tenant, {})).toEqual([]);
});

test('a party without a citizen number, and an institution, are not listed by this route', async () => {
  const noNumber = await aSubmission(house, tenant, { payee: { kind: 'parent', name: '王父', account: { ...ACCOUNT, name: '王父' } } });
  expect(await listing(noNumber, { party: 'payee' })).toMatchObject({ status: 400, body: { field: '/party' } });
  const institution = await aSubmission(house, tenant, { payee: { kind: 'institution' } });
  expect(await listing(institution, { party: 'payee' })).toMatchObject({ status: 400, body: { field: '/party' } });
  expect(await listing(ulid())).toMatchObject({ status: 404 });
});

test('names are masked by characters, not by half of them', () => {
  expect([maskedName('王小明'), maskedName('𠮷田'), maskedName('李')]).toEqual(['王**', '𠮷*', '李']);
});
