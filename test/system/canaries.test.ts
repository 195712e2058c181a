import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Driver } from '../../src/cli/play/driver';
import type { Campaign } from '../../src/cli/play/answers';
import { Progress } from '../../src/cli/play/progress';
import { setStage } from '../../src/cli/play/setting';
import type { Story } from '../../src/cli/play/story';
import { readCase } from '../../src/cli/play/validate';
import { connect, type Database } from '../../src/database/connect';
import { checkoutRoot, statePaths } from '../../src/paths';
import { type Hit, scanForCanaries } from '../support/canaries';
import { aPdf } from '../support/files';
import { CanaryApi } from './support/canaryApi';
import { TheSystem } from './support/theSystem';

/** I10: nothing said in confidence lies in the clear in logs, refusals, addresses, workflow histories, ledger, audit, anchors or any column. */
const labels = JSON.parse(readFileSync(path.join(checkoutRoot(), 'docs/data-classes.json'), 'utf8')) as {
  tables: Record<string, Record<string, string>>;
};
const published = new Set(
  Object.entries(labels.tables).flatMap(([table, columns]) =>
    Object.entries(columns).flatMap(([column, label]) => (label === 'public-by-consent' ? [`${table}.${column}`] : [])),
  ),
);

let system: TheSystem;
let api: CanaryApi;
let db: Database;
beforeAll(async () => {
  system = await TheSystem.start();
  api = new CanaryApi(`http://127.0.0.1:${system.port}`, 600_000);
  db = connect(system.run().environment.DATABASE_URL!, { max: 2, name: 'canaries' });
}, 180_000);
afterAll(async () => {
  await api.close();
  await db.destroy();
  await system.end();
}, 60_000);

async function scan(): Promise<Hit[]> {
  const { logs, temporal, root } = statePaths(system.state);
  return scanForCanaries({
    logsFolder: logs,
    temporalFile: path.join(temporal, 'temporal.db'),
    files: [path.join(root, 'anchors'), path.join(root, 'documents'), statePaths(system.state).runFile],
    db,
    published,
    texts: api.seen,
    canaries: api.canaries,
  });
}

/** Plays a case, and lets something be done each time the story comes to one of these points. */
async function play(
  name: string,
  gifts: number,
  at: readonly (readonly [(campaign: Campaign) => boolean, (story: Story) => Promise<void>])[],
): Promise<Story> {
  const theCase = readCase(path.join(checkoutRoot(), 'cases', `${name}.json`));
  theCase.donations.count = Math.min(theCase.donations.count, gifts);
  const story = await setStage(theCase, { api, sandboxKey: system.running.sandboxKey, progress: new Progress(() => undefined) });
  let until: (campaign: Campaign) => boolean = () => false;
  const driver = new Driver(story, (campaign) => until(campaign));
  for (const [point, deed] of at) {
    until = point;
    await driver.run();
    await deed(story);
  }
  until = () => false;
  await driver.run();
  return story;
}

const inPriorAudit = (campaign: Campaign): boolean => campaign.phase === 'prior-audit' && campaign.report !== null;
const inRelease = (campaign: Campaign): boolean => campaign.releases.some(({ stage }) => stage === 'approval');

/** Everything else that people write: documents, questions, visits, looks. */
async function muchIsSaid({ platform, staff, campaignId }: Story): Promise<void> {
  const reviewer = await staff.as('reviewer');
  const bytes = Buffer.from(aPdf(`%${api.canary('document.bytes')}`));
  const headers = { authorization: `Bearer ${await bearerOf(platform)}`, 'content-type': 'application/pdf' };
  const stored = await fetch(`${api.url}/v1/campaigns/${campaignId}/documents/uploads?kind=diagnosis`, { method: 'POST', headers, body: bytes });
  expect(stored.status).toBe(201);
  await platform.post(`/v1/campaigns/${campaignId}/hospital-contacts`, { contacted: 'x', outcome: 'unreachable', note: 'x' });
  await reviewer.post(`/v1/campaigns/${campaignId}/claims/income`, { state: 'verified', how: 'visit', note: 'x' });
  const asked = await reviewer.post<{ id: string }>(`/v1/campaigns/${campaignId}/evidence-requests`, {
    claims: ['insurance'],
    language: 'zh',
    message: 'x',
    dueInDays: 3,
  });
  await platform.post(`/v1/evidence-requests/${asked.id}/answer`, { answer: 'x' });
  const { people } = await reviewer.get<{ people: { personId: string; name: string }[] }>(`/v1/campaigns/${campaignId}/people`);
  const reveal = { fields: ['name', 'id-number', 'phone', 'account', 'admission-number'], purpose: 'contact', reason: 'x' };
  for (const { personId } of people) {
    const seen = await reviewer.post<{ values: Record<string, string | null> }>(`/v1/people/${personId}/reveals`, reveal);
    // The test's own eyes: what was put in as canaries comes out here, and only here.
    expect(api.canaries.map((c) => c.text)).toContain(seen.values.name);
  }
}

