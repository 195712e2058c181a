import type { Tenant } from './answers';
import { Api } from './api';
import { bankEntries, standingDebits } from './bank';
import type { CaseFile } from './caseFile';
import { type Difference, differences } from './compare';
import { Driver } from './driver';
import { Progress } from './progress';
import { brokenAlways, lookBack, type Result } from './result';
import { setStage } from './setting';
import type { RunningSystem } from './system';

export type PlayOptions = {
  /** Real timers with the edition's windows so many times as fast, instead of a test clock. */
  realTimersSpeed?: number;
  /** How many of a hundred gifts come by Alipay; none where nothing is said. */
  alipayPercent?: number;
  /** Wall-clock time after which the play is given up. */
  limitMs?: number;
  progress?: Progress;
  /** Where it takes place, if not in a sandbox tenant of its own. */
  tenant?: Tenant;
};

export type Played = { result: Result; differences: Difference[]; broken: string[]; stopped: string | null };

const limitMsDefault = 600_000;

/**
 * Plays one case through the public API of the running system.
 * @returns the result, where it differs from the case's expectation, what broke of what always holds, and why the story stopped early
 * @throws {PlayFailure} when the system cannot play it or it does not come to an end; {Problem} for an answer nobody in the story can handle
 */
export async function playCase(theCase: CaseFile, { url, sandboxKey }: RunningSystem, options: PlayOptions = {}): Promise<Played> {
  const { progress = new Progress(), limitMs = limitMsDefault, ...setting } = options;
  const api = new Api(url, limitMs);
  try {
    const story = await setStage(theCase, { api, sandboxKey, progress, ...setting });
    const debitsBefore = options.tenant ? standingDebits(await bankEntries(story)).length : 0;
    const stopped = await new Driver(story).run();
    if (stopped) progress.say(`the story stops here: ${stopped}`);
    const result = await lookBack(story, debitsBefore);
    return { result, differences: differences(theCase.expect, result), broken: brokenAlways(result), stopped };
  } finally {
    await api.close();
  }
}
