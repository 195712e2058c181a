import { rows } from '../../database/connect';
import { balances, type Evidence, gifts, payouts, returns, sum } from './evidence';

/** Gifts (I3, I4): what the channel was paid stands in the books once, credited up to the ask, the rest gone back or owed with an owner. */
export async function judgeGifts(evidence: Evidence): Promise<void> {
  const { channel, db, house } = evidence;
  const all = new Map((await gifts(evidence)).map((g) => [g.id, g]));
  const parked = await rows<{ subject: string }>(db, `select subject from money_exception where kind = 'gift-mismatch' and tenant_id = ?`, [
    house.tenantId,
  ]);
  for (const payment of channel.payments.values()) {
    const gift = all.get(payment.orderId);
    if (gift?.status === 'paid' && gift.transaction_id === payment.transactionId && gift.credited_fen + gift.excess_fen === payment.amountFen)
      continue;
    if (!parked.some(({ subject }) => subject === `${payment.orderId}/${payment.transactionId}`))
      evidence.wrong(`I3 ${payment.amountFen} fen paid for ${payment.orderId} are neither in the books nor with anybody`);
  }
  for (const gift of all.values())
    if (gift.status === 'paid' && channel.payments.get(gift.id)?.transactionId !== gift.transaction_id)
      evidence.wrong(`I3 gift ${gift.id} stands as paid, and the channel was paid nothing of the kind`);
  await judgeCap(evidence, [...all.values()]);
  await judgeExcess(evidence, [...all.values()]);
  await judgeClearing(evidence);
}

/** Credited is never above the ask, and nothing is turned away while there is room in an open raise. */
async function judgeCap(evidence: Evidence, all: readonly { campaign_id: string; credited_fen: bigint; excess_fen: bigint }[]): Promise<void> {
  const { db, house } = evidence;
  const campaigns = await rows<{ id: string; ask_fen: bigint; raised_fen: bigint }>(
    db,
    'select id, ask_fen, raised_fen from campaign where tenant_id = ?',
    [house.tenantId],
  );
  for (const { id, ask_fen, raised_fen } of campaigns) {
    const credited = sum(all.filter((g) => g.campaign_id === id).map((g) => g.credited_fen));
    if (credited > ask_fen) evidence.wrong(`I4 campaign ${id} credited ${credited} of ${ask_fen}`);
    if (credited !== raised_fen) evidence.wrong(`I8 campaign ${id} says ${raised_fen} and its gifts say ${credited}`);
  }
  const late = await rows<{ id: string }>(
    db,
    `select g.id from gift g join campaign c on c.id = g.campaign_id join audit.event e on e.action = 'campaign.closed' and e.subject = 'campaign/' || c.id
     join ledger.transfer t on t.key = 'gift/' || g.id || '/credited' join audit.event p on p.action = 'ledger.posted' and p.subject = 'posting/' || t.posting_id
     where c.tenant_id = ? and p.seq > e.seq`,
    [house.tenantId],
  );
  for (const { id } of late) evidence.wrong(`I4 gift ${id} was credited after the close`);
}

/** What may not be kept went back by the original route, or is owed with an owner. */
async function judgeExcess(evidence: Evidence, all: readonly { id: string; excess_fen: bigint }[]): Promise<void> {
  const back = await returns(evidence);
  for (const { id, excess_fen } of all) {
    const of = back.filter((r) => r.gift_id === id && r.round_id === null);
    if (sum(of.map((r) => r.amount_fen)) !== excess_fen) evidence.wrong(`I4 gift ${id} has ${excess_fen} fen too much, and other returns`);
    for (const r of of) if (r.status !== 'returned' && r.status !== 'owed') evidence.wrong(`I11 return ${r.id} is still ${r.status}`);
  }
  const balance = await balances(evidence);
  const owed = sum(back.filter((r) => r.round_id === null && r.status === 'owed').map((r) => r.amount_fen));
  if (balance('excess') !== owed) evidence.wrong(`I3 excess stands at ${balance('excess')} fen, of which ${owed} are owed back`);
}

/** The channel's account in the books is what the channel itself says, less what is parked. */
async function judgeClearing(evidence: Evidence): Promise<void> {
  const { bank, channel, db, house } = evidence;
  const balance = await balances(evidence);
  const unposted = await unpostedLines(evidence);
  const funding = sum(unposted.filter((l) => l.sign === 'DBIT' && l.endToEndId === null).map((l) => l.amountFen));
  const suspense = balance('suspense') - (await suspenseOfReturns(evidence));
  const paid = await rows<{ id: string }>(db, `select id from gift where tenant_id = ? and status = 'paid'`, [house.tenantId]);
  const inBooks = new Set(paid.map(({ id }) => id));
  const parkedPayments = sum([...channel.payments.values()].filter(({ orderId }) => !inBooks.has(orderId)).map((p) => p.amountFen));
  // Of the sweeps, what was more than the channel owed stands in suspense; strangers' money does too.
  const strangers = sum(bank.lines.filter((l) => l.sign === 'CRDT' && l.endToEndId === null).map((l) => l.amountFen)) - sweptFen(evidence);
  const expected = channel.balanceFen - parkedPayments - strangers + suspense - funding;
  if (balance('clearing') !== expected) evidence.wrong(`I3 the channel holds ${expected} fen for us, and the books say ${balance('clearing')}`);
}

/** @returns what lies in suspense of credits that name a payment and undid none, fen. */
async function suspenseOfReturns(evidence: Evidence): Promise<bigint> {
  const unposted = new Set(await unpostedLines(evidence));
  const named = evidence.bank.lines.filter((l) => l.sign === 'CRDT' && l.endToEndId !== null && !unposted.has(l));
  const undone = (await payouts(evidence)).filter(({ state }) => state === 'returned');
  return sum(named.map((l) => l.amountFen)) - sum(undone.map((p) => p.net_fen));
}

/** @returns what the channel itself remembers having swept, fen: paid in, less given back, less what it holds, plus what it collected. */
function sweptFen({ bank, channel }: Evidence): bigint {
  const collected = sum(bank.lines.filter((l) => l.sign === 'DBIT' && l.endToEndId === null).map((l) => l.amountFen));
  const given = sum([...channel.refunds.values()].filter(({ state }) => state === 'done').map(({ order }) => order.refundFen));
  return sum([...channel.payments.values()].map((p) => p.amountFen)) - given - channel.balanceFen + collected;
}

/** @returns the bank's lines that the books did not post; each must have an owner. */
export async function unpostedLines({ db, bank, house }: Evidence): Promise<Evidence['bank']['lines'][number][]> {
  const posted = await rows<{ reference: string; sign: string }>(
    db,
    `select l.reference, l.sign from bank_line l where l.tenant_id = ? and l.applied_at is not null`,
    [house.tenantId],
  );
  const known = new Set(posted.map((l) => `${l.reference}/${l.sign}`));
  return bank.lines.filter((l) => !known.has(`${l.reference}/${l.sign}`));
}
