import { connect } from '../../database/connect';
import { restoreSnapshot, takeSnapshot } from '../../engines/snapshot';
import type { System } from '../../engines/system';
import type { StatePaths } from '../../paths';
import { readDemonstration, seedDemonstration } from './demonstration';
import { holdingsBeside } from './holdings';

/**
 * Seeds the demonstration behind a house that is ready already, where it is not seeded, and keeps a copy to put it back to where the engines are the house's own.
 * @param say hears how far it is
 */
export async function keepDemonstration(
  paths: StatePaths,
  system: System,
  environment: Record<string, string>,
  say: (line: string) => void,
): Promise<void> {
  const beganMs = Date.now();
  if (!(await seedDemonstration(environment, say))) return;
  const { run } = system.supervisor;
  if (run.pids.postgres !== undefined && run.pids.temporal !== undefined) {
    const { house, stage } = readDemonstration(paths.root)!;
    const db = connect(environment.DATABASE_URL!, { max: 1, name: 'almoner-demo' });
    try {
      await takeSnapshot(paths, run, environment.DATABASE_URL!, await holdingsBeside(db, [house.tenantId, stage.tenantId]));
    } finally {
      await db.destroy();
    }
  }
  say(`demonstration: seeded in ${Math.round((Date.now() - beganMs) / 1000)} s; "almoner demo reset" puts it back to here`);
}

/**
 * Ends what runs, puts the seeded state in its place and starts it again. The asker has looked whether it may (reset.ts).
 * @param anew makes the house that takes over. @param isEnding tells whether the whole is being ended meanwhile
 */
export async function putBack(paths: StatePaths, system: System, anew: () => System, isEnding: () => boolean): Promise<void> {
  if (!system.supervisor.run.ready) return; // it is starting, or being put back already
  await system.supervisor.discard();
  restoreSnapshot(paths);
  if (!isEnding()) await anew().start(null);
}
