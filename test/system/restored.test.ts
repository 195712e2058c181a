import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Campaign } from '../../src/cli/play/answers';
import { statePaths } from '../../src/paths';
import { aCase, InterruptedStory } from './support/story';
import { TheSystem } from './support/theSystem';

interface Reconciled {
  readonly giftsFound: number;
  readonly payoutsRecovered: readonly string[];
  readonly differences: readonly {
    readonly id: string;
    readonly kind: string;
    readonly campaignId: string;
    readonly data: { readonly amountFen: string };
  }[];
  readonly unasked: readonly string[];
  readonly held: number;
}

let system: TheSystem;
beforeAll(async () => {
  system = await TheSystem.start();
}, 180_000);
afterAll(() => system.end(), 60_000);

async function asked<T>(...args: string[]): Promise<T> {
  const { stdout, stderr } = await system.almoner(...args, '--json');
  if (stdout.trim() === '') throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as T;
}

/** Everything of the house is gone but its keys, which are kept apart, and the log-ins; bank and channel are other people's, and go on. */
async function disaster(): Promise<void> {
  await system.stop();
  const { postgres, temporal, documents, root } = statePaths(system.state);
  for (const lost of [postgres, temporal, documents, path.join(root, 'anchors')]) rmSync(lost, { recursive: true, force: true });
}

test('a payout and gifts of after the backup: nothing is paid before reconciliation, then every payout is one debit and the books are whole', async () => {
  const paying = await InterruptedStory.begin(aCase('restored-paying'), system.running);
  const raising = await InterruptedStory.begin(aCase('restored-raising'), system.running);
  await paying.goOn((c) => c.releases.some((r) => r.stage === 'approval'));
  await raising.goOn((c) => c.phase === 'fundraising' && BigInt(c.money.raisedFen) > 0n);
  // Those who sign again later are logged in already: a session of after the backup is lost like everything else.
  for (const { story } of [paying, raising]) for (const role of ['reviewer', 'maker', 'checkerA', 'checkerB'] as const) await story.staff.as(role);
  const { platform, sandbox, tenant } = raising.story;
  const { rights, fees } = await platform.get<Campaign>(`/v1/campaigns/${raising.campaignId}`);
  const order = { gifts: [{ amountFen: '4321' }], consent: { version: rights.donor, feeVersion: fees.version } };
  const { gifts } = await platform.postOnce<{ gifts: { id: string }[] }>(`/v1/campaigns/${raising.campaignId}/gifts`, order);
  const folder = path.join(system.state, '..', 'backup');
  await asked('backup', '--out', folder);

  // The bank pays, and a donor gives, what the restored books will not know of.
  await paying.goOn((c) => c.releases.some((r) => r.stage === 'receipt'));
  const payment = { tenantId: tenant.tenantId, giftIds: gifts.map((gift) => gift.id) };
  expect(await sandbox.post('/v1/sandbox/payments', payment)).toMatchObject({ failed: [] });
  await disaster();
  expect(await asked('restore', '--from', folder)).toMatchObject({ restored: true, verified: true, heldCampaigns: 2 });
  await system.start();
  await asked('repair');

  const found = await asked<Reconciled>('reconcile');
  expect(found).toMatchObject({ unasked: [], held: 1, giftsFound: 1, payoutsRecovered: [] });
  expect(found.differences.filter((d) => d.campaignId === paying.campaignId)).toMatchObject([{ kind: 'bank-line-unknown' }]);
  const release = (await paying.story.platform.get<{ releases: { id: string }[] }>(`/v1/campaigns/${paying.campaignId}`)).releases[0]!.id;
  const debit = found.differences.find((d) => d.campaignId === paying.campaignId)!;
  expect(await asked('settle', debit.id, '--release', release)).toEqual({ settled: debit.id, released: 1 });

  // People look again at what the restored house says, and do it again.
  for (const { story } of [paying, raising]) story.done.clear();
  const settled = { end: 'settled', paid_fen: '800001', pending_fen: '0', bank_debits: 1, ledger_verified: true, audit_chain_verified: true };
  expect(await paying.ends()).toMatchObject(settled);
  expect(await raising.ends()).toMatchObject({ ...settled, paid_fen: '804322' });
  expect(await asked('verify')).toMatchObject({ verified: true });
}, 400_000);
