import { ulid } from 'ulid';
import { row, rows } from '../../src/database/connect';
import { controlSum } from '../../src/domain/payoutBatch';
import { ACCOUNT, accountAccepted } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aColleague, aTenant, later, nowMs, passwordOf, staffId, type Tenant } from '../support/people';
import {
  aBatchOf,
  type Batch,
  batchOf,
  cancelled,
  csvOf,
  declared,
  given,
  lineOf,
  lines,
  proposedBatch,
  retried,
  signsBatch,
  signedBatch,
} from '../support/payoutBatches';
import { aReleaseInApproval, preparePayout, proposed, type Release, rowCounts, signs } from '../support/releases';
import { debitNotified, pursue } from '../support/transfers';

// Payout batches (付款批次): declared, filled, proposed by one, signed by two others, paid line by line.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterEach(async () => {
  await house.owner('payout_limit').delete();
  await house.owner('staff').whereNotNull('disabled_at').update({ disabled_at: null });
});
afterAll(() => house.close());

const releases = async (n: number): Promise<Release[]> => {
  const all: Release[] = [];
  for (let i = 0; i < n; i += 1) all.push(await aReleaseInApproval(house, tenant, [1_000_000n]));
  return all;
};
const codes = (answer: Answer<{ leftOut?: { lineId: string; excluded: { code: string } }[] }>): Record<string, string> =>
  Object.fromEntries(answer.body.leftOut!.map((line) => [line.lineId, line.excluded.code]));

test('declared, filled, proposed, signed by two: each line is paid under its own payout, and the batch is over when bank and books agree', async () => {
  const three = await releases(3);
  const batch = await aBatchOf(house, tenant, three);
  expect(batch).toMatchObject({ state: 'draft', lines: { waiting: { count: 3, grossFen: '3000000' } } });
  const made = await proposedBatch(house, tenant, batch.id);
  expect(made.body).toMatchObject({
    state: 'proposed',
    proposal: { count: 3, grossFen: '3000000', feeFen: '108000', netFen: '2892000', checkersNeeded: 2 },
  });
  const { digest } = made.body.proposal!;
  expect((await signsBatch(house, tenant.sessions.checkerA, batch.id, digest)).status).toBe(201);
  for (const release of three) expect(await preparePayout(house, tenant, release)).toBeNull();
  expect(await signsBatch(house, tenant.sessions.checkerB, batch.id, digest)).toMatchObject({
    status: 201,
    body: { state: 'approved', lines: { approved: { count: 3 } } },
  });
  expect(
    await rows(house.db, `select subject_id as id from outbox where workflow_type = 'payoutBatch' and notice = 'approved' and tenant_id = ?`, [
      tenant.id,
    ]),
  ).toContainEqual({
    id: batch.id,
  });
  for (const release of three) {
    const payoutId = (await preparePayout(house, tenant, release))!;
    expect(await pursue(house, tenant, payoutId)).toBe('succeeded');
    expect(await batchOf(house, tenant, batch.id)).toMatchObject({ reconciled: false });
    await debitNotified(house, tenant, { ...release, payoutId });
  }
  expect(await batchOf(house, tenant, batch.id)).toMatchObject({
    terminal: true,
    reconciled: true,
    lines: { succeeded: { count: 3, grossFen: '3000000', netFen: '2892000' } },
  });
  // Every payout rests on its own sheet with two signatures, and these on the batch's, which carry the step-ups.
  const resting = await rows<{ n: number }>(
    house.db,
    `select count(*)::int as n from payout p join approval_signature s on s.approval_id = p.approval_id join payout_batch_signature b on b.id = s.batch_signature_id
       join step_up u on u.id = b.step_up_id and u.used_at is not null where p.release_id = any(?)`,
    [three.map((r) => r.id)] as never,
  );
  expect(resting).toEqual([{ n: 6 }]);
  expect(await rows(house.db, `select action from audit.event where subject = ? order by seq`, [`payout-batch/${batch.id}`])).toEqual(
    ['batch.declared', 'batch.lines_given', 'batch.proposed', 'batch.signed', 'batch.signed'].map((action) => ({ action })),
  );
});

