import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { row } from '../../src/database/connect';
import { aSubmission, documentOf } from '../support/campaigns';
import { aJpeg, aPdf, aPng, exif, type DocumentAnswer, upload } from '../support/files';
import { aHouse, type Answer, type House } from '../support/house';
import { anIdNumber } from '../support/identifiers';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { rowCounts } from '../support/releases';

let house: House;
let tenant: Tenant;
let campaignId: string;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
  campaignId = await aSubmission(house, tenant);
});
afterAll(() => house.close());

const listed = async (id = campaignId): Promise<readonly DocumentAnswer[]> =>
  (await house.ask<{ documents: DocumentAnswer[] }>('GET', `/v1/campaigns/${id}/documents`, { as: tenant.platformKey })).body.documents;
const look = (id: string, reason: string, as = tenant.sessions.reviewer): Promise<Answer> =>
  house.ask('GET', `/v1/documents/${id}/content?reason=${encodeURIComponent(reason)}`, { as });
const fileOf = (id: string): string => path.join(house.dependencies.config.paths.documents, id.slice(-2), id);

test('bytes arrive: hashed by us, the next version of their kind, evidence renewed', async () => {
  const before = await house.ask<{ evidenceVersion: number }>('GET', `/v1/campaigns/${campaignId}`, { as: tenant.platformKey });
  const first = await upload(house, tenant, campaignId, 'certificate', aPdf('', 'first'));
  const sha256 = createHash('sha256').update(aPdf('', 'first')).digest('hex');
  // One certificate was registered by its hash at submission.
  expect(first).toMatchObject({
    status: 201,
    body: { kind: 'certificate', version: 2, sha256, stored: true, mediaType: 'application/pdf', views: [] },
  });
  const second = await upload(house, tenant, campaignId, 'certificate', aPdf('', 'second'));
  expect(second.body.version).toBe(3);
  expect((await listed()).filter((d) => d.kind === 'certificate').map((d) => [d.version, d.stored])).toEqual([
    [3, true],
    [2, true],
    [1, false],
  ]);
  const after = await house.ask<{ evidenceVersion: number }>('GET', `/v1/campaigns/${campaignId}`, { as: tenant.platformKey });
  expect(after.body.evidenceVersion).toBe(before.body.evidenceVersion + 2);
});

test('the same bytes again are the same document, and nothing changes', async () => {
  const first = await upload(house, tenant, campaignId, 'diagnosis', aPdf('', 'again'));
  const before = await rowCounts(house);
  expect((await upload(house, tenant, campaignId, 'diagnosis', aPdf('', 'again'))).body).toEqual(first.body);
  expect(await rowCounts(house)).toEqual(before);
});

test('a document registered by its hash takes its bytes later', async () => {
  const sha256 = createHash('sha256').update(aPdf('', 'later')).digest('hex');
  await house.ask('POST', `/v1/campaigns/${campaignId}/documents`, {
    as: tenant.platformKey,
    body: { documents: [{ ...documentOf('medical-plan'), sha256 }] },
  });
  const registered = (await listed()).find((d) => d.sha256 === sha256)!;
  expect(registered).toMatchObject({ stored: false, version: 2 });
  expect(await look(registered.id, '核对治疗方案')).toMatchObject({ status: 409, body: { code: 'document.not_held' } });
  expect(await upload(house, tenant, campaignId, 'medical-plan', aPdf('', 'later'))).toMatchObject({
    body: { id: registered.id, stored: true, version: 2 },
  });
});

