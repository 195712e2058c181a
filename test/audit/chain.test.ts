import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { audit } from '../../src/audit/append';
import { sealAndAnchor } from '../../src/audit/chain';
import { row, rows } from '../../src/database/connect';
import { aChain, type Chain } from '../support/chains';

let chain: Chain;
beforeEach(async () => {
  chain = await aChain(24);
});
afterEach(() => chain.close());

interface Link {
  readonly position: bigint;
  readonly event_seq: bigint;
  readonly hash: Buffer;
}
const links = (): Promise<Link[]> => rows<Link>(chain.app, 'select * from audit.link order by position');

test('events are sealed in their order, without a gap, each link over the one before', async () => {
  await chain.happen(25);
  expect(await chain.seal()).toBe(25);
  const all = await links();
  expect(all.map((l) => l.position)).toEqual(all.map((_, i) => BigInt(i + 1)));
  expect(all.map((l) => l.event_seq)).toEqual(all.map((l) => l.event_seq).sort((a, b) => Number(a - b)));
  const texts = await rows<{ text: string }>(chain.app, 'select audit.canonical(e) as text from audit.event e order by seq');
  let hash: Buffer = createHash('sha256').update('almoner').digest();
  for (const [i, { text }] of texts.entries()) {
    hash = createHash('sha256').update(hash).update(text).digest();
    expect(all[i]!.hash.equals(hash)).toBe(true);
  }
  expect(await chain.verify()).toEqual([]);
});

test('the canonical text is the same whatever the session’s time zone, and JSON in the order the database keeps', async () => {
  await chain.happen(1);
  const text = async (zone: string): Promise<string> =>
    chain.app.transaction(async (tx) => {
      await tx.raw(`set local timezone = '${zone}'`);
      return (await row<{ text: string }>(tx, 'select audit.canonical(e) as text from audit.event e'))!.text;
    });
  expect(await text('Asia/Shanghai')).toBe(await text('America/New_York'));
});

test('nothing new: nothing sealed, nothing anchored', async () => {
  await chain.happen(3);
  expect(await chain.seal()).toBe(3);
  const before = readFileSync(chain.anchorFile, 'utf8');
  expect(await chain.seal()).toBe(0);
  expect(readFileSync(chain.anchorFile, 'utf8')).toBe(before);
});

test('while 16 writers append, two sealers at once lose nothing and seal nothing twice', async () => {
  let writing = true;
  const sealers = [0, 1].map(async () => {
    while (writing) await sealAndAnchor(chain.app, chain.anchorFile, chain.anchorKey);
  });
  await Promise.all(Array.from({ length: 16 }, () => chain.happen(30)));
  writing = false;
  await Promise.all(sealers);
  await chain.seal();
  expect(await links()).toHaveLength(480);
  expect(await chain.verify()).toEqual([]);
});

test('an event of a transaction that commits after later ones were sealed is sealed, too', async () => {
  const slow = await chain.app.transaction();
  await audit(slow, { action: 'test.slow', subject: 'slow', actor: 'tester' });
  await chain.happen(5);
  expect(await chain.seal()).toBe(5);
  await slow.commit();
  expect(await chain.seal()).toBe(1);
  expect((await links()).at(-1)!.event_seq).toBe(1n);
  expect(await chain.verify()).toEqual([]);
});

test('a rolled-back transaction leaves a gap in the numbers and no alarm', async () => {
  await chain.happen(2);
  const doomed = chain.app.transaction(async (tx) => {
    await chain.happen(3, tx);
    throw new Error('rolled back');
  });
  await expect(doomed).rejects.toThrow('rolled back');
  await chain.happen(2);
  expect(await chain.seal()).toBe(4);
  expect((await links()).map((l) => l.event_seq)).toEqual([1n, 2n, 6n, 7n]);
  expect(await chain.verify()).toEqual([]);
});

test('a sealing that crashed half-way is done anew', async () => {
  await chain.happen(5);
  const crashed = chain.app.transaction(async (tx) => {
    await tx.raw('select audit.seal(3)');
    throw new Error('crashed');
  });
  await expect(crashed).rejects.toThrow('crashed');
  expect(await chain.seal()).toBe(5);
  expect(await chain.verify()).toEqual([]);
});

test('more events than one page of sealing or verifying holds', async () => {
  await chain.app.raw(
    `select audit.append(jsonb_agg(jsonb_build_object('action', 'test.many', 'subject', 'n' || n, 'actor', 'tester'))) from generate_series(1, 4500) n`,
  );
  expect(await chain.seal()).toBe(4_500);
  expect(await chain.verify()).toEqual([]);
});

test('an event that no seal took within five minutes is named', async () => {
  await chain.happen(2);
  await chain.owner.raw(
    `insert into audit.event (recorded_at, actor, action, subject) values (now() - interval '6 minutes', 'x', 'test.slipped', 'x')`,
  );
  expect(await chain.verify()).toEqual([{ what: 'chain.unsealed', subject: 'event/3', expected: 'sealed', found: 'no link' }]);
  await chain.seal();
  expect(await chain.verify()).toEqual([]);
});

test('an action that is no action is refused, and with it what it would have told of', async () => {
  await expect(audit(chain.app, { action: 'NO', subject: 'x', actor: 'tester' })).rejects.toMatchObject({ code: '23514' });
});
