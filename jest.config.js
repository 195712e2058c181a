/** Tests are TypeScript, compiled file by file and not type-checked here (`npm run typecheck` does that). @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    // Dynamic imports stay as they are: libxml2-wasm exists only as an ES module.
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs', ignoreDynamic: true }, sourceMaps: 'inline' },
    ],
  },
  globalSetup: '<rootDir>/test/support/globalSetup.ts',
  globalTeardown: '<rootDir>/test/support/globalTeardown.ts',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.almoner/'],
  watchPathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.almoner/'],
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/support/longestFirst.js',
  testTimeout: 120_000,
};