test('a look gives the bytes as an attachment and leaves a row, an audit row and no trace of the reason in the clear', async () => {
  const { id } = (await upload(house, tenant, campaignId, 'admission-record', aPdf('', 'looked at'))).body;
  const response = await look(id, '核对张三的入院记录');
  expect(response).toMatchObject({ status: 200, type: 'application/pdf', body: aPdf('', 'looked at') });
  const view = (await listed()).find((d) => d.id === id)!.views;
  expect(view).toEqual([{ by: expect.any(String), at: expect.any(String), reason: '核对张三的入院记录' }]);
  const event = await row<{ data: object }>(house.owner, `select data from audit.event where action = 'document.viewed' and subject = ?`, [
    `document/${id}`,
  ]);
  expect(event!.data).toEqual({ view: expect.any(String), kind: 'admission-record', version: 2 });
  expect(house.logged.join('')).not.toContain('张三');
});

test.each([
  ['no reason', ''],
  ['four characters', '看一下吧'],
  ['spaces around four', '  看一下吧  '],
])('no look without a reason: %s', async (_what, reason) => {
  const { id } = (await upload(house, tenant, campaignId, 'diagnosis', aPdf('', 'guarded'))).body;
  const before = await rowCounts(house);
  expect(await look(id, reason)).toMatchObject({ status: 400, body: { field: '/query/reason' } });
  expect(await rowCounts(house)).toEqual(before);
});

test('the platform and another tenant do not look', async () => {
  const { id } = (await upload(house, tenant, campaignId, 'diagnosis', aPdf('', 'guarded'))).body;
  const other = await aTenant(house);
  expect((await look(id, '只是想看看', tenant.platformKey)).status).toBe(403);
  expect((await look(id, '只是想看看', other.sessions.reviewer)).status).toBe(404);
});

test('what lies on the disk is sealed, and a changed, moved or missing file is noticed before a byte leaves', async () => {
  const one = (await upload(house, tenant, campaignId, 'diagnosis', aPdf('', 'sealed one'))).body;
  const two = (await upload(house, tenant, campaignId, 'diagnosis', aPdf('', 'sealed two'))).body;
  const sealed = readFileSync(fileOf(one.id));
  expect(sealed.includes('sealed one')).toBe(false);
  expect(sealed.includes('%PDF')).toBe(false);
  const damaged = { status: 500, body: { code: 'document.damaged' } };
  const before = await rowCounts(house);
  const changed = Buffer.from(sealed);
  changed[40]! ^= 1;
  writeFileSync(fileOf(one.id), changed);
  expect(await look(one.id, '核对诊断证明')).toMatchObject(damaged);
  writeFileSync(fileOf(one.id), readFileSync(fileOf(two.id)));
  expect(await look(one.id, '核对诊断证明')).toMatchObject(damaged);
  expect(await rowCounts(house)).toEqual(before);
  writeFileSync(fileOf(one.id), sealed);
  expect(await look(one.id, '核对诊断证明')).toMatchObject({ status: 200 });
});

test('a picture is kept as it came and shown without where and by what it was taken', async () => {
  const canary = 'GPS-31.2304N-121.4737E';
  const came = aJpeg([[0xe1, exif(6, canary)]]);
  const { id, sha256 } = (await upload(house, tenant, campaignId, 'diagnosis', new Uint8Array(came), 'image/jpeg')).body;
  expect(sha256).toBe(createHash('sha256').update(came).digest('hex'));
  const shown = await fetch(`${house.url}/v1/documents/${id}/content?reason=${encodeURIComponent('核对诊断证明')}`, {
    headers: { authorization: `Bearer ${tenant.sessions.reviewer}` },
  });
  const bytes = Buffer.from(await shown.arrayBuffer());
  expect(bytes.subarray(0, 3)).toEqual(came.subarray(0, 3));
  expect(bytes.includes(canary)).toBe(false);
});

