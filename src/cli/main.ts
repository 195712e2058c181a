import { Command, CommanderError } from 'commander';
import path from 'node:path';
import { readJson } from '../engines/files';
import { checkoutRoot } from '../paths';
import { EXIT, EXIT_HELP, reportFailure } from './support/output';
import * as doctor from './doctor';
import * as backup from './backup';
import * as campaign from './campaign';
import * as checkProof from './checkProof';
import * as clock from './clock';
import * as demo from './demo';
import * as edition from './edition';
import * as keys from './keys';
import * as play from './play';
import * as policeBundle from './policeBundle';
import * as reconcile from './reconcile';
import * as repair from './repair';
import * as restore from './restore';
import * as retention from './retention';
import * as rules from './rules';
import * as verify from './verify';
import * as limits from './limits';
import * as staff from './staff';
import * as start from './start';
import * as stop from './stop';

/** All commands, in the order in which help lists them. */
const COMMANDS: { register(program: Command): void }[] = [
  start,
  stop,
  doctor,
  demo,
  play,
  verify,
  checkProof,
  campaign,
  rules,
  edition,
  clock,
  repair,
  backup,
  restore,
  reconcile,
  keys,
  retention,
  policeBundle,
  staff,
  limits,
];

async function main(): Promise<void> {
  const program = new Command('almoner')
    .description('Takes a serious-illness fundraising campaign from prior audit to money that a hospital has signed for.')
    .version(readJson<{ version: string }>(path.join(checkoutRoot(), 'package.json'))!.version)
    .addHelpText('after', EXIT_HELP)
    .exitOverride(); // commands inherit it
  for (const command of COMMANDS) command.register(program);
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    else {
      reportFailure(error, process.argv.includes('--json'));
      process.exitCode = EXIT.refused;
    }
  }
}

void main();
