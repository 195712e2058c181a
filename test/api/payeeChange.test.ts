import { row, rows } from '../../src/database/connect';
import { DAY_MS } from '../../src/domain/calendar';
import { campaignBooks } from '../../src/ledger/statement';
import { accountAccepted, ACCOUNT, aRaisedCampaign, bankLine, sha256Of } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aKey, anIdNumber } from '../support/identifiers';
import { aTenant, later, nowMs, signedReceipt, type Tenant } from '../support/people';
import { preparePayout, type Release, request, rowCounts, signedByAll, throughPublicity } from '../support/releases';
import { debitNotified, type Payout, pursue } from '../support/transfers';

// PAYEE in mid-release: judged at once, approvals void, account superseded; ROUTE decides what stays asked for. The unwilling hospital, as one story.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close());

const RESTRICTED = [30_000_001n];
const TO_HOSPITAL = { askFen: '40000000', payee: { kind: 'institution' } };
const mother = (): { kind: string; name: string; idNumber: string; account: object } => ({
  kind: 'parent',
  name: '张母',
  idNumber: anIdNumber(),
  account: { ...ACCOUNT, name: '张母', number: '6217001234567899' },
});
interface Changed {
  payeeAccount: { status: string; version: number };
  cancelledReleases: string[];
  releases: { id: string; payeeKind: string; stage: string }[];
}
const changed = (campaignId: string, body: object) =>
  house.ask<Changed>('PUT', `/v1/campaigns/${campaignId}/payee`, { as: tenant.platformKey, body });
const payeeOf = (campaignId: string) => row(house.db, 'select payee_kind, payee_person_id from campaign where id = ?', [campaignId]);
const patientOf = () => ({ name: '张三', idNumber: anIdNumber(), minor: false });

async function asked(campaignId: string, body: object): Promise<Release[]> {
  const answer = await request(house, tenant, campaignId, body);
  expect(answer).toMatchObject({ status: 201, body: { outcome: 'accepted' } });
  return answer.body.releases.map((r) => ({ id: r.id, campaignId }));
}
const HALVES = { mode: 'batched', batches: [5_000, 5_000].map((basisPoints) => ({ basisPoints, purpose: '治疗' })) };
async function hospitalIsUnwilling(campaignId: string): Promise<void> {
  const as = tenant.platformKey;
  const contact = { contacted: '住院处', outcome: 'hospital-account-refused', note: '医院不接收平台转账' };
  expect((await house.ask('POST', `/v1/campaigns/${campaignId}/hospital-contacts`, { as, body: contact })).status).toBe(201);
  for (const party of ['sponsor', 'help-seeker']) {
    const body = { party, planSha256: sha256Of('medical-plan'), listSha256: sha256Of('expense-list') };
    expect((await house.ask('POST', `/v1/campaigns/${campaignId}/plan-signatures`, { as, body })).status).toBe(201);
  }
}
async function paid(release: Release): Promise<Payout> {
  await throughPublicity(house, tenant, release);
  await signedByAll(house, tenant, release);
  const payoutId = (await preparePayout(house, tenant, release))!;
  const payout = { ...release, payoutId };
  expect(await pursue(house, tenant, payoutId)).toBe('succeeded');
  await debitNotified(house, tenant, payout);
  await house.releases.database.beginReceipt(release.id, payoutId, await nowMs(house, tenant));
  return payout;
}
async function bounced({ id, payoutId }: Payout): Promise<void> {
  const { amountFen } = house.bank.booked.get(payoutId)!;
  const line = bankLine(tenant, { sign: 'CRDT', amountFen, endToEndId: payoutId, returnCode: 'AC04', returnText: 'account closed' });
  expect((await house.push('bank', line)).status).toBe(204);
  await house.releases.database.recordReturn(payoutId, await nowMs(house, tenant));
  await house.releases.database.beginCorrection(id, await nowMs(house, tenant));
}
const stageOf = async (id: string): Promise<string> =>
  (await row<{ stage: string }>(house.db, 'select stage from release where id = ?', [id]))!.stage;

