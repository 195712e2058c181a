import { connect, type Database, row } from '../database/connect';
import { verifyLedger } from '../ledger/verify';
import { baselineBeside } from './baseline';
import { ChannelSide, deliver } from './callbacks';
import { type Figure, machine, percentile, rounded, type Say } from './figure';
import { openRaise, placeOrders, type Raise } from './raise';
import { withSystem } from './system';

const CONNECTIONS = 128;
/** The first ones warm the machine up and are not in the figure. */
const WARM_UP = 2_000;

export interface DonationsOptions {
  readonly checkout: string;
  readonly gifts: number;
}

/**
 * Callbacks a second end to end over HTTP into one campaign: orders stand, callbacks are signed and encrypted beforehand, the load comes from this process on
 * the same machine, and each is answered when it is durable. What was acknowledged is compared with what the database holds, to the fen.
 * @throws when one is lost, doubled or refused, or the books do not add up.
 */
export async function donationsBench({ checkout, gifts }: DonationsOptions, say: Say): Promise<Figure> {
  return withSystem(checkout, async (system) => {
    const db = connect(system.databaseUrl, { max: 2, name: 'almoner-bench' });
    try {
      const raise = await openRaise(system, db);
      const orders = await placeOrders(db, raise, WARM_UP + gifts);
      const { rate, name: player } = await baselineBeside(db, system.databaseUrl, say);
      const channel = new ChannelSide(system.state);
      const [early, rest] = [orders.slice(0, WARM_UP), orders.slice(WARM_UP)];
      const warmUp = await deliver(system.url, await channel.sign(raise, early), CONNECTIONS);
      const callbacks = await channel.sign(raise, rest);
      say(`${callbacks.length} callbacks signed and sealed`);
      const { acknowledged, timesMs, tookMs } = await deliver(system.url, callbacks, CONNECTIONS);
      const value = acknowledged / (tookMs / 1_000);
      say(`${acknowledged} acknowledged in ${rounded(tookMs / 1_000)} s, ${CONNECTIONS} connections: ${rounded(value)}/s`);
      say(`answer times, ms: ${[0.5, 0.9, 0.99, 1].map((p) => `p${p * 100} ${rounded(percentile(timesMs, p))}`).join(', ')}`);
      const sentFen = orders.reduce((sum, { amountFen }) => sum + amountFen, 0n);
      await mustAgree(db, raise, orders.length, warmUp.acknowledged + acknowledged, sentFen);
      say('0 lost, 0 doubled: the database holds what was acknowledged, and the books add up');
      const server = await row<{ server_version: string }>(db, 'show server_version');
      const [name, unit] = [`donations (p99 ${rounded(percentile(timesMs, 0.99))} ms)`, 'callbacks/s'];
      const ratio = rounded(value / rate, 2);
      return { name, value: rounded(value), unit, ratio, baseline: `${rounded(rate)}/s ${player}`, machine: machine(server!.server_version) };
    } finally {
      await db.destroy();
    }
  });
}

async function mustAgree(db: Database, { campaignId }: Raise, sent: number, acknowledged: number, sentFen: bigint): Promise<void> {
  const stored = (await row<{ n: bigint; fen: bigint; transfers: bigint; raised: bigint }>(
    db,
    `select count(*) as n, coalesce(sum(credited_fen), 0)::bigint as fen, (select raised_fen from campaign where id = :id) as raised,
       (select count(*) from ledger.transfer t join ledger.account a on a.id = t.credit_account where a.campaign_id = :id and t.kind = 'gift-credited') as transfers
     from gift where campaign_id = :id and status = 'paid'`,
    { id: campaignId },
  ))!;
  const agrees =
    acknowledged === sent && Number(stored.n) === sent && Number(stored.transfers) === sent && stored.fen === sentFen && stored.raised === sentFen;
  if (!agrees)
    throw new Error(
      `${sent} sent (${sentFen} fen), ${acknowledged} acknowledged; the database holds ${stored.n} gifts, ${stored.transfers} transfers, ${stored.fen} fen, raised ${stored.raised}`,
    );
  const differences = await verifyLedger(db, null);
  if (differences.length > 0) throw new Error(`the books do not add up: ${JSON.stringify(differences.slice(0, 3))}`);
}
