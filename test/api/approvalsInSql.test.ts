import { ulid } from 'ulid';
import { row } from '../../src/database/connect';
import { aHouse, type House } from '../support/house';
import { sqlStateOf } from '../support/ledger';
import { aTenant, staffId, type Tenant } from '../support/people';
import { aReleaseInApproval, aReservedPayout, proposed, type Release, signs } from '../support/releases';
import type { Payout } from '../support/transfers';

// The same rules when somebody has the application's own rights and writes SQL past its code (reliability 32, I5, I6).
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close());

const sql = (text: string, bindings: unknown[] = []): Promise<string> => sqlStateOf(house.db.raw(text, bindings as never));

describe('signatures', () => {
  let release: Release;
  let approval: { id: string; maker_id: string; digest: string };
  beforeEach(async () => {
    release = await aReleaseInApproval(house, tenant);
    await proposed(house, tenant, release);
    approval = (await row(house.db, 'select id, maker_id, digest from approval where release_id = ?', [release.id]))!;
  });
  /** @param proof the step-up that the row names; left out: one of this checker for this digest. */
  const sign = async (makerId: string, digest: string, checkerId: string, proof?: string | null): Promise<string> =>
    sql(
      `insert into approval_signature (approval_id, maker_id, digest, checker_id, decision, signed_at, step_up_id) values (?, ?, ?, ?, 'approve', now(), ?)`,
      [approval.id, makerId, digest, checkerId, proof === undefined ? await aStepUpRow(checkerId, digest) : proof],
    );
  async function aStepUpRow(checkerId: string, digest: string): Promise<string> {
    const id = ulid();
    const session = (await row<{ id: string }>(house.db, 'select id from session where staff_id = ? limit 1', [checkerId]))!.id;
    await house.db('step_up').insert({
      id,
      token_hash: Buffer.from(id),
      session_id: session,
      staff_id: checkerId,
      act: 'approval.sign',
      digest,
      method: 'password',
      expires_at: new Date(Date.now() + 60_000),
    });
    return id;
  }

  test('the maker’s own is refused, under their name and under another maker’s', async () => {
    expect(await sign(approval.maker_id, approval.digest, approval.maker_id)).toBe('23514');
    expect(await sign(await staffId(house, tenant, 'reviewer'), approval.digest, approval.maker_id)).toBe('AL007');
    expect(await sign(await staffId(house, tenant, 'reviewer'), approval.digest, await staffId(house, tenant, 'checkerA'))).toBe('23503');
  });

  test('one for another digest than the proposal’s is refused', async () => {
    expect(await sign(approval.maker_id, 'f'.repeat(64), await staffId(house, tenant, 'checkerA'))).toBe('23503');
  });

  test('a second by the same checker is refused', async () => {
    await signs(house, tenant.sessions.checkerA, release, approval.digest);
    expect(await sign(approval.maker_id, approval.digest, await staffId(house, tenant, 'checkerA'))).toBe('23505');
  });

  test('what was proposed is never rewritten: amount, account, digest, maker, expiry', async () => {
    for (const change of [
      'net_fen = 1',
      'account_id = account_id',
      `digest = '${'f'.repeat(64)}'`,
      'maker_id = maker_id',
      "expires_at = expires_at + interval '1 year'",
      "content = '{}'",
    ]) {
      expect([change, await sql(`update approval set ${change} where id = ?`, [approval.id])]).toEqual([change, '42501']);
    }
  });

  test('one without a step-up, with another person’s, or with one for another digest is refused', async () => {
    const [a, b] = [await staffId(house, tenant, 'checkerA'), await staffId(house, tenant, 'checkerB')];
    expect(await sign(approval.maker_id, approval.digest, a, null)).toBe('23514');
    expect(await sign(approval.maker_id, approval.digest, a, await aStepUpRow(b, approval.digest))).toBe('23503');
    expect(await sign(approval.maker_id, approval.digest, a, await aStepUpRow(a, 'e'.repeat(64)))).toBe('23503');
    const spent = await aStepUpRow(a, approval.digest);
    await house.db('step_up').where('id', spent).update({ used_at: new Date() });
    expect(await sqlStateOf(house.db('step_up').where('id', spent).update({ used_at: new Date() }))).toBe('AL006');
    expect(await sqlStateOf(house.db('step_up').where('id', spent).update({ digest: approval.digest }))).toBe('42501');
  });

  test('one by a person of no such role, or of another platform, is refused', async () => {
    const other = await aTenant(house);
    expect(await sign(approval.maker_id, approval.digest, await staffId(house, tenant, 'reviewer'))).toBe('AL007');
    expect(await sign(approval.maker_id, approval.digest, await staffId(house, other, 'checkerA'))).toBe('AL007');
  });

  test('one by a second account of a human who signed, or of the maker, is refused', async () => {
    const [maker, a, b] = await Promise.all((['maker', 'checkerA', 'checkerB'] as const).map((name) => staffId(house, tenant, name)));
    const is = async (human: string, ...ids: string[]): Promise<unknown> =>
      house
        .db('staff')
        .whereIn('id', ids)
        .update({ identity_hash: Buffer.from(human) });
    await is('one', a!, b!);
    expect(await sign(approval.maker_id, approval.digest, a!)).toBe('none');
    expect(await sign(approval.maker_id, approval.digest, b!)).toBe('23505');
    await is('two', maker!, b!);
    expect(await sign(approval.maker_id, approval.digest, b!)).toBe('AL009');
    await house.db('staff').whereIn('id', [maker!, a!, b!]).update({ identity_hash: null });
  });

  test('one by a person who is tied to the campaign is refused: by a declared relation, or as its patient', async () => {
    const [a, b] = await Promise.all((['checkerA', 'checkerB'] as const).map((name) => staffId(house, tenant, name)));
    await house
      .db('staff_relation')
      .insert({ staff_id: a, campaign_id: release.campaignId, relation: '舅舅', declared_at: new Date(), declared_by: a });
    expect(await sign(approval.maker_id, approval.digest, a!)).toBe('AL008');
    await house.db.raw(
      'update staff set identity_hash = (select p.id_number_hash from campaign c join person p on p.id = c.patient_id where c.id = ?) where id = ?',
      [release.campaignId, b!],
    );
    expect(await sign(approval.maker_id, approval.digest, b!)).toBe('AL008');
    await house.db('staff').where('id', b).update({ identity_hash: null });
    for (const change of ['delete from staff_relation', "update staff_relation set relation = 'none'"]) expect(await sql(change)).toBe('42501');
  });

  test('two proposals cannot stand on one release', async () => {
    expect(
      await sql(
        `insert into approval select ?, release_id, maker_id, ?, content, evidence_version, account_id, gross_fen, fee_fen, net_fen, made_at, expires_at from approval where id = ?`,
        [ulid(), 'e'.repeat(64), approval.id],
      ),
    ).toBe('23505');
  });
});

