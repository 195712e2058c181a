import { chineseCapitals } from '../../../src/domain/chineseCapitals';
import { Browser, hiddenOf } from './support/browser';
import { type House, openHouse } from './support/house';
import { Story } from './support/story';

const NET = '¥24,100.00';
let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

async function paid(): Promise<{ story: Story; payoutId: string; page: string; cashier: Browser }> {
  const story = await (await (await Story.begin(house)).open()).give([5_000_000n]);
  const payoutId = await story.approveAndPay(await story.toApproval());
  return { story, payoutId, page: `/hospital/payouts/${payoutId}`, cashier: await new Browser(house.url).logIn(story.hospitalLogin) };
}

async function answer(cashier: Browser, page: string, fields: Record<string, string>): ReturnType<Browser['post']> {
  const { html } = await cashier.get(page);
  return cashier.post(`${page}/check`, { ...hiddenOf(html, `${page}/check`), ...fields });
}

test('a cashier compares, chooses, checks and signs; the paper says what was signed, when and by whom', async () => {
  const { cashier, page, payoutId } = await paid();
  const list = (await cashier.get('/hospital')).html;
  expect(list).toContain(`${NET}</span></strong> <span class="capitals" lang="zh-CN">人民币${chineseCapitals(2_410_000n)}</span>`);
  const payment = (await cashier.get(page)).html;
  for (const words of ['ZY20260318', NET, `BK-${payoutId.slice(-6)}`, '2026/03/04 10:00']) expect(payment).toContain(words);
  expect(payment).not.toContain(' checked');
  const check = await answer(cashier, page, { outcome: 'confirm', note: '' });
  expect(check.status).toBe(200);
  expect(check.html).toContain(`<button class="button">签收 ${NET}</button>`);
  const fields = hiddenOf(check.html, `${page}/receipt`);
  const [once, twice] = await Promise.all([cashier.post(`${page}/receipt`, fields), cashier.post(`${page}/receipt`, fields)]);
  expect([once.to, twice.to]).toEqual([`${page}/receipt`, `${page}/receipt`]);
  const receipts = (await house.db('receipt').where('payout_id', payoutId)) as {
    id: string;
    outcome: string;
    amount_fen: bigint;
    signature: string | null;
  }[];
  expect(receipts).toMatchObject([{ outcome: 'confirm', amount_fen: 2_410_000n, signature: null }]);
  const paper = (await cashier.get(`${page}/receipt`)).html;
  for (const words of ['善款签收单', NET, '医院财务 · Hospital cashier', '2026/03/04 10:00', `ALMONER-RECEIPT ${payoutId} ${receipts[0]!.id}`])
    expect(paper).toContain(words);
  expect((await cashier.get(page)).html).toContain('这笔款项已签收');
  expect((await cashier.get('/hospital')).html).toMatch(/没有待签收的款项[\s\S]*已签收[\s\S]*24,100\.00/);
});

test('a denial needs a note, holds nothing back from the record, and may be followed by a receipt', async () => {
  const { cashier, page, payoutId } = await paid();
  const without = await answer(cashier, page, { outcome: 'deny', reason: 'not-credited', note: ' ' });
  expect(without.status).toBe(400);
  expect(without.html).toContain('<a href="#note">否认收款时请说明情况</a>');
  const check = await answer(cashier, page, { outcome: 'deny', reason: 'not-credited', note: '账上没有 <这笔>' });
  expect(check.html).toContain('账上没有 &lt;这笔&gt;');
  expect((await cashier.post(`${page}/receipt`, hiddenOf(check.html, `${page}/receipt`))).status).toBe(303);
  expect((await cashier.get(`${page}/receipt`)).html).toContain('否认收款单');
  expect((await cashier.get('/hospital')).html).toContain('医院否认收款');
  const later = await answer(cashier, page, { outcome: 'confirm', note: '' });
  expect((await cashier.post(`${page}/receipt`, hiddenOf(later.html, `${page}/receipt`))).status).toBe(303);
  expect(await house.db('receipt').where('payout_id', payoutId).orderBy('id').pluck('outcome')).toEqual(['deny', 'confirm']);
  expect((await cashier.get(`${page}/receipt`)).html).toContain('善款签收单');
});

