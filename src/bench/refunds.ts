import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Database, row } from '../database/connect';
import { verifyLedger } from '../ledger/verify';
import { readRunFile } from '../engines/runFile';
import { baselineBeside } from './baseline';
import { type Figure, machine, rounded, type Say } from './figure';
import { giveAll, openRaise, type Raise } from './raise';
import { type RunningSystem, withSystem } from './system';

const LOOK_MS = 250;
/** Longer than any refund of this size may take at a quota of 150 a second. */
const PATIENCE_MS = 3_600_000;

export interface RefundsOptions {
  readonly checkout: string;
  readonly gifts: number;
  /** Refunds a second that the channel takes; 0: the sandbox lifts its limit. */
  readonly quota: number;
  /** Kills the worker with SIGKILL once half of the gifts are back. */
  readonly kill: boolean;
}

interface Standing {
  readonly returned: number;
  readonly left: number;
  readonly finished: boolean;
}

/**
 * Refunds a second, every donor of one campaign: gifts are ordered and paid over HTTP, a complaint is upheld, and the channel gives each gift back under its
 * own number and calls back. Measured from the verdict until the round is finished; then the database is compared with the gifts and the books are verified.
 * @throws when a gift did not come back exactly once, a run grew beyond 4,096 events, or the books do not add up.
 */
export async function refundsBench({ checkout, gifts, quota, kill }: RefundsOptions, say: Say): Promise<Figure> {
  if (quota > 0) Object.assign(process.env, { REFUNDS_PER_SECOND: String(quota), WECHAT_REFUND_QUOTA: String(quota) });
  return withSystem(checkout, async (system) => {
    const db = connect(system.databaseUrl, { max: 2, name: 'almoner-bench' });
    try {
      const { rate, name: player } = await baselineBeside(db, system.databaseUrl, say);
      const raise = await openRaise(system, db, false);
      const givenMs = await giveAll(system, raise, gifts);
      say(`${gifts} gifts ordered, paid and posted in ${rounded(givenMs / 1_000)} s`);
      await upholdComplaint(raise);
      const tookMs = await everythingComesBack(system, db, raise, kill, say);
      const value = gifts / (tookMs / 1_000);
      say(
        `${gifts} refunds in ${rounded(tookMs / 1_000)} s: ${rounded(value)}/s${quota > 0 ? ` under a quota of ${quota}/s` : ''}${kill ? ', the worker killed in the middle' : ''}`,
      );
      await mustBeWhole(system, db, raise, gifts, say);
      const server = await row<{ server_version: string }>(db, 'show server_version');
      const name = `refunds${quota > 0 ? `, quota ${quota}/s` : ''}`;
      const ratio = rounded(value / rate, 3);
      return {
        name,
        value: rounded(value),
        unit: 'refunds/s',
        ratio,
        baseline: `${rounded(rate)}/s ${player}`,
        machine: machine(server!.server_version),
      };
    } finally {
      await db.destroy();
    }
  });
}

/** Stops the campaign, so that all of it goes back to the donors. */
async function upholdComplaint({ house, stage, campaignId }: Raise): Promise<void> {
  const { tenant, sessions } = stage;
  const body = { subject: 'plea', text: 'The family is said to own shopfronts that the page does not name.' };
  const { id } = await house.until<{ id: string }>('POST', `/v1/campaigns/${campaignId}/complaints`, {
    bearer: tenant.platformKey,
    key: 'complaint',
    body,
  });
  const said = { reason: 'Land registry and family were heard.', reply: 'The platform looked into the complaint.' };
  const acts: readonly (readonly [string, object])[] = [
    ['acknowledgement', {}],
    ['admissibility', { admissible: true, reason: 'It names facts that can be checked.' }],
    ['decision', { verdict: 'upheld', ground: 'hidden-assets', ...said }],
  ];
  for (const [act, body] of acts) await house.once('POST', `/v1/complaints/${id}/${act}`, { bearer: sessions.operator, body });
}

async function everythingComesBack(system: RunningSystem, db: Database, { campaignId }: Raise, kill: boolean, say: Say): Promise<number> {
  const began = Date.now();
  let killed = !kill;
  for (;;) {
    const { returned, left, finished } = await standing(db, campaignId);
    if (finished && left === 0 && returned > 0) return Date.now() - began;
    if (Date.now() - began > PATIENCE_MS) throw new Error(`${returned} came back, ${left} did not`);
    if (!killed && returned > left) {
      const pid = readRunFile(`${system.state}/run.json`)!.pids.worker!;
      process.kill(pid, 'SIGKILL');
      killed = true;
      say(`the worker (${pid}) is killed with ${returned} back and ${left} on their way`);
    }
    await pause(LOOK_MS);
  }
}

async function standing(db: Database, campaignId: string): Promise<Standing> {
  return (await row<Standing>(
    db,
    `select count(*) filter (where r.status = 'returned')::int as returned, count(*) filter (where r.status <> 'returned')::int as left,
       coalesce((select bool_and(finished_at is not null) from refund_round where campaign_id = :id), false) as finished
     from gift_return r where r.campaign_id = :id`,
    { id: campaignId },
  ))!;
}

async function mustBeWhole({ sandboxKey }: RunningSystem, db: Database, { house, campaignId }: Raise, gifts: number, say: Say): Promise<void> {
  const wrong = await row<{ n: number }>(
    db,
    `select count(*)::int as n from gift g where g.campaign_id = ? and g.status = 'paid'
       and g.amount_fen <> (select coalesce(sum(r.amount_fen), 0) from gift_return r where r.gift_id = g.id and r.status = 'returned')`,
    [campaignId],
  );
  const { returned, left } = await standing(db, campaignId);
  if (wrong!.n > 0 || returned !== gifts || left > 0)
    throw new Error(`${gifts} gifts: ${returned} returned, ${left} left, ${wrong!.n} not to the fen`);
  const { runs } = await house.until<{ runs: { workflowId: string; historyEvents: number }[] }>(
    'GET',
    `/v1/sandbox/workflows?campaignId=${campaignId}`,
    {
      bearer: sandboxKey,
    },
  );
  const longest = Math.max(...runs.map(({ historyEvents }) => historyEvents));
  say(`the longest of ${runs.length} workflow runs has ${longest} events`);
  if (!(longest <= 4_096)) throw new Error(`a workflow run has ${longest} events`);
  const differences = await verifyLedger(db, null);
  if (differences.length > 0) throw new Error(`the books do not add up: ${JSON.stringify(differences.slice(0, 3))}`);
}
