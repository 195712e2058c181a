import type { Caller } from './api';
import type { CaseFile } from './caseFile';
import { PlayFailure } from './failure';

/** What a case may hold that a running system may have no route for yet: the words for it, and a part of the route's path. */
function needs({ sponsor, payee, earlier_raises }: CaseFile): { what: string; path: string }[] {
  const found: { what: string; path: string }[] = [];
  if (sponsor.blacklisted || payee.blacklisted) found.push({ what: 'blacklisted people', path: '/v1/sandbox/listings' });
  if (earlier_raises?.length) found.push({ what: 'earlier raises', path: '/v1/sandbox/earlier-raises' });
  return found;
}

/**
 * Asks the system's own OpenAPI document whether the case can be played.
 * @throws {PlayFailure} with exit code 3 and one sentence when it cannot
 */
export async function checkRoutes(sandbox: Caller, theCase: CaseFile): Promise<void> {
  const wanted = needs(theCase);
  if (wanted.length === 0) return;
  const { paths } = await sandbox.get<{ paths: Record<string, unknown> }>('/v1/openapi.json');
  const known = Object.keys(paths);
  const missing = wanted.filter(({ path }) => !known.some((route) => route.includes(path)));
  const [first = wanted[0]] = missing;
  const why = missing.length > 0 ? 'the running system has no route for it' : 'this version of play does not call its route';
  throw new PlayFailure(3, `The case needs ${first?.what} (a path with ${first?.path}), and ${why}.`);
}