test('a receipt in part says how much and why; the rest can be signed for later, with the amount in all', async () => {
  const { cashier, page, payoutId } = await paid();
  const wrong = await answer(cashier, page, { outcome: 'part', amountYuan: '很多', reason: 'not-credited', note: '' });
  expect(wrong.status).toBe(400);
  for (const field of ['amountYuan', 'reason']) expect(wrong.html).toContain(`<a href="#${field}">`);
  const check = await answer(cashier, page, { outcome: 'part', amountYuan: '24,000', reason: 'less-credited', note: '' });
  expect(check.html).toContain('<button class="button">签收 ¥24,000.00</button>');
  expect((await cashier.post(`${page}/receipt`, hiddenOf(check.html, `${page}/receipt`))).status).toBe(303);
  expect((await cashier.get(`${page}/receipt`)).html).toMatch(/部分收到[\s\S]*实际到账少于付款金额/);
  expect((await cashier.get(page)).html).toMatch(/其余未签收[\s\S]*¥100\.00/);
  const rest = await answer(cashier, page, { outcome: 'confirm', note: '' });
  expect(rest.html).toContain(`<button class="button">签收 ${NET}</button>`);
  expect((await cashier.post(`${page}/receipt`, hiddenOf(rest.html, `${page}/receipt`))).status).toBe(303);
  expect((await cashier.get(page)).html).toContain('这笔款项已签收');
  expect(await house.db('receipt').where('payout_id', payoutId).orderBy('id').pluck('amount_fen')).toEqual([2_400_000n, 2_410_000n]);
});

test('no choice is an error at the field', async () => {
  const { cashier, page } = await paid();
  const none = await answer(cashier, page, {});
  expect(none.status).toBe(400);
  expect(none.html).toContain('<a href="#outcome">请选择是否收到</a>');
});

test('what is signed is the amount that was shown, and only once', async () => {
  const { cashier, page, payoutId } = await paid();
  const check = await answer(cashier, page, { outcome: 'confirm', note: '' });
  const fields = hiddenOf(check.html, `${page}/receipt`);
  const other = hiddenOf((await answer(cashier, page, { outcome: 'confirm', note: '' })).html, `${page}/receipt`);
  const wrong = await cashier.post(`${page}/receipt`, { ...fields, amountFen: '2410001' });
  expect(wrong.status).toBe(422);
  expect(wrong.html).toContain('请按到账金额签收');
  expect((await cashier.post(`${page}/receipt`, { ...fields, csrf: 'x' })).status).toBe(403);
  expect((await cashier.post(`${page}/receipt`, fields)).status).toBe(303);
  expect((await cashier.post(`${page}/receipt`, other)).html).toContain('无需再次操作');
  expect(await house.db('receipt').where('payout_id', payoutId)).toHaveLength(1);
});

test('another hospital finds nothing, and finance has no business here', async () => {
  const { page, story } = await paid();
  const stranger = await new Browser(house.url).logIn((await Story.begin(house)).hospitalLogin);
  expect((await stranger.get(page)).status).toBe(404);
  expect((await stranger.get(`${page}/receipt`)).status).toBe(404);
  expect((await stranger.get('/hospital')).html).toContain('没有待签收的款项');
  const maker = await new Browser(house.url).logIn(story.logins.maker);
  expect((await maker.get('/hospital')).status).toBe(403);
});

test('a payment that came back keeps its paper, with a warning, and leaves the list', async () => {
  const { cashier, page, payoutId } = await paid();
  const check = await answer(cashier, page, { outcome: 'confirm', note: '' });
  await cashier.post(`${page}/receipt`, hiddenOf(check.html, `${page}/receipt`));
  await house.db('payout').where('id', payoutId).update({ state: 'returned' });
  expect((await cashier.get(`${page}/receipt`)).html).toContain('银行其后退回了这笔款项');
  expect((await cashier.get('/hospital')).html).not.toContain(payoutId);
});