test('lines are told apart by their ids; each left-out one says why, in the reader’s language and by rule', async () => {
  const [one, two, held, unaccepted, alone] = await releases(5);
  await house.db('hold').insert({ id: ulid(), campaign_id: held!.campaignId, rule: 'COMPLAINT', reason: 'x', placed_at: new Date() });
  await house.ask('PUT', `/v1/campaigns/${unaccepted!.campaignId}/payee-account`, {
    as: tenant.platformKey,
    body: { ...ACCOUNT, number: '6217007777777777' },
  });
  await signs(house, tenant.sessions.checkerA, alone!, await proposed(house, tenant, alone!));
  const other = await aReleaseInApproval(house, await aTenant(house));
  const batch = await declared(house, tenant, [lineOf(one!, 'a'), lineOf(two!, 'b')]);
  const answer = await given(house, tenant, batch.body.id, [
    lineOf(one!, 'a'),
    lineOf(one!, 'a'),
    lineOf(one!, 'c'),
    lineOf(two!, 'b'),
    { ...lineOf(two!, 'd'), amountFen: '999999' },
    lineOf(held!, 'e'),
    lineOf(unaccepted!, 'f'),
    lineOf(alone!, 'g'),
    lineOf(other, 'h'),
    { lineId: 'i', releaseId: ulid(), amountFen: '1' },
  ]);
  expect(answer).toMatchObject({ status: 201, body: { included: 2, excluded: 8 } });
  expect(codes(answer)).toEqual({
    a: 'duplicate_line_id',
    c: 'same_release',
    d: 'same_release',
    e: 'held',
    f: 'no_account',
    g: 'signed_alone',
    h: 'no_such_release',
    i: 'no_such_release',
  });
  expect(answer.body.leftOut.find((line) => line.lineId === 'e')!.excluded).toEqual({
    code: 'held',
    zh: '该活动的拨付被冻结：COMPLAINT',
    en: 'Payouts of its campaign are held by COMPLAINT',
    rules: ['COMPLAINT'],
  });
  // The same content under another id is another line: it is left out for its release alone. The right amount is what the release comes to.
  const again = await given(house, tenant, (await declared(house, tenant, [lineOf(one!, 'z')])).body.id, [
    { ...lineOf(held!, 'x'), amountFen: '5' },
    lineOf(one!, 'y'),
  ]);
  expect(codes(again)).toEqual({ x: 'held', y: 'in_another_batch' });
  expect((await proposedBatch(house, tenant, batch.body.id)).status).toBe(201);
});

test('a batch that is not what was declared is not proposed: the problem says which figure differs and by how much', async () => {
  const two = await releases(2);
  const said = two.map((r, i) => lineOf(r, `l${i}`));
  const batch = await declared(house, tenant, [...said, { lineId: 'x', releaseId: ulid(), amountFen: '7' }]);
  await given(house, tenant, batch.body.id, said);
  const before = await rowCounts(house);
  const refused = await proposedBatch(house, tenant, batch.body.id);
  expect(refused).toMatchObject({ status: 422, body: { code: 'batch.does_not_agree', field: '/count' } });
  const { differs } = (refused.body as unknown as { facts: { differs: { name: string; difference: string }[] } }).facts;
  expect(differs.map((d) => [d.name, d.difference]).slice(0, 2)).toEqual([
    ['count', '-1'],
    ['totalFen', '-7'],
  ]);
  expect(await rowCounts(house)).toEqual(before);
  // Two amounts that changed places agree in count and total: the control sum finds it.
  const swapped = controlSum([
    { releaseId: '0000000000000000000000ABCD', amountFen: 1n },
    { releaseId: '0000000000000000000000EFGH', amountFen: 2n },
  ]);
  expect(swapped).not.toBe(
    controlSum([
      { releaseId: '0000000000000000000000ABCD', amountFen: 2n },
      { releaseId: '0000000000000000000000EFGH', amountFen: 1n },
    ]),
  );
  await cancelled(house, tenant, batch.body.id);
});

