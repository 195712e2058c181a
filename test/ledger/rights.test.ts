import { post } from '../../src/ledger/post';
import { audit } from '../../src/audit/append';
import { type Books, openBooks, openHouseAccounts, sqlStateOf, theBooksBalance, transfer } from '../support/ledger';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await openHouseAccounts(books.app, 't1', 'c1');
  await post(books.app, [transfer({ key: 'opening' })], 'test');
  await audit(books.app, { action: 'test.happened', subject: 'test', actor: 'test' });
  await books.app.raw('select audit.seal(100)');
});
afterAll(async () => {
  await theBooksBalance(books.app);
  await books.close();
});

const DENIED = '42501';
const TABLES = ['ledger.account', 'ledger.transfer', 'ledger.posting', 'audit.event', 'audit.link'];
const COLUMN: Record<string, string> = {
  'ledger.account': 'credits_fen',
  'ledger.transfer': 'amount_fen',
  'ledger.posting': 'digest',
  'audit.event': 'data',
  'audit.link': 'hash',
};

describe.each(TABLES)('the application role may read %s', (table) => {
  test.each([
    ['insert', `insert into ${table} overriding system value select * from ${table}`],
    ['update', `update ${table} set ${COLUMN[table]!} = ${COLUMN[table]!}`],
    ['delete', `delete from ${table}`],
    ['truncate', `truncate ${table} cascade`],
    ['drop', `drop table ${table}`],
    ['disable triggers of', `alter table ${table} disable trigger all`],
  ])('and not %s it', async (_what, sql) => {
    expect(await sqlStateOf(books.app.raw(`select * from ${table}`))).toBe('none');
    expect(await sqlStateOf(books.app.raw(sql))).toBe(DENIED);
  });
});

test.each(['ledger.transfer', 'ledger.posting', 'audit.event', 'audit.link'])(
  'not even the owner updates, deletes or truncates %s by accident',
  async (table) => {
    for (const sql of [`update ${table} set ${COLUMN[table]!} = ${COLUMN[table]!}`, `delete from ${table}`, `truncate ${table} cascade`]) {
      expect([sql, await sqlStateOf(books.owner.raw(sql))]).toEqual([sql, 'AL003']);
    }
  },
);

test.each(['delete from ledger.account', 'truncate ledger.account cascade'])('an account is never removed: %s', async (sql) => {
  expect(await sqlStateOf(books.owner.raw(sql))).toBe('AL003');
});

test.each([
  ["select nextval('ledger.posting_id')", 'the posting sequence'],
  ["select setval('ledger.posting_id', 1)", 'the posting sequence'],
  ['select ledger.refuse_change()', 'the guard itself'],
  ['create table ledger.mine (id int)', 'a table in the ledger'],
  ['create function audit.mine() returns int language sql as $$ select 1 $$', 'a function in the audit'],
  ['create table mine (id int)', 'a table anywhere'],
  ["set session_replication_role = 'replica'", 'triggers off'],
  ['set role postgres', 'the owner’s role'],
])('the application role may not: %s (%s)', async (sql) => {
  expect(await sqlStateOf(books.app.raw(sql))).not.toBe('none');
});

test.each([
  'gift',
  'gift_return',
  'approval_signature',
  'audit_decision',
  'machine_report',
  'receipt',
  'document',
  'document_view',
  'claim_event',
  'evidence_request',
  'publication',
  'payout',
  'bank_line',
  'person',
  'fee_schedule',
])('what was decided or proven in %s is never deleted by the application', async (table) => {
  expect(await sqlStateOf(books.app.raw(`delete from ${table}`))).toBe(DENIED);
  expect(await sqlStateOf(books.app.raw(`truncate ${table} cascade`))).toBe(DENIED);
});

test.each([
  ['approval_signature', 'decision'],
  ['audit_decision', 'decision'],
  ['machine_report', 'verdict'],
  ['receipt', 'amount_fen'],
  ['fee_schedule', 'service_bp'],
  ['gift', 'amount_fen'],
  ['gift', 'credited_fen'],
  ['release_request', 'outcome'],
  ['plan_signature', 'party'],
  ['document', 'sha256'],
  ['document', 'version'],
  ['document_view', 'reason_enc'],
  ['claim_event', 'state'],
  ['evidence_request', 'message_enc'],
])('%s.%s is written once', async (table, column) => {
  expect(await sqlStateOf(books.app.raw(`update ${table} set ${column} = ${column}`))).toBe(DENIED);
});

test('every function of ledger and audit that runs with the owner’s rights fixes its search path', async () => {
  const loose = (await books.owner.raw(
    `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('public', 'ledger', 'audit') and p.prosecdef and not exists (select from unnest(p.proconfig) c where c like 'search_path=%')`,
  )) as { rows: unknown[] };
  expect(loose.rows).toEqual([]);
});
