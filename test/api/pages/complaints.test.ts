import { Browser, hiddenOf } from './support/browser';
import { type House, openHouse } from './support/house';
import { Story } from './support/story';

let house: House;
let story: Story;
let page: string;
let sent: string;
const anybody = (): Browser => new Browser(house.url);
beforeAll(async () => {
  house = await openHouse();
  story = await (await Story.begin(house)).open();
  page = `/c/${story.campaignId}/complain`;
  sent = `/c/${story.campaignId}/complaint`;
});
afterAll(() => house.close());

const filed = (): Promise<number> =>
  house
    .db('complaint')
    .where('campaign_id', story.campaignId)
    .then((all: unknown[]) => all.length);

/** Files an anonymous complaint through the pages. @returns the status page's address. */
async function complain(text = '家里有两套房没有公示'): Promise<string> {
  const check = await anybody().post(page, { subject: 'assets', text });
  return (await anybody().post(sent, { ...hiddenOf(check.html, sent), name: '', contact: '' })).to!;
}

test('three pages: what, who and check, the number; anonymous unless one says otherwise', async () => {
  const first = await anybody().get(page);
  expect(first.status).toBe(200);
  for (const words of ['第 1 步，共 3 步', '<label for="text">发生了什么</label>', '隐瞒财产']) expect(first.html).toContain(words);
  expect(first.html).not.toContain(' checked');
  const before = await filed();
  const check = await anybody().post(page, { subject: 'assets', text: '家里有两套房\r\n没有公示' });
  expect(check.status).toBe(200);
  expect(check.html).toMatch(/隐瞒财产[\s\S]*<p>家里有两套房<\/p><p>没有公示<\/p>/);
  expect(check.html).toMatch(/<input id="name" name="name" type="text" value=""/);
  expect(await filed()).toBe(before);
  const fields = { ...hiddenOf(check.html, sent), name: '', contact: '' };
  const [once, twice] = await Promise.all([anybody().post(sent, fields), anybody().post(sent, fields)]);
  expect([once.status, once.to]).toEqual([303, twice.to]);
  expect(await filed()).toBe(before + 1);
  const receipt = await anybody().get(once.to!);
  for (const words of [once.to!.split('/').at(-1)!, '匿名', '已收到', '2026/03/03 09:00', '2026/03/17 09:00']) expect(receipt.html).toContain(words);
  expect(receipt.html).not.toContain('两套房');
  expect(receipt.headers['cache-control']).toBe('no-store');
});

test('a name and contact are kept sealed and never shown in public', async () => {
  const check = await anybody().post(page, { subject: 'plea', text: '病历不是他的' });
  const { to } = await anybody().post(sent, { ...hiddenOf(check.html, sent), name: '王五', contact: '13800000000' });
  const { html } = await anybody().get(to!);
  expect(html).toContain('已留姓名（不公开）');
  for (const words of ['王五', '13800000000']) expect(html).not.toContain(words);
});

test('what is wrong is named at its field, and nothing typed is lost', async () => {
  const none = await anybody().post(page, { text: '   ', name: '王五' });
  expect(none.status).toBe(400);
  for (const words of ['<a href="#subject">请选择投诉内容</a>', '<a href="#text">请写明发生了什么', 'id="text-error"', 'name="name" value="王五"'])
    expect(none.html).toContain(words);
  const long = await new Browser(house.url, { 'accept-language': 'en' }).post(page, { subject: 'plea', text: '长'.repeat(5_001) });
  expect([long.status, long.html.includes('<a href="#text">Say what happened, in 1 to 5,000 characters')]).toEqual([400, true]);
  const full = await anybody().post(page, { subject: 'plea', text: '长'.repeat(5_000) });
  expect(full.status).toBe(200);
  const contact = await anybody().post(sent, { ...hiddenOf(full.html, sent), name: '王五', contact: 'x'.repeat(101) });
  expect(contact.status).toBe(400);
  for (const words of ['<a href="#contact">', 'value="王五"', '长长']) expect(contact.html).toContain(words);
});