test('two makers put one release into two batches at once: one has it, the other’s line says why not', async () => {
  const [release] = await releases(1);
  const second = await aColleague(house, tenant, 'finance-maker');
  const made = await Promise.all([tenant.sessions.maker, second.session].map((as) => declared(house, tenant, [lineOf(release!, 'one')], { as })));
  const answers = await Promise.all(
    [tenant.sessions.maker, second.session].map((as, i) => given(house, tenant, made[i]!.body.id, [lineOf(release!, 'one')], { as })),
  );
  expect(answers.map((a) => a.body.included).sort()).toEqual([0, 1]);
  const loser = answers.find((a) => a.body.included === 0)!;
  expect(codes(loser)).toEqual({ one: 'in_another_batch' });
  // Nor is it made or checked by itself meanwhile.
  expect(await house.ask('POST', `/v1/releases/${release!.id}/approval`, { as: tenant.sessions.maker })).toMatchObject({
    status: 409,
    body: { code: 'release.in_batch' },
  });
  for (const [i, as] of [tenant.sessions.maker, second.session].entries()) await cancelled(house, tenant, made[i]!.body.id, as);
  expect((await house.ask('POST', `/v1/releases/${release!.id}/approval`, { as: tenant.sessions.maker })).status).toBe(201);
});

