import { join } from 'node:path';
import { BackupError } from '../../backup/manifest';
import type { StateFolders } from '../../backup/write';
import { StartError } from '../../engines/startError';
import { statePaths } from '../../paths';

/** @returns what of the state folder goes with a backup. */
export function stateFolders(): StateFolders {
  const paths = statePaths();
  return { keys: paths.keys, documents: paths.documents, anchorFile: join(paths.root, 'anchors', 'audit.jsonl') };
}

/** A backup that cannot be written or restored is told in its sentence; anything else is a defect and keeps its stack. */
export async function asStartError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof BackupError ? new StartError(error.message) : error;
  }
}
