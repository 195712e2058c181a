import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect } from '../../src/database/connect';
import { scanForCanaries } from '../support/canaries';
import { freshDatabase } from '../support/database';
import { aFolder } from '../support/folder';

const CANARIES = [
  { what: 'patient.name', text: '王金丝雀' },
  { what: 'patient.idNumber', text: '11010519491231002X' },
];

/** The scanner's own eyes: a leak of each kind is seen, and named. */
test.each([
  ['as it is', '{"name":"王金丝雀"}'],
  ['escaped', '{"name":"\\u738b\\u91d1\\u4e1d\\u96c0"}'],
  ['percent-encoded', 'GET /v1/people?name=%E7%8E%8B%E9%87%91%E4%B8%9D%E9%9B%80'],
  ['base64', Buffer.from('{"name":"王金丝雀","x":1}').toString('base64')],
  ['base64', Buffer.from(' {"name":"王金丝雀","x":1}').toString('base64')],
  ['base64', Buffer.from('  {"name":"王金丝雀","x":1}').toString('base64')],
  ['hex', Buffer.from('王金丝雀').toString('hex')],
])('a name in a log is seen %s', async (as, line) => {
  const folder = aFolder();
  mkdirSync(path.join(folder.path, 'deep'));
  writeFileSync(path.join(folder.path, 'deep', 'api.log'), `{"msg":"fine"}\n${line}\n`);
  expect(await scanForCanaries({ logsFolder: folder.path, canaries: CANARIES })).toEqual([
    { what: 'patient.name', as, where: `file ${path.join(folder.path, 'deep', 'api.log')}` },
  ]);
  folder.remove();
});

test('a value in any kind of column is seen, unless the column is what was published', async () => {
  const fresh = await freshDatabase();
  const db = connect(fresh.ownerUrl, { max: 1 });
  await db.raw('create table leak (a text, b jsonb, c text[], d bytea, e text)');
  await db('leak').insert({
    a: `x ${CANARIES[1]!.text}`,
    b: JSON.stringify({ deep: [CANARIES[0]!.text] }),
    c: [CANARIES[0]!.text],
    d: Buffer.from(CANARIES[0]!.text),
  });
  await db('leak').insert({ e: CANARIES[0]!.text });
  const hits = await scanForCanaries({ db, canaries: CANARIES, published: new Set(['leak.e']) });
  expect(hits.map((hit) => `${hit.where} ${hit.what}`)).toEqual([
    'column leak.a patient.idNumber',
    'column leak.b patient.name',
    'column leak.c patient.name',
    'column leak.d patient.name',
  ]);
  expect(await scanForCanaries({ db, canaries: CANARIES })).toHaveLength(5);
  expect(await scanForCanaries({ db, canaries: [{ what: 'nobody', text: '李无此人' }] })).toEqual([]);
  await db.destroy();
  await fresh.drop();
});
