import { spawn } from 'node:child_process';
import { Client } from 'pg';
import type { Database } from '../database/connect';
import { rounded, type Say } from './figure';

/** The baseline of every figure: TPC-B as pgbench plays it, on the same server in the same run. */
export interface Baseline {
  /** What played it: `pgbench -S…` from PATH, or the same transaction over `pg` where there is no pgbench. */
  readonly name: string;
  /** @returns transactions a second over `seconds`. */
  run(seconds: number): Promise<number>;
}

const CLIENTS = 8;
const BASELINE_S = 8;

/** Fills a database for TPC-B. @param scale 1: every transaction updates one branch row, the hot row; 20: twenty of them. */
export async function tpcB(url: string, scale: number): Promise<Baseline> {
  const words = (...more: string[]): string[] => [...more, url];
  const version = await output('pgbench', ['--version']).catch(() => null);
  if (version === null) return ownTpcB(url, scale);
  await output('pgbench', words('-i', '-q', '-s', String(scale)));
  return {
    name: `pgbench TPC-B, scale ${scale}, ${CLIENTS} clients, prepared (${version.trim()})`,
    async run(seconds) {
      const said = await output('pgbench', words('-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(seconds)));
      const tps = /^tps = ([\d.]+)/m.exec(said)?.[1];
      if (tps === undefined) throw new Error(`pgbench told no rate: ${said.slice(-300)}`);
      return Number(tps);
    },
  };
}

/** Plays the baseline of the hot row beside a running system, on its server, in a database of its own. @param serverUrl of any database there. @returns transactions a second, and what played them. */
export async function baselineBeside(db: Database, serverUrl: string, say: Say): Promise<{ readonly rate: number; readonly name: string }> {
  await db.raw('create database tpcb');
  const url = new URL(serverUrl);
  url.pathname = '/tpcb';
  const baseline = await tpcB(url.href, 1);
  const rate = await baseline.run(BASELINE_S);
  say(`baseline ${rounded(rate)} transactions/s`);
  return { rate, name: baseline.name };
}

/** The same tables and the same seven statements, where pgbench is not on PATH. */
async function ownTpcB(url: string, scale: number): Promise<Baseline> {
  const owner = await connected(url);
  await owner.query(`
    create table pgbench_branches (bid int primary key, bbalance int, filler char(88)) with (fillfactor = 100);
    create table pgbench_tellers (tid int primary key, bid int, tbalance int, filler char(84)) with (fillfactor = 100);
    create table pgbench_accounts (aid int primary key, bid int, abalance int, filler char(84)) with (fillfactor = 100);
    create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
    insert into pgbench_branches select n, 0, '' from generate_series(1, ${scale}) n;
    insert into pgbench_tellers select n, (n - 1) / 10 + 1, 0, '' from generate_series(1, ${10 * scale}) n;
    insert into pgbench_accounts select n, (n - 1) / 100000 + 1, 0, '' from generate_series(1, ${100_000 * scale}) n`);
  await owner.query('vacuum analyze');
  await owner.end();
  return {
    name: `TPC-B over pg, scale ${scale}, ${CLIENTS} clients, prepared (no pgbench on PATH)`,
    async run(seconds) {
      const until = performance.now() + seconds * 1_000;
      const done = await Promise.all(Array.from({ length: CLIENTS }, () => playUntil(url, scale, until)));
      return done.reduce((sum, n) => sum + n, 0) / seconds;
    },
  };
}

async function playUntil(url: string, scale: number, untilMs: number): Promise<number> {
  const client = await connected(url);
  const any = (most: number): number => 1 + Math.floor(Math.random() * most);
  let done = 0;
  while (performance.now() < untilMs) {
    const [aid, bid, tid, delta] = [any(100_000 * scale), any(scale), any(10 * scale), any(10_000) - 5_000];
    const ask = (name: string, text: string, values: number[]) => client.query({ name, text, values });
    await client.query('begin');
    await ask('a', 'update pgbench_accounts set abalance = abalance + $1 where aid = $2', [delta, aid]);
    await ask('s', 'select abalance from pgbench_accounts where aid = $1', [aid]);
    await ask('t', 'update pgbench_tellers set tbalance = tbalance + $1 where tid = $2', [delta, tid]);
    await ask('b', 'update pgbench_branches set bbalance = bbalance + $1 where bid = $2', [delta, bid]);
    await ask('h', 'insert into pgbench_history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, current_timestamp)', [tid, bid, aid, delta]);
    await client.query('commit');
    done += 1;
  }
  await client.end();
  return done;
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** @returns what the program printed. @throws when it cannot be started, or fails. */
function output(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, errors] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (said += data.toString()));
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(said) : reject(new Error(`${program} failed: ${errors.slice(-300)}`))));
  });
}
