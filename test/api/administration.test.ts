import { createPublicKey } from 'node:crypto';
import { actorOf } from '../../src/access/actors';
import { row, rows } from '../../src/database/connect';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { sqlStateOf } from '../support/ledger';
import { aColleague, aSession, aTenant, staffId, type Tenant } from '../support/people';
import { aReleaseInApproval, proposed, signedByAll, signs } from '../support/releases';
import { submission } from '../support/campaigns';

// An administrator keeps people and keys, and nothing else; what they change bites at once, and is on record.
let house: House;
let ours: Tenant;
let theirs: Tenant;
let administrator: { id: string; session: string };
beforeAll(async () => {
  house = await aHouse();
  [ours, theirs] = [await aTenant(house), await aTenant(house)];
  administrator = await aColleague(house, ours, 'administrator');
});
afterAll(() => house.close());

interface Person {
  readonly id: string;
  readonly login: string;
  readonly role: string;
  readonly disabledAt: string | null;
  readonly password: string;
}
interface Key {
  readonly id: string;
  readonly secret: string;
  readonly scopes: string[];
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedOn: string | null;
  readonly oldUntil: string;
}
const administer = <B = Person>(path: string, body: object = {}, as = administrator.session) => house.ask<B>('POST', path, { as, body });
const audited = async (subject: string): Promise<string[]> =>
  (await rows<{ action: string }>(house.db, 'select action from audit.event where subject = ? order by seq', [subject])).map((e) => e.action);

describe('people', () => {
  test('are added with a password that is shown once, and are of the administrator’s own house', async () => {
    const added = await administer('/v1/staff', { login: 'new.reviewer', displayName: '新审核员', role: 'reviewer' });
    expect(added).toMatchObject({ status: 201, body: { login: 'new.reviewer', role: 'reviewer', disabledAt: null, secondFactor: 'required' } });
    const begun = await house.ask('POST', '/v1/sessions', { body: { login: 'new.reviewer', password: added.body.password } });
    expect(begun).toMatchObject({ status: 201, body: { enrolsOnly: true } });
    const { body } = await house.ask<{ staff: Person[] }>('GET', '/v1/staff', { as: administrator.session });
    expect(body.staff[0]).toMatchObject({ id: added.body.id });
    expect(JSON.stringify(body)).not.toContain(added.body.password);
    expect(body.staff.map((s) => s.id)).not.toContain(await staffId(house, theirs, 'maker'));
    expect(await audited(`staff/${added.body.id}`)).toEqual(['staff.added', 'session.begun']);
    expect(await administer('/v1/staff', { login: 'new.reviewer', displayName: '又一人', role: 'reviewer' })).toMatchObject({
      status: 409,
      body: { code: 'staff.login_taken' },
    });
  });

  test.each(['regulator', 'hospital-person'])('a platform’s administrator makes no %s', async (role) => {
    expect(await administer('/v1/staff', { login: `a-${role}`, displayName: 'x', role })).toMatchObject({ status: 400, body: { field: '/role' } });
  });

  test('a disabled person is out at once, and in again when enabled', async () => {
    const colleague = await aColleague(house, ours, 'operator');
    expect(await administer(`/v1/staff/${colleague.id}/disable`)).toMatchObject({ status: 200, body: { disabledAt: expect.any(String) } });
    expect((await house.ask('GET', '/v1/refund-requests', { as: colleague.session })).status).toBe(401);
    expect(await administer(`/v1/staff/${colleague.id}/enable`)).toMatchObject({ status: 200, body: { disabledAt: null } });
    // The old session stays over.
    expect((await house.ask('GET', '/v1/refund-requests', { as: colleague.session })).status).toBe(401);
    expect(await audited(`staff/${colleague.id}`)).toEqual(['session.begun', 'staff.changed', 'staff.changed']);
  });

  test('a changed role ends the sessions and is what counts from then on; the same role again changes nothing', async () => {
    const colleague = await aColleague(house, ours, 'operator');
    expect(await administer(`/v1/staff/${colleague.id}/role`, { role: 'operator' })).toMatchObject({ status: 200 });
    expect((await house.ask('GET', '/v1/refund-requests', { as: colleague.session })).status).toBe(200);
    expect(await administer(`/v1/staff/${colleague.id}/role`, { role: 'auditor' })).toMatchObject({ status: 200, body: { role: 'auditor' } });
    expect((await house.ask('GET', '/v1/refund-requests', { as: colleague.session })).status).toBe(401);
  });

  test('nobody changes themselves', async () => {
    for (const path of ['disable', 'enable', 'role', 'second-factor/reset'])
      expect(await administer(`/v1/staff/${administrator.id}/${path}`, path === 'role' ? { role: 'reviewer' } : {})).toMatchObject({
        status: 403,
        body: { code: 'staff.own_change' },
      });
  });

  test('a lost second factor is taken away, and the person’s sessions with it', async () => {
    const colleague = await aColleague(house, ours, 'reviewer');
    await house
      .db('staff')
      .where('id', colleague.id)
      .update({ totp_secret_enc: Buffer.from('x'), totp_confirmed_at: new Date() });
    expect(await administer(`/v1/staff/${colleague.id}/second-factor/reset`)).toMatchObject({ status: 200, body: { secondFactor: 'optional' } });
    expect((await house.ask('GET', '/v1/me', { as: colleague.session })).status).toBe(401);
  });
});

