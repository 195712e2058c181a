import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { row, rows } from '../../src/database/connect';
import { checkoutRoot } from '../../src/paths';
import { personInTheClear } from '../../src/records/people';
import { rewrapAll, WRAPPED, wrappedByKey } from '../../src/records/rewrap';
import { addKey, ensureRing, loadRing, removeKey } from '../../src/security/keyRing';
import { KEY_ENCRYPTION_KEYS } from '../../src/security/keys';
import { PersonalData } from '../../src/security/personalData';
import { ringVault } from '../../src/security/vault';
import { aRaise, aSubmission, given } from '../support/campaigns';
import { aPersonAskedFor } from '../support/deletions';
import { aComplaint, askedBack } from '../support/endings';
import { aFolder } from '../support/folder';
import { aHouse } from '../support/house';
import { aTenant } from '../support/people';

test('all data keys are wrapped anew under a new key, cut short and gone on with; processes that run meanwhile read on', async () => {
  const house = await aHouse();
  const tenant = await aTenant(house);
  const campaignId = await aRaise(house, tenant);
  await aSubmission(house, tenant);
  await aComplaint(house, tenant, campaignId);
  await askedBack(house, tenant, (await given(house, tenant, campaignId, [100n]))[0]!);
  await aPersonAskedFor(house, tenant);
  const keysDir = house.dependencies.config.paths.keys;
  const patient = (await row<{ patient_id: string }>(house.db, 'select patient_id from campaign where id = ?', [campaignId]))!.patient_id;
  const before = await wrappedByKey(house.db);
  expect([...before.keys()]).toEqual([1]);
  expect(before.get(1)).toBeGreaterThan(8);

  expect(addKey(keysDir, KEY_ENCRYPTION_KEYS)).toBe(2);
  const vault = ringVault(() => loadRing(keysDir, KEY_ENCRYPTION_KEYS));
  // Cut short: the third time that something is wrapped anew, the process is gone.
  let left = 3;
  const dying = {
    ...vault,
    current: vault.current,
    wrap: (plain: Buffer, purpose: string) => {
      if ((left -= 1) === 0) throw new Error('killed');
      return vault.wrap(plain, purpose);
    },
  };
  await expect(rewrapAll(house.owner, dying)).rejects.toThrow('killed');
  expect((await wrappedByKey(house.db)).get(1)).toBeGreaterThan(0);
  // The house's own vault was opened before there was a key 2.
  expect(await personInTheClear(house.db, house.dependencies.personalData, patient)).toMatchObject({ name: '张三' });

  expect(await rewrapAll(house.owner, vault)).toBe(before.get(1));
  expect([...(await wrappedByKey(house.db)).keys()]).toEqual([2]);
  expect(await rewrapAll(house.owner, vault)).toBe(0);
  expect(await personInTheClear(house.db, house.dependencies.personalData, patient)).toMatchObject({ name: '张三' });

  removeKey(keysDir, KEY_ENCRYPTION_KEYS, 1);
  expect(() => removeKey(keysDir, KEY_ENCRYPTION_KEYS, 2)).toThrow('stays');
  const { lookupKey } = { lookupKey: Buffer.alloc(32) };
  const fresh = new PersonalData({ vault: ringVault(() => loadRing(keysDir, KEY_ENCRYPTION_KEYS)), lookupKey });
  expect(await personInTheClear(house.db, fresh, patient)).toMatchObject({ name: '张三' });
  await house.close();
}, 60_000);

test('what is wrapped for one purpose does not open for another, nor under a key that is not here', () => {
  const folder = aFolder();
  ensureRing(folder.path, 'ring');
  const vault = ringVault(() => loadRing(folder.path, 'ring'));
  const wrapped = vault.wrap(Buffer.from('x'), 'a');
  expect(vault.unwrap(wrapped, 'a').toString()).toBe('x');
  expect(() => vault.unwrap(wrapped, 'b')).toThrow();
  wrapped[2] = 9;
  expect(() => vault.unwrap(wrapped, 'a')).toThrow('key 9 is not here');
  folder.remove();
});

test('every purpose that something is sealed for the house under is on the list that rotation goes by', () => {
  const src = path.join(checkoutRoot(), 'src');
  const sources = readdirSync(src, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('personalData.ts'))
    .map((file) => readFileSync(path.join(src, file), 'utf8'))
    .filter((text) => text.includes('sealForHouse('));
  const listed = new Set(WRAPPED.map((w) => w.purpose));
  const used = sources.flatMap((text) =>
    [...text.matchAll(/sealForHouse\((?:[^()]|\([^()]*(?:\([^()]*\)[^()]*)*\))*?,\s*('[^']+'|[A-Z_]+),?\s*\)/g)].map(([, purpose]) =>
      purpose!.startsWith("'") ? purpose!.slice(1, -1) : (new RegExp(`const ${purpose} = '([^']+)'`).exec(text)?.[1] ?? `?${purpose}`),
    ),
  );
  expect(used.length).toBeGreaterThan(7);
  // The cookie of a log-in under way lives ten minutes and in no table.
  expect([...new Set(used)].filter((purpose) => !listed.has(purpose))).toEqual(['sign-on.flow']);
});

test('the list names what is there', async () => {
  const house = await aHouse();
  for (const { table, column, row: key } of WRAPPED)
    expect(
      await rows(house.db, 'select 1 from information_schema.columns where table_name = ? and column_name = any(?)', [
        table,
        [column, ...key],
      ] as never),
    ).toHaveLength(key.length + 1);
  await house.close();
});
