import { createHash } from 'node:crypto';
import { changeStaff } from '../../access/administration';
import { makeApproval, signApproval } from '../../api/routes/approvals';
import { requestRelease } from '../../api/routes/releaseRequests';
import { inTransaction, row, rows } from '../../database/connect';
import { campaignRow, evidenceChanged } from '../../records/campaigns';
import { fileAccount } from '../../records/payeeAccounts';
import { askForRefund, decideRefund, giftRow } from '../../records/refundRequests';
import { liftHold, placeHold } from '../../records/releases';
import { stopCampaign } from '../../records/stops';
import type { Person } from '../house';
import type { Random } from '../random';
import { nextId } from '../seededIds';
import type { World } from '../world';
import { preparePayout, releasesOf } from './conduct';
import type { Operation } from './operation';

const done = ({ kind }: { readonly kind: string }): boolean => kind === 'done';

/** A maker proposes; earlier signatures are void from here on. */
export async function propose(world: World, releaseId: string, maker: Person): Promise<string> {
  const called = await world.call('propose', () => inTransaction(world.db, (tx) => makeApproval(tx, releaseId, maker.actor)));
  if (done(called)) world.people.happenings.push({ kind: 'proposed', releaseId, step: world.step });
  return called.kind;
}

/** Somebody reads what is to be signed. It may be signed at any later time. */
export async function readSheet(world: World, releaseId: string): Promise<World['sheets'][number] | null> {
  const a = await row<{ digest: string; net_fen: bigint; number_enc: Buffer; wrapped_key: Buffer; maker_id: string; expires_at: Date }>(
    world.db,
    `select a.digest, a.net_fen, p.number_enc, k.wrapped_key, a.maker_id, a.expires_at from approval a join payee_account p on p.id = a.account_id
     join campaign c on c.id = p.campaign_id join person k on k.id = c.patient_id where a.release_id = ? and a.voided_at is null`,
    [releaseId],
  );
  if (!a) return null;
  const sheet = {
    releaseId,
    digest: a.digest,
    netFen: a.net_fen,
    accountNumber: world.personalData.personKey(a.wrapped_key).open(a.number_enc, 'payee-account.number'),
    makerHuman: world.house.makers.find(({ actor }) => actor.id === a.maker_id)!.human,
    expiresAtMs: a.expires_at.getTime(),
  };
  world.sheets.push(sheet);
  return sheet;
}

/** Somebody signs what they read. What must be refused and is not is wrong at once. */
export async function sign(world: World, checker: Person, sheet: World['sheets'][number], decision: 'approve' | 'reject'): Promise<string> {
  const { db, people, step } = world;
  // Whoever left has no log-in any more.
  if (await row(db, 'select 1 from staff where id = ? and disabled_at is not null', [checker.actor.id])) return 'has left';
  const token = nextId();
  const { id } = checker.actor;
  await db('step_up').insert({
    id: token,
    token_hash: createHash('sha256').update(token).digest(),
    session_id: id,
    staff_id: id,
    act: 'approval.sign',
    digest: sheet.digest,
    method: 'password',
    expires_at: new Date('2099-01-01'),
  });
  const signing = { digest: sheet.digest, decision, stepUp: token };
  const called = await world.call('sign', () => inTransaction(db, (tx) => signApproval(tx, sheet.releaseId, checker.actor, signing)));
  // Who saw no answer meant what they signed all the same.
  if (called.kind !== 'done' && called.kind !== 'died') return called.kind;
  const { human } = checker;
  if (done(called) && human === sheet.makerHuman) world.wrong(`${human} proposed and signed`);
  if (
    done(called) &&
    people.votes.some((v) => v.digest === sheet.digest && v.human === human && v.answered && !people.proposedSince(v.releaseId, v.step))
  )
    world.wrong(`${human} signed the same sheet twice`);
  people.votes.push({ ...sheet, human, decision, step, answered: done(called) });
  return called.kind;
}

/** The reviewer accepts the account that the bank has confirmed. */
export async function acceptAccounts(world: World): Promise<number> {
  return world
    .db('payee_account')
    .whereIn('campaign_id', [...world.house.campaigns])
    .where('name_check', 'match')
    .whereNull('accepted_at')
    .whereNull('superseded_at')
    .update({ accepted_by: world.house.reviewer.actor.id, accepted_at: new Date(world.nowMs) });
}

/** A payment that failed or came back is made again to another account. */
export async function fileAnother(world: World, campaignId: string): Promise<string | null> {
  const { db, personalData, house } = world;
  const called = await world.call('fileAccount', () =>
    inTransaction(db, async (tx) => {
      const campaign = await campaignRow(tx, campaignId, { lock: true });
      const live = await row(tx, `select 1 from payout where campaign_id = ? and state in ('reserved', 'submitted', 'unknown')`, [campaignId]);
      if (live || campaign.ended_at) return false;
      const at = new Date(world.nowMs);
      await fileAccount(tx, personalData, campaign, { number: `61${nextId()}`, name: house.payeeName, bankCode: '105100000017' }, 'platform', at);
      await evidenceChanged(tx, campaignId, at, "the payee's account changed");
      return true;
    }),
  );
  if (called.kind !== 'done' || !called.value) return called.kind === 'done' ? null : `another account ${called.kind}`;
  world.people.happenings.push({ kind: 'evidence', campaignId, step: world.step });
  return 'another account is filed';
}

