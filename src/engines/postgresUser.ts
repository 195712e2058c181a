import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { StartError } from './startError';

/** Whom Postgres runs as, and the words put before its command line to get there. */
export type PostgresRunner = { uid?: number; gid?: number; prefix: string[] };
export type SystemUser = { name: string; uid: number; gid: number };

const USER = 'postgres';

function lookUp(name: string): SystemUser | undefined {
  const line = existsSync('/etc/passwd')
    ? readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .find((entry) => entry.startsWith(`${name}:`))
    : undefined;
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Postgres refuses to run as root, so root needs a system user for it. @returns it, or undefined when we are not root or there is none. */
export function postgresUser(): SystemUser | undefined {
  return process.getuid?.() === 0 ? lookUp(USER) : undefined;
}

function createPostgresUser(): SystemUser {
  const attempts: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', USER]],
    ['adduser', ['-S', '-D', '-H', USER]],
  ];
  for (const [command, args] of attempts) {
    if (spawnSync(command, args).status === 0) break;
  }
  const user = lookUp(USER);
  if (!user) throw new StartError('Postgres refuses to run as root and no system user "postgres" could be created: start as an ordinary user.');
  return user;
}

/**
 * Decides as whom Postgres runs. As an ordinary user: as oneself. As root: as the system user `postgres` (created when missing);
 * when the checkout lies in a folder closed to it (0700), util-linux's `setpriv` lends it the one capability that opens folders.
 * @param mustReach files and folders it has to read. Throws `StartError` when it cannot.
 */
export function postgresRunner(mustReach: string[]): PostgresRunner {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const user = lookUp(USER) ?? createPostgresUser();
  const probe = ['-c', 'for f in "$@"; do test -r "$f" || exit 1; done', 'sh', ...mustReach];
  if (spawnSync('/bin/sh', probe, { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0) return { uid: user.uid, gid: user.gid, prefix: [] };
  // access(2), by which Postgres finds itself, honours the capability only with this securebit.
  const capability = ['--securebits', '+no_setuid_fixup', '--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  const prefix = ['setpriv', '--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups', ...capability, '--'];
  if (spawnSync(prefix[0]!, [...prefix.slice(1), '/bin/sh', ...probe], { cwd: '/' }).status === 0) return { prefix };
  throw new StartError(
    `Postgres runs as user "postgres", who may not enter ${mustReach[0]}: move the checkout to a folder open to all, or start as an ordinary user.`,
  );
}
