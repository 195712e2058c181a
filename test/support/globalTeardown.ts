import { endRun } from './engines';

/** After all tests: the engines of this run end and what they wrote goes. */
export default async function globalTeardown(): Promise<void> {
  if (process.env.TEST_RUN_FOLDER) await endRun(process.env.TEST_RUN_FOLDER);
}
