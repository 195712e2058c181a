import { rows } from '../../database/connect';
import { judgeGifts } from './giftLaw';
import { balances, type Evidence, payouts } from './evidence';
import { judgePayments } from './paymentLaw';
import { judgeRefunds } from './refundLaw';

/** What must hold at every instant (I1, I2, I4, I8): no balance below zero, kept balances equal to their movements, no release paid twice at once, no ask exceeded. */
export async function judgeNow(evidence: Evidence): Promise<void> {
  const { db, house, bank } = evidence;
  const bad = await rows<{ kind: string; fen: bigint; kept: bigint }>(
    db,
    `select a.kind, m.fen, a.debits_fen - a.credits_fen as kept from ledger.account a cross join lateral (
       select coalesce(sum(case when t.debit_account = a.id then t.amount_fen else -t.amount_fen end), 0)::bigint as fen
       from ledger.transfer t where a.id in (t.debit_account, t.credit_account)) m
     where a.tenant_id = ? and (m.fen <> a.debits_fen - a.credits_fen or (a.kind not in ('clearing', 'clearing-alipay') and case a.normal when 'debit' then m.fen < 0 else m.fen > 0 end))`,
    [house.tenantId],
  );
  for (const { kind, fen, kept } of bad) evidence.wrong(`I8 account ${kind} keeps ${kept} and its movements come to ${fen}`);
  const over = await rows<{ id: string }>(
    db,
    `select c.id from campaign c where c.tenant_id = ? and c.ask_fen < (select coalesce(sum(credited_fen), 0) from gift where campaign_id = c.id)`,
    [house.tenantId],
  );
  for (const { id } of over) evidence.wrong(`I4 campaign ${id} credited more than its ask`);
  await noReleaseTwice(evidence, bank.lines);
}

async function noReleaseTwice(evidence: Evidence, lines: Evidence['bank']['lines']): Promise<void> {
  const releaseOf = new Map((await payouts(evidence)).map((p) => [p.id, p.release_id]));
  const net = new Map<string, number>();
  for (const line of lines) {
    if (line.endToEndId === null || (line.sign === 'CRDT' && !releaseOf.has(line.endToEndId))) continue;
    const release = releaseOf.get(line.endToEndId);
    if (release === undefined) {
      evidence.wrong(`I2 the bank debited ${line.amountFen} fen under ${line.endToEndId}, which is no payout`);
      continue;
    }
    const standing = (net.get(release) ?? 0) + (line.sign === 'DBIT' ? 1 : line.returnCode === null ? 0 : -1);
    net.set(release, standing);
    if (standing > 1) evidence.wrong(`I2 release ${release} was paid twice`);
  }
}

/** What must hold once everything has come to rest: every fen is accounted for, and what is not at an end has an owner. */
export async function judge(evidence: Evidence): Promise<void> {
  await judgeNow(evidence);
  await judgeGifts(evidence);
  await judgePayments(evidence);
  await judgeRefunds(evidence);
  await judgeCampaigns(evidence);
  await judgeWords(evidence);
}

/** I4, I11: raised = paid + fees + refunded + pending, and nothing is left over without an owner. */
async function judgeCampaigns(evidence: Evidence): Promise<void> {
  const { db, house } = evidence;
  const balance = await balances(evidence);
  const all = await rows<{ id: string; raised_fen: bigint; excused: boolean; open: number; stages: string; phase: string }>(
    db,
    `select c.id, c.raised_fen, c.phase,
       (select count(*) from release r where r.campaign_id = c.id and r.closed_at is null)::int as open,
       (select string_agg(distinct r.stage, ' ') from release r where r.campaign_id = c.id and r.closed_at is null) as stages,
       exists (select from money_exception e where e.campaign_id = c.id and e.kind in ('payout-amount')) as excused
     from campaign c where c.tenant_id = ? order by c.id`,
    [house.tenantId],
  );
  for (const { id, raised_fen, open, stages, excused, phase } of all) {
    const at = (kind: string): bigint => balance(kind, id);
    const whole = at('paid') + at('fees') + at('refunded') + at('held') + at('reserved');
    if (whole !== raised_fen) evidence.wrong(`I4 campaign ${id} raised ${raised_fen} and accounts for ${whole}`);
    if (open > 0 && !excused) evidence.wrong(`I11 campaign ${id} has ${open} releases that never come to an end: ${stages}`);
    const owed = await rows<{ fen: bigint }>(
      db,
      `select coalesce(sum(r.amount_fen), 0)::bigint as fen from gift_return r where r.campaign_id = ? and r.round_id is not null and r.status = 'owed'`,
      [id],
    );
    if (open === 0 && at('reserved') !== owed[0]!.fen)
      evidence.wrong(`I11 campaign ${id} keeps ${at('reserved')} fen reserved, of which ${owed[0]!.fen} are owed back`);
    // A sweep that came before its gift was known lies in suspense, with an owner, and the campaign waits for them.
    const waits = phase === 'settlement' && balance('suspense') > 0n;
    if (open === 0 && at('held') > 0n && !waits)
      evidence.wrong(`I11 campaign ${id} in ${phase} still holds ${at('held')} fen after its surplus went back`);
  }
}

