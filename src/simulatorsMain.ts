import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { framesOf } from './security/redaction';
import { openSimulators } from './simulators/app';
import { JournalLost } from './simulators/support/journal';

/** How long a stop waits for requests that are under way. */
const STOP_MS = 2_000;

/** The simulators' process. Env: SIMULATORS_PORT (0 or absent: a free one), SIMULATORS_STATE, SANDBOX_TOKEN, WECHAT_REFUND_QUOTA (refunds a second; 0 or absent: no limit). */
async function main(): Promise<void> {
  const { SIMULATORS_PORT: port = '0', SIMULATORS_STATE: stateDir, SANDBOX_TOKEN: sandboxToken, SIMULATORS_HOST: host = '127.0.0.1' } = process.env;
  if (!stateDir || !sandboxToken) throw new Error('SIMULATORS_STATE and SANDBOX_TOKEN must be set');
  const refundsPerSecond = Number(process.env.WECHAT_REFUND_QUOTA || 0);
  if (!Number.isInteger(refundsPerSecond) || refundsPerSecond < 0) throw new Error('WECHAT_REFUND_QUOTA is not a whole number from 0 up');
  const simulators = await openSimulators({ stateDir, sandboxToken, refundsPerSecond, onError: hear });
  const server = createServer(simulators.app);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(port), host, resolve);
  });
  process.stdout.write(`simulators listen on http://${host}:${(server.address() as AddressInfo).port}\n`);

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    const deadline = setTimeout(() => server.closeAllConnections(), STOP_MS);
    server.close(() => {
      clearTimeout(deadline);
      simulators.close().then(() => process.exit(0), fail);
    });
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** A journal that was lost ends the process: nobody was answered for what is missing, and the next start reads what is there. */
function hear(error: unknown): void {
  if (error instanceof JournalLost) return fail(error);
  report(error);
}

/** Messages are left out: they may quote what a person sent. */
function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.name : 'error'}\n${framesOf(error).join('\n')}\n`);
}

function fail(error: unknown): void {
  report(error);
  process.exit(1);
}

main().catch(fail);