/** A caller keeps its key to itself; the tests' way to send bytes needs it. */
async function bearerOf(caller: object): Promise<string> {
  return (caller as { bearer: string }).bearer;
}

/** What is sent wrongly is refused without being repeated: each field of a submission, bodies that are no JSON, addresses that do not exist. */
async function muchIsRefused({ platform, sandbox, campaignId, tenant }: Story): Promise<void> {
  const refused = async (send: Promise<unknown>): Promise<void> =>
    expect(
      await send.then(
        () => 'taken',
        () => 'refused',
      ),
    ).toBe('refused');
  const word = (what: string): string => api.canary(`refused.${what}`);
  const whole = {
    title: word('title'),
    story: word('story'),
    patient: { name: word('name'), idNumber: word('idNumber'), phone: word('phone'), minor: word('minor') },
  };
  await refused(platform.postOnce('/v1/campaigns', whole));
  await refused(
    platform.postOnce('/v1/campaigns', {
      ...whole,
      diagnosis: { code: word('code'), text: word('diagnosis'), hidden: word('hidden') },
      payee: { kind: word('kind'), account: { number: word('number'), name: word('name'), bankCode: word('bank') } },
    }),
  );
  await refused(platform.post(`/v1/campaigns/${campaignId}/complaints`, { subject: word('subject'), text: word('text'), contact: 5 }));
  await refused(platform.post(`/v1/campaigns/${campaignId}/updates`, { kind: word('kind'), text: `${word('text')}\u0000` }));
  await refused(platform.put(`/v1/campaigns/${campaignId}/payee-account`, { number: word('number'), name: word('name'), bankCode: '105100000017' }));
  await refused(sandbox.post('/v1/sandbox/listings', { tenantId: tenant.tenantId, name: word('name'), idNumber: word('idNumber') }));
  const bearer = await bearerOf(platform);
  const raw = { method: 'POST', headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'idempotency-key': 'canary' } };
  for (const body of [`{"story":"${word('json')}`, `"${word('string')}"`, `{"story":"${word('long').repeat(60_000)}"}`]) {
    const answer = await fetch(`${api.url}/v1/campaigns`, { ...raw, body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    api.seen.push({ where: 'answer to raw body', text: await answer.text() });
  }
}

async function crash(names: readonly ('api' | 'worker' | 'temporal' | 'postgres')[]): Promise<void> {
  for (const name of names) system.kill(name);
  await system.isReady();
}

test('0 hits after gifts, a bounce, complaints, refunds, a death, refusals and crashes in the middle', async () => {
  const bounced = await play('bounce-person', 12, [
    [inPriorAudit, muchIsSaid],
    [inRelease, (story) => crash(['api', 'worker']).then(() => muchIsRefused(story))],
  ]);
  await play('complaint-upheld-between-batches', 12, [[inRelease, () => crash(['worker', 'postgres'])]]);
  await play('death-after-bounce', 12, [[inRelease, () => crash(['api', 'worker', 'temporal'])]]);
  // A second complaint with everything that can be said in one, looked into and appealed.
  const operator = await bounced.staff.as('operator');
  const complaint = await bounced.platform.post<{ id: string; receiptNumber: string }>(`/v1/campaigns/${bounced.campaignId}/complaints`, {
    subject: 'other',
    text: 'x',
    name: api.canary('complaint.name'),
    contact: 'x',
  });
  await operator.post(`/v1/complaints/${complaint.id}/admissibility`, { admissible: true, reason: 'x' });
  await operator.post(`/v1/complaints/${complaint.id}/tasks`, { kind: 'visit', note: 'x' });
  const { tasks } = await operator.get<{ tasks: { id: string }[] }>(`/v1/complaints/${complaint.id}`);
  await operator.post(`/v1/complaints/${complaint.id}/findings`, { taskId: tasks[0]!.id, finding: 'x' });
  await operator.post(`/v1/complaints/${complaint.id}/decision`, { verdict: 'dismissed', reason: 'x', reply: 'The complaint was looked into.' });
  await api.as('').post(`/v1/public/complaints/${complaint.receiptNumber}/appeal`, { text: 'x' });

  expect(new Set(api.canaries.map((c) => c.what)).size).toBeGreaterThan(20);
  expect(await scan()).toEqual([]);
}, 600_000);

test('one leak in a log, in a column or in an answer is found', async () => {
  const [name] = api.canaries.filter((c) => c.what === 'person.name');
  appendFileSync(path.join(statePaths(system.state).logs, 'api.log'), `{"level":30,"msg":"paid to ${name!.text}"}\n`);
  await db.raw('create table leaked (words jsonb)');
  await db('leaked').insert({ words: JSON.stringify({ deep: [name!.text] }) });
  api.seen.push({ where: 'answer GET /v1/x', text: encodeURIComponent(name!.text) });
  const hits = await scan();
  expect(hits.map((hit) => hit.where.replace(/^file .*\//, 'file '))).toEqual(['file api.log', 'answer GET /v1/x', 'column leaked.words']);
  expect(new Set(hits.map((hit) => hit.what))).toEqual(new Set(['person.name']));
}, 300_000);
