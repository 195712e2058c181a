import { Secret, TOTP } from 'otpauth';
import { ulid } from 'ulid';
import { addStaff, type NewStaff } from '../../src/access/staff';
import { row, rows } from '../../src/database/connect';
import { type Answer, aHouse, type House } from '../support/house';
import { aColleague, aTenant, type Tenant } from '../support/people';
import { rowCounts } from '../support/releases';

// Log-ins: lockout, second factor, sessions that end, and a step-up for one act on one digest (ASVS 6.3, 6.5, 7.3, 7.5.3).
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close());

const PASSWORD = 'correct horse battery';
const DIGEST = 'ab'.repeat(32);

interface Person {
  readonly id: string;
  readonly login: string;
}
async function aPerson(over: Partial<NewStaff> = {}): Promise<Person> {
  const login = `person-${ulid().toLowerCase()}`;
  const id = await addStaff(
    house.db,
    { login, displayName: '某人', role: 'finance-checker', tenantId: tenant.id, secondFactor: 'optional', ...over },
    PASSWORD,
  );
  return { id, login };
}
type Session = { readonly token: string; readonly enrolsOnly: boolean };
const logIn = ({ login }: Person, over: object = {}): Promise<Answer<Session>> =>
  house.ask<Session>('POST', '/v1/sessions', { body: { login, password: PASSWORD, ...over } });
const me = async (token: string): Promise<number> => (await house.ask('GET', '/v1/me', { as: token })).status;

/** Sets up a second factor. @returns what makes its codes; each call goes one half minute further back or on, as asked. */
async function enrolled(token: string): Promise<(stepsOn: number) => string> {
  const begun = await house.ask<{ secret: string; uri: string }>('POST', '/v1/me/second-factor', { as: token, body: { password: PASSWORD } });
  expect(begun.status).toBe(201);
  expect(begun.body.uri).toMatch(/^otpauth:\/\/totp\/Almoner/);
  const totp = new TOTP({ secret: Secret.fromBase32(begun.body.secret) });
  const code = (stepsOn: number): string => totp.generate({ timestamp: Date.now() + stepsOn * 30_000 });
  expect(await house.ask('POST', '/v1/me/second-factor/confirmation', { as: token, body: { code: code(-1) } })).toMatchObject({ status: 204 });
  return code;
}

describe('lockout', () => {
  test('five wrong passwords lock a name for fifteen minutes, the right password too; an unknown name locks alike', async () => {
    const person = await aPerson();
    for (const who of [person, { id: '', login: `nobody-${ulid()}` }]) {
      for (let i = 0; i < 5; i += 1)
        expect(await logIn(who, { password: 'wrong' })).toMatchObject({ status: 401, body: { code: 'auth.bad_credentials', field: '/password' } });
      expect(await logIn(who)).toMatchObject({ status: 429, body: { code: 'auth.locked', retryable: true } });
    }
    await house.owner.raw(`update log_in_guard set locked_until = now() - interval '1 second' where locked_until is not null`);
    expect((await logIn(person)).status).toBe(201);
  });

  test('an administrator of the same house unlocks, on record; another house’s finds nobody', async () => {
    const person = await aPerson();
    for (let i = 0; i < 6; i += 1) await logIn(person, { password: 'wrong' });
    expect(await logIn(person)).toMatchObject({ status: 429, body: { code: 'auth.locked' } });
    const [ours, theirs] = [await aColleague(house, tenant, 'administrator'), await aColleague(house, await aTenant(house), 'administrator')];
    const unlock = (as: string): Promise<Answer> => house.ask('POST', `/v1/staff/${person.id}/unlock`, { as });
    expect(await unlock(theirs.session)).toMatchObject({ status: 404 });
    expect(await unlock(tenant.sessions.operator)).toMatchObject({ status: 403 });
    expect(await logIn(person)).toMatchObject({ status: 429 });
    const locked = async (): Promise<unknown[]> =>
      (await house.ask<{ staff: { id: string; lockedUntil: string | null }[] }>('GET', '/v1/staff', { as: ours.session })).body.staff
        .filter(({ lockedUntil }) => lockedUntil !== null)
        .map(({ id }) => id);
    expect(await locked()).toEqual([person.id]);
    expect(await unlock(ours.session)).toMatchObject({ status: 200, body: { id: person.id } });
    expect(await row(house.db, `select actor from audit.event where subject = ? and action = 'staff.unlocked'`, [`staff/${person.id}`])).toEqual({
      actor: `administrator:${ours.id}`,
    });
    expect(await locked()).toEqual([]);
    expect((await logIn(person)).status).toBe(201);
  });

  test('a hundred guesses at once are five guesses', async () => {
    const person = await aPerson();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => logIn(person, { password: `guess ${i}` })));
    expect(answers.filter((a) => a.status === 401)).toHaveLength(5);
    expect(answers.filter((a) => a.status === 429)).toHaveLength(95);
  });

  test('a right password forgets the wrong ones before it; the window forgets them after fifteen minutes', async () => {
    const person = await aPerson();
    const wrong = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i += 1) expect((await logIn(person, { password: 'wrong' })).status).toBe(401);
    };
    await wrong(4);
    expect((await logIn(person)).status).toBe(201);
    await wrong(4);
    await house.owner.raw(`update log_in_guard set window_start = window_start - interval '16 minutes'`);
    await wrong(4);
    expect((await logIn(person)).status).toBe(201);
  });

  test('each refusal of a known person is in the audit, without what was typed', async () => {
    const person = await aPerson();
    await logIn(person, { password: 'my secret typing' });
    const told = await rows(house.db, `select actor, data from audit.event where subject = ? and action = 'session.refused'`, [`staff/${person.id}`]);
    expect(told).toEqual([{ actor: 'public', data: { wrong: 'password' } }]);
    expect(house.logged.join('')).not.toContain('my secret typing');
  });
});

