import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Journal } from '../../src/simulators/support/journal';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'almoner-journal-'));
  file = path.join(dir, 'j.jsonl');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function read(): Promise<{ journal: Journal<{ n: number }>; seen: number[] }> {
  const seen: number[] = [];
  return { journal: await Journal.open<{ n: number }>(file, ({ n }) => seen.push(n)), seen };
}

test('what was recorded is there again, in order', async () => {
  const first = await read();
  await Promise.all(Array.from({ length: 500 }, (_, n) => first.journal.record({ n })));
  await first.journal.close();
  const second = await read();
  expect(second.seen).toEqual(Array.from({ length: 500 }, (_, n) => n));
  await second.journal.close();
});

test('a record is on disk when it resolves', async () => {
  const { journal } = await read();
  for (let n = 0; n < 20; n += 1) {
    await journal.record({ n });
    expect((await readFile(file, 'utf8')).split('\n').at(-2)).toBe(`{"n":${n}}`);
  }
  await journal.close();
});

test('settled waits for what others are recording', async () => {
  const { journal } = await read();
  void journal.record({ n: 7 });
  await journal.settled();
  expect(await readFile(file, 'utf8')).toBe('{"n":7}\n');
  await journal.close();
});

test('a last line that was cut is dropped, and the next one stands on a line of its own', async () => {
  await writeFile(file, '{"n":1}\n{"n":2}\n{"n":');
  const cut = await read();
  expect(cut.seen).toEqual([1, 2]);
  await cut.journal.record({ n: 3 });
  await cut.journal.close();
  const again = await read();
  expect(again.seen).toEqual([1, 2, 3]);
  await again.journal.close();
});

test('lines longer than a block survive', async () => {
  const lines = Array.from({ length: 40 }, (_, n) => JSON.stringify({ n, text: '院'.repeat(50_000) }));
  await writeFile(file, `${lines.join('\n')}\n`);
  const { journal, seen } = await read();
  expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => n));
  await journal.close();
});

test('damage in the middle stops the start', async () => {
  await writeFile(file, '{"n":1}\nnot json\n{"n":3}\n');
  await expect(read()).rejects.toThrow(/damaged at byte 8/);
});

test('after a failed write nothing is said to be recorded', async () => {
  const { journal } = await read();
  await journal.close();
  await expect(journal.record({ n: 1 })).rejects.toThrow();
  await expect(journal.record({ n: 2 })).rejects.toThrow();
  await appendFile(file, '');
  expect(await readFile(file, 'utf8')).toBe('');
});
