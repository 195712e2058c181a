import { gzipSync } from 'node:zlib';
import { Browser } from './support/browser';
import { type House, openHouse } from './support/house';
import { Story } from './support/story';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** @returns the amount beside a money word in the table. */
const amountOf = (html: string, word: string): string | undefined =>
  new RegExp(`<th scope="row">${word} [\\s\\S]*?<td class="amount"><span class="yuan">([^<]*)`).exec(html)?.[1];

test('before its opening a campaign is nobody’s business', async () => {
  const story = await Story.begin(house, { title: '未公开' });
  const seen = await new Browser(house.url).get(`/c/${story.campaignId}`);
  expect(seen.status).toBe(404);
  expect(seen.html).toContain('地址可能有误，或该内容未公开');
  expect(seen.html).not.toContain('未公开</h1>');
  expect((await new Browser(house.url).get('/')).html).not.toContain(story.campaignId);
});

test('the page says what it is, what it costs and what is not published', async () => {
  const story = await (await Story.begin(house, { unpublished: ['cars'] })).open();
  const zh = (await new Browser(house.url).get(`/c/${story.campaignId}`)).html;
  for (const words of [
    '不是慈善公开募捐',
    '信息的真实性由求助人和信息发布者负责',
    '每次提款额的 3 %，每个项目累计最多 ¥5,000.00',
    '提款额的 0.6 %',
    '14 项中已公示 13 项',
  ])
    expect(zh).toContain(words);
  expect(zh).toMatch(/<dt>车辆<\/dt>\s*<dd><span class="warn">未公示/);
  const en = (await new Browser(house.url, { 'accept-language': 'en' }).get(`/c/${story.campaignId}`)).html;
  for (const words of [
    'not charitable public fundraising',
    'help-seeker and publisher answer for its truth',
    '13 of 14 items are published',
    'Not published',
  ])
    expect(en).toContain(words);
});

test('money’s path has a number for each word, and raised = paid out + refunded + pending', async () => {
  const story = await (await (await Story.begin(house)).open()).give([5_000_000n]);
  const releaseId = await story.toApproval();
  await story.approveAndPay(releaseId);
  const { html } = await new Browser(house.url).get(`/c/${story.campaignId}`);
  const expected = {
    求助目标: '100,000.00',
    赠与付款: '50,000.00',
    已筹: '50,000.00',
    在存管账户: '25,900.00',
    已申请: '50,000.00',
    已批准: '25,000.00',
    已汇出: '24,100.00',
    已到账: '24,100.00',
    医院已签收: '0.00',
    已用并有凭证: '0.00',
    费用: '900.00',
    待拨付: '25,000.00',
    已退款: '0.00',
  };
  for (const [word, amount] of Object.entries(expected)) expect([word, amountOf(html, word)]).toEqual([word, `¥${amount}`]);
  const terms = [...html.matchAll(/<div class="term"><dt>[\s\S]*?<dd><span class="yuan">¥([^<]*)/g)].map((match) =>
    BigInt(match[1]!.replace(/[,.]/g, '')),
  );
  expect(terms).toEqual([5_000_000n, 2_500_000n, 0n, 2_500_000n]);
  expect(terms[0]).toBe(terms[1]! + terms[2]! + terms[3]!);
  expect(html).toContain('账目相符，一分不差');
  expect(html).toMatch(/<li class="now" aria-current="step">签收/);
  expect(html).toContain('待签收');
  expect(html).toContain('待前批完成');
});

test('books that do not add up are not hidden', async () => {
  const story = await (await (await Story.begin(house)).open()).give([5_000_000n]);
  await house.db('campaign').where('id', story.campaignId).update({ raised_fen: '5000001' });
  expect((await new Browser(house.url).get(`/c/${story.campaignId}`)).html).toContain('账目不符，相差 ¥0.01');
});

test('a hold is public', async () => {
  const story = await (await Story.begin(house)).open();
  await house.db('hold').insert({
    id: 'hold-of-a-test',
    campaign_id: story.campaignId,
    rule: 'RECEIPT',
    reason: 'the receipt is overdue',
    placed_at: new Date(story.nowMs),
  });
  expect((await new Browser(house.url).get(`/c/${story.campaignId}`)).html).toMatch(/RECEIPT：自 <time[^>]*>2026\/03\/02 09:00<\/time> 起暂停/);
});

test('what a person wrote stays text', async () => {
  const story = await (
    await Story.begin(house, { title: '<img src=x onerror=alert(1)>', story: '第一段</p><script>alert(1)</script>\n第二段 & "引号"' })
  ).open();
  for (const path of [`/c/${story.campaignId}`, '/']) {
    const { html } = await new Browser(house.url).get(path);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).not.toMatch(/<script|<img src=x/);
  }
  expect((await new Browser(house.url).get(`/c/${story.campaignId}`)).html).toContain('<p>第二段 &amp; &quot;引号&quot;</p>');
});

test('the page and its stylesheet are light, and need no script', async () => {
  const story = await (await (await Story.begin(house)).open()).give([1_000_000n]);
  const { html } = await new Browser(house.url).get(`/c/${story.campaignId}`);
  const css = await new Browser(house.url).get(/href="(\/assets\/style[^"]*)"/.exec(html)![1]!);
  expect(gzipSync(html).length + gzipSync(css.html).length).toBeLessThan(150_000);
  expect(Buffer.byteLength(html) + Buffer.byteLength(css.html)).toBeLessThan(150_000);
  expect(html).not.toMatch(/<script|style=|\son\w+=/);
});

test('the front page lists what raises and pays', async () => {
  const story = await (await (await Story.begin(house, { title: '首页可见' })).open()).give([1_000_000n]);
  const { html } = await new Browser(house.url).get('/');
  expect(html).toContain(`<a class="card-title" href="/c/${story.campaignId}">首页可见</a>`);
  expect(html).toContain('目标 ¥100,000.00，已筹 10 %');
});

test('an unknown address is a page for people and a problem for programs', async () => {
  const person = await new Browser(house.url).get('/no/such/page');
  expect([person.status, person.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  const program = await new Browser(house.url).get('/v1/no/such/thing');
  expect([program.status, program.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
  const script = await new Browser(house.url).get('/no/such/page', { accept: '*/*' });
  expect(script.headers['content-type']).toContain('application/problem+json');
});
