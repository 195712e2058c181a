import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvalidCase, readCase, validCase } from '../../../src/cli/play/validate';

const folder = path.resolve(__dirname, '../../../cases');
const plain = JSON.parse(readFileSync(path.join(folder, 'plain.json'), 'utf8'));

function pointers(value: unknown): string[] {
  try {
    validCase(value);
  } catch (error) {
    if (error instanceof InvalidCase) return error.faults.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
}

test('the given plain case is valid', () => {
  expect(pointers(plain)).toEqual([]);
});

test.each([
  ['a missing field', { ...plain, sponsor: { relation: 'parent' } }, ['/sponsor/real_name']],
  ['a field that no case has', { ...plain, 'a/b~c': 1 }, ['/a~1b~0c']],
  ['a word outside of its list', { ...plain, payee: { kind: 'neighbour' } }, ['/payee/kind']],
  ['money with a decimal point', { ...plain, ask_fen: '100.00' }, ['/ask_fen']],
  ['an unknown item in published', { ...plain, published: ['identity', 'pets'] }, ['/published/1']],
  ['a wrong word for published', { ...plain, published: 'some' }, ['/published']],
  ['batched without batches', { ...plain, release: { wish: 'batched' } }, ['/release/batches']],
  ['an event without its time', { ...plain, events: [{ type: 'sponsor-close' }] }, ['/events/0/at']],
  ['an event without its payout', { ...plain, events: [{ type: 'bank-return' }] }, ['/events/0/payout']],
  ['batches that sum to less', { ...plain, release: { wish: 'batched', batches: [5000, 4999] } }, ['/release/batches']],
  ['more gifts than fen', { ...plain, donations: { count: 11, total_fen: '10' } }, ['/donations/count']],
  ['money without gifts', { ...plain, donations: { count: 0, total_fen: '10' } }, ['/donations/total_fen']],
  ['no object at all', [], ['']],
])('%s is named by its pointer', (_what, value, expected) => {
  expect(pointers(value)).toEqual(expected);
});

test('every fault is named, not only the first', () => {
  const broken = { ...plain, ask_fen: 5, patient: { real_name: 'maybe' }, documents: ['diary'] };
  expect(pointers(broken).sort()).toEqual(['/ask_fen', '/documents/0', '/patient/real_name']);
});

test('a file that is no JSON, or is not there, is an invalid case', () => {
  const file = path.join(tmpdir(), `case-${process.pid}.json`);
  writeFileSync(file, '{ "case": ');
  expect(() => readCase(file)).toThrow(InvalidCase);
  expect(() => readCase(path.join(tmpdir(), 'no-such-case.json'))).toThrow(InvalidCase);
});

const names = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'case.schema.json');

test.each(names)('%s is valid, bears its name, and expects sums that agree', (name) => {
  const theCase = readCase(path.join(folder, name));
  expect(theCase.case).toBe(path.basename(name, '.json'));
  const { raised_fen, paid_fen, refunded_fen, pending_fen, fees_fen, releases } = theCase.expect as Record<string, string | undefined> & {
    releases?: { gross_fen: string; fee_fen: string }[];
  };
  if (raised_fen && paid_fen && refunded_fen && pending_fen) {
    expect(BigInt(raised_fen)).toBe(BigInt(paid_fen) + BigInt(refunded_fen) + BigInt(pending_fen));
  }
  if (releases && paid_fen) expect(releases.reduce((sum, release) => sum + BigInt(release.gross_fen), 0n)).toBe(BigInt(paid_fen));
  if (releases && fees_fen) expect(releases.reduce((sum, release) => sum + BigInt(release.fee_fen), 0n)).toBe(BigInt(fees_fen));
});
