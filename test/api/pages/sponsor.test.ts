import { ulid } from 'ulid';
import { aPdf } from '../../support/files';
import { Browser, hiddenOf } from './support/browser';
import { type House, openHouse } from './support/house';
import { Story } from './support/story';

let house: House;
const sponsor = (language = 'zh-CN'): Browser => new Browser(house.url, { 'accept-language': language });
const pageOf = (story: Story): string => `/s/${story.campaignId}/${story.sponsorKey}`;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const rowOf = (story: Story): Promise<Record<string, unknown>> => house.db('campaign').where('id', story.campaignId).first();
/** Sends one of the page's forms. */
async function act(story: Story, name: string, fields: Record<string, string>): ReturnType<Browser['post']> {
  const { html } = await sponsor().get(pageOf(story));
  return sponsor().post(`${pageOf(story)}/${name}`, { ...hiddenOf(html, `${pageOf(story)}/${name}`), ...fields });
}
const pdf = { bytes: new TextEncoder().encode(aPdf('', ulid())), type: 'application/pdf' };

test('the key is given once, at the submission, and opens nothing else', async () => {
  const [story, other] = [await Story.begin(house), await Story.begin(house)];
  expect(story.sponsorKey).toMatch(/^[0-9a-f]{24}$/);
  expect(await story.api('GET', `/v1/campaigns/${story.campaignId}`, story.platformKey)).not.toHaveProperty('sponsorKey');
  for (const key of [other.sponsorKey, '0'.repeat(24), 'x']) {
    const address = `/s/${story.campaignId}/${key}`;
    expect((await sponsor().get(address)).status).toBe(404);
    for (const name of ['consent', 'update', 'close', 'extension', 'death', 'answer', 'money', 'money-request'])
      expect((await sponsor().post(`${address}/${name}`, { once: ulid(), closeSure: 'yes' })).status).toBe(404);
    expect((await sponsor().upload(`${address}/document`, { kind: 'diagnosis' }, pdf)).status).toBe(404);
  }
});

test('before the opening it says where the campaign stands, what is asked for and what is agreed', async () => {
  const story = await Story.begin(house, { unpublished: ['cars'] });
  const { html, headers } = await sponsor().get(pageOf(story));
  for (const words of ['事前审核', '资料正在审核，通过前不公开。', '尚未公示： 车辆', '发起人，第', '3 %', '身份证件', '仅登记哈希'])
    expect(html).toContain(words);
  for (const name of ['update', 'close', 'money']) expect(html).not.toContain(`action="${pageOf(story)}/${name}"`);
  expect([headers['cache-control'], headers['x-robots-tag']]).toEqual(['no-store', 'noindex, nofollow']);
  expect(html).not.toMatch(/<script|style=|林小满|林秀英/);
  expect(Buffer.byteLength(html)).toBeLessThan(100_000);
  expect((await sponsor('en').get(pageOf(story))).html).toContain('It is being audited and is not public before that.');
});

test('rules that are new since are agreed to on the page, once', async () => {
  const story = await Story.begin(house, { startsAt: '2024-09-01T09:00:00+08:00' });
  expect((await sponsor().get(pageOf(story))).html).not.toContain(`${pageOf(story)}/consent`);
  await story.pass(24 * 10);
  const unread = await act(story, 'consent', {});
  expect([unread.status, unread.html.includes('<a href="#consent">请阅读后勾选同意</a>')]).toEqual([400, true]);
  expect((await act(story, 'consent', { consent: 'yes', version: '1' })).html).toContain('<a href="#consent">规则或收费标准已更新');
  expect((await act(story, 'consent', { consent: 'yes' })).status).toBe(303);
  const { html } = await sponsor().get(pageOf(story));
  expect(html).not.toContain(`${pageOf(story)}/consent`);
  expect(html).toContain('发起人，第 2 版， <time datetime="2024-09-11T01:00:00.000Z">');
});

