import { inTransaction, row, rows } from '../../src/database/connect';
import { verifyLedger } from '../../src/ledger/verify';
import { cancelIfUnsent } from '../../src/records/stops';
import { ACCOUNT, accountAccepted, documentOf, sha256Of } from '../support/campaigns';
import { secretHash } from '../../src/access/secrets';
import { type Answer, aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aColleague, aTenant, later, nowMs, staffId, type StaffName, type Tenant } from '../support/people';
import { aReleaseInApproval, aReservedPayout, aStepUp, preparePayout, proposed, type Release, signedByAll, signs } from '../support/releases';
import { pursue, standing } from '../support/transfers';

// DISBURSE-REVIEW, reliability 29–33: who may sign what, and what a change does to it.
let house: House;
let tenant: Tenant;
let release: Release;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
beforeEach(async () => {
  release = await aReleaseInApproval(house, tenant);
});
afterEach(async () => {
  await house.owner('staff').whereNotNull('disabled_at').update({ disabled_at: null });
});
afterAll(() => house.close());

const prepare = (): Promise<string | null> => preparePayout(house, tenant, release);
const signatures = (): Promise<{ decision: string }[]> =>
  rows(
    house.db,
    'select s.decision from approval_signature s join approval a on a.id = s.approval_id where a.release_id = ? and a.voided_at is null',
    [release.id],
  );
const payouts = async (): Promise<number> =>
  (await row<{ n: number }>(house.db, 'select count(*)::int as n from payout where release_id = ?', [release.id]))!.n;
const checkerA = (): string => tenant.sessions.checkerA;
const checkerB = (): string => tenant.sessions.checkerB;

test('maker and two checkers: exactly one payout, of what they signed', async () => {
  const digest = await signedByAll(house, tenant, release);
  const payoutId = await prepare();
  expect(await prepare()).toBe(payoutId);
  expect(await payouts()).toBe(1);
  expect(
    await row(
      house.db,
      'select p.state, p.gross_fen, p.fee_fen, p.net_fen, a.digest from payout p join approval a on a.id = p.approval_id where p.id = ?',
      [payoutId],
    ),
  ).toEqual({
    state: 'reserved',
    gross_fen: 1_000_000n,
    fee_fen: 36_000n,
    net_fen: 964_000n,
    digest,
  });
});

test('the sheet shows what is signed, the account masked', async () => {
  await proposed(house, tenant, release);
  const shown = await house.ask('GET', `/v1/releases/${release.id}`, { as: checkerA() });
  expect(shown.body).toMatchObject({
    sheet: { grossFen: '1000000', feeFen: '36000', netFen: '964000', payeeName: '张三', account: '****7890', signatures: [] },
  });
  expect(JSON.stringify(shown.body)).not.toContain(ACCOUNT.number);
  expect(JSON.stringify((await house.ask('GET', `/v1/releases/${release.id}`, { as: tenant.platformKey })).body)).not.toContain('张三');
});

test('one person signing twice counts once', async () => {
  const digest = await proposed(house, tenant, release);
  expect((await signs(house, checkerA(), release, digest)).status).toBe(201);
  expect(await signs(house, checkerA(), release, digest)).toMatchObject({ status: 409, body: { code: 'release.already_signed' } });
  expect(await signatures()).toHaveLength(1);
  expect(await prepare()).toBeNull();
});

