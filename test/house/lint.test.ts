import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { checkoutRoot } from '../../src/paths';

// The house's own rules hold in every commit: promises awaited, imports one way, no circle, no dead export, one form.
const root = checkoutRoot();
const TOOLS_MS = 300_000;

function node(...args: readonly string[]): { readonly code: number | null; readonly said: string } {
  // Where CI is set, the parser takes every file from the disk once and never looks at the text it is given: the planted lines would not be read.
  const env = { ...process.env, NODE_OPTIONS: '', TSESTREE_SINGLE_RUN: 'false' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8', timeout: TOOLS_MS });
  return { code: status, said: stdout + stderr };
}
const tool = (script: string, ...args: readonly string[]) => node(path.join('node_modules', script), ...args);

test(
  'every source keeps the rules',
  () => {
    expect(tool('eslint/bin/eslint.js', 'src', 'test')).toEqual({ code: 0, said: '' });
  },
  TOOLS_MS,
);

test('every source has the one form', () => expect(tool('@biomejs/biome/bin/biome', 'format', 'src', 'test')).toMatchObject({ code: 0 }), TOOLS_MS);

test(
  'no file and no export that nobody uses',
  () => expect(tool('knip/bin/knip.js', '--include', 'files,exports,types,unlisted,duplicates,unresolved')).toMatchObject({ code: 0 }),
  TOOLS_MS,
);

/** What would be wrong if these stood in files of ours: file, import, and words of the rule that says no. */
const PLANTED = [
  ['src/ledger/post.ts', "import { x } from '../records/campaigns';", 'ledger imports database'],
  ['src/domain/money.ts', "import type { x } from '../ledger/post';", 'domain imports no other room'],
  ['src/gifts/gifts.ts', "import { x } from '../adapters/keys';", 'knows the types of adapters'],
  ['src/cli/play/api.ts', "import { x } from '../../domain/money';", 'imports no other room'],
  ['src/workflows/campaign.ts', "import { x } from 'node:fs';", 'deterministic'],
  ['src/workflows/campaign.ts', "import { x } from '../temporal/client';", 'workflows imports'],
  ['src/database/connect.ts', "import { migrate as x } from './migrate';", 'Dependency cycle'],
] as const;

test(
  'and each rule can fail',
  () => {
    const ask = `import('eslint').then(async ({ ESLint }) => {
      const eslint = new ESLint();
      const said = [];
      for (const [filePath, line] of ${JSON.stringify(PLANTED)}) {
        const [found] = await eslint.lintText(line + '\\nexport const y = x;\\n', { filePath });
        said.push(found.messages.map(({ message }) => message).join());
      }
      console.log(JSON.stringify(said));
    })`;
    const { said } = node('-e', ask);
    expect(JSON.parse(said)).toEqual(PLANTED.map(([, , words]) => expect.stringContaining(words) as string));
  },
  TOOLS_MS,
);
