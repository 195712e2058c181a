import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { contentHash, stampIs } from './contentHash.mjs';
import { step } from './progress.mjs';

/** What the console is made of: its sources, its libraries, and the document of the API that its client is typed by. */
const SOURCES = ['src/console', 'package-lock.json', 'bin/lib/console.mjs', 'dist/openapi/document.json'];

/**
 * Builds `dist/console` when its own sources changed: types from the document, then the type check (which holds that every text is there in both languages),
 * then the bundle. Called once the API is compiled.
 * @param nodeTool runs a program of Node, or fails with a sentence
 */
export async function ensureConsole(root, nodeTool) {
  await nodeTool('The OpenAPI document', [path.join(root, 'bin', 'lib', 'openapiTypes.mjs'), root]);
  const stamp = path.join(root, 'dist', '.almoner-console');
  const hash = contentHash(root, SOURCES);
  if (stampIs(stamp, hash) && existsSync(path.join(root, 'dist', 'console', 'index.html'))) return;
  rmSync(stamp, { force: true });
  const tool = (name, ...rest) => path.join(root, 'node_modules', name, 'bin', ...rest);
  await step('building the console', async () => {
    await nodeTool('The check of the console', [tool('typescript', 'tsc'), '-p', path.join('src', 'console', 'tsconfig.json'), '--pretty', 'false']);
    await nodeTool('The bundler of the console', [tool('vite', 'vite.js'), 'build', path.join('src', 'console'), '--logLevel', 'error']);
  });
  writeFileSync(stamp, hash);
}