describe('what they proposed or signed', () => {
  test('is void when its maker is disabled: the checkers’ signatures make no payout', async () => {
    const maker = await aColleague(house, ours, 'finance-maker');
    const release = await aReleaseInApproval(house, ours);
    const made = await house.ask<{ approval: { digest: string } }>('POST', `/v1/releases/${release.id}/approval`, { as: maker.session });
    await signs(house, ours.sessions.checkerA, release, made.body.approval.digest);
    expect((await administer(`/v1/staff/${maker.id}/disable`)).status).toBe(200);
    expect(await row(house.db, 'select void_reason from approval where release_id = ?', [release.id])).toEqual({
      void_reason: 'who proposed or signed it changed role or standing',
    });
    expect((await signs(house, ours.sessions.checkerB, release, made.body.approval.digest)).status).toBe(409);
  });

  test('is void when a checker changes role, and nobody changes from maker to checker, or back, in the middle of a release', async () => {
    const release = await aReleaseInApproval(house, theirs);
    const chief = await aColleague(house, theirs, 'administrator');
    await signedByAll(house, theirs, release);
    const [maker, checker] = [await staffId(house, theirs, 'maker'), await staffId(house, theirs, 'checkerA')];
    for (const [id, role] of [
      [maker, 'finance-checker'],
      [checker, 'finance-maker'],
    ])
      expect(await administer(`/v1/staff/${id}/role`, { role }, chief.session)).toMatchObject({
        status: 409,
        body: { code: 'staff.maker_and_checker', rules: ['DISBURSE-REVIEW'] },
      });
    expect(await row(house.db, 'select voided_at from approval where release_id = ?', [release.id])).toEqual({ voided_at: null });
    expect((await administer(`/v1/staff/${checker}/role`, { role: 'reviewer' }, chief.session)).status).toBe(200);
    expect(await row(house.db, 'select voided_at from approval where release_id = ?', [release.id])).not.toEqual({ voided_at: null });
  });

  test('does not count where the row was changed past the code: a proposal of who is a maker no more makes no payout', async () => {
    const release = await aReleaseInApproval(house, ours);
    await signedByAll(house, ours, release);
    const maker = await staffId(house, ours, 'maker');
    await house.owner('staff').where('id', maker).update({ role: 'operator' });
    expect(
      await house.releases.database.preparePayout(release.id, (await house.db('test_clock').where('id', ours.clockId).first('now')).now.getTime()),
    ).toBeNull();
    await house.owner('staff').where('id', maker).update({ role: 'finance-maker' });
    await proposed(house, ours, release);
  });
});

