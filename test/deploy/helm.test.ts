import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkoutRoot } from '../../src/paths';

// What any machine can hold of the chart: names against the source and the compose file, and the security that each pod has. Rendering needs helm: its README tells.
const root = checkoutRoot();
const read = (...at: string[]): string => readFileSync(path.join(root, ...at), 'utf8');
const CHART = 'deploy/helm/almoner';
const templates = new Map(readdirSync(path.join(root, CHART, 'templates')).map((name): [string, string] => [name, read(CHART, 'templates', name)]));
const all = [...templates.values()].join('\n');
const named = new Set([...all.matchAll(/- name: ([A-Z][A-Z0-9_]+)$/gm)].map((m) => m[1]!));

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && each.name.endsWith('.ts'))
    .map((each) => readFileSync(path.join(each.parentPath, each.name), 'utf8'));
}

/** Names that the product's processes read from their environment; the Temporal SDK reads its own two. */
const known = new Set([
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  ...sources('src').flatMap((text) =>
    [...text.matchAll(/env\.([A-Z][A-Z0-9_]+)|(?:need|number)\('([A-Z0-9_]+)'|simulated\('[^']*', '([A-Z_]+)'\)/g)].map(
      (m) => (m[1] ?? m[2] ?? m[3])!,
    ),
  ),
  ...sources('src').flatMap((text) => [...text.matchAll(/const \{ ([A-Z_, ]+) \} = process\.env/g)].flatMap((m) => m[1]!.split(', '))),
]);

test('every variable that the chart sets is read by the product', () => {
  expect(named.size).toBeGreaterThan(12);
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
});

test('what the configuration cannot do without is set, and what compose sets for api and worker is too, but for the sandbox', () => {
  const needed = [...read('src/config.ts').matchAll(/(?:need\('|number\('|env\.)([A-Z][A-Z0-9_]+)/g)].map((m) => m[1]!);
  const sandbox = ['SIMULATORS_URL', 'SANDBOX_TOKEN', 'SIMULATORS_STATE', 'SIMULATORS_HOST', 'SIMULATORS_PORT'];
  expect([...new Set(needed)].filter((name) => !named.has(name) && !sandbox.includes(name))).toEqual([]);
  const compose = read('docker-compose.yml');
  const ours = compose.slice(compose.indexOf('x-almoner:'), compose.indexOf('x-when-prepared')) + compose.slice(compose.indexOf('\n  api:'));
  const composed = [...ours.matchAll(/^ +([A-Z][A-Z0-9_]+): /gm)].map((m) => m[1]!);
  expect(composed.length).toBeGreaterThan(6);
  expect(composed.filter((name) => !named.has(name) && !sandbox.includes(name))).toEqual([]);
});

test.each(['api.yaml', 'worker.yaml', 'migrate.yaml'])(
  '%s: no root, nothing writable, limits, and the owner’s database only for the migration',
  (name) => {
    const text = templates.get(name)!;
    expect(text).toContain('include "almoner.podSecurity"');
    expect(text).toContain('include "almoner.containerSecurity"');
    expect(text).toContain('resources:');
    expect(text.includes('.Values.secrets.owner')).toBe(name === 'migrate.yaml');
    expect(templates.get('_helpers.tpl')).toMatch(/runAsNonRoot: true[\s\S]*readOnlyRootFilesystem: true[\s\S]*drop: \[ALL\]/);
  },
);

test('a secret is referred to, never written: no kind Secret, and no password in the values', () => {
  expect(all).not.toMatch(/kind: Secret\b/);
  expect(read(CHART, 'values.yaml')).not.toMatch(/(password|token|postgres:\/\/)[^\n]*: *\S/i);
});

test('every value that a template uses is in values.yaml and its schema', () => {
  const schema = JSON.parse(read(CHART, 'values.schema.json')) as { properties: Record<string, unknown> };
  const tops = new Set([...all.matchAll(/\.Values\.([a-zA-Z]+)/g)].map((m) => m[1]!));
  const values = new Set([...read(CHART, 'values.yaml').matchAll(/^([a-zA-Z]+):/gm)].map((m) => m[1]!));
  expect([...tops].filter((top) => !values.has(top) || !(top in schema.properties))).toEqual([]);
  expect([...values].filter((value) => !tops.has(value) && value !== 'podDisruptionBudget')).toEqual([]);
});

test('the probes and commands are what the processes serve', () => {
  for (const [, command] of all.matchAll(/dist\/([a-zA-Z/]+)\.js/g)) expect(read('src', `${command}.ts`)).not.toBe('');
  for (const [, probe] of all.matchAll(/httpGet: \{ path: (\S+),/g)) expect(['/healthz', '/readyz']).toContain(probe);
});