async function hold(world: World, campaignId: string, placed: boolean): Promise<string> {
  const at = new Date(world.nowMs);
  const called = await world.call('hold', () =>
    inTransaction(world.db, async (tx) => {
      await campaignRow(tx, campaignId, { lock: true });
      if (!placed) return liftHold(tx, { campaignId, rule: 'COMPLAINT', by: 'operator', at });
      return placeHold(tx, { id: nextId(), campaignId, releaseId: null, rule: 'COMPLAINT', reason: 'simulated', at });
    }),
  );
  if (placed ? called.kind === 'done' && called.value : called.kind !== 'refused')
    world.people.happenings.push({ kind: placed ? 'held' : 'freed', campaignId, step: world.step });
  return `${placed ? 'held' : 'freed'} ${called.kind}`;
}

/** Lifts every hold and takes every dismissal back: for the end of a seed. */
export async function freeEverything(world: World): Promise<void> {
  for (const id of world.house.campaigns) await hold(world, id, false);
  for (const human of new Set(world.house.checkers.map((c) => c.human))) await stand(world, human, true);
}

/** Somebody leaves the platform, or comes back to it: all their log-ins. */
async function stand(world: World, human: string, stays: boolean): Promise<string> {
  const { checkers, administrator } = world.house;
  const called = await world.call('change staff', () =>
    inTransaction(world.db, async (tx) => {
      for (const { actor } of checkers.filter((c) => c.human === human && c.actor.name !== 'maker-as-checker'))
        await changeStaff(tx, administrator.actor, actor.id, { disabled: !stays });
    }),
  );
  if (stays ? called.kind !== 'refused' : done(called))
    world.people.happenings.push({ kind: stays ? 'rehired' : 'dismissed', human, step: world.step });
  return called.kind;
}

/** Asks for a part of the free money, or all of it. */
async function request(world: World, random: Random): Promise<string | null> {
  const { db, house } = world;
  const campaignId = random.pick(house.campaigns);
  const called = await world.call('requestRelease', () =>
    inTransaction(db, async (tx) => {
      const campaign = await campaignRow(tx, campaignId, { lock: true });
      const held = await row<{ fen: bigint }>(
        tx,
        `select credits_fen - debits_fen as fen from ledger.account where campaign_id = ? and kind = 'held'`,
        [campaignId],
      );
      const amountFen = held!.fen / BigInt(random.pick([1, 1, 2, 3]));
      if (amountFen < 100n) return false;
      const batches = random.chance(0.25)
        ? [
            { basisPoints: 3_333, purpose: 'one' },
            { basisPoints: 3_333, purpose: 'two' },
            { basisPoints: 3_334, purpose: 'three' },
          ]
        : undefined;
      const mode = batches ? ('batched' as const) : ('single' as const);
      await requestRelease(tx, campaign, 'platform', { mode, amountFen, feeVersion: 1, urgent: random.chance(0.3), purpose: 'treatment', batches });
      return true;
    }),
  );
  return called.kind === 'done' && !called.value ? null : `request a release: ${called.kind}`;
}

