import { rows } from '../../database/connect';
import { type Evidence, gifts, returns, sum } from './evidence';

/** Refunds (I3, 37): each goes once, to the gift it is of, and a round is shared to the fen by largest remainder. */
export async function judgeRefunds(evidence: Evidence): Promise<void> {
  const { channel } = evidence;
  const back = await returns(evidence);
  const known = new Map(back.map((r) => [r.id, r]));
  for (const [id, { order, state }] of channel.refunds) {
    const own = known.get(id);
    if (!own) evidence.wrong(`I2 the channel gave ${order.refundFen} fen back under ${id}, which is no return`);
    else if (own.gift_id !== order.orderId) evidence.wrong(`I2 return ${id} went to the donor of another gift`);
    else if (own.amount_fen !== order.refundFen) evidence.wrong(`I2 return ${id} was ${own.amount_fen} fen and ${order.refundFen} went back`);
    else if ((own.status === 'returned') !== (state === 'done'))
      evidence.wrong(`I3 return ${id} is ${own.status} in the books and ${state} at the channel`);
  }
  for (const r of back) {
    if (r.status !== 'returned' && r.status !== 'owed') evidence.wrong(`I11 return ${r.id} is still ${r.status}`);
    if (r.status === 'returned' && channel.refunds.get(r.id)?.state !== 'done') evidence.wrong(`I3 return ${r.id} came home in the books alone`);
  }
  for (const g of await gifts(evidence)) {
    const all = back.filter((r) => r.gift_id === g.id);
    const ofCredit = sum(all.filter((r) => r.round_id !== null).map((r) => r.amount_fen));
    if (ofCredit > g.credited_fen) evidence.wrong(`I4 gift ${g.id} gets ${ofCredit} back of ${g.credited_fen}`);
  }
  await judgeRounds(evidence);
}

interface Round {
  readonly id: string;
  readonly campaign_id: string;
  readonly cause: string;
  readonly amount_fen: bigint;
  readonly finished_at: Date | null;
}

/** Each round shared anew from what was left of each gift when it began. */
async function judgeRounds(evidence: Evidence): Promise<void> {
  const { db, house } = evidence;
  const rounds = await rows<Round>(db, 'select * from refund_round where tenant_id = ? order by id', [house.tenantId]);
  const back = await returns(evidence);
  const all = (await gifts(evidence)).filter((g) => g.status === 'paid' && g.credited_fen > 0n);
  const givenBefore = new Map<string, bigint>();
  for (const round of rounds) {
    const own = back.filter((r) => r.round_id === round.id);
    if (round.finished_at === null) evidence.wrong(`I11 refund round ${round.id} never ends`);
    if (sum(own.map((r) => r.amount_fen)) !== round.amount_fen)
      evidence.wrong(`37 refund round ${round.id} gives ${sum(own.map((r) => r.amount_fen))} of ${round.amount_fen}`);
    if (round.cause !== 'request') {
      const left = all
        .filter((g) => g.campaign_id === round.campaign_id)
        .map((g) => ({ id: g.id, fen: g.credited_fen - (givenBefore.get(g.id) ?? 0n) }));
      const whole = sum(left.map(({ fen }) => fen));
      for (const { id, fen } of left) {
        const got = sum(own.filter((r) => r.gift_id === id).map((r) => r.amount_fen));
        const down = whole === 0n ? 0n : (fen * round.amount_fen) / whole;
        if (got < down || got > down + 1n) evidence.wrong(`37 gift ${id} gets ${got} of round ${round.id}, not ${down} or one more`);
      }
    }
    for (const r of own) givenBefore.set(r.gift_id, (givenBefore.get(r.gift_id) ?? 0n) + r.amount_fen);
  }
}
