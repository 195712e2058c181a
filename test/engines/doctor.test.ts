import { Command } from 'commander';
import type { Check } from '../../src/engines/checks';
import { freePort } from '../../src/engines/ports';
import { register } from '../../src/cli/doctor';
import { aFolder } from '../support/folder';

const folder = aFolder();
const environment = { ...process.env };

beforeEach(async () => {
  process.env.ALMONER_STATE = `${folder.path}/state`;
  process.env.PORT = String(await freePort());
});
afterEach(() => {
  process.env = { ...environment };
  process.exitCode = undefined;
});
afterAll(() => folder.remove());

async function doctor(...words: string[]): Promise<string> {
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  const program = new Command();
  register(program);
  await program.parseAsync(['doctor', ...words], { from: 'user' });
  write.mockRestore();
  return lines.join('');
}

async function checks(): Promise<{ canStart: boolean; named: Record<string, Check> }> {
  const { canStart, checks: list } = JSON.parse(await doctor('--json')) as { canStart: boolean; checks: Check[] };
  return { canStart, named: Object.fromEntries(list.map((check) => [check.name, check])) };
}

test('a machine that runs these tests can start', async () => {
  const { canStart, named } = await checks();
  expect(canStart).toBe(true);
  expect(Object.keys(named)).toEqual(
    expect.arrayContaining([
      'Node.js',
      'npm',
      'operating system',
      'processor',
      'memory',
      'disk',
      'state folder',
      'dependencies',
      'build',
      'Postgres',
      'Temporal',
      'running instance',
      'port',
    ]),
  );
  expect(named['Node.js']).toEqual({ name: 'Node.js', ok: true, blocks: false, found: process.versions.node, todo: '' });
  expect(named.Postgres!.found).toBe('18.4, embedded, no data yet');
  expect(process.exitCode).toBe(0);
});

test('a taken port, a wrong DATABASE_URL and a silent Temporal block a start, and each says what to do', async () => {
  process.env.PORT = new URL(process.env.TEST_DATABASE_URL!).port;
  process.env.DATABASE_URL = `postgres://nobody:secret@127.0.0.1:${process.env.PORT}/none`;
  process.env.TEMPORAL_ADDRESS = `127.0.0.1:${await freePort()}`;
  const { canStart, named } = await checks();
  expect(canStart).toBe(false);
  expect(process.exitCode).toBe(1);
  for (const name of ['port', 'Postgres', 'Temporal'])
    expect(named[name]).toMatchObject({ ok: false, blocks: true, todo: expect.stringMatching(/.+/) });
  expect(JSON.stringify(named)).not.toContain('secret');
});

test('servers of your own are found and named', async () => {
  process.env.DATABASE_URL = process.env.TEST_DATABASE_URL!;
  process.env.TEMPORAL_ADDRESS = process.env.TEST_TEMPORAL_ADDRESS!;
  const text = await doctor();
  expect(text).toMatch(/✓ Postgres: 18\.4 at 127\.0\.0\.1:\d+\/postgres \(DATABASE_URL\)/);
  expect(text).toContain(`✓ Temporal: ${process.env.TEST_TEMPORAL_ADDRESS}, namespace default (TEMPORAL_ADDRESS)`);
  expect(text).toContain('Nothing stands in the way of a start.');
});
