import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Client } from 'pg';
import { row } from '../../src/database/connect';
import { migrate } from '../../src/database/migrate';
import { verifyLedger } from '../../src/ledger/verify';
import { verifyChain } from '../../src/audit/chain';
import { sealWhatIsPlain } from '../../src/engines/plainWords';
import { checkoutRoot } from '../../src/paths';
import { bankLine, paidNotice } from '../support/campaigns';
import { type FreshDatabase, freshDatabase } from '../support/database';
import { TEST_PASSWORD } from '../support/engines';
import { aHouse, type House } from '../support/house';
import { aColleague, type Tenant } from '../support/people';
import { preparePayout, signs } from '../support/releases';
import { pursue, standing } from '../support/transfers';

/** A system of schema 0043 with money under way comes through every later migration, loses no row, and goes on. */
const LAST = '0043_payee_change.sql';
const KEY = Buffer.alloc(32, 7);

interface Place {
  readonly id: string;
  readonly release: string;
  readonly payout: string;
}
interface Old {
  readonly tenant: Tenant;
  readonly campaigns: {
    readonly submitted: { readonly id: string };
    readonly raising: { readonly id: string; readonly open: readonly string[] };
    readonly planned: Place;
    readonly halfSigned: Place & { readonly digest: string };
    readonly reserved: Place;
    readonly unknown: Place;
    readonly awaitingReceipt: Place;
    readonly refunding: { readonly id: string; readonly round: string; readonly complaint: string };
    readonly complained: { readonly id: string; readonly complaint: string };
  };
  readonly tables: Readonly<Record<string, string>>;
  readonly sequences: Readonly<Record<string, string>>;
}

const old = JSON.parse(gunzipSync(readFileSync(path.join(__dirname, 'schema-0043.json.gz'))).toString()) as Old;
const { campaigns } = old;
let database: FreshDatabase;
let applied: string[];
let before: Record<string, bigint>;
let house: House;
let tenant: Tenant;

beforeAll(async () => {
  database = await freshDatabase('template0');
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    await asItWas(client);
    before = await counted(client);
    ({ applied } = await migrate(database.ownerUrl, { appPassword: TEST_PASSWORD }));
  } finally {
    await client.end();
  }
  house = await aHouse(undefined, { database, key: KEY });
  // As the start does, once there are keys.
  await sealWhatIsPlain(database.ownerUrl, house.dependencies.config.paths.keys);
  // Sessions of before are long over: the same people's colleagues go on.
  const of = async (role: Parameters<typeof aColleague>[2]): Promise<string> => (await aColleague(house, old.tenant, role)).session;
  const sessions = {
    reviewer: await of('reviewer'),
    operator: await of('operator'),
    maker: await of('finance-maker'),
    checkerA: await of('finance-checker'),
    checkerB: await of('finance-checker'),
  };
  tenant = { ...old.tenant, sessions } as Tenant;
}, 60_000);
afterAll(() => house.close());

/** The migrations up to 0043 as they lie here (their hashes are checked by every start), then the rows of that time. */
async function asItWas(client: Client): Promise<void> {
  const folder = path.join(checkoutRoot(), 'migrations');
  await client.query('create table migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())');
  for (const name of readdirSync(folder)
    .sort()
    .filter((file) => file <= LAST)) {
    const sql = readFileSync(path.join(folder, name), 'utf8');
    await client.query(sql);
    await client.query('insert into migration (name, sha256) values ($1, $2)', [name, createHash('sha256').update(sql).digest('hex')]);
  }
  await client.query('set session_replication_role = replica');
  for (const [table, rows] of Object.entries(old.tables)) {
    await client.query(`delete from ${table}`);
    await client.query(`insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1::json)`, [rows]);
  }
  for (const [name, value] of Object.entries(old.sequences)) await client.query('select setval($1, $2::bigint)', [name, value]);
  await client.query('set session_replication_role = origin');
}

async function counted(client: Client): Promise<Record<string, bigint>> {
  const counts: Record<string, bigint> = {};
  for (const table of Object.keys(old.tables))
    counts[table] = BigInt((await client.query<{ n: string }>(`select count(*)::text as n from ${table}`)).rows[0]!.n);
  return counts;
}

const at = async (): Promise<number> =>
  (await row<{ now: Date }>(house.db, 'select now from test_clock where id = ?', [old.tenant.clockId]))!.now.getTime();
const ours = ({ id, release, payout }: Place) => ({ campaignId: id, id: release, payoutId: payout });

test('every later migration was applied, and none of before again', () => {
  const later = readdirSync(path.join(checkoutRoot(), 'migrations'))
    .sort()
    .filter((file) => file > LAST);
  expect(applied).toEqual(later);
  expect(later.length).toBeGreaterThan(0);
});

test('no row is lost; ledger and audit chain hold as they stood', async () => {
  for (const [table, n] of Object.entries(before)) {
    const { there } = (await row<{ there: bigint }>(house.owner, `select count(*) as there from ${table}`))!;
    // Sessions may end with an upgrade; nothing else may.
    if (table !== 'public.session') expect([table, there >= n]).toEqual([table, true]);
  }
  expect(await verifyLedger(house.owner, null)).toEqual([]);
  const differences = await verifyChain(house.owner, null, null);
  expect(differences.filter(({ what }) => what !== 'chain.unsealed')).toEqual([]);
});