test('an update is published once, with the sponsor as its actor', async () => {
  const story = await (await Story.begin(house)).open();
  const missing = await act(story, 'update', { updateText: ' ' });
  expect(missing.status).toBe(400);
  for (const words of ['<a href="#updateKind">请选择类别</a>', '<a href="#updateText">', 'id="act-update" open'])
    expect(missing.html).toContain(words);
  const fields = { ...hiddenOf(missing.html, `${pageOf(story)}/update`), updateKind: 'progress', updateText: '第一疗程顺利。' };
  for (let press = 0; press < 2; press += 1) expect((await sponsor().post(`${pageOf(story)}/update`, fields)).to).toBe(pageOf(story));
  const updates = await house.db('progress_update').where('campaign_id', story.campaignId);
  expect(updates.map((u: { posted_by: string }) => u.posted_by)).toEqual([`sponsor:${(await rowOf(story)).sponsor_id as string}`]);
  expect((await sponsor().get(`/c/${story.campaignId}`)).html).toContain('第一疗程顺利。');
  const foreign = await sponsor().post(`${pageOf(story)}/update`, { ...fields, once: ulid() }, { origin: 'https://elsewhere.example' });
  expect(foreign.status).toBe(403);
  const kept = (await house.db('idempotency').where('actor', 'public')) as { body: unknown }[];
  expect(JSON.stringify(kept.map((k) => k.body))).not.toContain(story.sponsorKey);
});

test('the raise is extended once and ended early, each with its own confirmation', async () => {
  const story = await (await Story.begin(house)).open();
  expect((await act(story, 'extension', { extensionReason: '' })).html).toContain('<a href="#extensionReason">');
  expect((await act(story, 'extension', { extensionReason: '治疗延期' })).status).toBe(303);
  const extended = await sponsor().get(pageOf(story));
  expect(extended.html).toContain('2026/05/01 09:00');
  expect(extended.html).not.toContain(`${pageOf(story)}/extension`);
  const unsure = await act(story, 'close', {});
  expect([unsure.status, unsure.html.includes('<a href="#closeSure">请勾选确认</a>')]).toEqual([400, true]);
  expect((await rowOf(story)).close_asked_at).toBeNull();
  expect((await act(story, 'close', { closeSure: 'yes' })).status).toBe(303);
  expect((await rowOf(story)).close_asked_at).not.toBeNull();
});

test('a death is reported with its date and freezes payouts', async () => {
  const story = await (await Story.begin(house)).open();
  for (const diedOn of ['', '2026-02-30', '2026-12-01']) {
    const wrong = await act(story, 'death', { diedOn });
    expect([diedOn, wrong.status, wrong.html.includes('<a href="#diedOn">请填写正确的日期')]).toEqual([diedOn, 400, true]);
  }
  expect((await act(story, 'death', { diedOn: '2026-03-01' })).status).toBe(303);
  const { html } = await sponsor().get(pageOf(story));
  expect(html).not.toContain(`${pageOf(story)}/death`);
  expect(html).toContain('DEATH');
});

test('a document is taken, sealed and versioned; what is no plain document is said at its field', async () => {
  const story = await (await Story.begin(house)).open();
  const address = `${pageOf(story)}/document`;
  const none = await sponsor().upload(address, { kind: '' }, null);
  expect(none.status).toBe(400);
  for (const words of ['<a href="#kind">请选择材料种类</a>', '<a href="#file">']) expect(none.html).toContain(words);
  const script = { bytes: new TextEncoder().encode(aPdf('<< /JavaScript 1 0 R >>')), type: 'application/pdf' };
  for (const file of [script, { bytes: new TextEncoder().encode('MZ'), type: 'application/pdf' }])
    expect((await sponsor().upload(address, { kind: 'receipts' }, file)).html).toContain('<a href="#file">不能接收这个文件');
  expect((await sponsor('en').upload(address, { kind: 'receipts' }, script)).html).toContain('This file cannot be taken');
  for (let press = 0; press < 2; press += 1)
    expect((await sponsor().upload(address, { kind: 'receipts' }, pdf)).to).toBe(`${pageOf(story)}#documents`);
  const stored = await house.db('document').where({ campaign_id: story.campaignId, kind: 'receipts' });
  expect(stored.map((d: { version: number; stored: boolean; media_type: string }) => [d.version, d.stored, d.media_type])).toEqual([
    [1, true, 'application/pdf'],
  ]);
  expect((await sponsor().get(pageOf(story))).html).toMatch(/票据 · 第 1 版 · [\s\S]{0,90}已加密保存/);
  const large = await sponsor().upload(address, { kind: 'receipts' }, { bytes: new Uint8Array(20_000_001), type: 'application/pdf' });
  expect([large.status, large.html.includes('<a href="#file">请选择一个不超过 20 MB 的文件')]).toEqual([400, true]);
  const noForm = await sponsor().post(address, { kind: 'receipts' });
  expect(noForm.status).toBe(400);
});

