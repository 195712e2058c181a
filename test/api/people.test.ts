import { readdirSync } from 'node:fs';
import { row, rows } from '../../src/database/connect';
import { keptMs } from '../../src/domain/retention';
import { REVEALS_PER_DAY } from '../../src/records/reveals';
import { aRaise, aSubmission, given } from '../support/campaigns';
import { aPerson } from '../support/deletions';
import { aComplaint, DISMISSED, judges } from '../support/endings';
import { aPdf, upload } from '../support/files';
import { aHouse, type House } from '../support/house';
import { anIdNumber } from '../support/identifiers';
import { aColleague, aTenant, later, nowMs, type Tenant } from '../support/people';

let house: House;
let tenant: Tenant;
let operator: string;
let another: string;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  operator = (await aColleague(house, tenant, 'operator')).session;
  another = (await aColleague(house, tenant, 'operator')).session;
}, 60_000);
afterAll(() => house.close());

const REASON = '核对银行退票登记的户名';
const lookAt = (personId: string, over: object = {}, as = operator) =>
  house.ask<{ revealId: string; values: Record<string, string | null> }>('POST', `/v1/people/${personId}/reveals`, {
    as,
    body: { fields: ['name'], purpose: 'payout', reason: REASON, ...over },
  });
const people = async (campaignId: string) =>
  (await house.ask<{ people: Record<string, string | null>[] }>('GET', `/v1/campaigns/${campaignId}/people`, { as: operator })).body.people;
const patientOf = async (campaignId: string): Promise<string> => (await people(campaignId)).find((p) => p.party === 'patient')!.personId!;

describe('a look at personal data', () => {
  test('is masked until a reason is given; then it is on record and in the audit before it is answered', async () => {
    const idNumber = anIdNumber();
    const campaignId = await aSubmission(house, tenant, { patient: { name: '诸葛孔明', idNumber, minor: false } });
    const [patient] = await people(campaignId);
    expect(patient).toMatchObject({ party: 'patient', name: '诸***', idNumber: `****${idNumber.slice(-4)}`, account: '****7890', deletedAt: null });
    const seen = await lookAt(patient!.personId!, { fields: ['name', 'id-number', 'phone', 'account', 'admission-number'] });
    expect(seen).toMatchObject({
      status: 201,
      body: { values: { name: '诸葛孔明', 'id-number': idNumber, phone: null, account: '6217001234567890', 'admission-number': 'ZY20210001' } },
    });
    const audited = await row<{ actor: string; data: object }>(
      house.db,
      `select actor, data from audit.event where action = 'person.revealed' and subject = ?`,
      [`person/${patient!.personId!}`],
    );
    expect(audited!.data).toMatchObject({ revealId: seen.body.revealId, purpose: 'payout' });
    expect(JSON.stringify(audited)).not.toContain(REASON);
  });

  test('needs a reason of ten characters, a purpose and fields, and one of two roles', async () => {
    const personId = await aPerson(house, tenant);
    expect(await lookAt(personId, { reason: '想看一下' })).toMatchObject({ status: 400, body: { field: '/reason' } });
    expect(await lookAt(personId, { purpose: 'curiosity' })).toMatchObject({ status: 400, body: { field: '/purpose' } });
    expect(await lookAt(personId, { fields: [] })).toMatchObject({ status: 400, body: { field: '/fields' } });
    for (const session of [tenant.sessions.maker, tenant.sessions.checkerA, tenant.platformKey])
      expect(await lookAt(personId, {}, session)).toMatchObject({ status: 403 });
    expect(await lookAt(personId, {}, tenant.sessions.reviewer)).toMatchObject({ status: 201 });
    const stranger = await aTenant(house);
    expect(await lookAt(personId, {}, stranger.sessions.reviewer)).toMatchObject({ status: 404 });
  });

  test(`is refused after ${REVEALS_PER_DAY} of them in a day, however many come at once`, async () => {
    const personId = await aPerson(house, tenant);
    const busy = await aColleague(house, tenant, 'operator');
    await house.owner.raw(
      `insert into reveal (id, tenant_id, person_id, staff_id, fields, purpose, reason_enc, revealed_at)
       select lpad(n::text, 26, '0'), ?, ?, ?, '{name}', 'contact', '\\\\x00', now() from generate_series(1, ?::int) n`,
      [tenant.id, personId, busy.id, REVEALS_PER_DAY - 1],
    );
    const answers = await Promise.all([1, 2, 3, 4].map(() => lookAt(personId, {}, busy.session)));
    expect(answers.map((a) => a.status).sort()).toEqual([201, 429, 429, 429]);
    expect(answers.find((a) => a.status === 429)!.body).toMatchObject({ code: 'reveal.too_many', retryable: true });
    await house.owner.raw('delete from reveal where staff_id = ?', [busy.id]);
  });

  test('the log tells who, what, what for and why, of people and of documents, page by page, and nobody changes it', async () => {
    const campaignId = await aSubmission(house, tenant);
    const document = await upload(house, tenant, campaignId, 'diagnosis', aPdf());
    const personId = await patientOf(campaignId);
    await lookAt(personId);
    await house.ask('GET', `/v1/documents/${document.body.id}/content?reason=${encodeURIComponent('核对诊断书原件')}`, { as: operator });
    const log = (query = '') =>
      house.ask<{ reveals: Record<string, unknown>[]; next: string | null }>('GET', `/v1/reveals${query}`, { as: operator });
    const first = (await log('?limit=1')).body;
    expect(first.reveals).toMatchObject([
      { kind: 'document', subject: `document/${document.body.id}`, fields: ['diagnosis'], reason: '核对诊断书原件' },
    ]);
    expect((await log(`?limit=1&before=${first.next}`)).body.reveals).toMatchObject([
      { kind: 'person', subject: `person/${personId}`, fields: ['name'], purpose: 'payout', reason: REASON, by: 'operator' },
    ]);
    await expect(house.db.raw(`update reveal set purpose = 'contact'`)).rejects.toThrow();
    await expect(house.db.raw('delete from reveal')).rejects.toThrow();
    await expect(house.owner.raw(`update reveal set purpose = 'contact'`)).rejects.toThrow('what was seen was seen');
  });
});

