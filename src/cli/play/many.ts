import { type Played, type PlayOptions, playCase } from './playCase';
import type { RunningSystem } from './system';
import { readCase } from './validate';

/**
 * Plays several case files one after the other.
 * @returns for each file, in order, what came of it
 * @throws {InvalidCase} for the first file that is no valid case; {PlayFailure} for the first that cannot be played
 */
export async function playMany(files: readonly string[], system: RunningSystem, options: PlayOptions = {}): Promise<Played[]> {
  const cases = files.map((file) => readCase(file));
  const played: Played[] = [];
  for (const theCase of cases) played.push(await playCase(theCase, system, options));
  return played;
}
