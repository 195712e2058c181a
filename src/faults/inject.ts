import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { House } from './http';
import type { Load } from './load/load';
import type { Fault, Victim } from './plan';
import type { SystemUnderTest } from './system';

const COMMITS_WAIT_MS = 3_000;
const BLOCK = Buffer.alloc(1 << 20);

export interface Tools {
  readonly system: SystemUnderTest;
  readonly house: House;
  readonly sandboxKey: string;
  readonly load: Load;
}

/**
 * Does a fault to the system.
 * @returns once it is over: from then on the system has to recover by itself. False when the machine cannot do it (no disk of its own).
 */
export async function inject(fault: Fault, tools: Tools): Promise<boolean> {
  const { system, load } = tools;
  switch (fault.kind) {
    case 'kill':
      for (const victim of fault.victims) {
        kill(system, victim);
        if (fault.victims.length > 1) await pause(fault.apartMs / fault.victims.length);
      }
      return true;
    case 'pause':
      await stopped(system, fault.victim, fault.forMs);
      return true;
    case 'commit-cut':
      system.databaseWire.cutCommits(fault.when, fault.commits);
      await pause(COMMITS_WAIT_MS);
      system.databaseWire.stopCutting();
      return true;
    case 'database-refuses':
      system.databaseWire.refuse(true);
      await pause(fault.forMs);
      system.databaseWire.refuse(false);
      return true;
    case 'database-stalls':
      system.databaseWire.stall(true);
      await pause(fault.forMs);
      system.databaseWire.stall(false);
      return true;
    case 'disk-full':
      if (!system.hasDisk) return false;
      await filled(system.state, fault.forMs);
      return true;
    case 'bank-wire':
      system.bankWire.spoil(fault.how, fault.answers);
      return true;
    case 'bank-script':
      load.carry(scripted(tools, '/v1/sandbox/bank-faults', { payout: 1, fault: fault.script, params: paramsOf(fault.script) }));
      return true;
    case 'worker-point':
      load.carry(scripted(tools, '/v1/sandbox/worker-faults', { payout: 1, point: fault.point }));
      return true;
    case 'callbacks':
      await trick(fault.trick, system);
      return true;
  }
}

/** Whether a fault of that kind takes something away that has to come back: only these count for the time of recovery. */
export function takesAway({ kind }: Fault): boolean {
  return ['kill', 'pause', 'commit-cut', 'database-refuses', 'database-stalls', 'disk-full'].includes(kind);
}

/** SIGKILL. A victim that lies dead already, from a fault before, is not killed again. */
function kill(system: SystemUnderTest, victim: Victim): void {
  try {
    process.kill(system.pid(victim), 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Postgres is a family: its backends are stopped with it. */
function familyOf(system: SystemUnderTest, victim: Victim): number[] {
  const parent = system.pid(victim);
  if (victim !== 'postgres' || process.platform !== 'linux') return [parent];
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === parent);
  return [parent, ...children.map(Number)];
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

async function stopped(system: SystemUnderTest, victim: Victim, forMs: number): Promise<void> {
  const family = familyOf(system, victim);
  const all = (signal: NodeJS.Signals): void => {
    for (const pid of family) {
      try {
        process.kill(pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  };
  all('SIGSTOP');
  await pause(forMs);
  all('SIGCONT');
}

/** Fills the system's own small disk to the last byte, and keeps it full. */
async function filled(state: string, forMs: number): Promise<void> {
  const file = path.join(state, 'filler');
  const handle = openSync(file, 'w');
  try {
    for (const end = Date.now() + forMs; Date.now() < end; await pause(50)) fill(handle);
  } finally {
    closeSync(handle);
    rmSync(file, { force: true });
  }
}

function fill(handle: number): void {
  for (const size of [BLOCK.length, 4_096, 1]) {
    try {
      for (;;) writeSync(handle, BLOCK, 0, size);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

const paramsOf = (script: string): object => (script === 'slow' ? { afterMinutes: 90 } : {});

function scripted({ house, sandboxKey }: Tools, route: string, what: object) {
  return async ({ tenant }: { readonly tenant: { readonly tenantId: string } }): Promise<void> => {
    await house.until('POST', route, { bearer: sandboxKey, body: { tenantId: tenant.tenantId, ...what } });
  };
}

async function trick(name: Extract<Fault, { kind: 'callbacks' }>['trick'], { postOffice }: SystemUnderTest): Promise<void> {
  switch (name) {
    case 'hundredfold':
      return postOffice.multiplyNext();
    case 'reordered':
      return postOffice.reorder();
    case 'forged':
      return postOffice.forge();
    case 'replayed':
      return postOffice.replay();
    case 'unanswered':
      return postOffice.loseAnswers(3);
    case 'lost':
      return postOffice.loseLetters(3);
  }
}
