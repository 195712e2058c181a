import type { Command } from 'commander';
import { formatYuan } from '../domain/money';
import type { Campaign } from './play/answers';
import { playCase } from './play/playCase';
import { Progress } from './play/progress';
import { type RunningSystem, runningSystem } from './play/system';
import type { ClockState, Tenant } from './play/answers';
import { Api } from './play/api';
import { demoCase, readDemonstration } from './demo/demonstration';
import { resetDemonstration } from './demo/reset';
import { EXIT, EXIT_HELP, printJson } from './support/output';
import { requireInstance } from './support/running';

const CHAPTERS: Record<string, string> = {
  'prior-audit': 'Prior audit: the machine has reported on every gate; a named reviewer decides.',
  fundraising: 'The raise is open. Each gift is an order and a signed, encrypted callback of the channel.',
  settlement: 'The raise has closed. The channel sweeps its money into the custody account.',
  release: 'The books are settled. One request for everything at once is refused by ROUTE; batches are accepted.',
  settled: 'Every fen has reached the hospital, the hospital has signed for it, and the use is evidenced.',
};
const STAGES: Record<string, string> = {
  review: 'a reviewer looks at it',
  publicity: 'it is publicised for 24 hours',
  approval: 'the maker proposes, two checkers sign one digest',
  transfer: 'the bank is told, once, under one id',
  receipt: 'paid; the hospital is asked to sign',
  evidence: 'signed for; receipts of the use are filed and accepted',
  watch: 'done; the bank could still return it for seven days',
};

/** Tells a campaign's life to somebody who sees it for the first time. */
class Narrator extends Progress {
  private phase = '';
  private readonly stages = new Map<string, string>();

  constructor(private readonly url: string) {
    super((line) => process.stdout.write(`${line}\n`));
  }

  override watch(campaign: Campaign): void {
    const { phase, now, money, id, releases } = campaign;
    if (phase !== this.phase) {
      this.phase = phase;
      this.say(`${now.slice(0, 10)}  ${CHAPTERS[phase] ?? phase}`);
      if (phase === 'fundraising') this.say(`            the public page: ${this.url}/c/${id}`);
    }
    for (const release of releases) {
      if (this.stages.get(release.id) === release.stage) continue;
      this.stages.set(release.id, release.stage);
      if (STAGES[release.stage])
        this.say(
          `${now.slice(0, 10)}  Batch ${release.batch} of ${release.batches}, ${formatYuan(BigInt(release.grossFen))}: ${STAGES[release.stage]}.`,
        );
    }
    if (phase === 'settled')
      this.say(
        `            raised ${formatYuan(BigInt(money.raisedFen))} = paid out ${formatYuan(BigInt(money.paidFen))} + refunded ${formatYuan(BigInt(money.refundedFen))} + pending ${formatYuan(BigInt(money.pendingFen))}`,
      );
  }
}

/** The demonstration's stage and its present; undefined where none was made, and the play takes a sandbox tenant of its own. */
async function stageNow(system: RunningSystem): Promise<(Tenant & { clockId: string }) | undefined> {
  const stage = readDemonstration()?.stage;
  if (!stage) return undefined;
  const api = new Api(system.url, 10_000);
  try {
    const { now } = await api.as(system.sandboxKey).get<ClockState>(`/v1/sandbox/clocks/${stage.clockId}`);
    return { ...stage, now };
  } finally {
    await api.close();
  }
}

function sayWhereToWatch(url: string, { logins }: Tenant): void {
  const { reviewer, checkerA } = logins;
  const lines = [
    `Watch it in the console, ${url}/console, as one of these:`,
    ...[reviewer, checkerA].map((each) => `  ${each.login}  ${each.password}`),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function demo({ json }: { json?: boolean }): Promise<void> {
  const { url } = requireInstance();
  const system = runningSystem();
  const tenant = await stageNow(system);
  if (tenant && !json) sayWhereToWatch(url, tenant);
  const progress = json ? new Progress() : new Narrator(url);
  const { result, differences } = await playCase(demoCase(120), system, { progress, ...(tenant ? { tenant } : {}) });
  if (json) printJson(result);
  else
    process.stdout.write(
      `${result.bank_debits} debits in the simulated bank's own ledger, books ${result.ledger_verified ? 'verified' : 'NOT verified'}, audit chain ${result.audit_chain_verified ? 'verified' : 'NOT verified'}, ${result.seconds} s.\n`,
    );
  process.exitCode = differences.length === 0 ? EXIT.done : EXIT.refused;
}

async function reset({ json }: { json?: boolean }): Promise<void> {
  const seconds = await resetDemonstration();
  if (json) printJson({ reset: true, seconds });
  else process.stdout.write(`✓ the demonstration stands as it was seeded (${seconds} s)\n`);
}

/** `almoner demo`, `almoner demo reset`. */
export function register(program: Command): void {
  const command = program
    .command('demo')
    .description('play one campaign in front of you, from prior audit to the hospital that signed for its money')
    .option('--json', "the play's result as JSON")
    .addHelpText('after', EXIT_HELP)
    .action(demo);
  command
    .command('reset')
    .description('put the demonstration back to how it was seeded; refused where the house holds anything else')
    .option('--json', 'the outcome as JSON')
    .addHelpText('after', EXIT_HELP)
    .action((_options, it: Command) => reset(it.optsWithGlobals()));
}
