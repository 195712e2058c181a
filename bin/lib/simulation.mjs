import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const room = path.join(root, '.almoner', 'simulation');
const SWC = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs', ignoreDynamic: true }, sourceMaps: 'inline' };

const compiled = (text, filename) => transformSync(text, { ...SWC, filename }).code;

/** The list of bugs, and the changes that every copy gets. */
function plants() {
  const file = path.join(root, 'src', 'simulation', 'plants.ts');
  const module = { exports: {} };
  new Function('module', 'exports', 'require', compiled(readFileSync(file, 'utf8'), file))(module, module.exports, createRequire(import.meta.url));
  return module.exports;
}

/** Replaces in the text of one file. @throws where the text to replace is not there exactly as often as it must be: then the plant no longer plants anything. */
function changed(text, change, plant) {
  const found = text.split(change.find).length - 1;
  if (found !== (change.times ?? 1)) throw new Error(`plant ${plant}: “${change.find}” stands ${found} times in ${change.file}, not ${change.times ?? 1}`);
  return text.replaceAll(change.find, () => change.replace);
}

/** Makes a runnable copy of the sources with these changes in it. @returns its folder. */
function copyWith(changes, name) {
  const folder = path.join(room, `${name}-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  const pending = new Map();
  for (const { plant, ...change } of changes) pending.set(change.file, [...(pending.get(change.file) ?? []), { change, plant }]);
  const textOf = (file) => {
    const text = (pending.get(file) ?? []).reduce((now, { change, plant }) => changed(now, change, plant), readFileSync(path.join(root, file), 'utf8'));
    pending.delete(file);
    return text;
  };
  for (const file of readdirSync(path.join(root, 'src'), { recursive: true }).map(String).filter((each) => each.endsWith('.ts'))) {
    const to = path.join(folder, 'dist', file.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, compiled(textOf(path.join('src', file)), path.join(root, 'src', file)));
  }
  mkdirSync(path.join(folder, 'migrations'), { recursive: true });
  for (const file of readdirSync(path.join(root, 'migrations'))) writeFileSync(path.join(folder, 'migrations', file), textOf(path.join('migrations', file)));
  cpSync(path.join(root, 'data'), path.join(folder, 'data'), { recursive: true });
  if (pending.size > 0) throw new Error(`no such files: ${[...pending.keys()].join(', ')}`);
  return folder;
}

/** Runs one copy's simulation. @returns its exit code and what it printed. */
function run(folder, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', path.join(folder, 'dist', 'simulation', 'main.js'), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, SIMULATION_FOLDER: room, ...env },
    });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      process.stdout.write(chunk);
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code) => resolve({ code: code ?? 1, out }));
  });
}

/** @param args of the command line, as they stand. */
export async function simulate(args) {
  const { PLANTS, EVERYWHERE } = plants();
  const at = args.indexOf('--plant');
  const name = at < 0 ? null : args[at + 1];
  if (name === 'list') return console.log(PLANTS.map((plant) => `${plant.name.padEnd(32)} ${plant.says}`).join('\n'));
  const base = EVERYWHERE.map((change) => ({ ...change, plant: 'none' }));
  if (name === 'all') return everyPlant(args, at, base, PLANTS);
  const plant = name === null ? null : PLANTS.find((each) => each.name === name);
  if (plant === undefined) {
    console.error(`There is no plant “${name}”: --plant list names them`);
    process.exitCode = 2;
    return;
  }
  await withCopy([...base, ...(plant?.changes ?? []).map((change) => ({ ...change, plant: name }))], name ?? 'none', async (folder) => {
    process.exitCode = (await run(folder, args)).code;
  });
}

async function withCopy(changes, name, work) {
  const folder = copyWith(changes, name);
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Plants each bug in turn, and prints how many seeds it took to find it. */
async function everyPlant(args, at, base, all) {
  const others = args.filter((each, i) => i !== at && i !== at + 1);
  const missed = [];
  for (const plant of all)
    await withCopy([...base, ...plant.changes.map((change) => ({ ...change, plant: plant.name }))], plant.name, async (folder) => {
      const { code, out } = await run(folder, ['--seeds', '1000', ...others, '--plant', plant.name]);
      const found = code === 1;
      if (!found) missed.push(plant.name);
      console.log(`${found ? '✓' : '✗'} ${plant.name.padEnd(32)} ${found ? `found after ${JSON.parse(out.trim().split('\n').at(-1)).seeds} seeds` : 'not found'}`);
    });
  console.log(JSON.stringify({ plants: all.length, found: all.length - missed.length, missed }));
  process.exitCode = missed.length === 0 ? 0 : 1;
}
