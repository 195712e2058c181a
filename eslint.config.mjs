// Type-aware rules and the direction of imports; formatting is Biome's.
import tseslint from 'typescript-eslint';

/** What a room may not import, and why. */
const room = (files, forbidden, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message }] }] },
});
const HOUSE = ['access', 'api', 'activities', 'adapters', 'audit', 'cli', 'clock', 'custody', 'database', 'engines', 'faults', 'gifts', 'ledger', 'messages', 'outbox', 'records', 'sandbox', 'security', 'simulators', 'workflows'];
// By the way up and into the room: `../outbox` is the room, `./outbox` and `../support/outbox` are not.
const rooms = (...names) => names.flatMap((name) => ['..', '../..', '../../..'].flatMap((up) => [`${up}/${name}`, `${up}/${name}/**`]));
const allBut = (...names) => rooms(...HOUSE.filter((name) => !names.includes(name)));

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.almoner/', '**/*.mjs', '**/*.js'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  room(['src/domain/**'], allBut(), 'domain is pure: it imports nothing of the house'),
  {
    files: ['src/workflows/{campaign,release,transfer,story,doors,index}.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: rooms('api', 'adapters', 'audit', 'cli', 'clock', 'custody', 'database', 'engines', 'gifts', 'ledger', 'outbox', 'records', 'sandbox', 'security', 'simulators'), message: 'workflows know domain, messages and the types of activities' }, { group: ['node:*', 'fs', 'crypto', 'http'], message: 'workflow code is deterministic: no Node built-ins' }] }],
      'no-restricted-globals': ['error', 'process', 'fetch', 'setInterval'],
    },
  },
  room(['src/adapters/**'], allBut('adapters'), 'adapters know only their ports'),
  room(['src/simulators/**'], allBut('simulators', 'sandbox'), 'simulators share nothing with what they stand against'),
  room(['src/ledger/**', 'src/audit/**'], allBut('ledger', 'audit', 'database'), 'ledger and audit know the database only'),
  room(['src/records/**'], allBut('records', 'audit', 'ledger', 'database', 'messages', 'security'), 'records know no route and no adapter'),
  room(['src/activities/**'], rooms('api', 'cli', 'clock', 'engines', 'outbox', 'sandbox', 'simulators'), 'activities know no route'),
  room(['src/gifts/**', 'src/custody/**'], rooms('api', 'activities', 'cli', 'clock', 'engines', 'outbox', 'sandbox', 'simulators', 'workflows'), 'gifts and custody know no route'),
  room(['src/faults/**'], allBut('faults'), 'the fault run looks at the system from outside: it shares nothing with it'),
  room(['src/cli/play/**'], allBut('cli'), 'play judges the system from outside: it shares nothing with it'),
);
