import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CaseFile } from '../../../src/cli/play/caseFile';
import { type Played, playCase } from '../../../src/cli/play/playCase';
import { Progress } from '../../../src/cli/play/progress';
import type { Script } from './support/fakeCampaign';
import { FakeSystem } from './support/fakeSystem';

const file = path.resolve(__dirname, '../../../cases/plain.json');
const plain: CaseFile = { ...JSON.parse(readFileSync(file, 'utf8')), donations: { count: 300, total_fen: '2000001', seed: 1, over_hours: 48 } };
const toHospital: CaseFile = { ...plain, payee: { kind: 'institution' }, release: { wish: 'hospital-direct' } };
const inBatches: CaseFile = { ...toHospital, release: { wish: 'batched', batches: [5000, 5000] } };
const lines: string[] = [];
const progress = () => new Progress((line) => lines.push(line));

let system: FakeSystem;
async function played(theCase: CaseFile, script: Script = {}, paths: string[] = []): Promise<Played> {
  system = new FakeSystem(script, paths);
  return playCase(theCase, await system.listen(), { progress: progress() });
}

afterEach(() => system.close());

test('a plain story: audit, gifts, one release, two checkers, evidence, settled', async () => {
  const expected = { end: 'settled', bank_debits: 1, releases: [{ mode: 'single' }] };
  const { result, differences, broken, stopped } = await played({ ...plain, expect: expected });
  expect(differences).toEqual([]);
  expect(broken).toEqual([]);
  expect(stopped).toBeNull();
  expect(result).toMatchObject({ case: 'plain', opened: true, route: 'single', raised_fen: '2000001', history_events_max: 97, held_by: [] });
  expect(result.releases).toEqual([{ mode: 'single', payee_kind: 'parent', gross_fen: '2000001', fee_fen: '0', checkers: 2, receipt: null }]);
  const signers = system.calls.filter(({ path: at }) => at.endsWith('/signatures')).map(({ who }) => who);
  expect(signers).toEqual(['checkerA', 'checkerB']);
});

test('of a hundred gifts as many come by Alipay as were asked for, in any stretch of them; none where nothing was said', async () => {
  const byChannel = (channel: string): number =>
    system
      .bodies('POST', /gifts$/)
      .map((body) => body as unknown as { channel: string; gifts: object[] })
      .reduce((sum, body) => sum + (body.channel === channel ? body.gifts.length : 0), 0);
  await played(plain);
  expect([byChannel('wechat'), byChannel('alipay')]).toEqual([300, 0]);
  await system.close();
  system = new FakeSystem({}, []);
  const { result } = await playCase(plain, await system.listen(), { progress: progress(), alipayPercent: 40 });
  expect([byChannel('wechat'), byChannel('alipay'), result.raised_fen]).toEqual([180, 120, '2000001']);
});

test('everything that moves money carries an idempotency key', async () => {
  await played(toHospital);
  const moves = /campaigns$|gifts$|release-requests$|signatures$|receipt$|use-evidence$/;
  const moving = system.calls.filter(({ method, path: at }) => method === 'POST' && moves.test(at));
  expect(moving.length).toBeGreaterThan(6);
  expect(moving.every(({ key }) => key !== undefined)).toBe(true);
  expect(new Set(moving.map(({ key }) => key)).size).toBe(moving.length);
});

test('the reviewer refuses what has a failing finding', async () => {
  const expected = { opened: false, stopped_by: ['ASK-CERT', 'PAYEE'], end: 'refused' };
  const { result, differences } = await played({ ...plain, expect: expected }, { failing: ['PAYEE', 'ASK-CERT'] });
  expect(differences).toEqual([]);
  expect(result).toMatchObject({ route: null, releases: [], raised_fen: '0', bank_debits: 0 });
});

test.each([
  [true, 'confirmed', 'settled'],
  [undefined, 'not-confirmed', 'refused'],
])('not on record: resolved by the reviewer only if the case says so (%p)', async (reviewer_resolves, resolution, end) => {
  const { result } = await played({ ...plain, sponsor: { relation: 'parent', real_name: 'no-record', reviewer_resolves } }, { needsPerson: true });
  expect(result.end).toBe(end);
  expect(system.bodies('POST', /identity-resolutions$/)).toEqual([expect.objectContaining({ party: 'sponsor', resolution })]);
});