/** What people decide. */
export const DECIDING: Readonly<Record<string, Operation>> = {
  request,
  review: async (world, random) => {
    const open = (await releasesOf(world)).filter((r) => r.stage === 'review' && r.review === null);
    if (open.length === 0) return null;
    const { id } = random.pick(open);
    const review = random.chance(0.9) ? 'approve' : 'refuse';
    const at = new Date(world.nowMs);
    await world
      .db('release')
      .where({ id, stage: 'review' })
      .update({ review, reviewed_by: world.house.reviewer.actor.id, reviewed_at: at, review_reason: 'simulated' });
    return `review: ${review}`;
  },
  acceptAccount: async (world) => ((await acceptAccounts(world)) > 0 ? 'account accepted' : null),
  propose: async (world, random) => {
    const open = (await releasesOf(world)).filter((r) => r.stage === 'approval');
    return open.length === 0 ? null : `propose ${await propose(world, random.pick(open).id, random.pick(world.house.makers))}`;
  },
  /** The proper way: read and signed by two at once. */
  signBoth: async (world, random) => {
    const open = (await releasesOf(world)).filter((r) => r.stage === 'approval');
    if (open.length === 0) return null;
    const sheet = await readSheet(world, random.pick(open).id);
    if (sheet === null) return null;
    const told: string[] = [];
    for (const checker of random.shuffled(world.house.checkers.slice(0, 3)).slice(0, 2)) told.push(await sign(world, checker, sheet, 'approve'));
    return `both sign: ${told.join(' ')}`;
  },
  signSome: async (world, random) => {
    const open = (await releasesOf(world)).filter((r) => r.stage === 'approval');
    const fresh = open.length > 0 && random.chance(0.6) ? await readSheet(world, random.pick(open).id) : null;
    const sheet = fresh ?? (world.sheets.length > 0 ? random.pick(world.sheets) : null);
    if (sheet === null) return null;
    const checker = random.pick(world.house.checkers);
    return `${checker.actor.name} signs: ${await sign(world, checker, sheet, random.chance(0.9) ? 'approve' : 'reject')}`;
  },
  /** One or two sign, and the payment is asked for at once. */
  hurry: async (world, random) => {
    const open = (await releasesOf(world)).filter((r) => r.stage === 'approval');
    if (open.length === 0) return null;
    const r = random.pick(open);
    await propose(world, r.id, random.pick(world.house.makers));
    const sheet = await readSheet(world, r.id);
    if (sheet === null) return null;
    const told: string[] = [];
    for (const checker of random.shuffled(world.house.checkers).slice(0, random.pick([1, 2, 2, 3])))
      told.push(`${checker.actor.name} ${await sign(world, checker, sheet, random.chance(0.9) ? 'approve' : 'reject')}`);
    return `hurry: ${told.join(', ')}, ${(await preparePayout(world, r)) ?? 'nothing'}`;
  },
  evidence: async (world, random) => {
    const campaignId = random.pick(world.house.campaigns);
    const called = await world.call('evidence', () =>
      inTransaction(world.db, async (tx) => {
        await campaignRow(tx, campaignId, { lock: true });
        await evidenceChanged(tx, campaignId, new Date(world.nowMs), 'evidence was added');
      }),
    );
    if (done(called)) world.people.happenings.push({ kind: 'evidence', campaignId, step: world.step });
    return `evidence ${called.kind}`;
  },
  fileAccount: async (world, random) => {
    const wanting = (await releasesOf(world)).filter((r) => r.stage === 'correction').map((r) => r.campaign_id);
    return fileAnother(world, wanting.length > 0 ? random.pick(wanting) : random.pick(world.house.campaigns));
  },
  hold: async (world, random) => {
    const campaignId = random.pick(world.house.campaigns);
    return hold(world, campaignId, !world.people.stands('held', 'freed', campaignId, world.step + 1));
  },
  dismiss: async (world, random) => {
    const { human } = random.pick(world.house.checkers.slice(0, 3));
    const gone = world.people.stands('dismissed', 'rehired', human, world.step + 1);
    return `${human} ${gone ? 'comes back' : 'leaves'}: ${await stand(world, human, gone)}`;
  },
  close: async (world, random) => {
    const campaignId = random.pick(world.house.campaigns);
    const called = await world.call('closeRaise', ({ campaigns }) => campaigns.database.closeRaise(campaignId, world.nowMs, 'sponsor'));
    return `closed by the sponsor: ${called.kind}`;
  },
  askBack: async (world, random) => {
    const gifts = await rows<{ id: string }>(
      world.db,
      `select id from gift where tenant_id = ? and status = 'paid' and credited_fen > 0 order by id`,
      [world.house.tenantId],
    );
    if (gifts.length === 0) return null;
    const { id } = random.pick(gifts);
    const at = new Date(world.nowMs);
    const reasonEnc = world.personalData.sealForHouse('simulated', 'refund-request.reason');
    const { reviewer } = world.house;
    const called = await world.call('refund request', () =>
      inTransaction(world.db, async (tx) => {
        const gift = await giftRow(tx, id);
        const requestId = await askForRefund(tx, gift, { reasonEnc, through: 'platform', actor: 'platform', at });
        const campaign = await campaignRow(tx, gift.campaign_id, { lock: true });
        await decideRefund(tx, campaign, requestId, {
          grant: random.chance(0.9),
          reply: 'simulated',
          staffId: reviewer.actor.id,
          actor: 'reviewer',
          at,
        });
      }),
    );
    return `a donor asks back: ${called.kind}`;
  },
  stop: async (world, random) => {
    const campaignId = random.pick(world.house.campaigns);
    const at = new Date(world.nowMs);
    const called = await world.call('stop', () =>
      inTransaction(world.db, async (tx) => {
        const campaign = await campaignRow(tx, campaignId, { lock: true });
        if (campaign.phase !== 'release' && campaign.phase !== 'refunding') return false;
        await stopCampaign(tx, campaign, { rule: 'COMPLAINT', cause: nextId(), actor: 'operator', at });
        return true;
      }),
    );
    return called.kind === 'done' && !called.value ? null : `stopped: ${called.kind}`;
  },
  surplus: async (world, random) => {
    const campaignId = random.pick(world.house.campaigns);
    const changed = await world
      .db('campaign')
      .where({ id: campaignId, phase: 'release' })
      .whereNull('surplus_declared_at')
      .update({ surplus_declared_at: new Date(world.nowMs), surplus_reason: 'simulated' });
    return changed === 1 ? 'surplus declared' : null;
  },
};
