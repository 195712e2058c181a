/**
 * `npm run histories`: plays stories of every workflow branch on the running system and keeps each workflow's history here, gzipped, for
 * test/workflows/replay.test.ts. Run it with the names of new stories when a workflow gets a new branch; those recorded before stay, because old runs
 * must go on under new code (src/workflows/patches.ts).
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const require = createRequire(import.meta.url);
const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const { Api } = require(`${root}/dist/cli/play/api.js`);
const { Driver } = require(`${root}/dist/cli/play/driver.js`);
const { Progress } = require(`${root}/dist/cli/play/progress.js`);
const { setStage } = require(`${root}/dist/cli/play/setting.js`);
const { runningSystem } = require(`${root}/dist/cli/play/system.js`);
const { readCase } = require(`${root}/dist/cli/play/validate.js`);
const { statePaths } = require(`${root}/dist/paths.js`);
const { loadHouseKeys } = require(`${root}/dist/security/keys.js`);
const { payloadCodec } = require(`${root}/dist/temporal/payloadCodec.js`);
const { findTemporal } = require(`${root}/dist/engines/temporalBinary.js`);

import { STORIES } from './stories.mjs';

if (!existsSync(statePaths().runFile)) {
  console.error('No Almoner runs from this state folder: `npm start` first, in another terminal (with the same ALMONER_STATE and PORT, where they are set).');
  process.exit(1);
}
const run = JSON.parse(readFileSync(statePaths().runFile, 'utf8'));
const { path: temporal } = await findTemporal(statePaths().cache, () => undefined);
const historyOf = (workflowId, runId) =>
  execFileSync(temporal, ['workflow', 'show', '--address', run.environment.TEMPORAL_ADDRESS, '--workflow-id', workflowId, '--run-id', runId, '--output', 'json'], { maxBuffer: 64 << 20 });
const system = runningSystem();
const codec = payloadCodec(loadHouseKeys(statePaths().keys).payloadKeys);

/** What lies here is synthetic and read without a key: payloads are opened before they are kept. */
async function opened(node) {
  if (Array.isArray(node)) return Promise.all(node.map(opened));
  if (node === null || typeof node !== 'object') return node;
  if (typeof node.metadata?.encoding === 'string') {
    const bytes = (text) => Buffer.from(text ?? '', 'base64');
    const sealed = { metadata: Object.fromEntries(Object.entries(node.metadata).map(([k, v]) => [k, bytes(v)])), data: bytes(node.data) };
    const [plain] = await codec.decode([sealed]);
    const text = (value) => Buffer.from(value).toString('base64');
    return { metadata: Object.fromEntries(Object.entries(plain.metadata).map(([k, v]) => [k, text(v)])), data: text(plain.data) };
  }
  return Object.fromEntries(await Promise.all(Object.entries(node).map(async ([key, value]) => [key, await opened(value)])));
}

const almoner = (...words) => execFileSync(process.execPath, [`${root}/dist/cli/main.js`, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });

const wanted = process.argv.slice(2);
for (const name of wanted) if (!(name in STORIES)) throw new Error(`There is no story “${name}”: ${Object.keys(STORIES).join(', ')}`);
for (const name of wanted) {
  const { case: caseName, changes = {}, realTimersSpeed, interrupts = [], lingerMs = 1_500 } = STORIES[name];
  const theCase = { ...readCase(path.join(root, 'cases', `${caseName}.json`)), ...changes };
  theCase.donations.count = Math.min(theCase.donations.count, 12);
  const api = new Api(system.url, 300_000);
  const stage = await setStage(theCase, { api, sandboxKey: system.sandboxKey, progress: new Progress(() => undefined), realTimersSpeed });
  // Each interrupt waits for its moment, does what the people of a play do not do, and lets the play go on.
  let next = 0;
  const driver = new Driver(stage, (campaign) => next < interrupts.length && interrupts[next].when(campaign));
  const look = () => stage.platform.get(`/v1/campaigns/${stage.campaignId}`);
  for (;;) {
    const why = await driver.run();
    if (next >= interrupts.length) break;
    const campaign = await look();
    if (!interrupts[next].when(campaign)) throw new Error(`${name}: interrupt ${next + 1} never came (${why ?? campaign.phase})`);
    next += 1;
    await interrupts[next - 1].then({ stage, campaign, look, almoner });
    await stage.clock.settle();
  }
  // What the last act ended may still be saying so.
  await new Promise((resolve) => setTimeout(resolve, lingerMs));
  const { runs } = await stage.sandbox.get(`/v1/sandbox/workflows?campaignId=${stage.campaignId}`);
  const counts = {};
  for (const { workflowId, runId } of runs) {
    const type = workflowId.split('/')[0];
    counts[type] = (counts[type] ?? 0) + 1;
    const file = path.join(root, 'test/histories', `${name}.${type}-${counts[type]}.json.gz`);
    writeFileSync(file, gzipSync(JSON.stringify(await opened(JSON.parse(historyOf(workflowId, runId))))));
  }
  await api.close();
  process.stdout.write(`${name}: ${JSON.stringify(counts)}\n`);
}
