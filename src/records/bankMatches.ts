import { ulid } from 'ulid';
import { audit } from '../audit/append';
import { type Connection, row, rows, type Transaction } from '../database/connect';
import { DomainError } from '../domain/errors';
import { post, type Transfer } from '../ledger/post';
import { campaignRow } from './campaigns';
import { type ExceptionRow, exceptionRow, mustAllow } from './exceptionStanding';
import { ACT_OF_TARGET, CHANNEL_OF_TARGET, type Leg, type MatchTarget, type Target, targetOf } from './matchTargets';
import { tell } from './outbox';
import { lookAtRecall } from './recallAnswers';
import { lookAtReceipt } from './receipts';
import { beginRefund } from './refunds';
import { reopen, resolve } from './settlements';

export interface MatchRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly exception_id: string;
  readonly account_number: string;
  readonly reference: string;
  readonly sign: 'CRDT' | 'DBIT';
  readonly target: MatchTarget;
  readonly payout_id: string | null;
  readonly return_id: string | null;
  readonly credit_reference: string | null;
  readonly chargeback_id: string | null;
  readonly surplus_id: string | null;
  readonly amount_fen: bigint;
  readonly made_at: Date;
  readonly made_by: string;
  readonly undone_at: Date | null;
  readonly undone_by: string | null;
  readonly undo_reason: string | null;
}

interface Acting {
  /** `role:id` of the person. */
  readonly by: string;
  /** Business time. */
  readonly at: Date;
}

/**
 * Matches a bank line, in whole or in part, with what it is. One record a match; a line may have several, and several lines may be of one payout. A line that is
 * matched whole is explained, and its exception ends.
 * @param match.surplusId the hospital's announcement by which the machine knows it. @returns the match's id. @throws {DomainError} exception.wrong_act, exception.wrong_target, match.too_much.
 */
export async function matchLine(
  tx: Transaction,
  exceptionId: string,
  {
    target: kind,
    id: targetId,
    amountFen,
    surplusId = null,
  }: { readonly target: MatchTarget; readonly id: string; readonly amountFen: bigint; readonly surplusId?: string | null },
  { by, at }: Acting,
): Promise<string> {
  // What is matched is locked before the line, campaign first, as everywhere.
  const { tenant_id: tenantId } = await exceptionRow(tx, exceptionId);
  const target = await targetOf(tx, tenantId, kind, targetId);
  const e = await exceptionRow(tx, exceptionId, { lock: true });
  mustAllow(e, ACT_OF_TARGET[kind]);
  const line = await lockLine(tx, e);
  mustBeOfChannel(kind, line.channel);
  mustFit(target, line.open, amountFen);
  const id = ulid();
  await tx('bank_match').insert({
    id,
    tenant_id: tenantId,
    exception_id: exceptionId,
    account_number: e.account_number,
    reference: e.reference,
    sign: e.sign,
    target: kind,
    ...target.columns,
    amount_fen: amountFen.toString(),
    surplus_id: surplusId,
    made_at: at,
    made_by: by,
  });
  await post(tx, legsOf(id, tenantId, target.legs, amountFen, at), by);
  if (target.columns.return_id !== undefined)
    await tx('gift_return').where('id', target.columns.return_id).update({ status: 'returned', reference: e.reference, returned_at: at });
  await audit(tx, {
    action: 'match.made',
    subject: `match/${id}`,
    actor: by,
    tenantId,
    campaignId: target.campaignId ?? undefined,
    businessAt: at,
    data: { kind, exceptionId, targetId, amountFen },
  });
  const ended = { how: 'matched', reason: null, by, at } as const;
  if (line.open === amountFen) await resolve(tx, e, ended);
  await endTarget(tx, target, amountFen, ended);
  if (kind === 'payout-return') {
    await lookAtReceipt(tx, targetId, { by, at }, `match-${id}`);
    await lookAtRecall(tx, targetId, { by, at });
    await moneyIsBack(tx, target.campaignId!, { id, amountFen, by, at });
  }
  return id;
}

async function lockLine(tx: Transaction, e: ExceptionRow): Promise<{ readonly open: bigint; readonly channel: string | null }> {
  return (await row<{ open: bigint; channel: string | null }>(
    tx,
    'select unexplained_fen - allocated_fen as open, channel from bank_line where account_number = ? and reference = ? and sign = ? for update',
    [e.account_number, e.reference, e.sign],
  ))!;
}

