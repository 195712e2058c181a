import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { register } from '../../../src/cli/play';
import { FakeSystem } from './support/fakeSystem';

const plainFile = path.resolve(__dirname, '../../../cases/plain.json');
const folder = mkdtempSync(path.join(tmpdir(), 'play-'));
const system = new FakeSystem();
let out = '';
let err = '';

beforeAll(async () => {
  const { url, sandboxKey } = await system.listen();
  process.env.PORT = new URL(url).port;
  process.env.ALMONER_STATE = folder;
  writeFileSync(path.join(folder, 'credentials.json'), JSON.stringify({ url, sandboxKey }));
});

beforeEach(() => {
  [out, err] = ['', ''];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((err += String(text))));
});

afterEach(() => jest.restoreAllMocks());

afterAll(async () => {
  // Jest itself ends with this code.
  process.exitCode = 0;
  await system.close();
});

async function run(...args: string[]): Promise<unknown> {
  const program = new Command().exitOverride();
  register(program);
  await program.parseAsync(['node', 'almoner', 'play', ...args]);
  return process.exitCode;
}

function caseFile(change: Record<string, unknown>): string {
  const file = path.join(folder, 'case.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(plainFile, 'utf8')), ...change }));
  return file;
}

test('--json: standard output is the one line of the result, exit 0', async () => {
  expect(await run(caseFile({ expect: { end: 'settled' } }), '--json')).toBe(0);
  expect(out.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(out)).toMatchObject({ case: 'plain', end: 'settled', ledger_verified: true });
  expect(err).toContain('gifts 800/800');
});

test('differences are named on standard error with expected and got, exit 1', async () => {
  expect(await run(caseFile({ expect: { end: 'refused', bank_debits: 2 } }), '--json')).toBe(1);
  expect(err).toContain('/end: expected "refused", got "settled"');
  expect(err).toContain('/bank_debits: expected 2, got 1');
  expect(JSON.parse(out).end).toBe('settled');
});

test('without --json a summary for people', async () => {
  expect(await run(caseFile({ expect: {} }))).toBe(0);
  expect(out).toContain('✓ plain: as expected');
});

test('an invalid case: each fault with its pointer, nothing on standard output, exit 2', async () => {
  const faulty = { ask_fen: '1.5', release: { wish: 'batched', batches: [1] } };
  expect(await run(caseFile(faulty), '--json')).toBe(2);
  expect(err).toContain('/ask_fen');
  expect(out).toBe('');
  expect(await run(caseFile({ release: { wish: 'batched', batches: [1] } }))).toBe(2);
  expect(err).toContain('/release/batches');
});

test('an edition that the system does not have: one sentence, exit 3', async () => {
  expect(await run(caseFile({ edition: 'measures-2024' }))).toBe(3);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

test('no credentials: a sentence that says what to do, exit 4', async () => {
  process.env.ALMONER_STATE = path.join(folder, 'empty');
  expect(await run(plainFile)).toBe(4);
  expect(err).toContain('npm start');
});
