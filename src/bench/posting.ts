import { type Database, inTransaction, row } from '../database/connect';
import { post, type Transfer } from '../ledger/post';

/** The platform of the benches that write the ledger alone. */
export const TENANT = 'bench';
/** As large as the groups of operation (gifts/groupCommit.ts). */
const GROUP = 200;
/** Who posts at once: as one hot campaign's row lock serialises them, two keep the server busy. */
export const WRITERS = 3;

/** When the writers stop: at a time of `performance.now()`, or when this many gifts are sent. */
export interface Until {
  readonly ms?: number;
  readonly gifts?: number;
}

/**
 * Posts gifts in groups, several writers at once, each group in a transaction of its own.
 * @param round names the gifts: each round's keys are its own. @param campaigns `bench-0` … that the gifts go to in turn.
 * @returns gifts a second that were acknowledged, and how many. @throws when the ledger holds another number of them.
 */
export async function postGifts(
  db: Database,
  campaigns: number,
  round: string,
  until: Until,
): Promise<{ readonly rate: number; readonly gifts: number }> {
  const before = await transfersIn(db);
  const began = performance.now();
  let [sent, turn] = [0, 0];
  const writer = async (name: number): Promise<void> => {
    for (let n = 0; performance.now() < (until.ms ?? Infinity) && turn * GROUP < (until.gifts ?? Infinity); n += 1) {
      const group = groupOf(`${round}/${name}/${n}`, campaigns, turn++).slice(0, (until.gifts ?? Infinity) - (turn - 1) * GROUP);
      const posted = await inTransaction(db, (tx) => post(tx, group, 'bench'));
      sent += posted;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, name) => writer(name)));
  const tookMs = performance.now() - began;
  const stored = (await transfersIn(db)) - before;
  if (stored !== BigInt(sent)) throw new Error(`${sent} gifts were acknowledged and ${stored} are stored`);
  return { rate: sent / (tookMs / 1_000), gifts: sent };
}

/** A group as the poster makes it; over many campaigns each group goes to as many as it has gifts. */
const groupOf = (name: string, campaigns: number, turn: number): Transfer[] =>
  Array.from({ length: GROUP }, (_, i) => giftOf(`${name}/${i}`, campaignId((turn * GROUP + i) % campaigns), i));

/** @param name tells gifts apart. @param n of what its amount follows. @returns a gift of a campaign as the ledger takes it. */
export function giftOf(name: string, campaign: string, n: number): Transfer {
  return {
    key: `gift/${name}/credited`,
    kind: 'gift-credited',
    tenantId: TENANT,
    subject: `gift/${name}`,
    debit: { kind: 'clearing' },
    credit: { kind: 'held', campaignId: campaign },
    amountFen: BigInt(100 + (n % 9_900)),
    businessAt: new Date(),
  };
}

export const campaignId = (n: number): string => `bench-${n}`;

/** @returns how many transfers the ledger holds. */
export async function transfersIn(db: Database): Promise<bigint> {
  return (await row<{ n: bigint }>(db, 'select count(*) as n from ledger.transfer'))!.n;
}

/** @returns bytes on disk in ledger and audit for each transfer, indexes and all. */
export async function bytesAGift(db: Database): Promise<number> {
  const { bytes } = (await row<{ bytes: bigint }>(
    db,
    `select pg_total_relation_size('ledger.transfer') + pg_total_relation_size('ledger.posting') + pg_total_relation_size('audit.event') as bytes`,
  ))!;
  return Number(bytes) / Number(await transfersIn(db));
}

/** Checks the books of a ledger that has no gift rows beside it. @throws when they do not add up. */
export function mustAddUp(differences: readonly { readonly what: string }[]): void {
  const told = differences.filter(({ what }) => what !== 'campaign.raised' && what !== 'gift.posted');
  if (told.length > 0) throw new Error(`the books do not add up: ${JSON.stringify(told.slice(0, 3))}`);
}
