import { Client, types } from 'pg';

// Fen never become floating numbers, whoever else uses the driver in this process.
const BIGINT = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === 20 ? BigInt : types.getTypeParser(oid as never, format as never)),
};

export interface OurBooks {
  readonly tenants: readonly { readonly account: string; readonly merchant: string; readonly custodyFen: bigint }[];
  readonly gifts: readonly { readonly id: string; readonly amountFen: bigint; readonly postedFen: bigint }[];
  readonly returns: readonly { readonly id: string; readonly amountFen: bigint; readonly postedFen: bigint }[];
  readonly payouts: readonly {
    readonly id: string;
    readonly release_id: string;
    readonly netFen: bigint;
    readonly submitted: boolean;
    readonly validSignatures: number;
    readonly postedFen: bigint;
  }[];
  readonly lines: readonly { readonly account: string; readonly reference: string; readonly sign: string; readonly amountFen: bigint }[];
  readonly exceptions: readonly string[];
  readonly caps: readonly {
    readonly id: string;
    readonly askFen: bigint;
    readonly creditedFen: bigint;
    readonly raisedFen: bigint;
    readonly heldFen: bigint;
  }[];
  /** Debits less credits over all accounts, and what stored balances differ from their transfers. */
  readonly ledger: { readonly sumFen: bigint; readonly driftFen: bigint };
  /** Ids that are there, of everything that can be acknowledged. */
  readonly known: ReadonlySet<string>;
}

const QUERIES = {
  tenants: `select t.custody_account_number as account, t.merchant_id as merchant, coalesce(a.debits_fen - a.credits_fen, 0)::bigint as "custodyFen"
    from tenant t left join ledger.account a on a.tenant_id = t.id and a.kind = 'custody' and a.campaign_id is null`,
  gifts: `select g.id, g.amount_fen as "amountFen", coalesce(sum(x.amount_fen), 0)::bigint as "postedFen"
    from gift g left join ledger.transfer x on x.key in ('gift/' || g.id || '/credited', 'gift/' || g.id || '/excess') group by g.id`,
  returns: `select r.id, r.amount_fen as "amountFen", coalesce((select sum(t.amount_fen) from ledger.transfer t join ledger.account c on c.id = t.credit_account
      where c.kind in ('clearing', 'clearing-alipay') and t.key in ('return/' || r.id, 'return/' || r.id || '/channel')), 0)::bigint as "postedFen" from gift_return r`,
  // Whom the approval names, what it says and who signed it are asked for anew, past every view of the product.
  payouts: `select p.id, p.release_id, p.net_fen as "netFen", p.submits > 0 as submitted,
      (select count(distinct s.checker_id)::int from approval a join approval_signature s on s.approval_id = a.id and s.digest = a.digest
       where a.id = p.approval_id and a.net_fen = p.net_fen and a.account_id = p.account_id and s.decision = 'approve' and s.checker_id <> a.maker_id
         and a.release_id = p.release_id and s.signed_at <= p.submitted_at) as "validSignatures",
      coalesce((select sum(case when t.key like '%/paid' then t.amount_fen else -t.amount_fen end) from ledger.transfer t
       where t.key in ('payout/' || p.id || '/paid', 'payout/' || p.id || '/returned')), 0)::bigint as "postedFen"
    from payout p`,
  lines: `select account_number as account, reference, sign, amount_fen as "amountFen" from bank_line`,
  exceptions: 'select subject from money_exception',
  caps: `select c.id, c.ask_fen as "askFen", c.raised_fen as "raisedFen",
      coalesce((select sum(t.amount_fen) from ledger.transfer t join ledger.account a on a.id = t.credit_account where a.campaign_id = c.id and t.kind = 'gift-credited'), 0)::bigint as "creditedFen",
      coalesce((select sum(a.credits_fen - a.debits_fen) from ledger.account a where a.campaign_id = c.id), 0)::bigint as "heldFen"
    from campaign c`,
} as const;

const LEDGER = `select coalesce(sum(a.debits_fen - a.credits_fen), 0)::bigint as "sumFen",
    coalesce(sum(abs(a.debits_fen - coalesce(m.debits, 0)) + abs(a.credits_fen - coalesce(m.credits, 0))), 0)::bigint as "driftFen"
  from ledger.account a left join (
    select id, sum(debits) debits, sum(credits) credits from (
      select debit_account id, amount_fen debits, 0 credits from ledger.transfer union all select credit_account, 0, amount_fen from ledger.transfer) x group by id) m on m.id = a.id`;

/** Everything that an acknowledgement may name, under one name each. */
const KNOWN = `
  select 'campaign/' || id as name from campaign
  union all select 'gift/' || id from gift
  union all select 'decision/' || campaign_id || '/' || decision from audit_decision
  union all select 'release-request/' || id from release_request
  union all select 'complaint/' || id from complaint
  union all select 'verdict/' || id from complaint where decided_at is not null
  union all select 'evidence/' || id from use_evidence
  union all select 'review/' || id from release where reviewed_at is not null
  union all select 'receipt/' || p.id from payout p join release r on r.id = p.release_id where r.receipt = 'signed'
  union all select 'signature/' || s.digest || '/' || f.login from approval_signature s join staff f on f.id = s.checker_id where s.decision = 'approve'`;

/** @returns the house's own books, read as they lie in its tables. @param databaseUrl the owner's */
export async function ourBooks(databaseUrl: string): Promise<OurBooks> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'almoner-faults', types: BIGINT as never });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const read = async <T>(sql: string): Promise<T[]> => (await client.query(sql)).rows as T[];
    const known = new Set((await read<{ name: string }>(KNOWN)).map(({ name }) => name));
    return {
      tenants: await read(QUERIES.tenants),
      gifts: await read(QUERIES.gifts),
      returns: await read(QUERIES.returns),
      payouts: await read(QUERIES.payouts),
      lines: await read(QUERIES.lines),
      exceptions: (await read<{ subject: string }>(QUERIES.exceptions)).map(({ subject }) => subject),
      caps: await read(QUERIES.caps),
      ledger: (await read<OurBooks['ledger']>(LEDGER))[0]!,
      known,
    };
  } finally {
    await client.end();
  }
}