describe('payouts', () => {
  let payout: Payout;
  beforeEach(async () => {
    payout = await aReservedPayout(house, tenant);
  });
  const to = (state: string, more = ''): Promise<string> => sql(`update payout set state = '${state}'${more} where id = ?`, [payout.payoutId]);
  const BOOKED = ', booked_at = now()';

  test.each([
    [
      'one signature is missing',
      `delete from approval_signature where ctid in (select s.ctid from approval_signature s join approval a on a.id = s.approval_id where a.release_id = ? limit 1)`,
    ],
    ['the approval is void', 'update approval set voided_at = now() where release_id = ?'],
    [
      'one of them rejects',
      `update approval_signature set decision = 'reject' where ctid in (select s.ctid from approval_signature s join approval a on a.id = s.approval_id where a.release_id = ? limit 1)`,
    ],
  ])('does not leave when %s', async (_what, change) => {
    await house.owner.raw(change, [payout.id]);
    expect(await to('submitted')).toBe('AL005');
  });

  test.each<[string, string, string]>([
    ['a signer was disabled', 'update staff set disabled_at = now() where id = :checker', 'update staff set disabled_at = null where id = :checker'],
    [
      'a signer is no checker any more',
      "update staff set role = 'reviewer' where id = :checker",
      "update staff set role = 'finance-checker' where id = :checker",
    ],
    [
      'a signer turned out to be tied to the campaign',
      "insert into staff_relation values (:checker, :campaign, '舅舅', now(), :checker)",
      'delete from staff_relation where campaign_id = :campaign',
    ],
    [
      'the approval has expired by the platform’s clock',
      "update test_clock set now = now + interval '4 days' where id = :clock",
      "update test_clock set now = now - interval '4 days' where id = :clock",
    ],
  ])('does not leave when %s', async (_what, change, undo) => {
    const names = { checker: await staffId(house, tenant, 'checkerA'), campaign: payout.campaignId, clock: tenant.clockId };
    await house.owner.raw(change, names);
    expect(await to('submitted')).toBe('AL005');
    await house.owner.raw(undo, names);
    expect(await to('submitted')).toBe('none');
  });

  test('leaves on two standing signatures', async () => {
    expect(await to('submitted')).toBe('none');
  });

  test('is never born on its way or paid: the signatures are asked for when it leaves', async () => {
    await house.owner.raw(`update payout set state = 'failed' where id = ?`, [payout.payoutId]);
    await house.owner.raw('delete from approval_signature');
    for (const [state, booked] of [
      ['submitted', 'null'],
      ['unknown', 'null'],
      ['succeeded', 'now()'],
    ]) {
      const born = await sql(
        `insert into payout (id, tenant_id, campaign_id, release_id, attempt, approval_id, account_id, gross_fen, fee_fen, net_fen, state, reserved_at, booked_at)
         select ?, tenant_id, campaign_id, release_id, 9, approval_id, account_id, gross_fen, fee_fen, net_fen, ?, now(), ${booked} from payout where id = ?`,
        [ulid(), state, payout.payoutId],
      );
      expect([state, born]).toEqual([state, 'AL004']);
    }
  });

  /** Tries an update as the application on a payout that stands in `state`, and undoes it. @returns its SQLSTATE. */
  async function inState(state: string, bookedAt: string, update: string): Promise<string> {
    const tx = await house.owner.transaction();
    await tx.raw("set local session_replication_role = 'replica'");
    await tx.raw(`update payout set state = '${state}', booked_at = ${bookedAt} where id = ?`, [payout.payoutId]);
    await tx.raw("set local session_replication_role = 'origin'");
    await tx.raw('set local role almoner_app');
    const code = await sqlStateOf(tx.raw(update, [payout.payoutId]));
    await tx.rollback();
    return code;
  }

  test('only legal edges, in every state', async () => {
    const states = ['reserved', 'submitted', 'unknown', 'succeeded', 'failed', 'returned'];
    const legal = new Set([
      'reserved submitted',
      'reserved failed',
      'submitted unknown',
      'unknown submitted',
      'submitted succeeded',
      'submitted failed',
      'unknown succeeded',
      'unknown failed',
      'succeeded returned',
    ]);
    const booked = (state: string): string => (['succeeded', 'returned'].includes(state) ? 'now()' : 'null');
    for (const from of states) {
      for (const next of states) {
        if (from === next) continue;
        const code = await inState(from, booked(from), `update payout set state = '${next}', booked_at = ${booked(next)} where id = ?`);
        expect([from, next, code]).toEqual([from, next, legal.has(`${from} ${next}`) ? 'none' : 'AL004']);
      }
    }
  });

  test('amount, account and approval never change', async () => {
    for (const change of [
      'net_fen = net_fen - 1',
      'gross_fen = gross_fen + 1',
      'fee_fen = 0',
      `account_id = (select min(id) from payee_account)`,
      `approval_id = (select min(id) from approval)`,
    ]) {
      expect([change, await sql(`update payout set ${change} where id = ?`, [payout.payoutId])]).toEqual([change, 'AL004']);
    }
  });

  test('one lives at a time, and an approval pays once', async () => {
    const another = (approvalId: string): Promise<string> =>
      sql(
        `insert into payout (id, tenant_id, campaign_id, release_id, attempt, approval_id, account_id, gross_fen, fee_fen, net_fen, reserved_at)
       select ?, tenant_id, campaign_id, release_id, 2, ${approvalId}, account_id, gross_fen, fee_fen, net_fen, now() from payout where id = ?`,
        [ulid(), payout.payoutId],
      );
    expect(await another('approval_id')).toBe('23505');
    await to('submitted');
    await to('failed');
    expect(await another('approval_id')).toBe('23505');
  });

  test('paid is what the bank booked, and nothing else', async () => {
    await to('submitted');
    expect(await to('succeeded')).toBe('23514');
    expect(await to('failed', BOOKED)).toBe('23514');
  });
});
