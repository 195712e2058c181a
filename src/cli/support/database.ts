import { connect, type Database } from '../../database/connect';
import { runningInstance } from '../../engines/runFile';
import { StartError } from '../../engines/startError';
import { statePaths } from '../../paths';

/**
 * Opens the database of the running instance, or of DATABASE_URL, as its owner: these commands read, and only `repair` writes a word to workflows.
 * @returns the pool; the caller destroys it. Throws `StartError` when neither is there.
 */
export function openDatabase(): Database {
  return connect(databaseUrl(), { max: 3, name: 'almoner-cli' });
}

/** @returns the owner's URL of the running instance's database, or DATABASE_URL. Throws `StartError` when neither is there. */
export function databaseUrl(): string {
  const url = process.env.DATABASE_URL ?? runningInstance(statePaths().runFile)?.environment.DATABASE_URL;
  if (!url) throw new StartError('There is no database to look at: start Almoner with "npm start", or set DATABASE_URL.');
  return url;
}
