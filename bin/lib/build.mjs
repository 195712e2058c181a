import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { contentHash, filesUnder, stampIs } from './contentHash.mjs';
import { ensureConsole } from './console.mjs';
import { Failure, diskSentence } from './failure.mjs';
import { step } from './progress.mjs';
import { run } from './run.mjs';

const SOURCES = ['src', 'tsconfig.json', 'package-lock.json', 'bin/lib/build.mjs', 'bin/lib/console.mjs', 'bin/lib/openapiTypes.mjs'];
const ASSETS = /\.(xsd|sql|json|css|svg|html|txt|md)$/;

/** Everything the build depends on, as one hash. */
export function buildHash(root) {
  return contentHash(root, SOURCES);
}

const stampOf = (root) => path.join(root, 'dist', '.almoner-build');

/** @returns whether `dist/` was built from exactly these sources. */
export function isBuilt(root) {
  return stampIs(stampOf(root), buildHash(root));
}

async function nodeTool(root, what, args) {
  const { code, output } = await run(process.execPath, args, { cwd: root });
  if (code === 0) return;
  const first = output.split('\n').find((line) => /error/i.test(line)) ?? output.trim().split('\n').at(-1);
  throw new Failure(diskSentence(output) ?? `${what} failed (${first?.trim()}): run "npm run typecheck" to see all, repair it and start again.`);
}

/** What other tools than the compiler put into `dist/`. */
const NOT_COMPILED = /^dist[/\\](console|openapi)[/\\]/;

/** Compiled files whose source is gone would still be loaded, so they go too. */
function removeOrphans(root) {
  for (const file of filesUnder(root, 'dist').filter((name) => !NOT_COMPILED.test(name))) {
    const source = file.replace(/^dist/, 'src');
    const compiled = /\.js(\.map)?$/.exec(source);
    if (!compiled || file === path.join('dist', 'workflow-bundle.js')) continue;
    if (!existsSync(path.join(root, source.slice(0, compiled.index) + '.ts'))) rmSync(path.join(root, file));
  }
}

function copyAssets(root) {
  for (const file of filesUnder(root, 'src').filter((name) => ASSETS.test(name) && !/^src[/\\]console[/\\]/.test(name))) {
    const target = path.join(root, file.replace(/^src/, 'dist'));
    mkdirSync(path.dirname(target), { recursive: true });
    cpSync(path.join(root, file), target);
  }
}

/**
 * Builds `dist/` when its sources' contents changed. The stamp goes first and comes back last, so a build that was
 * interrupted is done again; the compiler keeps its own notes for what need not be.
 * @returns whether it had to
 */
export async function ensureBuild(root) {
  const stamp = stampOf(root);
  const hash = buildHash(root);
  if (stampIs(stamp, hash)) return false;
  rmSync(stamp, { force: true });
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await step('compiling', async () => {
    await nodeTool(root, 'The compiler', [tsc, '-p', 'tsconfig.json', '--pretty', 'false']);
    removeOrphans(root);
    copyAssets(root);
  });
  const bundler = path.join(root, 'dist', 'workflows', 'bundle.js');
  if (existsSync(bundler)) await step('bundling workflows', () => nodeTool(root, 'The workflow bundler', [bundler]));
  await ensureConsole(root, (what, args) => nodeTool(root, what, args));
  writeFileSync(stamp, hash);
  return true;
}
