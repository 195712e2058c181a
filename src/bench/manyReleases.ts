import { ulid } from 'ulid';
import { type Database, inTransaction } from '../database/connect';
import { CAMPAIGN_ACCOUNTS, post, type Transfer } from '../ledger/post';
import { type Copy, copyRows } from './copies';
import type { Raise } from './raise';

const PAGE = 1_000;

/** What the releases are made of. */
export interface Wanted {
  readonly count: number;
  readonly grossFen: bigint;
  readonly reviewerId: string;
  /** Business time: gifts were paid then. */
  readonly at: Date;
}

/**
 * Writes campaigns like a raise's own, each with one paid gift, an accepted account, and one release that is shown to the public, with their books: as a long time of raising and reviewing leaves
 * them. What is measured is what finance does from there on.
 */
export async function placeReleases(db: Database, raise: Pick<Raise, 'tenantId' | 'campaignId'>, wanted: Wanted): Promise<void> {
  for (let from = 0; from < wanted.count; from += PAGE) {
    const ids = Array.from({ length: Math.min(PAGE, wanted.count - from) }, () => ulid());
    await inTransaction(db, async (tx) => {
      const row = {
        ids,
        template: raise.campaignId,
        fen: wanted.grossFen.toString(),
        at: wanted.at,
        reviewer: wanted.reviewerId,
        tenant: raise.tenantId,
        kinds: [...CAMPAIGN_ACCOUNTS],
      };
      for (const each of ROWS) await (typeof each === 'string' ? tx.raw(each, row as never) : copyRows(tx, each, row));
      await post(
        tx,
        ids.flatMap((id) => booksOf(raise.tenantId, id, wanted)),
        'bench',
      );
    });
  }
  for (const table of ['campaign', 'release', 'payee_account', 'gift', 'ledger.account', 'ledger.transfer', 'ledger.posting', 'audit.event'])
    await db.raw(`analyze ${table}`);
}

/** Their publicity is over: they wait for finance. */
export async function endPublicity(db: Database, tenantId: string): Promise<void> {
  await db.raw(
    `update release r set stage = 'approval' from campaign c where c.id = r.campaign_id and c.tenant_id = ? and r.stage = 'publicity' and r.purpose = 'bench'`,
    [tenantId],
  );
}

/** One id serves a campaign, its account, request, gift and release alike: they are told apart by their tables. */
const ROWS: readonly (string | Copy)[] = [
  {
    table: 'campaign',
    values: `'id', n.id, 'phase', 'release', 'phase_since', :at::timestamptz, 'raised_fen', :fen::bigint`,
    where: 't.id = :template',
  },
  {
    table: 'payee_account',
    values: `'id', n.id, 'campaign_id', n.id, 'name_check', 'match', 'name_checked_at', :at::timestamptz, 'accepted_by', :reviewer::text, 'accepted_at', :at::timestamptz`,
    where: 't.campaign_id = :template and t.superseded_at is null',
  },
  `insert into gift (id, tenant_id, campaign_id, amount_fen, status, order_key, ordered_at, transaction_id, paid_at, credited_fen)
   select id, :tenant, id, :fen, 'paid', 'bench ' || id, :at, '42' || id, :at, :fen from unnest(:ids::text[]) n(id)`,
  `insert into release_request (id, campaign_id, mode, amount_fen, urgent, outcome, findings, requested_at, requested_by)
   select id, id, 'hospital-direct', :fen, false, 'accepted', '[]', :at, 'bench' from unnest(:ids::text[]) n(id)`,
  `insert into release (id, campaign_id, request_id, seq, batch, batches, mode, basis_points, purpose, gross_fen, urgent, stage, stage_since, started_at, reviewed_by, reviewed_at, review, publicity_ends_at)
   select id, id, id, 1, 1, 1, 'hospital-direct', 10000, 'bench', :fen, false, 'publicity', :at, :at, :reviewer, :at, 'approve', :at from unnest(:ids::text[]) n(id)`,
  `select ledger.open_accounts(:tenant, id, :kinds::text[]) from unnest(:ids::text[]) n(id)`,
];

function booksOf(tenantId: string, id: string, { grossFen: amountFen, at: businessAt }: Wanted): Transfer[] {
  const common = { tenantId, amountFen, businessAt };
  const held = { kind: 'held', campaignId: id } as const;
  return [
    { ...common, key: `gift/${id}/credited`, kind: 'gift-credited', subject: `gift/${id}`, debit: { kind: 'clearing' }, credit: held },
    {
      ...common,
      key: `release/${id}/reserve`,
      kind: 'release-reserved',
      subject: `release/${id}`,
      debit: held,
      credit: { kind: 'reserved', campaignId: id },
    },
  ];
}
