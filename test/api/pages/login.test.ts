import { Browser, hiddenOf } from './support/browser';
import { type House, openHouse } from './support/house';
import { Story } from './support/story';

let house: House;
let story: Story;
beforeAll(async () => {
  house = await openHouse();
  story = await Story.begin(house);
});
afterAll(() => house.close());

test('a maker comes to the approvals, a cashier to the receipts, a reviewer to the console', async () => {
  expect((await new Browser(house.url).post('/login', story.logins.maker)).to).toBe('/approvals');
  expect((await new Browser(house.url).post('/login', story.hospitalLogin)).to).toBe('/hospital');
  expect((await new Browser(house.url).post('/login', story.logins.reviewer)).to).toBe('/console');
});

test('the session is a cookie that no script reads and no other site sends', async () => {
  const seen = await new Browser(house.url).post('/login', story.logins.maker);
  expect(seen.headers['set-cookie']).toMatch(/^almoner_session=alm_session_[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
});

test('a wrong password and an unknown log-in are told the same', async () => {
  const pages = await Promise.all(
    [
      { ...story.logins.maker, password: 'wrong' },
      { login: 'nobody', password: 'wrong' },
    ].map((fields) => new Browser(house.url).post('/login', fields)),
  );
  for (const seen of pages) {
    expect(seen.status).toBe(401);
    expect(seen.html).toContain('登录名或密码不正确');
    expect(seen.headers['set-cookie']).toBeUndefined();
  }
  expect(pages[0]!.html.replace(story.logins.maker.login, '')).toBe(pages[1]!.html.replace('nobody', ''));
});

test.each([
  ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['nowhere', {}],
  ['a sandboxed frame', { origin: 'null' }],
])('a log-in form from %s is refused', async (_where, headers) => {
  const seen = await new Browser(house.url).post('/login', story.logins.maker, headers as Record<string, string>);
  expect(seen.status).toBe(403);
  expect(seen.html).toContain('表单未被接受');
});

test('a page that needs a log-in asks for it and leads back', async () => {
  const browser = new Browser(house.url);
  const asked = await browser.get('/approvals');
  expect([asked.status, asked.to]).toEqual([303, '/login?next=%2Fapprovals']);
  const form = await browser.get(asked.to!);
  expect((await browser.post('/login', { ...story.logins.maker, ...hiddenOf(form.html, '/login') })).to).toBe('/approvals');
});

test.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/login'])('a log-in never leads to %s', async (next) => {
  expect((await new Browser(house.url).post('/login', { ...story.logins.maker, next })).to).toBe('/approvals');
});

test('after the log-out the cookie is worth nothing', async () => {
  const browser = await new Browser(house.url).logIn(story.logins.maker);
  const kept = new Map(browser.cookies);
  const { html } = await browser.get('/approvals');
  expect((await browser.post('/logout', {})).status).toBe(403);
  expect((await browser.post('/logout', hiddenOf(html, '/logout'))).to).toBe('/');
  for (const [name, value] of kept) browser.cookies.set(name, value);
  expect((await browser.get('/approvals')).status).toBe(303);
  expect(await house.db('audit.event').where('action', 'session.ended').first()).toBeDefined();
});

test('an API key in the cookie is no log-in', async () => {
  const browser = new Browser(house.url);
  browser.cookies.set('almoner_session', story.platformKey);
  expect((await browser.get('/approvals')).status).toBe(303);
});

test('the language is asked for, remembered, or the browser’s', async () => {
  const browser = new Browser(house.url, { 'accept-language': 'en-GB,en' });
  expect((await browser.get('/login')).html).toContain('<html lang="en">');
  expect((await browser.get('/login?lang=zh')).html).toContain('<html lang="zh-CN">');
  expect((await browser.get('/login')).html).toContain('<html lang="zh-CN">');
  expect((await new Browser(house.url, {}).get('/login')).html).toContain('<html lang="zh-CN">');
});

test('no page lets scripts or inline styles run, and the stylesheet’s address names its content', async () => {
  const { headers, html } = await new Browser(house.url).get('/login');
  expect(headers['content-security-policy']).toMatch(/style-src 'self'(;|$)/);
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect(html).not.toMatch(/<script|style=|javascript:|\son\w+=/);
  const css = /href="(\/assets\/style\.[0-9a-f]{16}\.css)"/.exec(html)![1]!;
  const sheet = await new Browser(house.url).get(css);
  expect([sheet.status, sheet.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
});

test('behind https the cookie is Secure and bound to the host', async () => {
  const secure = await openHouse({ publicUrl: 'https://almoner.example' });
  try {
    const { logins } = await Story.begin(secure);
    const seen = await new Browser(secure.url).post('/login', logins.maker, { origin: 'https://almoner.example', 'sec-fetch-site': 'same-origin' });
    expect(seen.headers['set-cookie']).toMatch(/^__Host-almoner_session=.*; HttpOnly; SameSite=Strict; Secure$/);
  } finally {
    await secure.close();
  }
});