/** A line that names one channel is no settlement of the other. */
function mustBeOfChannel(kind: MatchTarget, channel: string | null): void {
  if (channel === null || (kind !== 'channel' && kind !== 'channel-alipay') || CHANNEL_OF_TARGET[kind] === channel) return;
  throw new DomainError(
    'exception.wrong_target',
    { zh: '该银行行写明的是另一渠道的商户号', en: 'The line names the merchant number of the other channel' },
    { field: '/target/kind' },
  );
}

function mustFit(target: Target, lineFen: bigint, amountFen: bigint): void {
  const most = target.openFen < lineFen ? target.openFen : lineFen;
  if (amountFen > most)
    throw new DomainError(
      'match.too_much',
      {
        zh: `银行行剩余 ${lineFen} 分，匹配对象剩余 ${target.openFen} 分`,
        en: `${lineFen} fen of the line and ${target.openFen} fen of what it is matched with are open`,
      },
      { field: '/amountFen', lineFen, targetFen: target.openFen },
    );
  if (target.isWhole && amountFen !== target.openFen)
    throw new DomainError(
      'match.too_much',
      { zh: `须整笔匹配：${target.openFen} 分`, en: `It is matched in whole: ${target.openFen} fen` },
      { field: '/amountFen', targetFen: target.openFen },
    );
}

function legsOf(id: string, tenantId: string, legs: readonly Leg[], amountFen: bigint, businessAt: Date): Transfer[] {
  return legs.map(({ name, ...leg }) => ({ ...leg, key: `match/${id}/${name}`, tenantId, amountFen, subject: `match/${id}`, businessAt }));
}

/** What was matched may have an exception of its own: a credit on suspense, a chargeback, a return that is owed. */
async function endTarget(tx: Transaction, target: Target, amountFen: bigint, ended: Parameters<typeof resolve>[2]): Promise<void> {
  if (target.alsoEnds === null) return;
  if (target.openFen === amountFen) await resolve(tx, await exceptionRow(tx, target.alsoEnds, { lock: true }), ended);
}

/** SURPLUS: the campaign has the money again. One that has ended asks nobody any more: it goes back to the donors at once. */
async function moneyIsBack(
  tx: Transaction,
  campaignId: string,
  { id, amountFen, by, at }: Acting & { readonly id: string; readonly amountFen: bigint },
): Promise<void> {
  const campaign = await campaignRow(tx, campaignId);
  const { tenant_id: tenantId } = campaign;
  if (campaign.ended_at === null)
    await tell(tx, { workflow: 'campaign', tenantId, id: campaignId, notice: 'custody-credited', cause: `match-${id}` });
  else await beginRefund(tx, campaign, { cause: 'surplus', giftId: null, amountFen, actor: by, at });
  const releases = await rows<{ id: string }>(
    tx,
    `select r.id from release r join payout p on p.release_id = r.id join bank_match m on m.payout_id = p.id where m.id = ? and r.closed_at is null`,
    [id],
  );
  for (const { id: releaseId } of releases)
    await tell(tx, { workflow: 'release', tenantId, id: releaseId, notice: 'receipt-given', cause: `match-${id}` });
}

/** @throws {DomainError} object.not_found. */
async function matchRow(tx: Connection, id: string): Promise<MatchRow> {
  const found = await row<MatchRow>(tx, 'select * from bank_match where id = ?', [id]);
  if (!found) throw new DomainError('object.not_found', { zh: '没有该匹配', en: 'There is no such match' });
  return found;
}

/**
 * Undoes exactly one match: its money goes back by entries of its own, and what it had ended is open again.
 * @throws {DomainError} match.undone; match.money_gone when what it freed has gone on meanwhile.
 */
