import { ulid } from 'ulid';
import { Browser, hiddenOf } from './support/browser';
import { type House, openHouse } from './support/house';
import { Story } from './support/story';

let house: House;
let story: Story;
let give: string;
const anybody = (language = 'zh-CN'): Browser => new Browser(house.url, { 'accept-language': language });
beforeAll(async () => {
  house = await openHouse();
  story = await (await Story.begin(house)).open();
  give = `/c/${story.campaignId}/give`;
});
afterAll(() => house.close());

const shown = async (): Promise<Record<string, string>> => hiddenOf((await anybody().get(give)).html, give);
const gifts = (): Promise<{ id: string; amount_fen: bigint }[]> => house.db('gift').where('campaign_id', story.campaignId).orderBy('id');

/** Orders a gift through the page, and has the channel prove its payment. @returns the gift's page. */
async function paid(amountFen: string): Promise<string> {
  const { to } = await anybody().post(give, { ...(await shown()), preset: amountFen, amount: '', consent: 'yes' });
  const notice = { noticeId: ulid(), merchantId: await story.merchantId(), transactionId: ulid(), payerId: ulid(), currency: 'CNY' };
  await house.gifts.hear('wechat', {
    kind: 'paid',
    ...notice,
    orderId: to!.split('/')[2]!,
    amountFen: BigInt(amountFen),
    paidAt: new Date(story.nowMs).toISOString(),
  });
  return to!;
}

test('fees, risks and rules come first, nothing is chosen or ticked for the donor', async () => {
  const { html, status } = await anybody().get(give);
  expect(status).toBe(200);
  const order = ['不是慈善公开募捐', '赠与之前：收费说明', '风险提示', '按原路退还', '赠与金额', '我已阅读以上收费说明', '下一步：取得付款码'];
  const places = order.map((words) => html.indexOf(words));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(html).not.toMatch(/ checked|<script|style=/);
  expect(Buffer.byteLength(html)).toBeLessThan(100_000);
  expect((await anybody('en').get(give)).html).toContain('I have read the fees, the risks and the donor’s rules above');
});

test('an order is made once, keeps what was shown, and leads to the gift’s own page', async () => {
  const before = (await gifts()).length;
  const fields = { ...(await shown()), preset: 'own', amount: '６６．６６', consent: 'yes' };
  const [once, twice] = await Promise.all([anybody().post(give, fields), anybody().post(give, fields)]);
  expect([once.status, twice.to]).toEqual([303, once.to]);
  const all = await gifts();
  expect(all).toHaveLength(before + 1);
  expect(all.at(-1)!.amount_fen).toBe(6_666n);
  expect(once.to).toMatch(new RegExp(`^/g/${all.at(-1)!.id}/[0-9a-f]{24}$`));
  const consent = await house
    .db('gift_consent')
    .where('campaign_id', story.campaignId)
    .orderBy('consented_at', 'desc')
    .first('version', 'fee_version');
  expect(consent).toEqual({ version: Number((await shown()).version), fee_version: 1 });
  const page = await anybody().get(once.to!);
  for (const words of ['¥66.66', '人民币陆拾陆元陆角陆分', '待付款', `weixin://wxpay/bizpayurl?pr=${all.at(-1)!.id}`])
    expect(page.html).toContain(words);
  expect(page.headers['cache-control']).toBe('no-store');
  expect(page.html).not.toContain('提交退款申请');
  expect((await anybody().post(give, { ...fields, amount: '77' })).status).toBe(422);
  expect(await gifts()).toHaveLength(before + 1);
});

test('by Alipay where the donor chooses it: its code, its name on the receipt; a channel that the platform has not is refused by name', async () => {
  const page = (await anybody().get(give)).html;
  for (const words of ['付款方式', '微信支付', '支付宝']) expect(page).toContain(words);
  const fields = { preset: '2000', amount: '', consent: 'yes' };
  const { to } = await anybody().post(give, { ...(await shown()), ...fields, channel: 'alipay' });
  const [, , id] = to!.split('/');
  expect(await house.db('gift').where('id', id).first('channel')).toEqual({ channel: 'alipay' });
  const gift = (await anybody().get(to!)).html;
  for (const words of [`href="https://qr.alipay.com/bax${id}"`, '打开支付宝', '<dd>支付宝</dd>']) expect(gift).toContain(words);
  expect((await anybody('en').get(to!)).html).toContain('<dd>Alipay</dd>');
  const before = (await gifts()).length;
  const wrong = await anybody().post(give, { ...(await shown()), ...fields, channel: 'unionpay' });
  expect([wrong.status, wrong.html.includes('该平台不支持这种付款方式')]).toEqual([400, true]);
  expect(await gifts()).toHaveLength(before);
});