test('a payee whom a rule forbids is refused at once, and nothing changes', async () => {
  const documents = ['id-cards', 'diagnosis', 'admission-record'].map((kind) => ({
    kind,
    sha256: sha256Of(kind),
    mediaType: 'image/png',
    byteLength: 1,
  }));
  const id = await aRaisedCampaign(house, tenant, [100n], { patient: patientOf(), documents });
  const listed = mother();
  await house.ask('POST', '/v1/sandbox/listings', {
    as: house.sandboxKey,
    body: { tenantId: tenant.id, name: listed.name, idNumber: listed.idNumber },
  });
  const [before, payee] = [await rowCounts(house), await payeeOf(id)];
  const refused = (...rules: string[]) => ({ status: 409, body: { code: 'campaign.rule_failed', rules } });
  expect(await changed(id, { ...mother(), kind: 'friend' })).toMatchObject(refused('PAYEE'));
  expect(await changed(id, mother())).toMatchObject(refused('PAYEE'));
  expect(await changed(id, listed)).toMatchObject(refused('BLACKLIST', 'PAYEE'));
  const wrong = { status: 400, body: { code: 'request.invalid' } };
  expect(await changed(id, { kind: 'seeker', account: { ...ACCOUNT, name: '李四' } })).toMatchObject(wrong);
  expect(await changed(id, { ...mother(), idNumber: undefined })).toMatchObject(wrong);
  expect(await changed(id, { kind: 'institution', account: ACCOUNT })).toMatchObject(wrong);
  expect(await rowCounts(house)).toEqual(before);
  expect(await payeeOf(id)).toEqual(payee);
});

test('signatures are void, and the new account waits for bank and reviewer before a fen leaves', async () => {
  const id = await aRaisedCampaign(house, tenant, [1_000n], { patient: patientOf() });
  const [release] = (await asked(id, { mode: 'single' })) as [Release];
  await throughPublicity(house, tenant, release);
  await signedByAll(house, tenant, release);
  expect(await changed(id, mother())).toMatchObject({ status: 200, body: { payeeAccount: { status: 'filed', version: 2 }, cancelledReleases: [] } });
  expect(await preparePayout(house, tenant, release)).toBeNull();
  const unaccepted = await house.ask('POST', `/v1/releases/${release.id}/approval`, { as: tenant.sessions.maker });
  expect(unaccepted).toMatchObject({ status: 409, body: { code: 'release.no_account' } });
  await accountAccepted(house, tenant, id, release.id);
  await signedByAll(house, tenant, release);
  const payoutId = (await preparePayout(house, tenant, release))!;
  expect(await row(house.db, 'select payee_kind from payout where id = ?', [payoutId])).toEqual({ payee_kind: 'parent' });
  expect(await changed(id, { kind: 'seeker', account: ACCOUNT })).toMatchObject({ status: 409, body: { code: 'release.wrong_stage' } });
  expect(await pursue(house, tenant, payoutId)).toBe('succeeded');
});

test('the unwilling hospital: its bank sends the money back, another payee is filed, batches are asked for anew and paid', async () => {
  const id = await aRaisedCampaign(house, tenant, RESTRICTED, { ...TO_HOSPITAL, patient: patientOf() });
  const [direct] = (await asked(id, { mode: 'hospital-direct' })) as [Release];
  await bounced(await paid(direct));
  expect(await stageOf(direct.id)).toBe('correction');
  expect(await changed(id, mother())).toMatchObject({ status: 200, body: { cancelledReleases: [direct.id] } });
  expect(await stageOf(direct.id)).toBe('cancelled');
  expect(await campaignBooks(house.db, id)).toMatchObject({ pendingFen: 30_000_001n, paidNetFen: 0n, feesFen: 0n });
  expect(await request(house, tenant, id, { mode: 'hospital-direct' })).toMatchObject({ body: { refusedBy: ['ROUTE'] } });
  expect(await request(house, tenant, id, HALVES)).toMatchObject({ body: { refusedBy: ['ROUTE'] } });
  await hospitalIsUnwilling(id);
  const [first] = (await asked(id, HALVES)) as [Release, Release];
  await paid(first);
  const view = await house.ask<Changed>('GET', `/v1/campaigns/${id}`, { as: tenant.platformKey });
  expect(view.body.releases.find((r) => r.id === first.id)).toMatchObject({ stage: 'receipt', payeeKind: 'parent' });
});

