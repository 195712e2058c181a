import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RETENTION } from '../../src/domain/retention';
import { checkoutRoot } from '../../src/paths';

test('docs/retention.md is the table of the code', () => {
  const text = readFileSync(path.join(checkoutRoot(), 'docs/retention.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows).toEqual(RETENTION.map((r) => `| \`${r.id}\` | ${r.days ?? 'for ever'} | ${r.from} | ${r.then} | ${r.source} |`));
});