test.each([
  ['a telephone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1', true],
  ['inside of WeChat', 'Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.50', false],
  ['a desk', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36', false],
])('by Alipay in the browser of %s', async (_what, agent, hasPage) => {
  const donor = new Browser(house.url, { 'accept-language': 'zh-CN', 'user-agent': agent });
  const fields = { ...(await shown()), preset: '2000', amount: '', consent: 'yes', channel: 'alipay' };
  const origin = { origin: house.url, 'sec-fetch-site': 'same-origin' };
  const { to } = await donor.post(give, fields, origin);
  const [, , id] = to!.split('/');
  const { html } = await donor.get(to!);
  const page = `href="https://openapi.alipay.com/gateway.do?n=${id}&amp;back=${house.url}/c/${story.campaignId}"`;
  expect([html.includes(page), html.includes('https://qr.alipay.com/'), html.includes('打开支付宝')]).toEqual([hasPage, !hasPage, true]);
});

test.each([
  ['no amount', { amount: '' }, 'preset'],
  ['a choice that does not exist', { preset: '1', amount: '' }, 'preset'],
  ['another amount that is missing', { preset: 'own', amount: ' ' }, 'amount'],
  ['a part of a fen', { preset: 'own', amount: '0.001' }, 'amount'],
  ['an exponent', { preset: 'own', amount: '1e3' }, 'amount'],
  ['nothing', { preset: 'own', amount: '0.00' }, 'amount'],
  ['less than nothing', { preset: 'own', amount: '-5' }, 'amount'],
  ['two amounts', { preset: '2000', amount: '30' }, 'amount'],
  ['more than is asked for', { preset: 'own', amount: '100,000.01' }, 'amount'],
])('%s is named at its field, and what was typed stays', async (_what, fields, field) => {
  const before = (await gifts()).length;
  const seen = await anybody().post(give, { ...(await shown()), consent: 'yes', ...fields });
  expect(seen.status).toBe(400);
  expect(seen.html).toContain(`<a href="#${field}">`);
  expect(seen.html).toContain(`id="${field}-error"`);
  expect(seen.html).toContain(`value="${fields.amount}"`);
  expect(await gifts()).toHaveLength(before);
});

test('nothing is ordered without consent, with rules that are out of date, or by another site', async () => {
  const before = (await gifts()).length;
  const fields = { ...(await shown()), preset: '2000', amount: '' };
  const none = await anybody('en').post(give, fields);
  expect([none.status, none.html.includes('<a href="#consent">Read and tick')]).toEqual([400, true]);
  const old = await anybody().post(give, { ...fields, consent: 'yes', version: '0' });
  expect([old.status, old.html.includes('<a href="#consent">规则或收费标准已更新')]).toEqual([400, true]);
  expect(old.html).toMatch(/id="consent" name="consent" value="yes" aria/);
  const fees = await anybody().post(give, { ...(await shown()), preset: '2000', consent: 'yes', feeVersion: '7' });
  expect(fees.status).toBe(400);
  expect((await anybody().post(give, { ...fields, consent: 'yes' }, { origin: 'https://elsewhere.example' })).status).toBe(403);
  expect(await gifts()).toHaveLength(before);
});

test('a paid gift is a receipt with the money’s path, and may be asked back once', async () => {
  const page = await paid('5000');
  const receipt = await anybody().get(page);
  for (const words of ['赠与凭据', '¥50.00', '已付款', '账目相符，一分不差', '不能开具公益事业捐赠票据', '目前可退 ¥50.00'])
    expect(receipt.html).toContain(words);
  const empty = await anybody().post(`${page}/refund`, { ...hiddenOf(receipt.html, `${page}/refund`), reason: ' ' });
  expect([empty.status, empty.html.includes('<a href="#reason">请填写申请理由')]).toEqual([400, true]);
  const fields = { ...hiddenOf(receipt.html, `${page}/refund`), reason: '我捐错了' };
  const [once, twice] = await Promise.all([anybody().post(`${page}/refund`, fields), anybody().post(`${page}/refund`, fields)]);
  expect([once.to, twice.to]).toEqual([page, page]);
  const requests = (await house.db('refund_request').where('gift_id', page.split('/')[2]!)) as { id: string; asked_through: string }[];
  expect(requests.map((r) => r.asked_through)).toEqual(['donor-page']);
  const asked = await anybody().get(page);
  expect(asked.html).toContain('待决定');
  expect(asked.html).not.toContain(`${page}/refund`);
  expect(asked.html).not.toContain('我捐错了');
  await story.api('POST', `/v1/refund-requests/${requests[0]!.id}/decision`, await story.session('reviewer'), { grant: true, reply: '同意退回。' });
  const granted = await anybody('en').get(page);
  for (const words of ['Granted', '同意退回。', 'your request', '¥50.00']) expect(granted.html).toContain(words);
});

test('the key is needed, and the key of another gift does not do', async () => {
  const [mine, other] = [await paid('2000'), await paid('2000')];
  const id = mine.split('/')[2]!;
  for (const key of [other.split('/')[3]!, '0'.repeat(24), 'x'])
    for (const seen of [await anybody().get(`/g/${id}/${key}`), await anybody().post(`/g/${id}/${key}/refund`, { reason: '不是我的', once: ulid() })])
      expect(seen.status).toBe(404);
  expect(await house.db('refund_request').where('gift_id', id)).toHaveLength(0);
  const kept = (await house.db('idempotency').where('actor', 'public')) as { body: unknown }[];
  expect(JSON.stringify(kept.map((k) => k.body))).not.toContain(mine.split('/')[3]);
});

test('no gift is taken while the raise is not open', async () => {
  const closed = await (await Story.begin(house)).open();
  const address = `/c/${closed.campaignId}/give`;
  const fields = hiddenOf((await anybody().get(address)).html, address);
  await house.db('campaign').where('id', closed.campaignId).update({ phase: 'settlement' });
  expect((await anybody().get(address)).status).toBe(409);
  const late = await anybody().post(address, { ...fields, preset: '2000', consent: 'yes' });
  expect([late.status, late.html.includes('不在可以这样做的阶段')]).toEqual([409, true]);
});
