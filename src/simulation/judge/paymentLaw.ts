import { rows } from '../../database/connect';
import { balances, type Evidence, type PayoutFact, payouts, sum } from './evidence';
import { unpostedLines } from './giftLaw';

/** Payouts (I2, I3, I5, I9): the bank debited what two people signed, once, and the books say what the bank says. */
export async function judgePayments(evidence: Evidence): Promise<void> {
  const all = await payouts(evidence);
  judgeAgreement(evidence, all);
  await judgeStates(evidence, all);
  judgeFees(evidence, all);
  await judgeCustody(evidence);
}

/** I5: what arrived at the bank is what two humans agreed to, on that account, to the fen. */
function judgeAgreement(evidence: Evidence, all: readonly PayoutFact[]): void {
  const credits = sum(evidence.bank.lines.filter((l) => l.sign === 'CRDT').map((l) => l.amountFen));
  for (const { order, beganAt } of evidence.bank.arrivals) {
    const payout = all.find((p) => p.id === order.payoutId);
    if (!payout) {
      evidence.wrong(`I2 the bank was sent ${order.payoutId}, which is no payout`);
      continue;
    }
    const { release_id: releaseId, campaign_id: campaignId } = payout;
    const missing = evidence.people.missing({ releaseId, campaignId, netFen: order.amountFen, accountNumber: order.payee.accountNumber, beganAt });
    if (missing !== null) evidence.wrong(`I5 payout ${order.payoutId} was sent without two valid approvals: ${missing}`);
    if (order.amountFen > credits) evidence.wrong(`I2 payout ${order.payoutId} was sent and custody never held as much`);
  }
}

/** I2, I3: accepted by the bank ⇔ posted; returned by the bank ⇔ undone. */
async function judgeStates(evidence: Evidence, all: readonly PayoutFact[]): Promise<void> {
  const { bank, db, house } = evidence;
  const excused = await rows<{ subject: string }>(db, `select subject from money_exception where tenant_id = ? and kind = 'payout-amount'`, [
    house.tenantId,
  ]);
  const late = new Set(
    (await rows<{ subject: string }>(db, `select subject from money_exception where tenant_id = ? and kind = 'return-late'`, [house.tenantId])).map(
      ({ subject }) => subject,
    ),
  );
  for (const p of all) {
    const lines = bank.lines.filter((l) => l.endToEndId === p.id);
    const debits = lines.filter((l) => l.sign === 'DBIT');
    // After its release has ended, money that comes back is for a person to place; before, it undoes the payment.
    const hasOwner = (l: (typeof lines)[number]): boolean => p.stage === 'closed' && late.has(`${l.accountNumber}/${l.reference}/${l.sign}`);
    const back = lines.filter((l) => l.sign === 'CRDT' && l.amountFen === p.net_fen && !hasOwner(l));
    if (debits.some((l) => l.amountFen !== p.net_fen)) {
      if (p.state === 'succeeded' || p.state === 'returned' || p.state === 'failed')
        evidence.wrong(`I2 payout ${p.id} is ${p.state}, and the bank booked another amount`);
      if (!excused.some(({ subject }) => subject.includes(p.id) || subject.startsWith(bank.accountNumber)))
        evidence.wrong(`I3 another amount of ${p.id} has no owner`);
      continue;
    }
    const truth = debits.length === 0 ? 'unpaid' : back.length === 0 ? 'succeeded' : 'returned';
    const said = p.state === 'succeeded' || p.state === 'returned' ? p.state : p.state === 'failed' ? 'unpaid' : p.state;
    if (said !== truth) evidence.wrong(`I2 payout ${p.id} is ${p.state} in the books and ${truth} at the bank`);
  }
}

/** FEES by another's arithmetic: each share rounded down, the service fee up to its cap per campaign, no fee on a payment that is made again. */
function judgeFees(evidence: Evidence, all: readonly PayoutFact[]): void {
  const { serviceBp, serviceCapFen, channelBp } = evidence.house.fees;
  for (const id of evidence.house.campaigns) {
    const mine = all.filter((p) => p.campaign_id === id);
    for (const p of mine) {
      const again = mine.some((o) => o.release_id === p.release_id && o.attempt < p.attempt && o.state === 'returned');
      const [service, channel] = [(p.gross_fen * BigInt(serviceBp)) / 10_000n, (p.gross_fen * BigInt(channelBp)) / 10_000n];
      const [least, most] = again ? [0n, 0n] : [channel, channel + (service < serviceCapFen ? service : serviceCapFen)];
      if (p.fee_fen < least || p.fee_fen > most)
        evidence.wrong(`FEES payout ${p.id} of ${p.gross_fen} was charged ${p.fee_fen}, not ${least} to ${most}`);
      if (p.gross_fen !== p.net_fen + p.fee_fen) evidence.wrong(`FEES payout ${p.id}: ${p.gross_fen} is not ${p.net_fen} and ${p.fee_fen}`);
    }
    const kept = mine.filter((p) => (p.state === 'succeeded' || p.state === 'returned') && p.stage !== 'cancelled' && p.fee_fen > 0n);
    const service = sum(kept.map((p) => p.fee_fen - (p.gross_fen * BigInt(channelBp)) / 10_000n));
    if (service > serviceCapFen) evidence.wrong(`FEES campaign ${id} was charged ${service} fen of service, above the cap of ${serviceCapFen}`);
  }
}

/** I9: each line of the bank is posted once or has an owner, and the custody account is what the bank says less what is parked. */
async function judgeCustody(evidence: Evidence): Promise<void> {
  const { bank, db, house } = evidence;
  const parked = await rows<{ subject: string }>(db, 'select subject from money_exception where tenant_id = ?', [house.tenantId]);
  const unposted = await unpostedLines(evidence);
  for (const line of unposted)
    if (!parked.some(({ subject }) => subject === `${line.accountNumber}/${line.reference}/${line.sign}`))
      evidence.wrong(`I9 line ${line.reference} (${line.sign} ${line.amountFen}) is neither posted nor with anybody`);
  const balance = await balances(evidence);
  const expected = bank.balanceFen - sum(unposted.map((l) => (l.sign === 'CRDT' ? l.amountFen : -l.amountFen)));
  if (balance('custody') !== expected) evidence.wrong(`I9 the bank holds ${expected} fen of what is posted, and the books say ${balance('custody')}`);
  const fees = await rows<{ campaign_id: string; fen: bigint }>(
    db,
    `select p.campaign_id, coalesce(sum(p.fee_fen), 0)::bigint as fen from payout p join release r on r.id = p.release_id
     where p.tenant_id = ? and p.state in ('succeeded', 'returned') and r.stage <> 'cancelled' group by p.campaign_id`,
    [house.tenantId],
  );
  for (const { campaign_id, fen } of fees)
    if (balance('fees', campaign_id) !== fen)
      evidence.wrong(`FEES campaign ${campaign_id} was charged ${fen} fen and the books say ${balance('fees', campaign_id)}`);
}
