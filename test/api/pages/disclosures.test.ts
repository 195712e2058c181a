import { ulid } from 'ulid';
import { Browser } from './support/browser';
import { type House, openHouse } from './support/house';
import { Story } from './support/story';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const seen = async (story: Story, language = 'zh-CN'): Promise<string> =>
  (await new Browser(house.url, { 'accept-language': language }).get(`/c/${story.campaignId}`)).html;
const at = (story: Story): Date => new Date(story.nowMs);
const change = (story: Story, to: Record<string, unknown>): Promise<unknown> => house.db('campaign').where('id', story.campaignId).update(to);

test('fees, risks and rights stand before the way to give, which is open only while the raise is', async () => {
  const story = await (await Story.begin(house)).open();
  const html = await seen(story);
  const order = [
    '赠与之前：收费说明',
    '风险提示',
    '赠与人的权利、义务与返还规则',
    `href="/c/${story.campaignId}/give"`,
    `href="/c/${story.campaignId}/complain"`,
  ];
  const places = order.map((words) => html.indexOf(words));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  await change(story, { phase: 'settlement' });
  const closed = await seen(story);
  expect(closed).not.toContain(`href="/c/${story.campaignId}/give"`);
  expect(closed).toContain('目前不接受赠与');
});

test('updates are shown with their delay, and what is owed and late is marked', async () => {
  const story = await (await Story.begin(house)).open();
  await story.api('POST', `/v1/campaigns/${story.campaignId}/updates`, story.platformKey, { kind: 'progress', text: '第一疗程结束，血象稳定。' });
  await story.pass(24 * 32);
  await story.api('POST', `/v1/campaigns/${story.campaignId}/updates`, story.platformKey, { kind: 'progress', text: '迟到的进展。' });
  await house
    .db('duty')
    .where('campaign_id', story.campaignId)
    .whereNull('done_at')
    .update({ reminded_at: at(story), marked_at: at(story) });
  const html = await seen(story);
  for (const words of ['第一疗程结束，血象稳定。', '按时公示', '逾期 48 小时', '病情进展逾期未公示，应公示于 <time']) expect(html).toContain(words);
  expect(html.indexOf('迟到的进展')).toBeLessThan(html.indexOf('第一疗程结束'));
  expect(await seen(story, 'en')).toContain('48 hours late; it was due');
});

test('complaints are shown with their times, delay and reply, never their text', async () => {
  const story = await (await Story.begin(house)).open();
  const filed = (text: string): Promise<Record<string, unknown>> =>
    story.api('POST', `/v1/campaigns/${story.campaignId}/complaints`, story.platformKey, { subject: 'assets', text });
  const { id } = await filed('秘密的投诉内容');
  await filed('另一件');
  await story.pass(50);
  await story.api('POST', `/v1/complaints/${id as string}/admissibility`, await story.session('reviewer'), {
    admissible: false,
    reason: '无事实',
    reply: '没有事实依据。',
  });
  const html = await seen(story);
  for (const words of ['共 2 件，其中 1 件尚待答复', '不予受理', '没有事实依据。', '历时 3 天', '最迟答复']) expect(html).toContain(words);
  expect(html).not.toContain('秘密的投诉内容');
});

test('an item that was withdrawn says when and why', async () => {
  const story = await (await Story.begin(house)).open();
  await story.api('POST', `/v1/campaigns/${story.campaignId}/publications/income/withdrawal`, await story.session('reviewer'), {
    reasonZh: '与核实结果不符',
    reasonEn: 'It differs from what was verified',
  });
  expect(await seen(story)).toMatch(
    /<dt>家庭收入<\/dt>\s*<dd><span class="warn">未公示<\/span><p class="muted">平台撤下于 <time[^>]*>2026\/03\/02 09:00<\/time>: 与核实结果不符/,
  );
  expect(await seen(story, 'en')).toContain('It differs from what was verified');
});

test('how a campaign stands is said in plain words', async () => {
  const story = await (await Story.begin(house)).open();
  await change(story, {
    phase: 'certificate-publicity',
    opened_at: null,
    closes_at: null,
    certificate_publicity_ends_at: new Date('2026-03-05T01:00:00Z'),
  });
  expect(await seen(story)).toMatch(/医疗证明公示中，尚未开始筹款[\s\S]*公示截止： <time[^>]*>2026\/03\/05 09:00/);
  await change(story, { phase: 'refunding', opened_at: at(story), stopped_by: ['COMPLAINT', 'DEATH'], stopped_at: at(story) });
  const refunding = await seen(story);
  for (const words of ['本项目已停止', '投诉经调查成立', '患者已去世', '正在退款']) expect(refunding).toContain(words);
  await change(story, { phase: 'refunded', ended_at: at(story) });
  const refunded = await seen(story);
  expect(refunded).toContain('退款已完成');
  expect(refunded).not.toContain('正在退款');
  expect(await seen(story, 'en')).toContain('A complaint was upheld after investigation');
});

test('money that went back is counted by round, and donors’ requests together', async () => {
  const story = await (await (await Story.begin(house)).open()).give([10_000n, 20_000n]);
  const gift = (await house.db('gift').where('campaign_id', story.campaignId).orderBy('amount_fen').first('id')) as { id: string };
  const give = (cause: string, of: string | null, fen: string): Promise<unknown> =>
    house.db.raw('select begin_refund(?, ?, ?, ?, ?, ?, ?)', [ulid(), story.campaignId, cause, of, fen, 'reviewer:test', at(story)] as never);
  await give('surplus', null, '7000');
  await give('request', gift.id, '1000');
  await give('request', gift.id, '2000');
  const html = await seen(story);
  expect(html).toMatch(/结余返还[\s\S]*?¥70\.00/);
  expect(html).toMatch(/赠与人申请<\/th>[\s\S]*?2 笔[\s\S]*?¥30\.00/);
  expect(html).toContain('赠与人申请退款 0 件');
});