test('wish refused, fallback granted in batches, each signed for before the next', async () => {
  const theCase: CaseFile = { ...toHospital, release: { wish: 'single', fallback: 'batched', batches: [3333, 3333, 3334] } };
  const { result } = await played(theCase, { refusals: { single: ['ROUTE'] } });
  expect(result.refused_releases).toEqual([{ mode: 'single', by: ['ROUTE'] }]);
  expect(result.releases.map(({ gross_fen, receipt }) => [gross_fen, receipt])).toEqual([
    ['666600', 'signed'],
    ['666600', 'signed'],
    ['666801', 'signed'],
  ]);
  expect(result.end).toBe('settled');
});

test('batches to a person: the hospital is asked and both parties sign the same plan and list', async () => {
  const { result } = await played({ ...plain, release: inBatches.release });
  expect(result.end).toBe('settled');
  expect(system.bodies('POST', /hospital-contacts$/)).toHaveLength(1);
  const [sponsor, seeker] = system.bodies('POST', /plan-signatures$/);
  expect([sponsor?.party, seeker?.party]).toEqual(['sponsor', 'help-seeker']);
  expect(sponsor?.planSha256).toBe(seeker?.planSha256);
});

test('refused without a fallback, the story stops in progress', async () => {
  const { result, stopped } = await played({ ...plain, release: { wish: 'single' } }, { refusals: { single: ['ROUTE'] } });
  expect(result).toMatchObject({ end: 'in-progress', releases: [], paid_fen: '0', pending_fen: '2000001', held_by: [] });
  expect(stopped).toMatch(/no release was granted/);
});

test('a bounce: another account, accepted and approved again, one entry and one standing debit', async () => {
  const { result } = await played({ ...inBatches, events: [{ type: 'bank-return', payout: 1 }] }, { bounces: [1] });
  expect(result).toMatchObject({ end: 'settled', bank_debits: 2 });
  expect(result.releases).toHaveLength(2);
  expect(system.bodies('POST', /bank-faults$/)).toEqual([{ tenantId: 't1', payout: 1, fault: 'bounce', params: { afterDays: 2 } }]);
  expect(system.bodies('PUT', /payee-account$/)).toHaveLength(1);
  // The hospital signed for payouts 2 and 3 only: payout 1 never stood credited.
  const signed = system.calls.filter(({ path: at }) => at.endsWith('/receipt')).map(({ path: at }) => at);
  expect(signed).toEqual(['/v1/payouts/P2/receipt', '/v1/payouts/P3/receipt']);
});

test.each([
  ['silent', 'overdue'],
  ['deny', 'denied'],
] as const)('a hospital that is %s: held by RECEIPT, and the next batch waits', async (hospital_receipt, receipt) => {
  const { result } = await played({ ...inBatches, hospital_receipt });
  expect(result).toMatchObject({ end: 'in-progress', held_by: ['RECEIPT'], paid_fen: '1000000', pending_fen: '1000001', bank_debits: 1 });
  expect(result.releases.map((release) => release.receipt)).toEqual([receipt]);
});

test('no receipts: paid, never evidenced, nothing held; a bounce that lies ahead is still lived through', async () => {
  const documents = plain.documents.filter((kind) => kind !== 'receipts');
  const { result, stopped } = await played({ ...plain, documents }, { bounces: [1] });
  expect(result).toMatchObject({ end: 'in-progress', held_by: [], paid_fen: '2000001', bank_debits: 1 });
  expect(stopped).toMatch(/no receipts/);
});

test('gifts across the target: ordering stops when the raise has closed', async () => {
  const { result } = await played({ ...plain, ask_fen: '1000000' });
  expect(result).toMatchObject({ raised_fen: '1000000', end: 'settled' });
});

test('no gifts at all settle at the deadline', async () => {
  const { result } = await played({ ...plain, donations: { count: 0, total_fen: '0' } });
  expect(result).toMatchObject({ opened: true, raised_fen: '0', end: 'settled', releases: [] });
});