export async function undoMatch(tx: Transaction, id: string, reason: string, { by, at }: Acting): Promise<void> {
  const before = await matchRow(tx, id);
  const campaignId = await campaignOf(tx, before);
  if (campaignId !== null) await campaignRow(tx, campaignId, { lock: true });
  const m = (await row<MatchRow>(tx, 'select * from bank_match where id = ? for update', [id]))!;
  if (m.undone_at !== null) throw new DomainError('match.undone', { zh: '该匹配已撤销', en: 'The match is undone already' });
  if (campaignId !== null) await moneyMustBeThere(tx, m, campaignId);
  const legs = await rows<{ key: string; debit: string; credit: string; debit_campaign: string | null; credit_campaign: string | null }>(
    tx,
    `select t.key, d.kind as debit, d.campaign_id as debit_campaign, c.kind as credit, c.campaign_id as credit_campaign from ledger.transfer t
     join ledger.account d on d.id = t.debit_account join ledger.account c on c.id = t.credit_account where t.key = any(?)`,
    [[`match/${id}/line`, `match/${id}/campaign`, `match/${id}/apart`]] as never,
  );
  const account = (kind: string, campaign: string | null): Transfer['debit'] =>
    (campaign === null ? { kind } : { kind, campaignId: campaign }) as Transfer['debit'];
  const common = { kind: 'match-undone', tenantId: m.tenant_id, amountFen: m.amount_fen, subject: `match/${id}`, businessAt: at };
  await post(
    tx,
    legs.map((t) => ({ ...common, key: `${t.key}/undone`, debit: account(t.credit, t.credit_campaign), credit: account(t.debit, t.debit_campaign) })),
    by,
  );
  await tx('bank_match').where('id', id).update({ undone_at: at, undone_by: by, undo_reason: reason });
  if (m.surplus_id !== null) await tx('surplus_return').where('id', m.surplus_id).update({ match_id: null });
  if (m.return_id !== null) await tx('gift_return').where('id', m.return_id).update({ status: 'owed', reference: null, returned_at: null });
  await audit(tx, {
    action: 'match.undone',
    subject: `match/${id}`,
    actor: by,
    tenantId: m.tenant_id,
    campaignId: campaignId ?? undefined,
    businessAt: at,
    data: { kind: m.target, amountFen: m.amount_fen },
  });
  for (const each of await endedBy(tx, m)) await reopen(tx, each, by, at);
  if (m.target === 'payout-return') await lookAtReceipt(tx, m.payout_id!, { by, at }, `undone-${id}`);
}

async function campaignOf(tx: Transaction, m: MatchRow): Promise<string | null> {
  const found = await row<{ id: string }>(
    tx,
    'select campaign_id as id from payout where id = ? union all select campaign_id from gift_return where id = ?',
    [m.payout_id, m.return_id],
  );
  return found?.id ?? null;
}

/** What a payee gave back is undone only while it lies free at the campaign: what was asked for again, or is on its way to donors, stays. */
async function moneyMustBeThere(tx: Transaction, m: MatchRow, campaignId: string): Promise<void> {
  if (m.target !== 'payout-return') return;
  const held = await row<{ fen: bigint }>(tx, `select credits_fen - debits_fen as fen from ledger.account where campaign_id = ? and kind = 'held'`, [
    campaignId,
  ]);
  if (held!.fen >= m.amount_fen) return;
  throw new DomainError(
    'match.money_gone',
    {
      zh: '退回的款项已再次申请拨付或正在退给捐赠人，不能撤销',
      en: 'The money that came back was asked for again or is on its way to the donors; the match stands',
    },
    { heldFen: held!.fen },
  );
}

/** The exceptions that a match may have ended: its line's, and that of what it was matched with. */
async function endedBy(tx: Transaction, m: MatchRow): Promise<Pick<ExceptionRow, 'id' | 'kind' | 'tenant_id' | 'campaign_id'>[]> {
  return rows(
    tx,
    `select id, kind, tenant_id, campaign_id from money_exception where id = :line or id = :chargeback
       or (kind = 'owed-back' and subject = :owed)
       or (tenant_id = :tenant and subject = :credit) order by id for update`,
    {
      line: m.exception_id,
      chargeback: m.chargeback_id ?? '',
      owed: m.return_id ?? '',
      tenant: m.tenant_id,
      credit: m.credit_reference === null ? '' : `${m.account_number}/${m.credit_reference}/CRDT`,
    },
  );
}

/** @returns every match that is or was about an exception, in order. */
export async function matchesOf(connection: Connection, exceptionId: string) {
  const found = await rows<MatchRow>(
    connection,
    `select m.* from bank_match m join money_exception e on e.id = ? where m.exception_id = e.id or m.chargeback_id = e.id or (e.kind = 'owed-back' and m.return_id = e.subject)
       or (m.tenant_id = e.tenant_id and m.credit_reference is not null and e.subject = m.account_number || '/' || m.credit_reference || '/CRDT') order by m.id`,
    [exceptionId],
  );
  return found.map((m) => ({
    id: m.id,
    target: m.target,
    exceptionId: m.exception_id,
    payoutId: m.payout_id,
    returnId: m.return_id,
    chargebackId: m.chargeback_id,
    bankReference: m.reference,
    amountFen: m.amount_fen,
    madeAt: m.made_at.toISOString(),
    madeBy: m.made_by,
    undoneAt: m.undone_at?.toISOString() ?? null,
    undoneBy: m.undone_by,
    undoReason: m.undo_reason,
  }));
}