describe('a proposed batch', () => {
  let two: Release[];
  let batch: Batch;
  let digest: string;
  beforeEach(async () => {
    two = await releases(2);
    batch = await aBatchOf(house, tenant, two);
    digest = (await proposedBatch(house, tenant, batch.id)).body.proposal!.digest;
  });

  test('the maker does not sign, nobody signs twice, two accounts of one human count once, and a related checker does not sign', async () => {
    const { checkerA, checkerB, maker } = tenant.sessions;
    expect((await signsBatch(house, maker, batch.id, digest)).status).toBe(403);
    const makerId = await staffId(house, tenant, 'maker');
    await house.owner('staff').where('id', makerId).update({ role: 'finance-checker' });
    expect(await signsBatch(house, maker, batch.id, digest)).toMatchObject({ status: 403, body: { code: 'release.maker_is_checker' } });
    await house.owner('staff').where('id', makerId).update({ role: 'finance-maker' });
    const ids = [await staffId(house, tenant, 'checkerA'), await staffId(house, tenant, 'checkerB')];
    await house
      .db('staff')
      .whereIn('id', ids)
      .update({ identity_hash: Buffer.from('one human') });
    expect((await signsBatch(house, checkerA, batch.id, digest)).status).toBe(201);
    expect(await signsBatch(house, checkerA, batch.id, digest)).toMatchObject({ status: 409, body: { code: 'release.already_signed' } });
    expect(await signsBatch(house, checkerB, batch.id, digest)).toMatchObject({ status: 409, body: { code: 'release.already_signed' } });
    await house.db('staff').whereIn('id', ids).update({ identity_hash: null });
    const third = await aColleague(house, tenant, 'finance-checker');
    await house
      .db('staff_relation')
      .insert({ staff_id: third.id, campaign_id: two[1]!.campaignId, relation: 'kin', declared_at: new Date(), declared_by: third.id });
    expect(await signsBatch(house, third.session, batch.id, digest)).toMatchObject({
      status: 403,
      body: { code: 'release.related_party', facts: { lines: ['line-1'] } },
    });
    expect(await batchOf(house, tenant, batch.id)).toMatchObject({ state: 'proposed' });
  });

  test('a step-up is for this digest and this act, once', async () => {
    const as = tenant.sessions.checkerA;
    const shown = await house.ask<{ stepUp: string }>('POST', '/v1/step-ups', {
      as,
      body: { act: 'approval.sign', digest, password: passwordOf(as) },
    });
    const body = { digest, decision: 'approve', stepUp: shown.body.stepUp };
    expect(await house.ask('POST', `/v1/payout-batches/${batch.id}/signatures`, { as, key: aKey(), body })).toMatchObject({
      status: 403,
      body: { code: 'auth.step_up_required' },
    });
  });

  test('one line changes: what was signed is void, nothing of the batch is paid, the maker proposes anew', async () => {
    await signsBatch(house, tenant.sessions.checkerA, batch.id, digest);
    await house.ask('PUT', `/v1/campaigns/${two[0]!.campaignId}/payee-account`, {
      as: tenant.platformKey,
      body: { ...ACCOUNT, number: '6217009999999999' },
    });
    expect(await batchOf(house, tenant, batch.id)).toMatchObject({
      proposal: { changedLines: 1 },
      lines: { changed: { count: 1 }, proposed: { count: 1 } },
    });
    expect(await signsBatch(house, tenant.sessions.checkerB, batch.id, digest)).toMatchObject({
      status: 409,
      body: { code: 'batch.digest_changed', field: '/digest', facts: { changed: ['line-0'] } },
    });
    for (const release of two) expect(await preparePayout(house, tenant, release)).toBeNull();
    expect(await proposedBatch(house, tenant, batch.id)).toMatchObject({ status: 409, body: { code: 'batch.lines_not_payable', rules: ['PAYEE'] } });
    await accountAccepted(house, tenant, two[0]!.campaignId, two[0]!.id);
    const anew = (await proposedBatch(house, tenant, batch.id)).body.proposal!;
    expect(anew).toMatchObject({ round: 2, signatures: [], changedLines: 0 });
    expect(await signsBatch(house, tenant.sessions.checkerB, batch.id, digest)).toMatchObject({
      status: 409,
      body: { code: 'batch.digest_changed' },
    });
    await signedBatch(house, tenant, batch.id, anew.digest);
    for (const release of two) expect(await preparePayout(house, tenant, release)).not.toBeNull();
  });

  test('the account changes while the second checker signs: one is first, and nothing unsigned is paid', async () => {
    await signsBatch(house, tenant.sessions.checkerA, batch.id, digest);
    const [signed, changed] = await Promise.all([
      signsBatch(house, tenant.sessions.checkerB, batch.id, digest),
      house.ask('PUT', `/v1/campaigns/${two[0]!.campaignId}/payee-account`, {
        as: tenant.platformKey,
        body: { ...ACCOUNT, number: '6217008888888888' },
      }),
    ]);
    expect(changed.status).toBe(200);
    expect([201, 409]).toContain(signed.status);
    expect(await preparePayout(house, tenant, two[0]!)).toBeNull();
  });

  test('one checker rejects: all sheets are void, and the releases may go another way', async () => {
    await signsBatch(house, tenant.sessions.checkerA, batch.id, digest);
    expect(await signsBatch(house, tenant.sessions.checkerB, batch.id, digest, 'reject')).toMatchObject({
      status: 201,
      body: { state: 'rejected', terminal: true },
    });
    for (const release of two) expect(await preparePayout(house, tenant, release)).toBeNull();
    await proposed(house, tenant, two[0]!);
  });

  test('proposed and signed twice at once, by the same key and by others: once', async () => {
    const as = tenant.sessions.checkerA;
    const shown = await house.ask<{ stepUp: string }>('POST', '/v1/step-ups', { as, body: { act: 'batch.sign', digest, password: passwordOf(as) } });
    const sign = (key: string): Promise<Answer> =>
      house.ask('POST', `/v1/payout-batches/${batch.id}/signatures`, { as, key, body: { digest, decision: 'approve', stepUp: shown.body.stepUp } });
    const key = aKey();
    const answers = await Promise.all([sign(key), sign(key), sign(aKey())]);
    expect(answers.filter((a) => a.status === 201).length).toBeGreaterThanOrEqual(1);
    const signed = await rows(house.db, 'select checker_id from payout_batch_signature where digest = ?', [digest]);
    expect(signed).toHaveLength(1);
    const sheets = await rows(
      house.db,
      `select s.approval_id from approval_signature s join approval a on a.id = s.approval_id where a.release_id = any(?) and a.voided_at is null`,
      [two.map((r) => r.id)] as never,
    );
    expect(sheets).toHaveLength(2);
  });

  test('above the platform’s rolling limit a third checker signs', async () => {
    await signsBatch(house, tenant.sessions.checkerA, batch.id, digest);
    await house.owner('payout_limit').insert({ tenant_id: tenant.id, day_fen: 1_000_000, set_by: 'test' });
    expect(await signsBatch(house, tenant.sessions.checkerB, batch.id, digest)).toMatchObject({
      status: 201,
      body: { state: 'proposed', proposal: { checkersNeeded: 3 } },
    });
    for (const release of two) expect(await preparePayout(house, tenant, release)).toBeNull();
    const third = await aColleague(house, tenant, 'finance-checker');
    expect(await signsBatch(house, third.session, batch.id, digest)).toMatchObject({ status: 201, body: { state: 'approved' } });
    for (const release of two) expect(await preparePayout(house, tenant, release)).not.toBeNull();
  });

  test('cancelled in the middle: what the bank has not heard of is withdrawn, what it has goes its way', async () => {
    await signedBatch(house, tenant, batch.id, digest);
    const sent = (await preparePayout(house, tenant, two[0]!))!;
    const unsent = (await preparePayout(house, tenant, two[1]!))!;
    expect(await pursue(house, tenant, sent)).toBe('succeeded');
    expect(await cancelled(house, tenant, batch.id)).toMatchObject({
      status: 200,
      body: { state: 'cancelled', withdrawn: 1, lines: { succeeded: { count: 1 }, withdrawn: { count: 1 } } },
    });
    expect(await pursue(house, tenant, unsent)).toBe('failed');
    expect(house.bank.received.map((order) => order.payoutId)).not.toContain(unsent);
    expect(await cancelled(house, tenant, batch.id)).toMatchObject({ status: 409, body: { code: 'batch.wrong_state' } });
    await debitNotified(house, tenant, { ...two[0]!, payoutId: sent });
    expect(await batchOf(house, tenant, batch.id)).toMatchObject({ terminal: true, reconciled: true });
    // The withdrawn release is paid by itself.
    await proposed(house, tenant, two[1]!);
  });

  test('one line fails at the bank, one is unknown: the others are paid, and only what has failed is tried again, under another payout', async () => {
    await signedBatch(house, tenant, batch.id, digest);
    const [failing, unknown] = [(await preparePayout(house, tenant, two[0]!))!, (await preparePayout(house, tenant, two[1]!))!];
    house.bank.submitScript.push(() => ({ kind: 'REJECTED', code: 'AC04', text: '收款账户已销户', final: true }));
    expect(await pursue(house, tenant, failing)).toBe('failed');
    house.bank.submitScript.push((_order, book) => {
      book();
      return { kind: 'UNKNOWN', reason: 'timeout' };
    });
    expect(await pursue(house, tenant, unknown)).toBe('unknown');
    expect(await batchOf(house, tenant, batch.id)).toMatchObject({ terminal: false, lines: { failed: { count: 1 }, unknown: { count: 1 } } });
    const early = await retried(house, tenant, batch.id);
    expect(early).toMatchObject({
      status: 409,
      body: { code: 'batch.nothing_to_retry', facts: { lines: [{ lineId: 'line-0', reason: { code: 'wrong_stage' } }] } },
    });
    // The workflow moves the release on; a corrected account is filed and accepted.
    await house.releases.database.beginCorrection(two[0]!.id, await nowMs(house, tenant));
    await house.ask('PUT', `/v1/campaigns/${two[0]!.campaignId}/payee-account`, {
      as: tenant.platformKey,
      body: { ...ACCOUNT, number: '6217006666666666' },
    });
    await accountAccepted(house, tenant, two[0]!.campaignId, two[0]!.id);
    await house.releases.database.beginApproval(two[0]!.id, await nowMs(house, tenant));
    const again = await retried(house, tenant, batch.id);
    expect(again).toMatchObject({
      status: 201,
      body: { state: 'proposed', proposal: { round: 2, count: 1 }, lines: { unknown: { count: 1 }, proposed: { count: 1 } } },
    });
    await signedBatch(house, tenant, batch.id, again.body.proposal!.digest);
    const second = (await preparePayout(house, tenant, two[0]!))!;
    expect(second).not.toBe(failing);
    expect(await pursue(house, tenant, second)).toBe('succeeded');
    expect(await pursue(house, tenant, unknown)).toBe('succeeded');
    for (const [i, payoutId] of [second, unknown].entries()) await debitNotified(house, tenant, { ...two[i]!, payoutId });
    expect(await batchOf(house, tenant, batch.id)).toMatchObject({ terminal: true, reconciled: true, lines: { succeeded: { count: 2 } } });
    expect(await row(house.db, 'select count(*)::int as n from payout where release_id = ?', [two[0]!.id])).toEqual({ n: 2 });
  });

  test('a proposal that expired is signed by nobody', async () => {
    await later(house, tenant, 72 * 3_600_000);
    expect(await signsBatch(house, tenant.sessions.checkerA, batch.id, digest)).toMatchObject({
      status: 409,
      body: { code: 'batch.digest_changed' },
    });
  });
});