describe('keys', () => {
  const asks = (secret: string) => house.ask('GET', '/v1/refund-requests', { as: secret });

  test('of some scopes may what these say; the refusal names the scope', async () => {
    const { body: key, status } = await administer<Key>('/v1/api-keys', { label: 'reader', scopes: ['read'] });
    expect([status, key.scopes]).toEqual([201, ['read']]);
    expect((await asks(key.secret)).status).toBe(200);
    expect(await house.ask('POST', '/v1/campaigns', { as: key.secret, key: aKey(), body: submission(ours) })).toMatchObject({
      status: 403,
      body: { code: 'auth.forbidden', detail: expect.stringContaining('campaigns:write') },
    });
    const { body } = await house.ask<{ keys: Key[] }>('GET', '/v1/api-keys', { as: administrator.session });
    expect(body.keys[0]).toMatchObject({ id: key.id, lastUsedOn: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) });
    expect(JSON.stringify(body)).not.toMatch(/secret|alm_/);
    expect(await house.db('api_key').where('id', key.id).first('secret_hash')).not.toMatchObject({ secret_hash: Buffer.from(key.secret) });
  });

  test('are refused scopes of another kind of key, none, and an end that is over', async () => {
    for (const over of [{ scopes: ['receipts:write'] }, { scopes: [] }, { scopes: ['everything'] }, { expiresAt: '2020-01-01T00:00:00Z' }])
      expect(await administer('/v1/api-keys', { label: 'x', ...over })).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  test('end at their time', async () => {
    const { body: key } = await administer<Key>('/v1/api-keys', { label: 'short', expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect((await asks(key.secret)).status).toBe(200);
    await house
      .db('api_key')
      .where('id', key.id)
      .update({ expires_at: new Date(Date.now() - 1) });
    expect((await asks(key.secret)).status).toBe(401);
    expect(await administer(`/v1/api-keys/${key.id}/rotation`)).toMatchObject({ status: 409, body: { code: 'key.over' } });
  });

  test('are rotated: the new one may the same, the old one holds for the overlap and no longer', async () => {
    const { body: old } = await administer<Key>('/v1/api-keys', { label: 'turning', scopes: ['read', 'gifts:write'] });
    const { body: fresh } = await administer<Key>(`/v1/api-keys/${old.id}/rotation`);
    expect(fresh.scopes).toEqual(old.scopes);
    expect(Date.parse(fresh.oldUntil) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    for (const secret of [old.secret, fresh.secret]) expect((await asks(secret)).status).toBe(200);
    const { body: next } = await administer<Key>(`/v1/api-keys/${fresh.id}/rotation`, { overlapHours: 0 });
    expect([(await asks(fresh.secret)).status, (await asks(next.secret)).status]).toEqual([401, 200]);
  });

  test('are revoked at once, once', async () => {
    const { body: key } = await administer<Key>('/v1/api-keys', { label: 'leaked' });
    expect(await administer(`/v1/api-keys/${key.id}/revocation`)).toMatchObject({ status: 200, body: { revokedAt: expect.any(String) } });
    expect((await asks(key.secret)).status).toBe(401);
    expect(await administer(`/v1/api-keys/${key.id}/revocation`)).toMatchObject({ status: 409, body: { code: 'key.over' } });
    expect(await audited(`api-key/${key.id}`)).toEqual(['key.issued', 'key.revoked']);
  });

  test('of a hospital are its own administrator’s to issue, and no platform’s', async () => {
    const made = await house.ask<{ hospitalAdministrator: object }>('POST', '/v1/sandbox/institutions', {
      as: house.sandboxKey,
      body: {
        tenantId: ours.id,
        registered: true,
        qualified: true,
        whitelisted: false,
        diagnosisCode: 'C91.0',
        receiptPublicKeyPem: createPublicKey(ours.hospital.privateKey).export({ type: 'spki', format: 'pem' }),
      },
    });
    const chief = await aSession(house, made.body.hospitalAdministrator);
    const { body: key } = await administer<Key>('/v1/api-keys', { label: 'cashier', scopes: ['receipts:write'] }, chief);
    expect(await actorOf(house.db, key.secret)).toMatchObject({ role: 'hospital', tenantId: null, scopes: ['receipts:write'] });
    expect((await house.ask('GET', '/v1/hospital/payouts', { as: key.secret })).status).toBe(403);
    expect(await administer('/v1/staff', { login: 'a.cashier', displayName: '收费员', role: 'hospital-person' }, chief)).toMatchObject({
      status: 201,
    });
    expect((await administer(`/v1/api-keys/${key.id}/revocation`)).status).toBe(404);
  });
});

test('a sponsor’s page key is renewed and revoked: earlier addresses are closed', async () => {
  const made = await house.ask<{ id: string; sponsorKey: string }>('POST', '/v1/campaigns', {
    as: ours.platformKey,
    key: aKey(),
    body: submission(ours),
  });
  const { id, sponsorKey } = made.body;
  const page = async (key: string): Promise<number> => (await house.ask('GET', `/s/${id}/${key}`)).status;
  expect(await page(sponsorKey)).toBe(200);
  const renewed = await house.ask<{ sponsorKey: string }>('POST', `/v1/campaigns/${id}/sponsor-key`, { as: ours.platformKey });
  expect([renewed.status, await page(sponsorKey), await page(renewed.body.sponsorKey)]).toEqual([201, 404, 200]);
  expect((await house.ask('POST', `/v1/campaigns/${id}/sponsor-key/revocation`, { as: ours.sessions.operator })).status).toBe(200);
  expect(await page(renewed.body.sponsorKey)).toBe(404);
  const again = await house.ask<{ sponsorKey: string }>('POST', `/v1/campaigns/${id}/sponsor-key`, { as: ours.sessions.operator });
  expect([await page(sponsorKey), await page(renewed.body.sponsorKey), await page(again.body.sponsorKey)]).toEqual([404, 404, 200]);
});

describe('in SQL, with the application’s own rights', () => {
  const sql = (text: string, bindings: unknown[] = []): Promise<string> => sqlStateOf(house.db.raw(text, bindings as never));

  test('a role or standing changes only with its record, by an administrator of the house, of what stands', async () => {
    const [operator, maker] = [await staffId(house, ours, 'operator'), await staffId(house, ours, 'maker')];
    expect(await sql(`update staff set role = 'administrator' where id = ?`, [operator])).toBe('AL010');
    expect(await sql('update staff set disabled_at = now() where id = ?', [operator])).toBe('AL010');
    expect(await sql('update staff set tenant_id = ? where id = ?', [theirs.id, operator])).toBe('AL010');
    const record = (by: string, of: string, was = 'operator') =>
      sql(
        `insert into staff_change (staff_id, changed_by, old_role, new_role, was_disabled, is_disabled) values (?, ?, ?, 'auditor', false, false)`,
        [of, by, was],
      );
    expect(await record(maker, operator)).toBe('AL010');
    expect(await record(operator, operator)).toBe('23514');
    expect(await record(administrator.id, operator, 'reviewer')).toBe('AL010');
    expect(await record(administrator.id, await staffId(house, theirs, 'operator'))).toBe('AL010');
  });

  test('a record of yesterday lets nothing happen today, and stays as it is', async () => {
    const colleague = await aColleague(house, ours, 'operator');
    await administer(`/v1/staff/${colleague.id}/role`, { role: 'auditor' });
    await administer(`/v1/staff/${colleague.id}/role`, { role: 'operator' });
    expect(await sql(`update staff set role = 'auditor' where id = ?`, [colleague.id])).toBe('AL010');
    expect(await sql(`update staff_change set new_role = 'reviewer'`)).toBe('42501');
    expect(await sql('delete from staff_change')).toBe('42501');
    expect(await sql('delete from staff where id = ?', [colleague.id])).toBe('42501');
    await expect(house.owner('staff').where('id', colleague.id).delete()).rejects.toMatchObject({ code: 'AL010' });
  });

  test('an administrator, an auditor or somebody disabled decides nothing', async () => {
    const release = await aReleaseInApproval(house, ours);
    const auditor = await aColleague(house, ours, 'auditor');
    const disabled = await aColleague(house, ours, 'reviewer');
    await administer(`/v1/staff/${disabled.id}/disable`);
    for (const { id } of [administrator, auditor, disabled]) {
      expect(await sql('update release set reviewed_by = ? where id = ?', [id, release.id])).toBe('AL007');
      expect(await sql('update payee_account set accepted_by = ? where campaign_id = ?', [id, release.campaignId])).toBe('AL007');
      expect(
        await sql(
          `insert into claim_event (id, campaign_id, claim, state, source, staff_id, method, at) values (?, ?, 'income', 'verified', 'person', ?, 'visit', now())`,
          [aKey().padEnd(26, '0').slice(0, 26), release.campaignId, id],
        ),
      ).toBe('AL007');
    }
  });

  test('a key’s end is never taken back or put off, and its scopes never change', async () => {
    const { body: key } = await administer<Key>('/v1/api-keys', { label: 'over', scopes: ['read'] });
    await administer(`/v1/api-keys/${key.id}/revocation`);
    expect(await sql('update api_key set revoked_at = null where id = ?', [key.id])).toBe('AL010');
    expect(await sql('update api_key set scopes = null where id = ?', [key.id])).toBe('42501');
    await sql('update api_key set expires_at = now() where id = ?', [key.id]);
    expect(await sql(`update api_key set expires_at = now() + interval '1 day' where id = ?`, [key.id])).toBe('AL010');
  });
});
