import path from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

// Built into dist/console, where src/api/console/serve.ts finds it. No source maps: the sources are in the repository.
export default defineConfig({
  root,
  base: '/console/',
  build: {
    outDir: path.join(root, '..', '..', 'dist', 'console'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_500,
  },
});
