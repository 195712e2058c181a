import { type Connection, rows } from '../database/connect';
import type { ExceptionKind } from '../domain/moneyExceptions';
import { MONEY_EXCEPTIONS } from '../domain/moneyExceptions';
import { searchWords } from '../domain/searchWords';
import type { Sentence } from '../domain/sentence';

/** What can be found. */
export const FOUND_KINDS = ['campaign', 'batch', 'payout', 'exception'] as const;
export type FoundKind = (typeof FOUND_KINDS)[number];

/** Something that was found: enough to tell it from the others, and no name, number or medical word. */
interface Found {
  readonly kind: FoundKind;
  readonly id: string;
  readonly campaignId: string | null;
  /** A campaign's title; null where the thing is of no campaign. */
  readonly title: string | null;
  /** Its state or phase, as it travels on the wire. */
  readonly state: string;
  readonly amountFen: bigint | null;
  /** The bank's own reference. */
  readonly reference: string | null;
  /** Of a money event. */
  readonly cause: Sentence | null;
}

type FoundRow = Omit<Found, 'cause' | 'kind'> & { readonly cause: ExceptionKind | null };

/** Of each kind so many are answered. */
const OF_EACH = 6;

/** How each kind is looked for, within one platform: the newest first. A word that is null finds nothing. */
const LOOK: Readonly<Record<FoundKind, string>> = {
  campaign: `select c.id, c.id as "campaignId", c.title, c.phase as state, c.raised_fen as "amountFen", null as reference, null as cause from campaign c
    where c.tenant_id = :tenant and (c.id = :id or c.title ilike :title) order by c.id desc limit ${OF_EACH}`,
  batch: `select b.id, null as "campaignId", null as title, b.state, b.declared_fen as "amountFen", null as reference, null as cause from payout_batch b
    where b.tenant_id = :tenant and (b.id = :id or right(b.id, 8) = :idEnd or b.declared_fen = :fen) order by b.id desc limit ${OF_EACH}`,
  payout: `select p.id, p.campaign_id as "campaignId", c.title, p.state, p.net_fen as "amountFen", p.bank_reference as reference, null as cause from payout p join campaign c on c.id = p.campaign_id
    where p.id in (select id from payout where tenant_id = :tenant and (id = :id or release_id = :id)
        union all select id from payout where tenant_id = :tenant and bank_reference like :reference
        union all select id from payout where tenant_id = :tenant and net_fen = :fen
        union all select id from payout where tenant_id = :tenant and gross_fen = :fen) order by p.id desc limit ${OF_EACH}`,
  exception: `select e.id, e.campaign_id as "campaignId", c.title, case when e.resolved_at is null then 'open' else 'resolved' end as state, l.amount_fen as "amountFen", l.reference, e.kind as cause
    from money_exception e left join campaign c on c.id = e.campaign_id
      left join bank_line l on l.tenant_id = e.tenant_id and e.subject = l.account_number || '/' || l.reference || '/' || l.sign
    where e.tenant_id = :tenant and (e.id = :id or e.subject = :id or e.subject in (
        select account_number || '/' || reference || '/' || sign from bank_line where tenant_id = :tenant and reference like :reference
        union all select account_number || '/' || reference || '/' || sign from bank_line where tenant_id = :tenant and amount_fen = :fen))
    order by e.resolved_at is not null, e.id desc limit ${OF_EACH}`,
};

/** @returns a text in which a pattern's own signs are signs no more. */
const literally = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/**
 * Looks for a case, a batch, a payout or a money event of one platform: by id or the end of one, a bank's reference by its beginning, an amount in yuan, or words of a title.
 * @param kinds what who asks may see; nothing else is looked at. @returns at most six of each, the newest first.
 */
export async function search(connection: Connection, tenantId: string, written: string, kinds: readonly FoundKind[]): Promise<Found[]> {
  const words = searchWords(written);
  const bindings = {
    tenant: tenantId,
    id: words.id,
    idEnd: words.idEnd,
    reference: words.reference && `${literally(words.reference)}%`,
    fen: words.amountFen?.toString() ?? null,
    title: words.title && `%${literally(words.title)}%`,
  };
  const found: Found[] = [];
  for (const kind of kinds) {
    const some = await rows<FoundRow>(connection, LOOK[kind], bindings as never);
    found.push(...some.map((each) => ({ ...each, kind, cause: each.cause && MONEY_EXCEPTIONS[each.cause].cause })));
  }
  return found;
}