test.each([
  [0, '0'],
  [24, null],
  [48, '2000001'],
  [2000, '2000001'],
])('the sponsor closes after %i hours', async (after_hours, raisedFen) => {
  const { result } = await played({ ...plain, events: [{ type: 'sponsor-close', at: { phase: 'fundraising', after_hours } }] });
  expect(result).toMatchObject({ end: 'settled', stopped_by: [] });
  if (raisedFen !== null) expect(result.raised_fen).toBe(raisedFen);
  else expect(BigInt(result.raised_fen)).toBeLessThan(2_000_001n);
  expect(system.bodies('POST', /\/close$/)).toHaveLength(1);
});

test('faults of bank and worker are scripted before the campaign is submitted', async () => {
  await played({
    ...plain,
    events: [
      { type: 'bank-answer-lost', payout: 1 },
      { type: 'worker-killed', payout: 1 },
    ],
  });
  const order = system.calls.map(({ path: at }) => at).filter((at) => /faults$|campaigns$/.test(at));
  expect(order).toEqual(['/v1/sandbox/bank-faults', '/v1/sandbox/worker-faults', '/v1/campaigns']);
  expect(system.bodies('POST', /worker-faults$/)).toEqual([{ tenantId: 't1', payout: 1, point: 'after-call' }]);
});

test('who was listed and what was raised before are set before the campaign is submitted', async () => {
  const sponsor = { relation: 'parent', real_name: 'match', blacklisted: true } as const;
  const earlier = { platform: 'love-fund', ask_fen: '2', raised_fen: '1', status: 'settled' };
  await played({ ...plain, sponsor, payee: { kind: 'institution', blacklisted: true }, earlier_raises: [earlier] });
  const order = system.calls.map(({ path: at }) => at).filter((at) => /listings$|earlier-raises$|campaigns$/.test(at));
  expect(order).toEqual(['/v1/sandbox/listings', '/v1/sandbox/listings', '/v1/sandbox/earlier-raises', '/v1/campaigns']);
  const [person, hospital] = system.bodies('POST', /listings$/);
  expect(person).toEqual({ tenantId: 't1', name: expect.any(String), idNumber: expect.any(String) });
  expect(hospital).toEqual({ tenantId: 't1', uscc: expect.any(String) });
  expect(system.bodies('POST', /earlier-raises$/)).toEqual([
    { tenantId: 't1', patient: expect.any(Object), diagnosisCode: 'C91.0', platform: 'love-fund', askFen: '2', raisedFen: '1', status: 'settled' },
  ]);
});

test('an edition that the system does not have is exit code 3', async () => {
  const failure = await played({ ...plain, edition: 'measures-2024' }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ exitCode: 3, message: expect.stringContaining('measures-2024') });
});

test('on real timers windows run faster, and nobody moves a clock', async () => {
  const speed = 2_000_000;
  system = new FakeSystem({ speed });
  const { result } = await playCase(inBatches, await system.listen(), { progress: progress(), realTimersSpeed: speed });
  expect(result).toMatchObject({ end: 'settled', raised_fen: '2000001', bank_debits: 2 });
  expect(system.calls.some(({ path: at }) => at.includes('/clocks/'))).toBe(false);
}, 30_000);

test('a difference is named and nothing else fails', async () => {
  const { differences } = await played({ ...plain, expect: { raised_fen: '1', stopped_by: ['DEATH'], end: 'settled' } });
  expect(differences.map(({ pointer }) => pointer)).toEqual(['/raised_fen', '/stopped_by']);
});

test('nothing answers: a sentence, exit code 4', async () => {
  system = new FakeSystem();
  const running = await system.listen();
  await system.close();
  system = new FakeSystem();
  await system.listen();
  const failure = await playCase(plain, running, { progress: progress() }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ exitCode: 4, message: expect.stringContaining('npm start') });
});

test('a play that takes longer than its limit is given up, exit code 4', async () => {
  const speed = 2_000;
  system = new FakeSystem({ speed });
  const options = { progress: progress(), realTimersSpeed: speed, limitMs: 1_200 };
  const failure = await playCase(plain, await system.listen(), options).catch((error: unknown) => error);
  expect(failure).toMatchObject({ exitCode: 4, message: expect.stringContaining('not over') });
});