test('what the reviewer asks for is answered here, and not from another campaign’s page', async () => {
  const [story, other] = [await Story.begin(house), await Story.begin(house)];
  const asked = await story.api('POST', `/v1/campaigns/${story.campaignId}/evidence-requests`, await story.session('reviewer'), {
    claims: ['income'],
    language: 'zh',
    message: '请补充收入证明',
    dueInDays: 3,
  });
  const id = asked.id as string;
  const page = await sponsor().get(pageOf(story));
  for (const words of ['请补充收入证明', '补充材料', '2026/03/05 09:00']) expect(page.html).toContain(words);
  const empty = await act(story, 'answer', { [`answer-${id}`]: '' });
  expect([empty.status, empty.html.includes(`<a href="#answer-${id}">`)]).toEqual([400, true]);
  const stranger = await sponsor().post(`${pageOf(other)}/answer`, { once: ulid(), request: id, [`answer-${id}`]: '不是我的' });
  expect(stranger.status).toBe(404);
  expect((await act(story, 'answer', { [`answer-${id}`]: '年收入约七万元，证明已上传。' })).status).toBe(303);
  expect((await sponsor().get(pageOf(story))).html).toContain('年收入约七万元');
});

test('money is asked for in two steps: fees and net first; a refusal names each reason; nothing twice', async () => {
  const story = await (await (await Story.begin(house)).open()).give([1_000_000n]);
  const none = await act(story, 'money', { mode: '' });
  expect([none.status, none.html.includes('<a href="#mode">请选择拨付方式</a>')]).toEqual([400, true]);
  const much = await act(story, 'money', { mode: 'single', amount: '10000.01', purpose: '药费' });
  expect(much.html).toContain('<a href="#amount">超过了可申请金额</a>');
  const check = await act(story, 'money', { mode: 'single', amount: '１,000', purpose: '药费' });
  expect(check.status).toBe(200);
  for (const words of ['¥1,000.00', '¥36.00', '¥964.00', '提交拨付申请']) expect(check.html).toContain(words);
  expect(await house.db('release_request').where('campaign_id', story.campaignId)).toHaveLength(0);
  const address = `${pageOf(story)}/money-request`;
  const fields = hiddenOf(check.html, address);
  for (let press = 0; press < 2; press += 1) expect((await sponsor().post(address, fields)).to).toBe(`${pageOf(story)}#money`);
  const requests = (await house.db('release_request').where('campaign_id', story.campaignId)) as {
    amount_fen: bigint;
    requested_by: string;
    outcome: string;
  }[];
  expect(requests.map((r) => [r.amount_fen, r.requested_by.split(':')[0]])).toEqual([[100_000n, 'sponsor']]);
  expect((await sponsor().get(pageOf(story))).html).toContain(requests[0]!.outcome === 'accepted' ? '申请已接受' : '申请被拒绝');
});

test('batches must sum to the whole, and a refused request shows the rule in both languages', async () => {
  const story = await (await (await Story.begin(house)).open()).give([1_000_000n]);
  await house.db('campaign').where('id', story.campaignId).update({ phase: 'release' });
  const sum = await act(story, 'money', { mode: 'batched', part1: '50', for1: '第一疗程', part2: '40.5', for2: '' });
  for (const words of ['<a href="#part1">各批百分比合计应为 100</a>', '<a href="#for2">', 'value="40.5"']) expect(sum.html).toContain(words);
  const check = await act(story, 'money', { mode: 'batched', part1: '60', for1: '第一疗程', part2: '40', for2: '第二疗程' });
  for (const words of ['¥6,000.00', '¥4,000.00', '¥10,000.00']) expect(check.html).toContain(words);
  const back = await sponsor().post(`${pageOf(story)}/money`, { ...hiddenOf(check.html, `${pageOf(story)}/money`) });
  expect(back.html).toContain('value="第二疗程"');
  const address = `${pageOf(story)}/money-request`;
  expect((await sponsor().post(address, hiddenOf(check.html, address))).status).toBe(303);
  expect((await sponsor().get(pageOf(story))).html).toMatch(/申请被拒绝[\s\S]*<code>BATCH<\/code>/);
  expect((await sponsor('en').get(pageOf(story))).html).toMatch(/Refused[\s\S]*<code>BATCH<\/code>/);
});