test('an emergency is promised within six hours and comes first; all that is payable goes in by one word', async () => {
  const fresh = await aTenant(house);
  const two = [await aReleaseInApproval(house, fresh), await aReleaseInApproval(house, fresh)];
  await declared(house, fresh, [lineOf(two[0]!, 'x')]);
  const figures = await house.ask<{ count: number; totalFen: string; controlSum: string }>('GET', '/v1/payable-releases', {
    as: fresh.sessions.maker,
  });
  expect(figures.body).toMatchObject({ count: 2, totalFen: '2000000' });
  const { count, totalFen, controlSum: sum } = figures.body;
  const body = { count, totalFen, controlSum: sum, emergency: { reason: 'ICU 手术在即' } };
  const made = await house.ask<Batch>('POST', '/v1/payout-batches', { as: fresh.sessions.maker, key: aKey(), body });
  expect(made.status).toBe(201);
  expect(new Date(made.body.emergency!.promisedBy).getTime() - new Date(made.body.declaredAt).getTime()).toBe(6 * 3_600_000);
  const all = await house.ask('POST', `/v1/payout-batches/${made.body.id}/lines/all-payable`, { as: fresh.sessions.maker, key: aKey() });
  expect(all).toMatchObject({ status: 201, body: { included: 2, excluded: 0 } });
  expect((await proposedBatch(house, fresh, made.body.id)).status).toBe(201);
  const listed = await house.ask<{ batches: Batch[] }>('GET', '/v1/payout-batches', { as: fresh.sessions.checkerA });
  expect(listed.body.batches.map((b) => b.emergency !== null)).toEqual([true, false]);
});

