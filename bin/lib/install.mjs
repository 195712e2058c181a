import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { contentHash, stampIs } from './contentHash.mjs';
import { Failure, npmSentence } from './failure.mjs';
import { step } from './progress.mjs';
import { run } from './run.mjs';

/** npm writes what it installed to a hidden lock file when it is done; every required package of ours must be in there unchanged. */
export function isInstalled(root) {
  const hidden = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([place, entry]) => place === '' || entry.optional || entry.devOptional || (present[place] && present[place].integrity === entry.integrity),
  );
}

/** Inside `npm start` this is the very npm that runs us; otherwise the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
}

async function npmCi(root) {
  const [command, words] = npmCommand();
  const { code, output } = await run(command, [...words, 'ci', '--include=dev', '--no-audit', '--no-fund'], { cwd: root });
  if (code === 0) return;
  if (output === 'ENOENT') throw new Failure('npm is not installed: install npm 10 or later beside Node.js and start again.');
  const lines = output.split('\n').filter((line) => /error/i.test(line));
  throw new Failure(npmSentence(output) ?? `npm ci failed (${lines[0] ?? `exit code ${code}`}): run "npm ci" to see why.`);
}

/** Installs the locked dependencies where they are missing or stale. @returns whether it had to */
export async function ensureDependencies(root) {
  const stamp = path.join(root, 'node_modules', '.almoner-stamp');
  const hash = `${contentHash(root, ['package-lock.json'])} ${process.platform}-${process.arch}`;
  if (stampIs(stamp, hash)) return false;
  const present = isInstalled(root);
  if (!present) await step('installing dependencies', () => npmCi(root));
  writeFileSync(stamp, hash);
  return !present;
}
