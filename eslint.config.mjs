// Type-aware rules and the direction of imports; formatting is Biome's.
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * What each room may import: the one direction of the house, held by lint. A room that is not named beside another may not import it, and the table itself
 * has no circle. `*` after a name: its types alone. Files directly under src/ join the rooms to processes; `paths`, `logging` and `config` know none above security.
 */
const MAY_IMPORT = {
  domain: [],
  messages: [],
  database: [],
  observability: ['database', 'security'],
  ledger: ['database', 'domain'],
  audit: ['database', 'ledger*'],
  security: ['domain'],
  documents: ['domain', 'security*'],
  access: ['audit', 'database', 'domain', 'observability', 'security'],
  adapters: [],
  simulators: [],
  temporal: ['security*'],
  sandbox: ['domain'],
  records: ['audit', 'database', 'documents*', 'domain', 'ledger', 'messages*', 'observability', 'security'],
  gifts: ['adapters*', 'audit', 'database', 'domain', 'ledger', 'observability', 'records', 'security*'],
  custody: ['adapters*', 'audit', 'database', 'domain', 'ledger', 'records', 'security*'],
  activities: ['adapters*', 'audit', 'database', 'domain', 'gifts*', 'ledger', 'observability', 'records', 'security*', 'custody', 'reconciliation'],
  workflows: ['activities*', 'domain', 'messages', 'temporal'],
  outbox: ['database', 'messages', 'observability'],
  clock: ['database', 'domain', 'messages', 'sandbox*'],
  police: ['audit', 'database', 'documents', 'ledger', 'records', 'security'],
  api: ['access', 'adapters', 'audit', 'clock*', 'custody*', 'database', 'documents', 'domain', 'gifts*', 'ledger', 'observability', 'records', 'sandbox*', 'security'],
  reconciliation: ['adapters*', 'audit', 'custody', 'database', 'domain', 'gifts', 'ledger', 'records', 'sandbox', 'security'],
  backup: ['audit', 'database', 'ledger', 'records', 'security'],
  engines: ['database', 'records', 'security', 'simulators'],
  // Types of the API's own document come from dist/openapi: the console knows the API and nothing behind it.
  console: [],
  faults: [],
  bench: ['audit', 'database', 'domain', 'engines', 'faults', 'ledger'],
  simulation: ['access', 'activities', 'adapters*', 'api', 'custody', 'database', 'domain', 'engines', 'gifts', 'ledger', 'records', 'security'],
  cli: ['access', 'api', 'audit', 'backup', 'database', 'documents', 'domain', 'engines', 'ledger', 'outbox', 'police', 'reconciliation', 'records', 'security', 'temporal'],
};

const UP = ['..', '../..', '../../..', '../../../..'];
// By the way up and into the room: `../outbox` is the room, `./outbox` and `../support/outbox` are not.
const rooms = (names) => names.flatMap((name) => UP.flatMap((up) => [`${up}/${name}`, `${up}/${name}/**`]));

/** The rule of a room in files of it; `only` narrows the table for some of them. */
const room = (name, files = [`src/${name}/**`], allowed = MAY_IMPORT[name], more = []) => {
  const whole = allowed.filter((each) => !each.endsWith('*'));
  const types = allowed.filter((each) => each.endsWith('*')).map((each) => each.slice(0, -1));
  const never = Object.keys(MAY_IMPORT).filter((each) => each !== name && !whole.includes(each) && !types.includes(each));
  const patterns = [
    { group: rooms(never), message: `${name} imports ${allowed.join(', ') || 'no other room'}: see MAY_IMPORT` },
    { group: rooms(types), allowTypeImports: true, message: `${name} knows the types of ${types.join(', ')} alone` },
    ...more,
  ].filter(({ group }) => group.length > 0);
  return { files, rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] } };
};

/** @throws where the table goes in a circle: then there is no one way. */
function mustGoOneWay(table, above = []) {
  for (const [name, below] of Object.entries(table))
    (function look(each, way) {
      if (way.includes(each)) throw new Error(`the rooms go in a circle: ${[...way, each].join(' → ')}`);
      for (const next of table[each]) look(next.replace('*', ''), [...way, each]);
    })(name, above);
}
mustGoOneWay(MAY_IMPORT);

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.almoner/', '**/*.mjs', '**/*.js'] },
  {
    files: ['src/**/*.ts', 'src/console/**/*.tsx', 'test/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { '@typescript-eslint': tseslint.plugin, 'import-x': importX },
    settings: { 'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts', '.js'] })], 'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] } },
    rules: {
      // Of types alone, two files may speak of each other; what runs may not.
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-self-import': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  ...Object.keys(MAY_IMPORT).map((name) => room(name)),
  {
    files: ['src/console/**/*.{ts,tsx}'],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: './src/console/tsconfig.json', tsconfigRootDir: import.meta.dirname, ecmaFeatures: { jsx: true } } },
    settings: { 'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts', '.tsx', '.js'] })], 'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] } },
  },
  room('console', ['src/console/**/*.{ts,tsx}']),
  // What runs inside of Temporal's sandbox; the bundler beside it is an ordinary program.
  room('workflows', ['src/workflows/!(bundle).ts'], MAY_IMPORT.workflows.filter((name) => name !== 'temporal'), [
    { group: ['node:*', 'fs', 'crypto', 'http'], message: 'workflow code is deterministic: no Node built-ins' },
  ]),
  { files: ['src/workflows/!(bundle).ts'], rules: { 'no-restricted-globals': ['error', 'process', 'fetch', 'setInterval'] } },
  room('cli', ['src/cli/play/**'], []),
);