/** I7: each movement has its audit row, each end of a payout its word, exactly once. */
async function judgeWords(evidence: Evidence): Promise<void> {
  const { db, house } = evidence;
  const counted = await rows<{ what: string; subject: string; expected: number; found: number }>(
    db,
    `with p as (select * from payout where tenant_id = :tenant), e as (select action, subject, data from audit.event where tenant_id = :tenant)
     select 'payout.submitted' as what, p.id as subject, (p.submits > 0)::int as expected, (select count(*)::int from e where action = 'payout.submitted' and subject = 'payout/' || p.id) as found from p
     union all select 'payout.succeeded', p.id, (p.state in ('succeeded', 'returned'))::int, (select count(*)::int from e where action = 'payout.succeeded' and subject = 'payout/' || p.id) from p
     union all select 'payout.returned', p.id, (p.state = 'returned')::int, (select count(*)::int from e where action = 'payout.returned' and subject = 'payout/' || p.id) from p
     union all select 'payout.reserved', p.id, 1, (select count(*)::int from e where action = 'payout.reserved' and subject = 'payout/' || p.id) from p
     union all select 'word payout-settled', p.id, 1, (select count(*)::int from outbox o where o.notice = 'payout-settled' and o.subject_id = p.release_id and o.id like '%/' || p.id)
       from p join release r on r.id = p.release_id where p.state in ('succeeded', 'returned')
     union all select 'gift.returned', r.id, (r.status = 'returned')::int, (select count(*)::int from e where action = 'gift.returned' and data->>'returnId' = r.id)
       from gift_return r join gift g on g.id = r.gift_id where g.tenant_id = :tenant
     union all select 'gift.owed_back', r.id, (r.status = 'owed')::int, (select count(*)::int from e where action = 'gift.owed_back' and data->>'returnId' = r.id)
       from gift_return r join gift g on g.id = r.gift_id where g.tenant_id = :tenant
     union all select 'bank.line_received', l.reference, 1, (select count(*)::int from e where action = 'bank.line_received' and subject = 'bank-line/' || l.account_number || '/' || l.reference)
       from bank_line l where l.tenant_id = :tenant
     union all select 'ledger.posted', 'posting/' || t.posting_id, 1, (select count(*)::int from audit.event x where x.action = 'ledger.posted' and x.subject = 'posting/' || t.posting_id)
       from (select distinct t.posting_id from ledger.transfer t join ledger.account a on a.id = t.debit_account where a.tenant_id = :tenant) t`,
    { tenant: house.tenantId },
  );
  for (const { what, subject, expected, found } of counted)
    if (expected !== found) evidence.wrong(`I7 ${what} of ${subject}: ${found} rows, not ${expected}`);
  const parked = await rows<{ kind: string; subject: string }>(db, 'select kind, subject from money_exception where tenant_id in (?, ?)', [
    house.tenantId,
    'unknown',
  ]);
  const known = new Set(parked.map(({ kind, subject }) => `${kind} ${subject}`));
  for (const { kind, subject } of evidence.strays) if (!known.has(`${kind} ${subject}`)) evidence.wrong(`I3 ${kind} ${subject} has no owner`);
}