describe('deletion', () => {
  const askFor = (personId: string, as = operator) =>
    house.ask<{ id: string; detail: string }>('POST', `/v1/people/${personId}/deletion`, { as, body: { reason: '本人书面申请删除信息' } });
  const decide = (id: string, confirmed: boolean, as = another) =>
    house.ask<{ state: string }>('POST', `/v1/deletions/${id}/decision`, { as, body: { confirmed } });
  const refused = async (campaignId: string): Promise<string> => {
    await house.campaigns.payment.reportByMachine(campaignId, await nowMs(house, tenant));
    const decided = await house.ask('POST', `/v1/campaigns/${campaignId}/decision`, {
      as: tenant.sessions.reviewer,
      body: { decision: 'refuse', rules: ['DOUBLE-AUDIT'], reason: '材料前后不符，无法核实' },
    });
    expect(decided).toMatchObject({ status: 200 });
    return campaignId;
  };
  const ended = (campaignId: string) =>
    house
      .owner('campaign')
      .where('id', campaignId)
      .update({ phase: 'settled', phase_since: new Date(), ended_at: new Date('2021-06-01T00:00:00Z') });

  test('is asked for by one and confirmed by another; declined, nothing is gone', async () => {
    const personId = await aPerson(house, tenant);
    const asked = await askFor(personId);
    expect(await askFor(personId)).toMatchObject({ status: 409, body: { code: 'deletion.wrong_state' } });
    expect(await decide(asked.body.id, true, operator)).toMatchObject({ status: 403, body: { code: 'deletion.own_request' } });
    expect(await decide(asked.body.id, false)).toMatchObject({ status: 200, body: { state: 'declined' } });
    expect(await decide(asked.body.id, true)).toMatchObject({ status: 409, body: { code: 'deletion.wrong_state' } });
    expect(await lookAt(personId)).toMatchObject({ status: 201 });
    expect(await askFor(personId)).toMatchObject({ status: 201 });
  });

  test('the database lets no key go that two people did not give up, and takes none back', async () => {
    const personId = await aPerson(house, tenant);
    const gone = { wrapped_key: null, deleted_at: new Date() };
    await expect(house.db('person').where('id', personId).update(gone)).rejects.toThrow('two people');
    const asked = await askFor(personId);
    await expect(house.db('person').where('id', personId).update(gone)).rejects.toThrow('two people');
    const self = house.db('deletion').where('id', asked.body.id);
    await expect(self.update({ state: 'done', decided_at: new Date(), decided_by: house.db.raw('asked_by') })).rejects.toThrow(
      'another_person_decides',
    );
    await decide(asked.body.id, true);
    await expect(
      house
        .owner('person')
        .where('id', personId)
        .update({ wrapped_key: Buffer.from('x'), deleted_at: null }),
    ).rejects.toThrow('is deleted');
  });

  test('is refused, with the reason, while the campaign is open, a complaint undecided, money unsettled, or the record kept by law', async () => {
    const campaignId = await aRaise(house, tenant);
    const personId = await patientOf(campaignId);
    const refusedWith = async (words: string) =>
      expect(await askFor(personId)).toMatchObject({
        status: 409,
        body: { code: 'deletion.not_now', detail: expect.stringContaining(words), rules: ['RETAIN'] },
      });
    await refusedWith('尚未结束');
    await given(house, tenant, campaignId, [100n]);
    await ended(campaignId);
    await refusedWith('未结清');
    const other = await aRaise(house, tenant);
    const otherPatient = await patientOf(other);
    const complaint = await aComplaint(house, tenant, other);
    await ended(other);
    expect(await askFor(otherPatient)).toMatchObject({ body: { detail: expect.stringContaining('投诉') } });
    await judges(house, tenant, complaint, 'admissibility', { admissible: false, reason: '与求助无关', reply: '不予受理' });
    expect(await askFor(otherPatient)).toMatchObject({ body: { detail: expect.stringContaining('2024-05-31') } });
  });

  test('destroys key and bytes; every view says so, ledger, audit and blacklist stand', async () => {
    const idNumber = anIdNumber();
    const campaignId = await aRaise(house, tenant, { patient: { name: '黄月英', idNumber, minor: false }, title: '为黄月英筹款' });
    const document = await upload(house, tenant, campaignId, 'diagnosis', aPdf());
    const complaint = await aComplaint(house, tenant, campaignId, { text: '请核实' });
    await judges(house, tenant, complaint, 'admissibility', { admissible: true, reason: '可以核查' });
    expect(await judges(house, tenant, complaint, 'decision', DISMISSED)).toMatchObject({ status: 200 });
    await house.ask('POST', `/v1/campaigns/${campaignId}/updates`, { as: tenant.platformKey, body: { kind: 'progress', text: '黄月英病情平稳' } });
    const personId = await patientOf(campaignId);
    await lookAt(personId);
    await ended(campaignId);
    const clock = await row<{ now: Date }>(house.db, 'select now from test_clock where id = ?', [tenant.clockId]);
    await later(house, tenant, keptMs('plea-records') + 200 * 86_400_000);
    const files = (): string[] => readdirSync(house.dependencies.config.paths.documents, { recursive: true }).map(String);
    expect(files().some((file) => file.endsWith(document.body.id))).toBe(true);

    const asked = await askFor(personId);
    expect(await decide(asked.body.id, true)).toMatchObject({ status: 200, body: { state: 'done' } });
    expect(files().some((file) => file.endsWith(document.body.id))).toBe(false);
    expect(await row(house.db, 'select wrapped_key, deleted_at is not null as deleted from person where id = ?', [personId])).toEqual({
      wrapped_key: null,
      deleted: true,
    });

    const views: [string, string][] = [
      [`/v1/campaigns/${campaignId}`, operator],
      [`/v1/campaigns/${campaignId}/people`, operator],
      [`/v1/campaigns/${campaignId}/documents`, operator],
      [`/v1/campaigns/${campaignId}/claims`, operator],
      [`/v1/campaigns/${campaignId}/evidence-requests`, operator],
      [`/v1/campaigns/${campaignId}/complaints`, operator],
      [`/v1/complaints/${complaint}`, operator],
      ['/v1/reveals', operator],
      ['/v1/deletions', operator],
      [`/v1/public/campaigns/${campaignId}`, ''],
      ['/v1/blacklist', tenant.platformKey],
    ];
    const answers = await Promise.all(views.map(([path, as]) => house.ask('GET', path, as ? { as } : {})));
    expect(answers.map((a, i) => [views[i]![0], a.status])).toEqual(views.map(([path]) => [path, 200]));
    const said = JSON.stringify(answers.map((a) => a.body));
    expect(said).not.toContain('黄月英');
    expect(said).not.toContain(idNumber);
    const shown = await house.ask<{ title: string }>('GET', `/v1/public/campaigns/${campaignId}`);
    expect(shown.body.title).toBe('已删除 / deleted');
    expect((await people(campaignId))[0]).toMatchObject({ name: '已删除 / deleted', deletedAt: expect.any(String) });
    for (const path of [`/c/${campaignId}`, `/c/${campaignId}?lang=en`]) expect(await house.ask('GET', path)).toMatchObject({ status: 200 });
    expect(await lookAt(personId)).toMatchObject({ status: 410, body: { code: 'person.deleted' } });
    expect(await askFor(personId)).toMatchObject({ status: 410 });
    expect(
      await house.ask('GET', `/v1/documents/${document.body.id}/content?reason=${encodeURIComponent('核对诊断书原件')}`, { as: operator }),
    ).toMatchObject({ status: 410 });

    const audited = await rows<{ action: string }>(house.db, 'select action from audit.event where subject = ? order by seq', [`person/${personId}`]);
    expect(audited.map((e) => e.action)).toEqual(['person.revealed', 'person.deletion_asked', 'person.deleted']);
    await house.db('test_clock').where('id', tenant.clockId).update({ now: clock!.now });
  });

  test('a plea that was refused before it opened may go at once', async () => {
    const campaignId = await refused(await aSubmission(house, tenant));
    await house.campaigns.database.refuseCampaign(campaignId, await nowMs(house, tenant));
    const asked = await askFor(await patientOf(campaignId));
    expect(asked).toMatchObject({ status: 201 });
    expect(await decide(asked.body.id, true)).toMatchObject({ status: 200 });
  });
});
