import { isPublic, SCOPES, type Act, POLICY } from '../../src/access/policy';
import { ROLES } from '../../src/access/actors';

/** What the matrix needs of one operation of `/v1/openapi.json`. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put';
  readonly path: string;
  readonly act: Act;
  readonly roles: readonly string[];
  readonly needsQuery: readonly string[];
}

interface Document {
  readonly paths: Record<
    string,
    Record<string, { 'x-act': string; 'x-roles': string[]; parameters?: { name: string; in: string; required?: boolean }[] }>
  >;
}

/** @returns every operation of the document, in its order. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, o]) => ({
      method: method as Operation['method'],
      path,
      act: o['x-act'] as Act,
      roles: o['x-roles'],
      needsQuery: (o.parameters ?? []).filter((p) => p.in === 'query' && p.required).map((p) => p.name),
    })),
  );
}

const REACH: Record<string, string> = { regulator: 'all', sandbox: 'sandbox', public: 'all' };

/** @returns docs/permissions.md: who may what, and where, from the document and the policy. */
export function permissionsPage(operations: readonly Operation[]): string {
  const acts = (Object.keys(POLICY) as Act[]).map((act) => {
    const cells = ROLES.map((role) => ((POLICY[act] as readonly string[]).includes(role) ? (REACH[role] ?? 'own') : ''));
    return `| \`${act}\` | ${isPublic(act) ? 'everybody' : ''} | ${cells.join(' | ')} |`;
  });
  const routes = operations.map((o) => `| \`${o.method.toUpperCase()} ${o.path}\` | \`${o.act}\` | ${o.roles.join(', ')} |`);
  const scopes = Object.entries(SCOPES).map(([scope, of]) => `| \`${scope}\` | ${of.map((a) => `\`${a}\``).join(' ')} |`);
  return `# Permissions

One policy decides: [src/access/policy.ts](../src/access/policy.ts). Every route and page names an act; who is not named beside it may not. \`own\`: of the own platform or the own hospital, and for anything else the answer is that there is no such thing (404); \`all\`: every
platform's; \`sandbox\`: sandbox tenants only. This page is made from \`/v1/openapi.json\` and held by [test/docs/permissions.test.ts](../test/docs/permissions.test.ts); every cell is asked over HTTP by [test/api/matrix.test.ts](../test/api/matrix.test.ts).

The administrator keeps people and keys of a platform or of a hospital, and does nothing with money, decisions or personal data. A hospital's keys are its own administrator's to issue: whoever pays cannot make the key that signs for the money. Nobody changes their own role;
who changes role or is disabled has no session and no pending proposal or signature left. Migration 0052 asks for the decider's role once more, whoever writes the row.

## Acts

| act | no log-in | ${ROLES.join(' | ')} |
| --- | --- | ${ROLES.map(() => '---').join(' | ')} |
${acts.join('\n')}

## Routes

| route | act | who |
| --- | --- | --- |
${routes.join('\n')}

## Scopes of API keys

A key without scopes may all that its role may; with scopes, what they name.

| scope | acts |
| --- | --- |
${scopes.join('\n')}
`;
}
