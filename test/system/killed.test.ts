import { rmSync } from 'node:fs';
import { statePaths } from '../../src/paths';
import { aCase, InterruptedStory } from './support/story';
import { TheSystem } from './support/theSystem';

const POINTS = ['before-intent', 'after-intent', 'before-call', 'after-call', 'before-record', 'after-record'] as const;
const SETTLED = { end: 'settled', paid_fen: '800001', pending_fen: '0', bank_debits: 1, ledger_verified: true, audit_chain_verified: true } as const;

let system: TheSystem;
beforeAll(async () => {
  system = await TheSystem.start();
}, 180_000);
afterAll(() => system.end(), 60_000);

describe('the worker dies by SIGKILL inside the submit', () => {
  test.each(POINTS)(
    'at %s: the campaign goes on, the bank has one debit',
    async (point) => {
      const story = await InterruptedStory.begin(aCase('killed-worker'), system.running);
      const { tenant, sandbox } = story.story;
      await sandbox.post('/v1/sandbox/worker-faults', { tenantId: tenant.tenantId, payout: 1, point });
      const before = system.run().pids.worker;
      expect(await story.ends()).toMatchObject(SETTLED);
      expect(system.run().pids.worker).not.toBe(before);
    },
    180_000,
  );

  test('after the bank booked it and its answer was lost: still one payment', async () => {
    const story = await InterruptedStory.begin(aCase('killed-and-lost'), system.running);
    const { tenant, sandbox } = story.story;
    await sandbox.post('/v1/sandbox/bank-faults', { tenantId: tenant.tenantId, payout: 1, fault: 'answer-lost' });
    await sandbox.post('/v1/sandbox/worker-faults', { tenantId: tenant.tenantId, payout: 1, point: 'after-call' });
    expect(await story.ends()).toMatchObject(SETTLED);
  }, 180_000);
});

describe('unknown outcomes at the bank', () => {
  test.each(['drop-before', '500-after-commit', 'not-found-then-found', 'slow', 'duplicate-callback'])(
    '%s: one debit, and the campaign settles',
    async (fault) => {
      const story = await InterruptedStory.begin(aCase('unknown-outcome'), system.running);
      const { tenant, sandbox } = story.story;
      await sandbox.post('/v1/sandbox/bank-faults', {
        tenantId: tenant.tenantId,
        payout: 1,
        fault,
        ...(fault === 'slow' ? { params: { afterMinutes: 90 } } : {}),
      });
      expect(await story.ends()).toMatchObject(SETTLED);
    },
    180_000,
  );
});

describe('while an upheld complaint sends 900 gifts back', () => {
  const theCase = (name: string) =>
    aCase(name, {
      donations: { count: 900, total_fen: '800001', seed: 8, over_hours: 24 },
      events: [{ type: 'complaint', at: { phase: 'fundraising', after_hours: 30 }, admissible: true, verdict: 'upheld' }],
    });
  const ALL_BACK = { end: 'refunded', raised_fen: '800001', refunded_fen: '800001', paid_fen: '0', pending_fen: '0', bank_debits: 0 };

  test.each([
    ['the worker is killed again and again', ['worker', 'worker', 'worker']],
    ['Postgres, the channel, the API and Temporal are killed', ['postgres', 'simulators', 'api', 'temporal']],
  ] as const)(
    '%s: every fen is back once',
    async (_what, victims) => {
      const story = await InterruptedStory.begin(theCase('killed-refund'), system.running);
      await story.goOn((c) => c.phase === 'refunding' || (c.phase === 'settlement' && c.stoppedBy.length > 0));
      // The refund goes on by itself meanwhile; nobody but the system is at work.
      for (const name of victims) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        system.kill(name);
        await system.isReady();
      }
      expect(await story.ends()).toMatchObject({ ...ALL_BACK, ledger_verified: true, audit_chain_verified: true });
    },
    300_000,
  );
});

describe('engines die in mid-campaign', () => {
  test('Postgres, Temporal, API and worker are killed while money waits for its signatures', async () => {
    const story = await InterruptedStory.begin(aCase('engines-killed'), system.running);
    await story.goOn((c) => c.releases.some((r) => r.stage === 'approval'));
    for (const name of ['postgres', 'temporal', 'api', 'worker', 'simulators'] as const) system.kill(name);
    await system.isReady();
    expect(await story.ends()).toMatchObject(SETTLED);
  }, 300_000);

  test('repair: with all of Temporal deleted, open campaigns go on from Postgres and nothing is paid twice', async () => {
    const waiting = await InterruptedStory.begin(aCase('repaired-before-payment'), system.running);
    await waiting.goOn((c) => c.releases.some((r) => r.stage === 'approval'));
    const paid = await InterruptedStory.begin(aCase('repaired-after-payment'), system.running);
    await paid.goOn((c) => c.releases.some((r) => r.stage === 'receipt'));
    const raising = await InterruptedStory.begin(aCase('repaired-while-raising'), system.running);
    await raising.goOn((c) => c.phase === 'fundraising' && BigInt(c.money.raisedFen) > 0n);

    await system.stop();
    rmSync(statePaths(system.state).temporal, { recursive: true, force: true });
    await system.start();
    const { code, stdout } = await system.almoner('repair', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ repaired: { campaigns: 3, releases: 2, transfers: 0, refunds: 0, complaints: 0, supervisions: 3 } });

    for (const story of [waiting, paid, raising]) expect(await story.ends()).toMatchObject(SETTLED);
    const verdict = await system.almoner('verify', '--json');
    expect(JSON.parse(verdict.stdout)).toMatchObject({ verified: true });
  }, 300_000);
});
