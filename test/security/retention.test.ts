import { readdirSync } from 'node:fs';
import { row, rows } from '../../src/database/connect';
import { keptMs } from '../../src/domain/retention';
import { applyRetention, dueByClass } from '../../src/records/retention';
import { aRaise } from '../support/campaigns';
import { aPdf, upload } from '../support/files';
import { aHouse, type House } from '../support/house';
import { aTenant, later, type Tenant } from '../support/people';

const DAY_MS = 86_400_000;
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
}, 60_000);
afterAll(() => house.close());

const ago = (ms: number): Date => new Date(Date.now() - ms);
const counted = async () =>
  (await row<{ transfers: bigint; decisions: bigint }>(
    house.db,
    'select (select count(*) from ledger.transfer) as transfers, (select count(*) from audit_decision) as decisions',
  ))!;

test('what is past its class goes, what is a day short of it stays; ledger, decisions and audit are not touched', async () => {
  const campaignId = await aRaise(house, tenant);
  const document = await upload(house, tenant, campaignId, 'diagnosis', aPdf());
  await house.ask('GET', `/v1/documents/${document.body.id}/content?reason=${encodeURIComponent('核对诊断书原件')}`, {
    as: tenant.sessions.reviewer,
  });
  const seen = async (table: string) => Number((await row<{ n: bigint }>(house.db, `select count(*) as n from ${table}`))!.n);

  const [short, past] = [ago(keptMs('sessions') - DAY_MS), ago(keptMs('sessions') + DAY_MS)];
  const staff = (await row<{ id: string }>(house.db, 'select id from staff limit 1'))!.id;
  for (const [id, at] of [
    ['old', past],
    ['short', short],
  ] as const) {
    await house.owner('session').insert({ id, token_hash: Buffer.from(id), staff_id: staff, created_at: at, expires_at: at });
    await house.owner('idempotency').insert({ actor: 'public', key: `form/${id}`, request_hash: Buffer.from('h'), status: 303, created_at: at });
    await house.owner('idempotency').insert({ actor: 'k', key: id, request_hash: Buffer.from('h'), status: 201, created_at: at });
    const outbox = {
      id,
      tenant_id: tenant.id,
      workflow_type: 'campaign',
      workflow_id: 'campaign/x',
      subject_id: 'x',
      notice: 'started',
      delivered_at: at,
    };
    await house.owner('outbox').insert(outbox);
  }
  await house
    .owner('campaign')
    .where('id', campaignId)
    .update({ phase: 'settled', ended_at: house.owner.raw(`(select now from test_clock where id = ?)`, [tenant.clockId]) });
  expect(await dueByClass(house.db)).toEqual({ documents: 0, sessions: 1, 'form-answers': 1, deliveries: 1, reveals: 0 });

  await later(house, tenant, keptMs('reveals') + DAY_MS);
  expect(await dueByClass(house.db)).toMatchObject({ documents: 0, reveals: 1 });
  await later(house, tenant, keptMs('documents') - keptMs('reveals'));
  expect(await dueByClass(house.db)).toMatchObject({ documents: 1 });

  const before = await counted();
  const store = house.dependencies.documents;
  expect(await applyRetention(house.owner, store)).toEqual({ documents: 1, sessions: 1, 'form-answers': 1, deliveries: 1, reveals: 1 });
  expect(await dueByClass(house.db)).toEqual({ documents: 0, sessions: 0, 'form-answers': 0, deliveries: 0, reveals: 0 });
  const after = await counted();
  expect(after).toMatchObject({ transfers: before.transfers, decisions: before.decisions });
  const told = await rows<{ subject: string }>(house.db, `select subject from audit.event where actor = 'retention' order by seq`);
  expect(told.map((e) => e.subject)).toEqual([
    `document/${document.body.id}`,
    'retention/sessions',
    'retention/form-answers',
    'retention/deliveries',
    'retention/reveals',
  ]);
  expect(await seen(`session where id = 'short'`)).toBe(1);
  expect(await seen(`idempotency where key in ('old', 'short') or key = 'form/short'`)).toBe(3);
  // The bytes are gone, the row and its hash are not, and whoever asks is told.
  const files = readdirSync(house.dependencies.config.paths.documents, { recursive: true }).map(String);
  expect(files.some((file) => file.endsWith(document.body.id))).toBe(false);
  expect(await row(house.db, 'select sha256 from document where id = ?', [document.body.id])).toEqual({ sha256: document.body.sha256 });
  expect(
    await house.ask('GET', `/v1/documents/${document.body.id}/content?reason=${encodeURIComponent('核对诊断书原件')}`, {
      as: tenant.sessions.reviewer,
    }),
  ).toMatchObject({ status: 410 });
});

test('the application removes nothing by itself', async () => {
  for (const table of ['session', 'outbox', 'reveal', 'document_view', 'document', 'audit.event', 'ledger.transfer'])
    await expect(house.db.raw(`delete from ${table}`)).rejects.toThrow('permission denied');
});
