import { existsSync } from 'node:fs';
import path from 'node:path';
import { StartError } from './startError';

type Environment = Record<string, string>;
export type Seed = (env: Environment) => Promise<void>;

function load(name: string): Record<string, unknown> {
  const file = path.join(__dirname, '..', `${name}.js`);
  if (!existsSync(file)) throw new StartError(`This build has no ${name}: it is not complete.`);
  return require(file) as Record<string, unknown>;
}

export const seed: Seed = (env) => (load('seed').seed as Seed)(env);
