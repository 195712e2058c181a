import path from 'node:path';

/** Where everything lies that this checkout writes. Nothing is written outside of it. */
export type StatePaths = {
  root: string;
  postgres: string;
  temporal: string;
  simulators: string;
  keys: string;
  /** Sealed documents. */
  documents: string;
  logs: string;
  cache: string;
  runFile: string;
  lockFile: string;
  portsFile: string;
  credentialsFile: string;
};

/** @returns the folder that holds `package.json`; `src/` and `dist/` lie directly in it. */
export function checkoutRoot(): string {
  return path.resolve(__dirname, '..');
}

/**
 * @param root the state folder; `ALMONER_STATE`, or `.almoner` in the checkout, when left out
 * @returns the absolute paths of all state, whether or not they exist yet
 */
export function statePaths(root = process.env.ALMONER_STATE || path.join(checkoutRoot(), '.almoner')): StatePaths {
  const absolute = path.resolve(root);
  const at = (name: string) => path.join(absolute, name);
  return {
    root: absolute,
    postgres: at('postgres'),
    temporal: at('temporal'),
    simulators: at('simulators'),
    keys: at('keys'),
    documents: at('documents'),
    logs: at('logs'),
    cache: at('cache'),
    runFile: at('run.json'),
    lockFile: at('supervisor.lock'),
    portsFile: at('ports.json'),
    credentialsFile: at('credentials.json'),
  };
}
