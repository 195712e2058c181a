import { type Connection, rows } from '../database/connect';
import { type Candidate, type Proposal, rankProposals } from '../domain/matchProposals';
import { type ExceptionRow, exceptionView } from './exceptionStanding';
import { ACT_OF_TARGET, MATCH_TARGETS, type MatchTarget } from './matchTargets';

/** Something in the books that a bank line could be. */
interface BookedCandidate extends Candidate {
  readonly kind: MatchTarget;
  /** The campaign's title, where it is a campaign's. */
  readonly title: string | null;
  readonly at: Date | null;
}

/** Of each kind, at most so many are looked at: those that are named or of exactly the amount first, then the largest that fit. */
const OF_EACH = 40;

/** What a channel owes; nothing where the line names the other one. */
const owedBy = (account: string, channel: string): string =>
  `select a.tenant_id as id, a.debits_fen - a.credits_fen as open, false as whole, false as named, null as title, null::timestamptz as at
    from ledger.account a where a.tenant_id = :tenant and a.campaign_id is null and a.kind = '${account}' and coalesce(:channel::text, '${channel}') = '${channel}'`;

/** What each kind of target could be, as `matchTargets` takes it. `:open` is what of the line is open, `:named` the id that it carries. */
const CANDIDATES: Readonly<Record<MatchTarget, string>> = {
  'payout-debit': `select p.id, p.net_fen as open, true as whole, p.id = :named as named, c.title, p.booked_at as at from payout p join campaign c on c.id = p.campaign_id
    where p.tenant_id = :tenant and p.state in ('succeeded', 'returned') and not exists (select from bank_line k where k.payout_id = p.id and k.kind = 'payout')
      and not exists (select from bank_match m where m.payout_id = p.id and m.target = 'payout-debit' and m.undone_at is null)`,
  'payout-return': `select p.id, p.net_fen - p.given_back_fen as open, false as whole, p.id = :named as named, c.title, p.booked_at as at from payout p join campaign c on c.id = p.campaign_id
    where p.tenant_id = :tenant and p.state = 'succeeded' and not exists (select from bank_line k where k.payout_id = p.id and k.kind = 'return')`,
  'back-to-payer': `select e.id, l.unexplained_fen - l.allocated_fen as open, false as whole, false as named, null as title, l.booked_at as at
    from bank_line l join money_exception e on e.tenant_id = l.tenant_id and e.subject = l.account_number || '/' || l.reference || '/' || l.sign
    where l.tenant_id = :tenant and l.account_number = :account and l.sign = 'CRDT' and e.resolved_at is null`,
  'owed-back': `select r.id, r.amount_fen as open, true as whole, false as named, c.title, null::timestamptz as at from gift_return r join campaign c on c.id = r.campaign_id
    where c.tenant_id = :tenant and r.status = 'owed'`,
  chargeback: `select e.id, e.booked_fen - e.made_good_fen as open, false as whole, false as named, null as title, e.arisen_at as at from money_exception e
    where e.tenant_id = :tenant and e.booked_fen > e.made_good_fen`,
  channel: owedBy('clearing', 'wechat'),
  'channel-alipay': owedBy('clearing-alipay', 'alipay'),
};

/**
 * @returns what a money event's bank line could be, ranked, and which of it explains the line alone (`rankProposals`); only kinds that may be matched with it now.
 * Empty where it has no line, or nothing of it is open.
 */
export async function proposalsFor(connection: Connection, e: ExceptionRow): Promise<{ openFen: bigint; proposals: Proposal<BookedCandidate>[] }> {
  const { acts, money } = exceptionView(e);
  const openFen = e.resolved_at === null ? money.openFen : 0n;
  const candidates: BookedCandidate[] = [];
  for (const kind of MATCH_TARGETS) {
    if (!acts.includes(ACT_OF_TARGET[kind])) continue;
    const found = await rows<Omit<BookedCandidate, 'kind' | 'openFen'> & { readonly open: bigint }>(
      connection,
      `select * from (${CANDIDATES[kind]}) x where open > 0 and (not whole or open <= :open)
       order by named desc, open = :open desc, open > :open, case when open > :open then open else -open end, id limit ${OF_EACH}`,
      {
        tenant: e.tenant_id,
        account: e.account_number,
        channel: e.channel,
        open: openFen.toString(),
        named: e.end_to_end_id ?? e.data.payoutId ?? '',
      },
    );
    candidates.push(...found.map(({ open, ...each }) => ({ ...each, kind, openFen: open })));
  }
  return { openFen, proposals: rankProposals(openFen, candidates) };
}
