import { readFileSync } from 'node:fs';
import path from 'node:path';
import { differences } from '../../src/cli/play/compare';
import { Driver } from '../../src/cli/play/driver';
import { Progress } from '../../src/cli/play/progress';
import { lookBack } from '../../src/cli/play/result';
import { setStage } from '../../src/cli/play/setting';
import { readCase } from '../../src/cli/play/validate';
import { checkoutRoot, statePaths } from '../../src/paths';
import { scanForCanaries } from '../support/canaries';
import { CanaryApi } from './support/canaryApi';
import { Collector, type Span } from './support/collector';
import { TheSystem } from './support/theSystem';

/**
 * One request is one trace, through outbox, workflow and activity to SQL, on the running system with a collector beside it. The worker keeps two workflows
 * in memory, so that traced runs are replayed all the time; and what people say in confidence stands in no span.
 */
let collector: Collector;
let system: TheSystem;
let api: CanaryApi;
beforeAll(async () => {
  collector = await Collector.open();
  system = await TheSystem.start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ALMONER_WORKFLOW_CACHE: '2' });
  api = new CanaryApi(`http://127.0.0.1:${system.port}`, 600_000);
}, 180_000);
afterAll(async () => {
  await api.close();
  await system.end();
  await collector.close();
}, 60_000);

const kinds = (kin: readonly Span[]): string[] => kin.map(({ service, name }) => `${service} ${name.startsWith('pg.query') ? 'pg.query' : name}`);
/** Every way from a statement of an activity up to the request that it is a consequence of. */
const waysUp = (route: string): string[][] =>
  collector.spans
    .filter(({ service, name }) => service === 'almoner-worker' && name.startsWith('pg.query'))
    .map((span) => kinds(collector.kinOf(span)))
    .filter((kin) => kin.at(-1) === `almoner-api ${route}`);

test('a case plays to its expectation while everything is traced', async () => {
  const theCase = readCase(path.join(checkoutRoot(), 'cases', 'plain.json'));
  theCase.donations.count = 20;
  const story = await setStage(theCase, { api, sandboxKey: system.running.sandboxKey, progress: new Progress(() => undefined) });
  await new Driver(story, () => false).run();
  expect(differences(theCase.expect, await lookBack(story))).toEqual([]);
  const said = readFileSync(path.join(statePaths(system.state).logs, 'worker.log'), 'utf8');
  expect(said).toContain('polling');
  expect(said).not.toMatch(/nondeterminism/i);
}, 240_000);

test('the second signature’s request reaches the statements of the payment that it releases', async () => {
  const route = 'POST /v1/releases/:id/approval/signatures';
  const ways = await system.until(() => (waysUp(route).length > 0 ? waysUp(route) : null));
  const shapes = new Set(ways.map((way) => way.join(' ← ')));
  const step = (activity: string): string =>
    [
      'almoner-worker pg.query',
      `almoner-worker RunActivity:${activity}`,
      `almoner-worker StartActivity:${activity}`,
      'almoner-worker HandleUpdate:notice',
      'almoner-api UpdateWithStartWorkflow:notice',
      `almoner-api ${route}`,
    ].join(' ← ');
  expect([...shapes]).toContain(step('preparePayout'));
});

test('a trace is one: each span of it bears its id and, but for the request, a parent in it', () => {
  const [request] = collector.spans.filter(({ name }) => name === 'POST /v1/campaigns');
  const trace = collector.spans.filter(({ traceId }) => traceId === request!.traceId);
  expect(new Set(trace.map(({ service }) => service))).toEqual(new Set(['almoner-api', 'almoner-worker']));
  expect(trace.filter((span) => collector.kinOf(span).at(-1) !== request)).toEqual([]);
  expect(request!.attributes).toMatchObject({
    'http.route': '/v1/campaigns',
    'http.response.status_code': '201',
    'almoner.request_id': expect.stringMatching(/^[0-9A-Z]{26}$/),
  });
});

test('no span tells what was said in confidence, and statements stand without values', async () => {
  const texts = collector.sent.map((text) => ({ where: 'a span', text }));
  expect(await scanForCanaries({ logsFolder: statePaths(system.state).logs, texts, canaries: api.canaries })).toEqual([]);
  expect(api.canaries.length).toBeGreaterThan(10);
  const statements = collector.spans.flatMap(({ attributes }) => attributes['db.statement'] ?? []);
  expect(statements.some((sql) => sql.includes('insert into outbox') && sql.includes('$1'))).toBe(true);
  const told = new Set(collector.spans.flatMap(({ attributes }) => Object.keys(attributes)));
  expect(
    [...told].filter(
      (key) =>
        !/^(almoner\.request_id|http\.(request\.method|response\.status_code|route)|db\.(system|name|statement)|run_id|temporal(Workflow|Activity|Update)Id)$/.test(
          key,
        ),
    ),
  ).toEqual([]);
});