test('one may go back and change what was written, and nothing is asked twice', async () => {
  const check = await anybody().post(page, { subject: 'plea', text: '第一稿' });
  const back = await anybody().post(page, hiddenOf(check.html, page));
  expect(back.status).toBe(200);
  expect(back.html).toMatch(/value="plea" id="subject" checked|value="plea"[^>]* checked/);
  expect(back.html).toContain('>第一稿</textarea>');
});

test('the same form with other words is refused, and so is one from elsewhere or without its key', async () => {
  const check = await anybody().post(page, { subject: 'plea', text: '原文' });
  const fields = hiddenOf(check.html, sent);
  await anybody().post(sent, fields);
  expect((await anybody().post(sent, { ...fields, text: '改过' })).status).toBe(422);
  const before = await filed();
  const stranger = await anybody().post(sent, { ...fields, text: '别处' }, { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' });
  expect(stranger.status).toBe(403);
  expect((await anybody().post(sent, { subject: 'plea', text: '没有键' })).status).toBe(400);
  expect(await filed()).toBe(before);
});

test('a campaign that the public does not see cannot be complained about', async () => {
  const hidden = await Story.begin(house);
  for (const address of [`/c/${hidden.campaignId}/complain`, '/c/not-an-id/complain']) expect((await anybody().get(address)).status).toBe(404);
  expect((await anybody().post(`/c/${hidden.campaignId}/complain`, { subject: 'plea', text: 'x' })).status).toBe(404);
});

test('a number is found in any case and spacing; one that is none is said so at its field', async () => {
  const to = await complain();
  const typed = to.split('/').at(-1)!.toLowerCase().replaceAll('-', ' ');
  expect((await anybody().post('/complaints', { number: ` ${typed} ` })).to).toBe(to);
  const unknown = await anybody().post('/complaints', { number: 'TS-0000-0000-0000' });
  expect([unknown.status, unknown.html.includes('<a href="#number">没有这个编号的投诉')]).toEqual([404, true]);
  expect(unknown.html).toContain('value="TS-0000-0000-0000"');
  const empty = await anybody().post('/complaints', { number: ' ' });
  expect([empty.status, empty.html.includes('<a href="#number">请输入受理编号</a>')]).toEqual([400, true]);
  expect((await anybody().get('/complaints/TS-0000-0000-0000')).status).toBe(404);
});

test('the reply is shown, and a refusal may be appealed once in time', async () => {
  const to = await complain('没有根据的话');
  const number = to.split('/').at(-1)!;
  const { id } = (await house.db('complaint').where('receipt_number', number).first('id')) as { id: string };
  expect((await anybody().get(to)).html).not.toContain(`${to}/appeal`);
  await story.api('POST', `/v1/complaints/${id}/admissibility`, await story.session('reviewer'), {
    admissible: false,
    reason: '没有事实',
    reply: '未提供任何事实，不予受理。',
  });
  const answered = await anybody().get(to);
  for (const words of ['不予受理', '未提供任何事实，不予受理。', `action="${to}/appeal"`]) expect(answered.html).toContain(words);
  const empty = await anybody().post(`${to}/appeal`, { ...hiddenOf(answered.html, `${to}/appeal`), text: '' });
  expect([empty.status, empty.html.includes('<a href="#text">')]).toEqual([400, true]);
  const fields = { ...hiddenOf(answered.html, `${to}/appeal`), text: '我有照片' };
  expect((await anybody().post(`${to}/appeal`, fields)).to).toBe(to);
  expect((await anybody().post(`${to}/appeal`, fields)).to).toBe(to);
  expect(await house.db('complaint_appeal').where('complaint_id', id)).toHaveLength(1);
  const appealed = await anybody().get(to);
  expect(appealed.html).toContain('由另一位工作人员复核中');
  expect(appealed.html).not.toContain(`action="${to}/appeal"`);
});

test('every page of a complaint is light and needs no script, in both languages', async () => {
  const to = await complain();
  for (const language of ['zh-CN', 'en'])
    for (const address of [page, '/complaints', to]) {
      const { html, status } = await new Browser(house.url, { 'accept-language': language }).get(address);
      expect(status).toBe(200);
      expect(Buffer.byteLength(html)).toBeLessThan(100_000);
      expect(html).not.toMatch(/<script|style=|\son\w+=/);
    }
});