describe('second factor', () => {
  test('who needs one may set it up and nothing else, and then goes on in the same session', async () => {
    const person = await aPerson({ secondFactor: 'required' });
    const begun = await logIn(person);
    expect(begun).toMatchObject({ status: 201, body: { enrolsOnly: true } });
    const { token } = begun.body;
    const before = await rowCounts(house);
    for (const [method, path] of [
      ['GET', '/v1/me/sessions'],
      ['POST', '/v1/step-ups'],
      ['GET', `/v1/releases/${ulid()}`],
    ] as const)
      expect(await house.ask(method, path, { as: token, ...(method === 'POST' ? { body: {} } : {}) })).toMatchObject({
        status: 403,
        body: { code: 'auth.second_factor_required' },
      });
    expect(await rowCounts(house)).toEqual(before);
    expect((await house.ask('GET', '/v1/me', { as: token })).body).toMatchObject({ secondFactor: 'required' });
    await enrolled(token);
    expect((await house.ask('GET', '/v1/me/sessions', { as: token })).status).toBe(200);
    expect((await house.ask('GET', '/v1/me', { as: token })).body).toMatchObject({ secondFactor: 'set' });
  });

  test('its code is asked for after the password, counts once, and only in its time', async () => {
    const person = await aPerson();
    const code = await enrolled((await logIn(person)).body.token);
    expect(await logIn(person)).toMatchObject({ status: 401, body: { code: 'auth.code_required', field: '/code' } });
    expect(await logIn(person, { password: 'wrong', code: code(0) })).toMatchObject({ status: 401, body: { code: 'auth.bad_credentials' } });
    expect((await logIn(person, { code: code(0) })).status).toBe(201);
    for (const spent of [code(0), code(-1), code(-2), code(3), '000000'])
      expect(await logIn(person, { code: spent })).toMatchObject({ status: 401, body: { code: 'auth.bad_code' } });
    expect(await logIn(person, { code: code(1) })).toMatchObject({ status: 429, body: { code: 'auth.locked' } });
  });

  test('one code on ten devices at once opens one', async () => {
    const person = await aPerson();
    const code = await enrolled((await logIn(person)).body.token);
    const answers = await Promise.all(Array.from({ length: 5 }, () => logIn(person, { code: code(0) })));
    expect(answers.filter((a) => a.status === 201)).toHaveLength(1);
  });

  test('the secret lies encrypted, and a second one needs an administrator', async () => {
    const person = await aPerson();
    const { token } = (await logIn(person)).body;
    await enrolled(token);
    expect(await house.ask('POST', '/v1/me/second-factor', { as: token, body: { password: PASSWORD } })).toMatchObject({
      status: 409,
      body: { code: 'auth.second_factor_stands' },
    });
    const { totp_secret_enc: sealed } = (await row<{ totp_secret_enc: Buffer }>(house.db, 'select totp_secret_enc from staff where id = ?', [
      person.id,
    ]))!;
    expect(Secret.fromBase32(house.dependencies.personalData.openForHouse(sealed, 'staff.totp')).buffer.byteLength).toBe(20);
  });
});

