/** Where a line stands, in the order of its life. */
export const LINE_STATES = [
  'excluded',
  'waiting',
  'proposed',
  'changed',
  'approved',
  'reserved',
  'submitted',
  'unknown',
  'succeeded',
  'failed',
  'returned',
  'withdrawn',
  'cancelled',
] as const;
export type LineState = (typeof LINE_STATES)[number];

/** States that a line does not leave by itself; `failed`, `returned` and `changed` are left by a retry. */
export const TERMINAL: ReadonlySet<LineState> = new Set(['excluded', 'succeeded', 'failed', 'returned', 'withdrawn', 'cancelled']);

/** SQL: lines `l` with their release `r`, their newest sheet `a` in the batch, its proposal `b`, and that sheet's payout `p`. Nothing is counted twice and kept: a state is read where it stands. */
export const LINES_WITH_STATE = `from payout_batch_line l left join release r on r.id = l.release_id
  left join lateral (select a.*, b.round, b.approved_at from approval a join payout_batch_proposal b on b.id = a.batch_proposal_id
    where b.batch_id = l.batch_id and a.release_id = l.release_id order by b.round desc limit 1) b on l.excluded_code is null
  left join payout p on p.approval_id = b.id`;

/** SQL: a line's state. A payout that ended before the bank heard of it was none: its line has lost its signatures, or was withdrawn. */
export const LINE_STATE = `case when l.excluded_code is not null then 'excluded'
  when p.state in ('submitted', 'unknown', 'succeeded', 'returned') or (p.state = 'failed' and p.submits > 0) then p.state
  when r.stage in ('cancelled', 'refused') then 'cancelled'
  when l.freed_at is not null then 'withdrawn'
  when b.id is null then 'waiting'
  when b.voided_at is not null or p.state = 'failed' then 'changed'
  when p.state = 'reserved' then 'reserved'
  when b.approved_at is not null then 'approved'
  else 'proposed' end`;

/** SQL: whether books and bank agree about a line: a debit booked and matched, a return likewise, and none where nothing was paid. */
export const RECONCILED = `case when p.state = 'succeeded' then exists (select from bank_line k where k.payout_id = p.id and k.kind = 'payout' and k.applied_at is not null)
  when p.state = 'returned' then exists (select from bank_line k where k.payout_id = p.id and k.kind = 'return' and k.applied_at is not null)
  when p.state = 'failed' then not exists (select from bank_line k where k.end_to_end_id = p.id)
  else p.id is null end`;