describe('a file that is not taken', () => {
  let before: Record<string, number>;
  beforeAll(async () => void (before = await rowCounts(house)));
  afterEach(async () => expect(await rowCounts(house)).toEqual(before));

  test.each([
    ['a PNG that says PDF', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), 'application/pdf'],
    ['a programme that says JPEG', Buffer.from('MZ'), 'image/jpeg'],
    ['HTML that says PNG', Buffer.from('<html>'), 'image/png'],
  ])('%s', async (_what, bytes, mediaType) => {
    const answer = await upload(house, tenant, campaignId, 'diagnosis', new Uint8Array(bytes), mediaType);
    expect(answer).toMatchObject({ status: 422, body: { code: 'document.refused', field: 'Content-Type', rules: ['PRE-AUDIT'] } });
  });

  test.each([
    ['a picture that is cut off', aJpeg().subarray(0, 60), 'image/jpeg', 'unreadable picture'],
    ['a picture that would fill gigabytes', aPng([], [50_000, 50_000]), 'image/png', 'too many pixels'],
  ])('%s', async (_what, bytes, mediaType, found) => {
    const answer = await upload(house, tenant, campaignId, 'diagnosis', new Uint8Array(bytes), mediaType);
    expect(answer).toMatchObject({ status: 422, body: { code: 'document.refused', rules: ['PRE-AUDIT'], facts: { found } } });
  });

  test('a PDF that does something', async () => {
    const answer = await upload(house, tenant, campaignId, 'diagnosis', aPdf('<< /S /JavaScript >>'));
    expect(answer).toMatchObject({ status: 422, body: { code: 'document.refused', rules: ['PRE-AUDIT'], facts: { found: 'JavaScript' } } });
  });

  test.each([
    ['another type', 'application/zip', aPdf()],
    ['JSON', 'application/json', '{}'],
    ['no bytes', 'application/pdf', ''],
  ])('%s', async (_what, mediaType, bytes) => {
    expect(await upload(house, tenant, campaignId, 'diagnosis', bytes, mediaType)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  test('one byte above 20 MB', async () => {
    const bytes = new Uint8Array(20_000_001);
    bytes.set(Buffer.from('%PDF-1.7\n'));
    expect(await upload(house, tenant, campaignId, 'diagnosis', bytes)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('20000000'), errors: [{ pointer: '/' }] },
    });
  });

  test('an unknown kind', async () => {
    expect(await upload(house, tenant, campaignId, 'selfie', aPdf())).toMatchObject({ status: 400, body: { field: '/query/kind' } });
  });
});

test('exactly 20 MB are taken', async () => {
  const bytes = new Uint8Array(20_000_000).fill(0x20);
  bytes.set(Buffer.from('%PDF-1.7\n'));
  expect(await upload(house, tenant, campaignId, 'diagnosis', bytes)).toMatchObject({ status: 201, body: { byteLength: 20_000_000 } });
});

test('the same bytes for another patient are a signal on the machine report, and no gate', async () => {
  const pass = async (id: string): Promise<{ verdict: string; signals: unknown[] }> => {
    await house.campaigns.payment.reportByMachine(id, await nowMs(house, tenant));
    return (await house.ask<{ report: { verdict: string; signals: unknown[] } }>('GET', `/v1/campaigns/${id}`, { as: tenant.platformKey })).body
      .report;
  };
  const documents = ['id-cards', 'diagnosis', 'admission-record'].map((kind) => documentOf(kind, `signal ${kind}`));
  const idNumber = anIdNumber();
  const first = await aSubmission(house, tenant, { documents, patient: { name: '张三', idNumber, minor: false } });
  expect(await pass(first)).toMatchObject({ verdict: 'pass', signals: [] });
  // The same patient may ask again with the same papers.
  const again = await aSubmission(house, tenant, { documents, patient: { name: '张三', idNumber, minor: false } });
  expect(await pass(again)).toMatchObject({ verdict: 'pass', signals: [] });
  const other = await aSubmission(house, tenant, { documents: documents.slice(1), patient: { name: '李四', idNumber: anIdNumber(), minor: false } });
  expect(await pass(other)).toMatchObject({
    signals: [
      {
        signal: 'duplicate-document',
        facts: { kinds: ['admission-record', 'diagnosis'], patients: 1 },
        zh: expect.any(String),
        en: expect.any(String),
      },
    ],
  });
});