test('what was plain then is sealed now, whole rows at once', async () => {
  const plain = await row(
    house.owner,
    `select (select count(*)::int from complaint where reason is not null or admissible_reason is not null) as complaints,
       (select count(*)::int from idempotency where body is not null) as answers, (select count(*)::int from bank_line where counterparty is not null) as lines`,
  );
  expect(plain).toEqual({ complaints: 0, answers: 0, lines: 0 });
  expect(
    await row(house.owner, 'select count(*)::int as n from complaint where reason_enc is not null and admissible_reason_enc is not null'),
  ).toEqual({ n: 1 });
});

test('every campaign can be looked at by its staff', async () => {
  for (const [state, { id }] of Object.entries(campaigns)) {
    const seen = await house.ask<{ id: string }>('GET', `/v1/campaigns/${id}`, { as: tenant.sessions.reviewer });
    expect([state, seen.status]).toEqual([state, 200]);
  }
});

test('an order of before is paid, once', async () => {
  const { id, open } = campaigns.raising;
  const paidAt = new Date(await at()).toISOString();
  const notice = paidNotice(tenant, open[0]!, 30_000n, { paidAt });
  expect((await house.push('wechat', notice)).status).toBe(204);
  expect((await house.push('wechat', notice)).status).toBe(204);
  expect(await row(house.db, 'select raised_fen from campaign where id = ?', [id])).toEqual({ raised_fen: 150_001n });
});

test('a payout that was reserved, and one that was unknown at the bank, are paid once each', async () => {
  for (const place of [campaigns.reserved, campaigns.unknown]) {
    expect(await pursue(house, tenant, place.payout)).toBe('succeeded');
    expect(await standing(house, ours(place))).toMatchObject({ state: 'succeeded', bookedFen: 964_000n, paidFen: 964_000n, received: 1 });
    const line = bankLine(tenant, { sign: 'DBIT', amountFen: 964_000n, endToEndId: place.payout });
    expect((await house.push('bank', line)).status).toBe(204);
  }
});

test('a payment that one checker had signed gets its second signature, or is proposed anew, and leaves by two', async () => {
  const { release, id, digest } = campaigns.halfSigned;
  const place = { id: release, campaignId: id };
  const signed = await signs(house, tenant.sessions.checkerA, place, digest);
  expect([201, 409]).toContain(signed.status);
  if (signed.status === 409) {
    expect(signed.body).toMatchObject({ code: 'release.digest_changed' });
    const made = await house.ask<{ approval: { digest: string } }>('POST', `/v1/releases/${release}/approval`, { as: tenant.sessions.maker });
    for (const who of ['checkerA', 'checkerB'] as const)
      expect(await signs(house, tenant.sessions[who], place, made.body.approval.digest)).toMatchObject({ status: 201 });
  }
  const payout = await preparePayout(house, tenant, place);
  expect(payout).not.toBeNull();
  expect(await pursue(house, tenant, payout!)).toBe('succeeded');
  expect((await house.push('bank', bankLine(tenant, { sign: 'DBIT', amountFen: 964_000n, endToEndId: payout! }))).status).toBe(204);
});

test('a release that waited for its receipt is reminded of it', async () => {
  const { payout, release } = campaigns.awaitingReceipt;
  await house.releases.database.remind(payout, 'receipt-due', await at());
  expect(await row(house.db, 'select stage, receipt from release where id = ?', [release])).toEqual({ stage: 'receipt', receipt: 'awaited' });
});

test('a round of refunds that had begun is given back to the fen', async () => {
  const { round, id } = campaigns.refunding;
  expect(await house.refunds.payment.sendReturns(round, await at())).toBe(false);
  await house.refunds.database.finishRefund(round, await at());
  const { fen } = (await row<{ fen: bigint }>(
    house.db,
    `select sum(amount_fen)::bigint as fen from gift_return where round_id = ? and status = 'returned'`,
    [round],
  ))!;
  expect(fen).toBe(6_333n);
  const closed = await house.ask<{ money: { refundedFen: string; pendingFen: string } }>('GET', `/v1/campaigns/${id}`, {
    as: tenant.sessions.reviewer,
  });
  expect(closed.body.money).toMatchObject({ refundedFen: '6333', pendingFen: '0' });
});

test('a complaint that was open is decided, and what was said of it can be read', async () => {
  const { complaint } = campaigns.complained;
  const decided = await house.ask('POST', `/v1/complaints/${complaint}/decision`, {
    as: tenant.sessions.operator,
    body: { verdict: 'dismissed', reason: '查无此事', reply: '经核查，投诉不属实。' },
  });
  expect(decided).toMatchObject({ status: 200 });
  const read = await house.ask<{ text: string }>('GET', `/v1/complaints/${complaint}`, { as: tenant.sessions.operator });
  expect(read).toMatchObject({ status: 200 });
  expect(JSON.stringify(read.body)).toContain('据称家中另有商铺');
});