describe('sessions', () => {
  test('end after half an hour unused, and after eight hours', async () => {
    const person = await aPerson();
    const [idle, old] = [(await logIn(person)).body.token, (await logIn(person)).body.token];
    await house.owner.raw(`update session set last_seen_at = last_seen_at - interval '29 minutes' where staff_id = ?`, [person.id]);
    expect(await me(idle)).toBe(200);
    // Seen again just now.
    await house.owner.raw(`update session set last_seen_at = last_seen_at - interval '29 minutes' where staff_id = ?`, [person.id]);
    expect([await me(idle), await me(old)]).toEqual([200, 401]);
    await house.owner.raw(`update session set expires_at = now() where staff_id = ?`, [person.id]);
    expect(await me(idle)).toBe(401);
  });

  test('are listed to their person, ended by them alone, and all others end with a new password', async () => {
    const [person, other] = [await aPerson(), await aPerson()];
    const [here, there] = [(await logIn(person)).body.token, (await logIn(person)).body.token];
    const stranger = (await logIn(other)).body.token;
    const list = async (): Promise<{ id: string; isThis: boolean }[]> =>
      (await house.ask<{ sessions: { id: string; isThis: boolean }[] }>('GET', '/v1/me/sessions', { as: here })).body.sessions;
    const elsewhere = (await list()).find((s) => !s.isThis)!.id;
    expect((await house.ask('POST', `/v1/me/sessions/${elsewhere}/end`, { as: stranger })).status).toBe(404);
    expect((await house.ask('POST', `/v1/me/sessions/${elsewhere}/end`, { as: here })).status).toBe(204);
    expect([await me(here), await me(there)]).toEqual([200, 401]);
    const third = (await logIn(person)).body.token;
    const change = (body: object): Promise<Answer> => house.ask('POST', '/v1/me/password', { as: here, body });
    expect(await change({ password: PASSWORD, newPassword: 'short' })).toMatchObject({ status: 400, body: { field: '/newPassword' } });
    for (const easy of ['password1234', '123456789012', 'qwertyuiopas', 'aaaaaaaaaaaaaa', 'almoner-1990', person.login])
      expect(await change({ password: PASSWORD, newPassword: easy })).toMatchObject({ status: 400, body: { field: '/newPassword' } });
    expect(await change({ password: 'wrong', newPassword: 'a new long password' })).toMatchObject({ status: 401 });
    expect(await change({ password: PASSWORD, newPassword: 'a new long password' })).toMatchObject({ status: 204 });
    expect([await me(here), await me(third)]).toEqual([200, 401]);
    expect([(await logIn(person)).status, (await logIn(person, { password: 'a new long password' })).status]).toEqual([401, 201]);
  });
});

describe('step-up', () => {
  const stepUp = (token: string, over: object = {}): Promise<Answer<{ stepUp: string }>> =>
    house.ask('POST', '/v1/step-ups', { as: token, body: { act: 'approval.sign', digest: DIGEST, password: PASSWORD, ...over } });

  test('asks for the password; with a second factor for its code and no password; failures lock', async () => {
    const person = await aPerson();
    const { token } = (await logIn(person)).body;
    expect((await stepUp(token)).status).toBe(201);
    const code = await enrolled(token);
    expect(await stepUp(token)).toMatchObject({ status: 401, body: { code: 'auth.bad_code' } });
    expect((await stepUp(token, { password: undefined, code: code(0) })).status).toBe(201);
    for (let i = 0; i < 5; i += 1) expect((await stepUp(token, { code: '123456' })).status).toBe(401);
    expect(await stepUp(token, { code: code(1) })).toMatchObject({ status: 429, body: { code: 'auth.locked' } });
  });

  test('an API key cannot show that it is a person', async () => {
    expect((await house.ask('POST', '/v1/step-ups', { as: tenant.platformKey, body: { act: 'approval.sign', digest: DIGEST } })).status).toBe(403);
  });
});
