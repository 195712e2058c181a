import type { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { addStaff } from '../access/staff';
import { audit } from '../audit/append';
import { inTransaction, row } from '../database/connect';
import { DomainError } from '../domain/errors';
import { StartError } from '../engines/startError';
import { openDatabase } from './support/database';
import { EXIT_HELP, printJson } from './support/output';

interface Options {
  readonly login: string;
  readonly name: string;
  readonly tenant?: string;
  readonly institution?: string;
  readonly json?: boolean;
}

/** Those whom no administrator can make: a regulator, and the first administrator of each platform and hospital. */
async function add(role: string, { login, name, tenant, institution, json }: Options): Promise<void> {
  if (role !== 'regulator' && role !== 'administrator')
    throw new StartError('The role is regulator or administrator; everybody else is an administrator’s to add.');
  if ((role === 'regulator' ? 0 : 1) !== [tenant, institution].filter((house) => house !== undefined).length)
    throw new StartError('An administrator has one of --tenant and --institution, a regulator none of them.');
  const db = openDatabase();
  try {
    const password = randomBytes(15).toString('base64url');
    const id = await inTransaction(db, async (tx) => {
      const house = tenant ?? institution;
      if (house !== undefined && !(await row(tx, `select 1 from ${tenant ? 'tenant' : 'institution'} where id = ?`, [house])))
        throw new StartError(`There is no ${tenant ? 'tenant' : 'institution'} ${house}.`);
      const of = { ...(tenant ? { tenantId: tenant } : {}), ...(institution ? { institutionId: institution } : {}) };
      const staffId = await addStaff(tx, { login, displayName: name, role, ...of }, password);
      await audit(tx, {
        action: 'staff.added',
        subject: `staff/${staffId}`,
        actor: 'command',
        ...(tenant ? { tenantId: tenant } : {}),
        data: { role },
      });
      return staffId;
    });
    if (json) printJson({ id, login, password, role });
    else process.stdout.write(`✓ ${role} ${login}, password ${password}\n  Shown this once; they set up a second factor at their first log-in.\n`);
  } catch (error) {
    throw error instanceof DomainError ? new StartError(error.said.en) : error;
  } finally {
    await db.destroy();
  }
}

/** `almoner staff add`. */
export function register(program: Command): void {
  program
    .command('staff')
    .description('log-ins that no administrator can make')
    .command('add')
    .argument('<role>', 'regulator, or administrator of a platform or hospital')
    .description('give somebody a log-in; the password is shown once')
    .requiredOption('--login <name>', 'what they log in with')
    .requiredOption('--name <name>', 'how they are shown')
    .option('--tenant <id>', 'the platform that they administer')
    .option('--institution <id>', 'the hospital that they administer')
    .option('--json', 'id, log-in and password as JSON')
    .addHelpText('after', EXIT_HELP)
    .action(add);
}