test('the same file under the same key is taken once, another under it refused; a second maker does not fill another’s batch', async () => {
  const [release] = await releases(1);
  const batch = await declared(house, tenant, [lineOf(release!, 'one')]);
  const key = aKey();
  const send = (raw: string): Promise<Answer<{ included: number }>> =>
    house.ask('POST', `/v1/payout-batches/${batch.body.id}/lines`, { as: tenant.sessions.maker, key, raw, headers: { 'content-type': 'text/csv' } });
  const csv = csvOf([lineOf(release!, 'one')]);
  const first = await send(csv);
  expect(first).toMatchObject({ status: 201, body: { included: 1 } });
  expect((await send(csv)).body).toEqual(first.body);
  expect(await send(`${csv}\r\n`)).toMatchObject({ status: 422, body: { code: 'request.key_reused' } });
  expect(await lines(house, tenant, batch.body.id)).toHaveLength(1);
  const second = await aColleague(house, tenant, 'finance-maker');
  expect(await given(house, tenant, batch.body.id, [lineOf(release!, 'two')], { as: second.session })).toMatchObject({
    status: 403,
    body: { code: 'batch.other_maker' },
  });
  await cancelled(house, tenant, batch.body.id);
});

test('the database refuses by itself: a sheet signed around its batch, a batch approved with one signature, a payout of a batch that is not approved', async () => {
  const two = await releases(2);
  const batch = await aBatchOf(house, tenant, two);
  const { digest, id } = (await proposedBatch(house, tenant, batch.id)).body.proposal!;
  await signsBatch(house, tenant.sessions.checkerA, batch.id, digest);
  await expect(house.owner('payout_batch_proposal').where('id', id).update({ approved_at: new Date() })).rejects.toMatchObject({ code: 'AL005' });
  const approval = (await row<{ id: string; maker_id: string; digest: string }>(
    house.db,
    'select * from approval where release_id = ? and voided_at is null',
    [two[0]!.id],
  ))!;
  const checker = await staffId(house, tenant, 'checkerB');
  const common = {
    approval_id: approval.id,
    maker_id: approval.maker_id,
    digest: approval.digest,
    checker_id: checker,
    decision: 'approve',
    signed_at: new Date(),
  };
  await expect(house.owner('approval_signature').insert(common)).rejects.toMatchObject({ code: 'AL009' });
  const signature = (await row<{ id: string }>(house.db, 'select id from payout_batch_signature where proposal_id = ?', [id]))!.id;
  await expect(house.owner('approval_signature').insert({ ...common, batch_signature_id: signature })).rejects.toMatchObject({ code: 'AL009' });
  // Two signed and a third must: a payout that somebody made up around the house does not leave.
  await house.owner('payout_limit').insert({ tenant_id: tenant.id, day_fen: 1, set_by: 'test' });
  expect(await signsBatch(house, tenant.sessions.checkerB, batch.id, digest)).toMatchObject({ status: 201, body: { state: 'proposed' } });
  const payoutId = ulid();
  const { account_id, gross_fen, fee_fen, net_fen } = (await row<Record<string, string>>(house.db, 'select * from approval where id = ?', [
    approval.id,
  ]))!;
  await house.owner('payout').insert({
    id: payoutId,
    tenant_id: tenant.id,
    campaign_id: two[0]!.campaignId,
    release_id: two[0]!.id,
    attempt: 1,
    approval_id: approval.id,
    account_id,
    gross_fen,
    fee_fen,
    net_fen,
    reserved_at: new Date(),
  });
  await expect(
    house.owner('payout').where('id', payoutId).update({ state: 'submitted', submits: 1, submitted_at: new Date() }),
  ).rejects.toMatchObject({ code: 'AL005', message: expect.stringContaining('batch is not approved') });
  await expect(house.owner('payout_batch').where('id', batch.id).update({ state: 'draft' })).rejects.toMatchObject({ code: 'AL004' });
  await expect(house.db('payout_limit').insert({ tenant_id: tenant.id, day_fen: 1, set_by: 'me' })).rejects.toMatchObject({ code: '42501' });
  await house.owner('payout').where('id', payoutId).update({ state: 'failed' });
});
