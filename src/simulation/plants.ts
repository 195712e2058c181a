/** One text of the sources in place of another. */
export interface Change {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** How often it stands there; once, unless said. */
  readonly times?: number;
}

/** In every copy, planted or not: small pages, so that a handful of gifts turns them. */
export const EVERYWHERE: readonly Change[] = [
  { file: 'src/gifts/returns.ts', find: 'const PAGE = 200;', replace: 'const PAGE = 3;' },
  { file: 'src/gifts/gifts.ts', find: 'const PAGE = 100;', replace: 'const PAGE = 3;' },
  // A pause of the clock on the wall would be an order that does not follow from the seed.
  { file: 'src/gifts/groupCommit.ts', find: ' await pause(LINGER_MS);', replace: ' await Promise.resolve();' },
];

/** One bug that the simulation must find when it is planted. */
export interface Plant {
  readonly name: string;
  /** What the bug does. */
  readonly says: string;
  /** How it is planted: in a copy of the sources, never in production code. */
  readonly changes: readonly Change[];
}

/** Written before the simulation: the ways in which money software of this kind goes wrong. One at a time is planted, and each must be found. */
export const PLANTS: readonly Plant[] = [
  {
    name: 'order-key-dropped',
    says: 'The same order key a second time makes a second set of orders.',
    changes: [{ file: 'src/gifts/gifts.ts', find: 'if (known.length > 0) {', replace: 'if (known.length < 0) {' }],
  },
  {
    name: 'order-key-reused',
    says: 'An order key that was used for other amounts is answered with the old orders.',
    changes: [{ file: 'src/gifts/gifts.ts', find: '        if (!same)\n', replace: '        if (!same && known.length === 0)\n' }],
  },
  {
    name: 'callback-posted-twice',
    says: 'A callback that comes again counts again into what was raised.',
    changes: [{ file: 'migrations/0208_clearing_by_channel.sql', find: "then 'duplicate'", replace: "then 'posted'" }],
  },
  {
    name: 'callback-amount-not-compared',
    says: 'The amount that a callback tells is not compared with the order.',
    changes: [
      { file: 'migrations/0208_clearing_by_channel.sql', find: "           when g.amount_fen <> t.amount_fen then 'mismatch'\n", replace: '' },
    ],
  },
  {
    name: 'callback-merchant-not-compared',
    says: "A payment into another platform's account is credited.",
    changes: [
      {
        file: 'migrations/0208_clearing_by_channel.sql',
        find: "           when t.channel <> g.channel or t.merchant_id <> merchant_of(o, g.channel) then 'mismatch'\n",
        replace: '',
      },
    ],
  },
  {
    name: 'cap-not-enforced',
    says: 'A gift that crosses the target is credited whole.',
    changes: [
      {
        file: 'migrations/0208_clearing_by_channel.sql',
        find: 'greatest(0, least(j.amount_fen, j.room_fen - ',
        replace: 'greatest(0, least(j.amount_fen, 9000000000 + j.room_fen - ',
      },
      { file: 'migrations/0003_campaigns.sql', find: 'raised_fen between 0 and ask_fen', replace: 'raised_fen >= 0' },
    ],
  },
  {
    name: 'cap-forgets-the-group',
    says: 'Gifts that are committed together are each measured against the room that was there before all of them.',
    changes: [
      {
        file: 'migrations/0208_clearing_by_channel.sql',
        find: "sum(j.amount_fen) filter (where j.outcome = 'posted')",
        replace: "sum(j.amount_fen) filter (where j.outcome = 'never')",
      },
      { file: 'migrations/0003_campaigns.sql', find: 'raised_fen between 0 and ask_fen', replace: 'raised_fen >= 0' },
    ],
  },
  {
    name: 'gift-lock-skipped',
    says: 'Two groups of gifts measure the same room at the same time.',
    changes: [{ file: 'migrations/0208_clearing_by_channel.sql', find: '  order by c.id for update;', replace: '  order by c.id;' }],
  },
  {
    name: 'late-gift-credited',
    says: 'A gift that is paid after the close is credited.',
    changes: [
      {
        file: 'migrations/0208_clearing_by_channel.sql',
        find: "when j.outcome = 'posted' and j.phase = 'fundraising'",
        replace: "when j.outcome = 'posted'",
      },
    ],
  },
  {
    name: 'excess-not-returned',
    says: 'What crossed the target is never sent back.',
    changes: [
      {
        file: 'src/gifts/returns.ts',
        find: "'r.campaign_id = ? and r.round_id is null'",
        replace: "'r.campaign_id = ? and r.round_id is null and false'",
      },
    ],
  },
  {
    name: 'off-by-one-page',
    says: 'The last order of each page is not asked about.',
    changes: [
      {
        file: 'src/gifts/gifts.ts',
        find: 'await inParallel(page, CHANNEL_CONCURRENCY, async ({ id, merchant_id, channel })',
        replace: 'await inParallel(page.slice(0, PAGE - 1), CHANNEL_CONCURRENCY, async ({ id, merchant_id, channel })',
      },
    ],
  },
  {
    name: 'exception-dropped',
    says: 'What fits nowhere is not parked for anybody.',
    changes: [
      {
        file: 'src/records/exceptions.ts',
        find: '  const opened = (await tx.raw(',
        replace: "  if (e.actor === 'channel') return;\n  const opened = (await tx.raw(",
      },
    ],
  },
  {
    name: 'sweep-taken-whole',
    says: 'All of a sweep is taken off what the channel owes, also what it does not owe.',
    changes: [
      {
        file: 'src/custody/notices.ts',
        find: 'const owedFen = mostFen < 0n ? 0n : mostFen < entry.amountFen ? mostFen : entry.amountFen;',
        replace: 'const owedFen = mostFen < 0n ? entry.amountFen : entry.amountFen;',
      },
    ],
  },
  {
    name: 'lost-remainder',
    says: 'The fen that rounding loses in a pro-rata refund go to nobody.',
    changes: [
      { file: 'migrations/0200_refund_shares.sql', find: 'case when rank <= lost then 1 else 0 end', replace: '0', times: 2 },
      {
        file: 'migrations/0200_refund_shares.sql',
        find: 'from unnest(v_shares) s) <> p_amount_fen',
        replace: 'from unnest(v_shares) s) > p_amount_fen',
      },
    ],
  },
  {
    name: 'earlier-round-forgotten',
    says: 'A refund shares over what gifts once were, not over what is left of them.',
    changes: [
      {
        file: 'migrations/0200_refund_shares.sql',
        find: 'g.credited_fen - coalesce((select sum(r.amount_fen) from gift_return r where r.gift_id = g.id and r.round_id is not null), 0) as fen',
        replace: 'g.credited_fen as fen',
      },
    ],
  },
  {
    name: 'refund-to-wrong-donor',
    says: "A refund is asked for under another gift's order.",
    changes: [
      {
        file: 'src/gifts/returns.ts',
        find: '(due) => this.#ask(due, reason, at)',
        replace: '(due) => this.#ask({ ...due, gift_id: page[0]!.gift_id, total_fen: page[0]!.total_fen }, reason, at)',
      },
    ],
  },
  {
    name: 'refund-new-number',
    says: 'A refund that is tried again gets a new number at the channel.',
    changes: [
      {
        file: 'src/gifts/returns.ts',
        find: '.refund({ ...ref, totalFen',
        replace: `.refund({ ...ref, refundId: due.attempts > 0 ? \`N\${due.attempts}\${due.id.slice(2)}\` : due.id, totalFen`,
      },
    ],
  },
  {
    name: 'refund-unknown-is-failure',
    says: 'A refund whose answer was lost is owed back by hand at once.',
    changes: [
      { file: 'src/gifts/returns.ts', find: "return kind === 'ABNORMAL' ||", replace: "return kind === 'UNKNOWN' || kind === 'ABNORMAL' ||" },
    ],
  },
  {
    name: 'refund-amount-not-compared',
    says: 'The amount that a refund callback tells is not compared with the refund.',
    changes: [{ file: 'src/gifts/returns.ts', find: 'known.amount_fen === refundFen && ', replace: '' }],
  },
  {
    name: 'refund-counted-twice',
    says: 'A refund that is told again is recorded again.',
    changes: [
      {
        file: 'migrations/0208_clearing_by_channel.sql',
        find: "where r.id = e->>'id' and r.status in ('due', 'processing') returning r.id",
        replace: "where r.id = e->>'id' returning r.id",
      },
    ],
  },
  {
    name: 'clearing-mirror-skipped',
    says: 'What the channel gave back is not taken off what it owes.',
    changes: [
      { file: 'migrations/0208_clearing_by_channel.sql', find: 'and r.round_id is not null\n  ) movements;', replace: 'and false\n  ) movements;' },
    ],
  },
  {
    name: 'resubmit-new-id',
    says: 'A payout that is sent again goes under a new id.',
    changes: [
      {
        file: 'src/activities/payouts/orders.ts',
        find: '      payoutId: payout.id,\n      amountFen',
        replace: `      payoutId: payout.submits > 0 ? \`N\${payout.submits}\${payout.id.slice(2)}\` : payout.id,\n      amountFen`,
      },
    ],
  },
  {
    name: 'not-found-is-failure',
    says: 'A payout that the bank does not find yet has failed.',
    changes: [
      {
        file: 'src/activities/transfer.ts',
        find: "          if (outcome.kind !== 'NOT_FOUND') return record(payout, outcome, nowMs);",
        replace: '          return record(payout, outcome, nowMs);',
      },
      {
        file: 'src/activities/payouts/outcomes.ts',
        find: "if (outcome.kind === 'FAILED' ||",
        replace:
          "if (outcome.kind === 'NOT_FOUND') {\n    await fail(tx, personalData, p, at, 'not-found', 'not found');\n    return 'failed';\n  }\n  if (outcome.kind === 'FAILED' ||",
      },
    ],
  },
  {
    name: 'unknown-is-failure',
    says: 'A payout whose answer was lost has failed.',
    changes: [
      {
        file: 'src/activities/payouts/outcomes.ts',
        find: "if (outcome.kind === 'FAILED' ||",
        replace:
          "if (outcome.kind === 'UNKNOWN') {\n    await fail(tx, personalData, p, at, 'unknown', 'unknown');\n    return 'failed';\n  }\n  if (outcome.kind === 'FAILED' ||",
      },
    ],
  },
  {
    name: 'booked-amount-not-compared',
    says: 'A payout counts as paid whatever amount the bank booked.',
    changes: [
      {
        file: 'src/activities/payouts/outcomes.ts',
        find: '    if (outcome.amountFen !== p.net_fen) return contradicted(tx, p, outcome.amountFen, at);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'fee-counted-twice',
    says: 'The fee of a payout is charged twice.',
    changes: [{ file: 'src/activities/payouts/outcomes.ts', find: '      amountFen: p.fee_fen,', replace: '      amountFen: p.fee_fen * 2n,' }],
  },
  {
    name: 'fee-cap-forgotten',
    says: 'The service fee of a campaign does not stop at its cap.',
    changes: [
      { file: 'src/domain/fees.ts', find: 'const serviceFen = full < room ? full : room;', replace: 'const serviceFen = full < room ? full : full;' },
    ],
  },
  {
    name: 'float',
    says: 'A share is computed in floating point and rounded.',
    changes: [
      {
        file: 'src/domain/money.ts',
        find: 'return (amountFen * BigInt(basisPoints)) / 10_000n;',
        replace: 'return BigInt(Math.round((Number(amountFen) * basisPoints) / 10_000));',
      },
    ],
  },
  {
    name: 'stale-approval',
    says: 'What was signed is not looked at again at the last moment before sending.',
    changes: [
      {
        file: 'src/activities/payouts/intents.ts',
        find: "broken: finding.verdict === 'pass' ? null : finding.en",
        replace: 'broken: null',
      },
    ],
  },
  {
    name: 'expiry-ignored',
    says: 'Signatures that expired still count.',
    changes: [
      { file: 'src/domain/convention/rules/disburseReview.ts', find: 'expired: f.nowMs >= f.expiresAtMs,', replace: 'expired: false,' },
      {
        file: 'migrations/0053_log_ins.sql',
        find: '      and a.expires_at > coalesce((select k.now from tenant t join test_clock k on k.id = t.clock_id where t.id = new.tenant_id), now())\n',
        replace: '',
      },
    ],
  },
  {
    name: 'one-signature-enough',
    says: 'One checker suffices.',
    changes: [
      {
        file: 'src/domain/convention/rules/disburseReview.ts',
        find: 'return approving.size >= f.edition.checkers\n',
        replace: 'return approving.size >= 1\n',
      },
      { file: 'migrations/0053_log_ins.sql', find: "decision = 'reject')) < 2 then", replace: "decision = 'reject')) < 1 then" },
    ],
  },
  {
    name: 'maker-may-check',
    says: 'Whoever proposed a payment may sign it.',
    changes: [
      {
        file: 'src/api/routes/approvals.ts',
        find: 'if (approval.maker_id === actor.id || (await areOneHuman(tx, approval.maker_id, actor.id)))',
        replace: 'if (approval.maker_id === actor.id)',
      },
      {
        file: 'migrations/0053_log_ins.sql',
        find: '  if exists (select from staff m where m.id = new.maker_id and m.id <> new.checker_id and m.identity_hash = v_identity) then',
        replace: '  if false then',
      },
    ],
  },
  {
    name: 'one-human-counts-twice',
    says: 'Two log-ins of the same human count as two checkers.',
    changes: [
      {
        file: 'migrations/0053_log_ins.sql',
        find: 'create unique index one_human_signs_once on approval_signature (approval_id, identity_hash) where identity_hash is not null;',
        replace: '',
      },
      {
        file: 'src/records/approvals.ts',
        find: "s.decision, coalesce(encode(s.identity_hash, 'hex'), s.checker_id)) s.approval_id",
        replace: 's.decision, s.checker_id) s.approval_id',
      },
      {
        file: 'migrations/0053_log_ins.sql',
        find: "select count(distinct coalesce(encode(s.identity_hash, 'hex'), s.checker_id)) from",
        replace: 'select count(distinct s.checker_id) from',
      },
    ],
  },
  {
    name: 'rejection-ignored',
    says: 'A rejection by one checker does not stop the payment.',
    changes: [
      {
        file: 'src/domain/convention/rules/disburseReview.ts',
        find: "  const rejected = f.signatures.some((s) => s.decision === 'reject');",
        replace: "  const rejected = f.signatures.some((s) => s.decision === 'reject' && s.digest === '');",
      },
      {
        file: 'migrations/0053_log_ins.sql',
        find: "\n      and not exists (select from approval_signature r where r.approval_id = a.id and r.decision = 'reject')) < 2 then",
        replace: ') < 2 then',
      },
    ],
  },
  {
    name: 'left-checker-counts',
    says: 'The signature of a checker who was dismissed still counts.',
    changes: [
      {
        file: 'src/records/approvals.ts',
        find: "(f.disabled_at is null and f.role = 'finance-checker' and not is_related(f.id, r.campaign_id))",
        replace: "(f.role = 'finance-checker' and not is_related(f.id, r.campaign_id))",
      },
      { file: 'src/access/administration.ts', find: "  await voidWhatTheySigned(tx, actor, staffId, 'staff-changed');\n", replace: '' },
      {
        file: 'migrations/0053_log_ins.sql',
        find: "join staff f on f.id = s.checker_id and f.disabled_at is null and f.role = 'finance-checker'\n",
        replace: "join staff f on f.id = s.checker_id and f.role = 'finance-checker'\n",
      },
    ],
  },
  {
    name: 'hold-ignored',
    says: 'A payout is sent while a hold stands.',
    changes: [
      {
        file: 'src/activities/payouts/intents.ts',
        find: "    else if (held.has(release.id)) intents.set(p.id, 'waiting');\n",
        replace: '',
      },
    ],
  },
  {
    name: 'resent-unsigned',
    says: 'A payment that the bank never saw is sent again without a look at its signatures.',
    changes: [
      {
        file: 'src/activities/payouts/intents.ts',
        find: '    else open.push(sending);\n',
        replace: "    else if (p.state === 'reserved') open.push(sending);\n    else intents.set(p.id, 'recorded');\n",
      },
    ],
  },
  {
    name: 'custody-not-looked-at',
    says: 'A payout is made up of money that is not in custody yet.',
    changes: [
      {
        file: 'src/activities/payouts/preparing.ts',
        find: '    if (leftFen < approval.net_fen) return false;\n',
        replace: '',
      },
    ],
  },
  {
    name: 'payout-lock-skipped',
    says: 'Two workers record the end of the same payout at the same time.',
    changes: [
      {
        file: 'src/activities/payouts/outcomes.ts',
        find: 'await payoutRows(tx, [...outcomes.keys()], { lock: true });',
        replace: 'await payoutRows(tx, [...outcomes.keys()]);',
      },
    ],
  },
  {
    name: 'prepare-lock-skipped',
    says: 'Two workers make up the payout of the same release at the same time.',
    changes: [
      {
        file: 'src/activities/payouts/preparing.ts',
        find: '  await lockReleases(tx, releaseIds);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'custody-mirror-skipped',
    says: 'A payment leaves the campaign and not the custody account.',
    changes: [
      {
        file: 'src/activities/payouts/outcomes.ts',
        find: "      credit: { kind: 'custody' },\n      amountFen: p.net_fen,",
        replace: "      credit: { kind: 'custody' },\n      amountFen: 0n,",
      },
    ],
  },
  {
    name: 'bounce-not-reversed',
    says: 'A payment that the bank returned stays paid in the books.',
    changes: [
      {
        file: 'src/activities/release.ts',
        find: "          if (p.state !== 'succeeded') return;",
        replace: "          if (p.state === 'succeeded') return;",
      },
    ],
  },
  {
    name: 'return-taken-twice',
    says: 'A second return of the same payment is taken for the first.',
    changes: [
      {
        file: 'src/custody/notices.ts',
        find: `if (before) return \`\${what}-twice\`;`,
        replace: `if (before && what === 'payout') return \`\${what}-twice\`;`,
      },
    ],
  },
  {
    name: 'reserve-not-released',
    says: 'A cancelled release keeps the money that was reserved for it.',
    changes: [
      {
        file: 'src/records/stops.ts',
        find: '      amountFen: returned?.net_fen ?? release.gross_fen,',
        replace: '      amountFen: returned?.net_fen ?? 0n,',
      },
    ],
  },
  {
    name: 'fee-not-undone',
    says: 'A payment that came back and is not made again keeps its fee.',
    changes: [{ file: 'src/records/stops.ts', find: '      amountFen: returned?.fee_fen ?? 0n,', replace: '      amountFen: 0n,' }],
  },
  {
    name: 'word-lost',
    says: 'Nobody is told that a payout ended.',
    changes: [
      {
        file: 'src/activities/payouts/outcomes.ts',
        find: '.flatMap(({ p }) => [toSupervision(p), toRelease(p)])',
        replace: '.flatMap(() => [])',
      },
    ],
  },
  {
    name: 'audit-skipped',
    says: 'A payment leaves no audit row.',
    changes: [
      { file: 'src/activities/payouts/outcomes.ts', find: "      action: 'payout.succeeded',", replace: "      action: 'payout.submitted'," },
    ],
  },
  {
    name: 'late-return-dropped',
    says: 'Money that comes back after its release has closed is kept for nobody.',
    changes: [{ file: 'src/custody/notices.ts', find: "return what === 'return' && ended ? 'return-late' : null;", replace: 'return null;' }],
  },
  {
    name: 'stranded-batches',
    says: 'The batches after one that was refused keep their money for ever.',
    changes: [{ file: 'src/activities/campaign.ts', find: '      await cancelStrandedBatches(tx, campaignId, at);\n', replace: '' }],
  },
];
