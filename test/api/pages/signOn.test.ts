import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ulid } from 'ulid';
import { addStaff } from '../../../src/access/staff';
import { Browser } from './support/browser';
import { type House, openHouse } from './support/house';
import { Story } from './support/story';

// Single sign-on against a certified OpenID provider's own code, over HTTP: code with PKCE, state, nonce.
const CLIENT = { client_id: 'almoner', client_secret: 'only in this test, and long enough' };
let provider: Server;
let issuer: string;
let house: House;
let story: Story;
/** What the provider says of who logs in. */
let says: { sub: string; amr: string[] };

beforeAll(async () => {
  // It says that it keeps its logs-in in memory, and that it would rather run on a later Node.js: both are right for a test.
  for (const level of ['warn', 'info'] as const) jest.spyOn(console, level).mockImplementation();
  provider = createServer();
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  house = await openHouse({ oidc: { issuer, clientId: CLIENT.client_id, clientSecret: CLIENT.client_secret } });
  const { default: Provider } = await import('oidc-provider');
  const op = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [`${house.publicUrl}/login/sign-on/back`] }],
    pkce: { required: () => true },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    claims: { openid: ['sub', 'amr'] },
  });
  const callback = op.callback();
  // The provider's own log-in page: everybody is who the test says.
  provider.on('request', (req, res) => {
    if (!req.url!.startsWith('/interaction/')) return callback(req, res);
    void op
      .interactionDetails(req, res)
      .then(async ({ params }) => {
        const grant = new op.Grant({ accountId: says.sub, clientId: params.client_id as string });
        grant.addOIDCScope('openid');
        await op.interactionFinished(req, res, { login: { accountId: says.sub, amr: says.amr }, consent: { grantId: await grant.save() } });
      })
      .catch((error: unknown) => res.writeHead(500).end(String(error)));
  });
  story = await Story.begin(house);
});
afterAll(async () => {
  provider.closeAllConnections();
  await new Promise((resolve) => provider.close(resolve));
  await house.close();
});

/** A colleague whom the provider knows as `subject`. */
async function linked(secondFactor: 'required' | 'optional' = 'optional'): Promise<{ subject: string; login: string }> {
  const [subject, login] = [ulid(), `linked-${ulid().toLowerCase()}`];
  const id = await addStaff(
    house.db,
    { login, displayName: '王', role: 'finance-maker', tenantId: story.tenantId, secondFactor },
    'never used at all',
  );
  await house.db('staff').where('id', id).update({ oidc_issuer: issuer, oidc_subject: subject });
  return { subject, login };
}

/** Follows the way to the provider and back, as a browser does. @returns the page that the way ends on here. */
async function signOn(browser: Browser, next = ''): Promise<Awaited<ReturnType<Browser['get']>>> {
  const atProvider = new Browser(issuer);
  let { to } = await browser.get(`/login/sign-on${next}`);
  for (let steps = 0; steps < 6 && to !== null && !to.startsWith(house.publicUrl); steps += 1) {
    ({ to } = await atProvider.get(to.replace(issuer, '')));
  }
  return browser.get(to!.slice(house.publicUrl.length));
}

test('a colleague whom the provider vouches for is logged in, and goes on where they wanted to', async () => {
  const { subject } = await linked();
  says = { sub: subject, amr: ['pwd'] };
  const browser = new Browser(house.url);
  expect((await browser.get('/login')).html).toContain('/login/sign-on');
  const back = await signOn(browser, '?next=/approvals');
  expect(back).toMatchObject({ status: 200 });
  expect(back.html).toContain('content="0; url=/approvals"');
  expect((await browser.get('/approvals')).status).toBe(200);
});

test('who must show a second factor is let in only where the provider says that they did', async () => {
  const { subject } = await linked('required');
  says = { sub: subject, amr: ['pwd'] };
  expect((await signOn(new Browser(house.url))).status).toBe(403);
  says = { sub: subject, amr: ['pwd', 'otp', 'mfa'] };
  expect((await signOn(new Browser(house.url))).status).toBe(200);
});

test('whom nobody here is linked to is not let in; a disabled colleague neither', async () => {
  says = { sub: 'stranger', amr: [] };
  expect((await signOn(new Browser(house.url))).status).toBe(401);
  const { subject, login } = await linked();
  await house.db('staff').where('login', login).update({ disabled_at: new Date() });
  says = { sub: subject, amr: [] };
  expect((await signOn(new Browser(house.url))).status).toBe(401);
});

test('an answer without its flow, of another flow, altered, or sent twice opens nothing', async () => {
  const { subject } = await linked();
  says = { sub: subject, amr: [] };
  const browser = new Browser(house.url);
  const other = new Browser(house.url);
  await other.get('/login/sign-on');
  let { to } = await browser.get('/login/sign-on');
  const atProvider = new Browser(issuer);
  while (!to!.startsWith(house.publicUrl)) ({ to } = await atProvider.get(to!.replace(issuer, '')));
  const back = to!.slice(house.publicUrl.length);
  for (const [who, path] of [
    [new Browser(house.url), back],
    [other, back],
    [browser, back.replace(/code=[^&]+/, 'code=altered')],
  ] as const)
    expect([path, (await who.get(path)).status]).toEqual([path, 401]);
});
