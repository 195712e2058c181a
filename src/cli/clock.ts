import type { Command } from 'commander';
import { request } from 'undici';
import { readCredentials } from '../seed';
import { statePaths } from '../paths';
import { EXIT_HELP, printJson } from './support/output';
import { requireInstance } from './support/running';
import { StartError } from '../engines/startError';

interface ClockState {
  readonly clockId: string;
  readonly now: string;
  readonly status: string;
  readonly nextDueAt: string | null;
}

async function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<ClockState> {
  const { url } = requireInstance();
  const response = await request(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${readCredentials(statePaths().credentialsFile).sandboxKey}`,
      'content-type': 'application/json',
      'accept-language': 'en',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headersTimeout: 600_000,
  });
  const answer = (await response.body.json()) as ClockState & { detail?: string };
  if (response.statusCode >= 300) throw new StartError(answer.detail ?? `The API answered ${response.statusCode}.`);
  return answer;
}

function report(clock: ClockState, json: boolean | undefined): void {
  if (json) printJson(clock);
  else
    process.stdout.write(
      `${clock.clockId}  ${clock.now}  ${clock.status}${clock.nextDueAt ? `, next due ${clock.nextDueAt}` : ', nothing falls due'}\n`,
    );
}

/** `almoner clock show | advance`. */
export function register(program: Command): void {
  const clock = program.command('clock').description('test clocks of sandbox tenants').addHelpText('after', EXIT_HELP);
  clock
    .command('show')
    .argument('<id>')
    .description('where a clock stands')
    .option('--json', 'as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => report(await call('GET', `/v1/sandbox/clocks/${id}`), json));
  clock
    .command('advance')
    .argument('<id>')
    .description('move a clock through every due deadline, and wait until all is idle')
    .option('--to <time>', 'an RFC 3339 time')
    .option('--hours <n>', 'so many hours on')
    .option('--json', 'as JSON')
    .action(async (id: string, { to, hours, json }: { to?: string; hours?: string; json?: boolean }) => {
      if ((to === undefined) === (hours === undefined)) throw new StartError('Say how far: either --to TIME or --hours N.');
      const goal = to ?? new Date(Date.parse((await call('GET', `/v1/sandbox/clocks/${id}`)).now) + Number(hours) * 3_600_000).toISOString();
      report(await call('POST', `/v1/sandbox/clocks/${id}/advance`, { to: goal }), json);
    });
}