test('one person on ten devices at once counts once', async () => {
  const digest = await proposed(house, tenant, release);
  const proofs: string[] = [];
  for (let device = 0; device < 10; device += 1) proofs.push(await aStepUp(house, checkerA(), digest));
  const answers = await Promise.all(
    proofs.map((stepUp) =>
      house.ask('POST', `/v1/releases/${release.id}/approval/signatures`, {
        as: checkerA(),
        key: aKey(),
        body: { digest, decision: 'approve', stepUp },
      }),
    ),
  );
  expect(answers.map((a) => a.status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  expect(await signatures()).toHaveLength(1);
  expect(await prepare()).toBeNull();
});

test('a maker is no checker: their role may not sign, and whoever proposed may not, though they became a checker', async () => {
  const digest = await proposed(house, tenant, release);
  expect(await signs(house, tenant.sessions.maker, release, digest)).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
  const maker = await staffId(house, tenant, 'maker');
  await house.owner('staff').where('id', maker).update({ role: 'finance-checker' });
  expect(await signs(house, tenant.sessions.maker, release, digest)).toMatchObject({
    status: 403,
    body: { code: 'release.maker_is_checker', rules: ['DISBURSE-REVIEW'] },
  });
  await house.owner('staff').where('id', maker).update({ role: 'finance-maker' });
  expect(await signatures()).toEqual([]);
});

test.each<[string, () => Promise<unknown>]>([
  [
    'the payee’s account',
    async () =>
      house.ask('PUT', `/v1/campaigns/${release.campaignId}/payee-account`, {
        as: tenant.platformKey,
        body: { ...ACCOUNT, number: '6217009999999999' },
      }),
  ],
  [
    'the evidence',
    async () =>
      house.ask('POST', `/v1/campaigns/${release.campaignId}/documents`, {
        as: tenant.platformKey,
        body: { documents: [documentOf('diagnosis', 'other')] },
      }),
  ],
  [
    'what is published',
    async () =>
      house.ask('POST', `/v1/campaigns/${release.campaignId}/publications`, {
        as: tenant.platformKey,
        body: { publications: [{ item: 'cars', text: '一辆' }] },
      }),
  ],
])('%s changes after both signed: the signatures are void, nothing is paid, the old digest is refused', async (_what, change) => {
  const digest = await signedByAll(house, tenant, release);
  await change();
  expect(await prepare()).toBeNull();
  expect(await payouts()).toBe(0);
  expect(await row(house.db, 'select voided_at is not null as voided from approval where digest = ?', [digest])).toEqual({ voided: true });
  await accountAccepted(house, tenant, release.campaignId, release.id);
  const renewed = await proposed(house, tenant, release);
  expect(renewed).not.toBe(digest);
  expect(await signs(house, checkerA(), release, digest)).toMatchObject({ status: 409, body: { code: 'release.digest_changed', field: '/digest' } });
});

test('the account changes while the second checker signs: either the signature or the change is first, and nothing unsigned is paid', async () => {
  const digest = await proposed(house, tenant, release);
  await signs(house, checkerA(), release, digest);
  const body = { ...ACCOUNT, number: '6217008888888888' };
  const [signed, changed] = await Promise.all([
    signs(house, checkerB(), release, digest),
    house.ask('PUT', `/v1/campaigns/${release.campaignId}/payee-account`, { as: tenant.platformKey, body }),
  ]);
  expect(changed.status).toBe(200);
  expect([201, 409]).toContain(signed.status);
  expect(await prepare()).toBeNull();
  expect(await payouts()).toBe(0);
});

test('the fee schedule moved on: the campaign pays what it was shown, and its signatures stand', async () => {
  await signedByAll(house, tenant, release);
  await house
    .db('fee_schedule')
    .insert({ tenant_id: tenant.id, version: 2, service_bp: 900, service_cap_fen: 500_000, channel_bp: 60 })
    .onConflict()
    .ignore();
  const payoutId = await prepare();
  expect(await row(house.db, 'select fee_fen from payout where id = ?', [payoutId])).toEqual({ fee_fen: 36_000n });
  await house.owner('fee_schedule').where({ tenant_id: tenant.id, version: 2 }).delete();
});

test('expired before the second signature: refused; expired after it: voided, nothing paid', async () => {
  const digest = await proposed(house, tenant, release);
  await signs(house, checkerA(), release, digest);
  await later(house, tenant, 72 * 3_600_000);
  expect(await signs(house, checkerB(), release, digest)).toMatchObject({ status: 409, body: { code: 'release.digest_changed' } });
  await signedByAll(house, tenant, release);
  await later(house, tenant, 72 * 3_600_000 - 1);
  const unexpired = await signatures();
  await later(house, tenant, 1);
  expect(unexpired).toHaveLength(2);
  expect(await prepare()).toBeNull();
  expect(await signatures()).toEqual([]);
});

test('approve and reject at once: both are kept, nothing is paid', async () => {
  const digest = await proposed(house, tenant, release);
  const third = await aColleague(house, tenant, 'finance-checker');
  const answers = await Promise.all([
    signs(house, checkerA(), release, digest),
    signs(house, checkerB(), release, digest),
    signs(house, third.session, release, digest, 'reject'),
  ]);
  expect(answers.map((a) => a.status)).toEqual([201, 201, 201]);
  expect(await prepare()).toBeNull();
  expect(await payouts()).toBe(0);
  const told = await rows(
    house.db,
    `select data->>'decision' as decision from audit.event where action = 'approval.signed' and data->>'digest' = ? order by 1`,
    [digest],
  );
  expect(told).toEqual([{ decision: 'approve' }, { decision: 'approve' }, { decision: 'reject' }]);
});

test('a checker who was disabled, or is no checker any more, does not count', async () => {
  await signedByAll(house, tenant, release);
  const checker = await staffId(house, tenant, 'checkerA');
  await house.owner('staff').where('id', checker).update({ disabled_at: new Date() });
  expect(await prepare()).toBeNull();
  await house.owner('staff').where('id', checker).update({ disabled_at: null, role: 'reviewer' });
  expect(await prepare()).toBeNull();
  await house.owner('staff').where('id', checker).update({ role: 'finance-checker' });
  expect(await prepare()).not.toBeNull();
});

test('a new proposal voids the old one with every signature under it', async () => {
  const digest = await proposed(house, tenant, release);
  await signs(house, checkerA(), release, digest);
  await later(house, tenant, 1_000);
  await proposed(house, tenant, release);
  expect(await signatures()).toEqual([]);
  expect((await signs(house, checkerB(), release, digest)).status).toBe(409);
});

test.each([
  ['proposed', async (): Promise<unknown> => house.ask('POST', `/v1/releases/${release.id}/approval`, { as: tenant.sessions.maker })],
  ['signed', async (): Promise<unknown> => signs(house, tenant.sessions.checkerA, release, sha256Of('x'))],
])('after the payout is made up nothing can be %s', async (_what, act) => {
  await signedByAll(house, tenant, release);
  expect(await prepare()).not.toBeNull();
  expect(await act()).toMatchObject({ status: 409, body: { code: 'release.wrong_stage' } });
});

test('two accounts of one human count once, and a maker’s other account is no checker', async () => {
  const digest = await proposed(house, tenant, release);
  const is = async (human: string, ...names: StaffName[]): Promise<unknown> =>
    house
      .db('staff')
      .whereIn('id', await Promise.all(names.map((name) => staffId(house, tenant, name))))
      .update({ identity_hash: Buffer.from(human) });
  await is('one human', 'checkerA', 'checkerB');
  const answers = await Promise.all([signs(house, checkerA(), release, digest), signs(house, checkerB(), release, digest)]);
  expect(answers.map((a) => a.status).sort()).toEqual([201, 409]);
  expect(await prepare()).toBeNull();
  await is('the maker', 'maker', 'checkerA');
  expect(await signs(house, checkerA(), release, digest)).toMatchObject({ status: 403, body: { code: 'release.maker_is_checker' } });
  await house.db('staff').update({ identity_hash: null });
});

test('who is tied to the campaign neither makes nor checks, and a tie that comes to light later takes the signature away', async () => {
  const relations = `/v1/campaigns/${release.campaignId}/relations`;
  const tie = async (name: StaffName, as: string, body: object = {}): Promise<unknown> =>
    house.ask('POST', relations, { as, key: aKey(), body: { relation: 'family', staffId: await staffId(house, tenant, name), ...body } });
  const refused = { status: 403, body: { code: 'release.related_party', rules: ['DISBURSE-REVIEW'] } };
  const digest = await signedByAll(house, tenant, release);
  expect(await tie('checkerA', checkerB())).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
  expect(await tie('checkerA', tenant.sessions.operator)).toMatchObject({ status: 201 });
  expect(await prepare()).toBeNull();
  expect((await row<{ void_reason: string }>(house.db, 'select void_reason from approval where digest = ?', [digest]))!.void_reason).toMatch('tied');
  expect(await signs(house, checkerA(), release, await proposed(house, tenant, release))).toMatchObject(refused);
  expect(await tie('maker', tenant.sessions.maker, { staffId: undefined })).toMatchObject({ status: 201 });
  expect(await house.ask('POST', `/v1/releases/${release.id}/approval`, { as: tenant.sessions.maker })).toMatchObject(refused);
});

test('a signature carries a step-up of this person, in this session, for this digest, once and in time', async () => {
  const digest = await proposed(house, tenant, release);
  const sign = (stepUp: string, as = checkerA()): Promise<Answer> =>
    house.ask('POST', `/v1/releases/${release.id}/approval/signatures`, { as, key: aKey(), body: { digest, decision: 'approve', stepUp } });
  const refused = { status: 403, body: { code: 'auth.step_up_required', field: '/stepUp' } };
  const other = await aReleaseInApproval(house, tenant);
  const late = await aStepUp(house, checkerA(), digest);
  await house
    .owner('step_up')
    .where('token_hash', secretHash(late))
    .update({ made_at: new Date(Date.now() - 600_000), expires_at: new Date(Date.now() - 1) });
  for (const token of [
    'made up',
    await aStepUp(house, checkerB(), digest),
    await aStepUp(house, checkerA(), await proposed(house, tenant, other)),
    late,
  ])
    expect(await sign(token)).toMatchObject(refused);
  expect(await signatures()).toEqual([]);
  const token = await aStepUp(house, checkerA(), digest);
  expect((await sign(token)).status).toBe(201);
  expect(await row(house.db, 'select used_at is not null as used from step_up where token_hash = ?', [secretHash(token)])).toEqual({ used: true });
});

test('cancel and submit at once: one is first; either it is with the bank and stands, or it is cancelled and the money is free', async () => {
  for (let round = 0; round < 8; round += 1) {
    const payout = await aReservedPayout(house, tenant);
    const at = new Date(await nowMs(house, tenant));
    const cancel = (): Promise<boolean> => inTransaction(house.db, (tx) => cancelIfUnsent(tx, payout.id, 'race', 'staff/race', at));
    const submit = (): Promise<string> => pursue(house, tenant, payout.payoutId);
    // The first two rounds one after the other, so that both outcomes are looked at on any machine; the rest race.
    const acts = round % 2 === 0 ? [cancel, submit] : [submit, cancel];
    const [one, other] = round < 2 ? [await acts[0]!(), await acts[1]!()] : await Promise.all(acts.map((act) => act()));
    const cancelled = typeof one === 'boolean' ? one : other;
    const stands = await standing(house, payout);
    expect(stands).toMatchObject(
      cancelled
        ? { state: 'failed', bookedFen: 0n, received: 0, paidFen: 0n, feesFen: 0n }
        : { state: 'succeeded', bookedFen: 964_000n, received: 1, paidFen: 964_000n, feesFen: 36_000n },
    );
    const told = await rows<{ action: string }>(
      house.db,
      `select action from audit.event where subject in (?, ?) and action in ('release.cancelled', 'payout.submitted')`,
      [`release/${payout.id}`, `payout/${payout.payoutId}`],
    );
    expect(told).toEqual([{ action: cancelled ? 'release.cancelled' : 'payout.submitted' }]);
  }
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
});

test('two workers make up one payout', async () => {
  await signedByAll(house, tenant, release);
  const ids = await Promise.all([prepare(), prepare(), prepare()]);
  expect(new Set(ids).size).toBe(1);
  expect(await payouts()).toBe(1);
});

test('no account on which bank and reviewer agree, no proposal', async () => {
  const file = (body: object) => house.ask('PUT', `/v1/campaigns/${release.campaignId}/payee-account`, { as: tenant.platformKey, body });
  expect(await file({ ...ACCOUNT, name: '李四' })).toMatchObject({ status: 400, body: { field: '/name', rules: ['PAYEE'] } });
  house.bank.onNameCheck = () => 'mismatch';
  expect(await file({ ...ACCOUNT, number: '6217001234567888' })).toMatchObject({ status: 200 });
  await house.releases.payment.checkAccountName(release.id, Date.now());
  house.bank.onNameCheck = () => 'match';
  const accept = await house.ask('POST', `/v1/campaigns/${release.campaignId}/payee-account/acceptance`, {
    as: tenant.sessions.reviewer,
    body: { version: 2 },
  });
  expect(accept).toMatchObject({ status: 409, body: { code: 'account.not_verified', rules: ['PAYEE'] } });
  expect(await house.ask('POST', `/v1/releases/${release.id}/approval`, { as: tenant.sessions.maker, key: aKey() })).toMatchObject({
    status: 409,
    body: { code: 'release.no_account' },
  });
});
