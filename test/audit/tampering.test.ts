import { generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import { verifyChain } from '../../src/audit/chain';
import type { Difference } from '../../src/ledger/verify';
import { aChain, type Chain } from '../support/chains';
import { tampered } from '../support/tampering';

const EVENTS = 60;
/** Every third place, with the first and the last. */
const PLACES = [1, ...Array.from({ length: 19 }, (_, i) => 3 * (i + 1)), EVENTS];

let chain: Chain;
beforeAll(async () => {
  chain = await aChain();
  // Anchored in the middle, too.
  await chain.happen(EVENTS / 2);
  await chain.seal();
  await chain.happen(EVENTS / 2);
  await chain.seal();
});
afterAll(() => chain.close());
afterEach(async () => expect(await chain.verify()).toEqual([]));

const tamper = (...sql: string[]): Promise<Difference[]> => tampered(chain.owner, sql, (tx) => chain.verify(tx));
const named = (found: Difference[]): string[] => found.map((d) => `${d.what} ${d.subject}`);

const EDITS: readonly (readonly [string, string])[] = [
  ['what happened', "action = 'test.other'"],
  ['who did it', "actor = 'somebody'"],
  ['to what', "subject = subject || '0'"],
  ['the data', `data = data || '{"amountFen": "999"}'`],
  ['whose it is', "tenant_id = 't2'"],
  ['the campaign', 'campaign_id = null'],
  ['the business time', "business_at = business_at + interval '1 microsecond'"],
  ['the time of recording', "recorded_at = recorded_at - interval '1 microsecond'"],
];

test.each(EDITS)('an edit of %s is found at every place, and the row named alone', async (_what, change) => {
  for (const seq of PLACES)
    expect(named(await tamper(`update audit.event set ${change} where seq = ${seq}`))).toEqual([`chain.hash event/${seq} (link/${seq})`]);
});

test('a removed event is found at every place, and named', async () => {
  for (const seq of PLACES) expect(named(await tamper(`delete from audit.event where seq = ${seq}`))).toEqual([`chain.event event/${seq}`]);
});

test('a removed event with its link is found at every place: the gap, and the link after it', async () => {
  for (const seq of PLACES.filter((p) => p !== EVENTS && p !== EVENTS / 2)) {
    const found = named(await tamper(`delete from audit.event where seq = ${seq}`, `delete from audit.link where position = ${seq}`));
    expect(found).toEqual([`chain.gap link/${seq}`, `chain.hash event/${seq + 1} (link/${seq + 1})`]);
  }
});

test('an event slipped into the middle, with a link and everything after it moved up, is found', async () => {
  for (const at of PLACES.slice(1, -1)) {
    const found = named(
      await tamper(
        `insert into audit.event (seq, actor, action, subject) overriding system value values (1000, 'x', 'test.slipped', 'x')`,
        `update audit.link set position = position + 10000 where position >= ${at}`,
        `update audit.link set position = position - 9999 where position > 10000`,
        `insert into audit.link select ${at}, 1000, sha256(hash || convert_to(audit.canonical(e), 'UTF8')) from audit.link, audit.event e where position = ${at - 1} and e.seq = 1000`,
      ),
    );
    expect(found).toContain(`chain.hash event/${at} (link/${at + 1})`);
  }
});

test('two events exchanged are found at every place, both named', async () => {
  for (const seq of PLACES.filter((p) => p < EVENTS)) {
    const found = named(
      await tamper(
        `update audit.link set event_seq = -1 where position = ${seq}`,
        `update audit.link set event_seq = ${seq} where position = ${seq + 1}`,
        `update audit.link set event_seq = ${seq + 1} where position = ${seq}`,
      ),
    );
    expect(found).toEqual([`chain.hash event/${seq + 1} (link/${seq})`, `chain.hash event/${seq} (link/${seq + 1})`]);
  }
});

test('a link’s hash rewritten is found: itself, and the next that no longer follows', async () => {
  for (const seq of PLACES)
    expect(named(await tamper(`update audit.link set hash = sha256('x') where position = ${seq}`))[0]).toBe(`chain.hash event/${seq} (link/${seq})`);
});

test('an end cut off is found by the anchor outside the database', async () => {
  for (const keep of [0, 1, EVENTS / 2 - 1, EVENTS / 2, EVENTS - 1]) {
    const found = named(await tamper(`delete from audit.event where seq > ${keep}`, `delete from audit.link where position > ${keep}`));
    const lost = [EVENTS / 2, EVENTS].filter((anchored) => anchored > keep);
    expect(found).toEqual(lost.map((anchored) => `chain.truncated link/${anchored}`));
  }
});

test('an end cut off and sealed anew over other events is found by the anchor', async () => {
  const found = await tampered(
    chain.owner,
    [`update audit.event set actor = 'somebody' where seq = ${EVENTS}`, `delete from audit.link where position >= ${EVENTS}`],
    async (tx) => {
      await tx.raw('select audit.seal(10)');
      return chain.verify(tx);
    },
  );
  expect(named(found)).toEqual([`chain.anchor link/${EVENTS}`]);
});

test('a chain written anew from the first event on, every hash right, is found by each anchor', async () => {
  const found = await tampered(chain.owner, ["update audit.event set actor = 'somebody' where seq = 1", 'delete from audit.link'], async (tx) => {
    await tx.raw('select audit.seal(1000)');
    return chain.verify(tx);
  });
  expect(named(found)).toEqual([`chain.anchor link/${EVENTS / 2}`, `chain.anchor link/${EVENTS}`]);
});

describe('the anchors', () => {
  const forged = (line: string, over: object): string => JSON.stringify({ ...(JSON.parse(line) as object), ...over });

  test.each<[string, (lines: string[]) => string[]]>([
    ['another hash', ([first, ...rest]) => [forged(first!, { hash: 'ab'.repeat(32) }), ...rest]],
    ['another position', ([first, ...rest]) => [forged(first!, { position: '29' }), ...rest]],
    ['another time', ([first, ...rest]) => [forged(first!, { at: '2020-01-01T00:00:00.000Z' }), ...rest]],
    ['no signature', ([first, ...rest]) => [forged(first!, { signature: '' }), ...rest]],
    ['no JSON', ([, ...rest]) => ['not an anchor', ...rest]],
  ])('with %s: found, and the line named', async (_what, change) => {
    await chain.withAnchors(change, async () => expect(named(await chain.verify())).toEqual(['anchor.signature anchor line 1']));
  });

  test('signed by another key are not the house’s', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    expect(named(await verifyChain(chain.app, chain.anchorFile, privateKey))).toEqual([
      'anchor.signature anchor line 1',
      'anchor.signature anchor line 2',
    ]);
  });

  test('of a database restored from before them show what is missing', async () => {
    const other = await aChain();
    try {
      expect(named(await verifyChain(other.app, chain.anchorFile, chain.anchorKey))).toEqual([
        `chain.truncated link/${EVENTS / 2}`,
        `chain.truncated link/${EVENTS}`,
      ]);
    } finally {
      await other.close();
    }
  });
});

test('without its anchor file a chain still finds every edit inside', async () => {
  await chain.withAnchors(
    (lines) => lines,
    async () => {
      rmSync(chain.anchorFile);
      expect(named(await tamper("update audit.event set actor = 'x' where seq = 7"))).toEqual(['chain.hash event/7 (link/7)']);
    },
  );
});
