import type { Caller } from './api';
import type { CaseFile } from './caseFile';
import { PlayFailure } from './failure';

/** What a case may hold that an older running system has no route for: the words for it, and a part of the route's path. */
function needs({ events = [], sponsor, payee, earlier_raises }: CaseFile): { what: string; path: string }[] {
  const found: { what: string; path: string }[] = [];
  if (events.some(({ type }) => type === 'complaint')) found.push({ what: 'the event complaint', path: '/complaints' });
  if (events.some(({ type }) => type === 'patient-died')) found.push({ what: 'the event patient-died', path: '/deaths' });
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
  const missing = wanted.find(({ path }) => !known.some((route) => route.includes(path)));
  if (missing) throw new PlayFailure(3, `The case needs ${missing.what} (a path with ${missing.path}), and the running system has no route for it.`);
}