test('the hospital denies: payouts are held, and the hold ends when its bank sends the money back', async () => {
  const id = await aRaisedCampaign(house, tenant, RESTRICTED, { ...TO_HOSPITAL, patient: patientOf() });
  const [direct] = (await asked(id, { mode: 'hospital-direct' })) as [Release];
  const payout = await paid(direct);
  const { amountFen } = house.bank.booked.get(payout.payoutId)!;
  const body = signedReceipt(tenant.hospital, payout.payoutId, 'deny', amountFen.toString());
  expect((await house.ask('POST', `/v1/payouts/${payout.payoutId}/receipt`, { as: tenant.hospital.key, key: aKey(), body })).status).toBe(201);
  await house.releases.database.holdForReceipt(direct.id, await nowMs(house, tenant));
  // Changed while the hospital still has the money: the release is let be, until it comes back.
  expect(await changed(id, mother())).toMatchObject({ status: 200, body: { cancelledReleases: [] } });
  const standing = () => rows(house.db, 'select rule from hold where campaign_id = ? and lifted_at is null', [id]);
  expect(await standing()).toEqual([{ rule: 'RECEIPT' }]);
  await bounced(payout);
  expect(await standing()).toEqual([]);
  expect(await stageOf(direct.id)).toBe('cancelled');
});

test('batches to the hospital: what it signed for stays its own, and the rest goes on only where ROUTE grants it to the new payee', async () => {
  const half = async (prepare: boolean): Promise<{ id: string; first: Payout; second: Release; answer: Changed }> => {
    const id = await aRaisedCampaign(house, tenant, RESTRICTED, { ...TO_HOSPITAL, patient: patientOf() });
    const [one, second] = (await asked(id, HALVES)) as [Release, Release];
    const first = await paid(one);
    if (prepare) await hospitalIsUnwilling(id);
    const answer = await changed(id, mother());
    expect(answer.status).toBe(200);
    return { id, first, second, answer: answer.body };
  };
  const unprepared = await half(false);
  expect(unprepared.answer.cancelledReleases).toEqual([unprepared.second.id]);
  const prepared = await half(true);
  expect(prepared.answer.cancelledReleases).toEqual([]);
  expect(prepared.answer.releases.map((r) => r.payeeKind)).toEqual(['institution', 'parent']);
  const { amountFen } = house.bank.booked.get(prepared.first.payoutId)!;
  const body = signedReceipt(tenant.hospital, prepared.first.payoutId, 'confirm', amountFen.toString());
  const signed = await house.ask('POST', `/v1/payouts/${prepared.first.payoutId}/receipt`, { as: tenant.hospital.key, key: aKey(), body });
  expect(signed).toMatchObject({ status: 201 });
});

test('the database too: a hospital-direct release is never paid to a person, and a payout keeps its payee', async () => {
  const id = await aRaisedCampaign(house, tenant, RESTRICTED, { ...TO_HOSPITAL, patient: patientOf() });
  const [direct] = (await asked(id, { mode: 'hospital-direct' })) as [Release];
  const payout = await paid(direct);
  await expect(house.db('payout').where('id', payout.payoutId).update({ payee_kind: 'parent' })).rejects.toThrow(/never changes/);
  await later(house, tenant, DAY_MS);
  const other = await aRaisedCampaign(house, tenant, RESTRICTED, { ...TO_HOSPITAL, patient: patientOf() });
  const [release] = (await asked(other, { mode: 'hospital-direct' })) as [Release];
  await throughPublicity(house, tenant, release);
  await house.owner('campaign').where('id', other).update({ payee_kind: 'seeker' });
  await signedByAll(house, tenant, release);
  await expect(preparePayout(house, tenant, release)).rejects.toThrow(/paid to the hospital/);
});
