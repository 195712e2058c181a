import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';

/** A folder of one's own inside this test run's, gone with the run at the latest. */
export function aFolder(): { path: string; remove(): void } {
  const room = process.env.TEST_RUN_FOLDER!;
  mkdirSync(room, { recursive: true });
  const folder = mkdtempSync(path.join(room, 'folder-'));
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
