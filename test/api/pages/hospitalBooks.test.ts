import { aJpeg } from '../../support/files';
import { Browser, hiddenOf } from './support/browser';
import { type House, openHouse } from './support/house';
import { Story } from './support/story';

// What a hospital does after it has signed: invoices with pictures, a surplus sent back, and a receipt that anybody can check.
let house: House;
let story: Story;
let payoutId: string;
let cashier: Browser;
beforeAll(async () => {
  house = await openHouse();
  story = await (await (await Story.begin(house)).open()).give([5_000_000n]);
  payoutId = await story.approveAndPay(await story.toApproval());
  cashier = await new Browser(house.url).logIn(story.hospitalLogin);
});
afterAll(() => house.close());

const at = (rest: string): string => `/hospital/payouts/${payoutId}/${rest}`;
const INVOICE = { number: 'FP-20260305', issuedOn: '2026-03-03', item1: '床位费', amount1: '1,200', item2: '检查费', amount2: '80.50' };

test('an invoice is typed, checked, filed once, and gets its picture', async () => {
  const empty = await cashier.get(at('invoices'));
  expect(empty.html).toMatch(/尚无票据[\s\S]*¥24,100\.00/);
  const wrong = await cashier.post(at('invoices/check'), {
    ...hiddenOf(empty.html, at('invoices/check')),
    ...INVOICE,
    amount2: '很多',
    issuedOn: '',
  });
  expect(wrong.status).toBe(400);
  for (const field of ['amount2', 'issuedOn']) expect(wrong.html).toContain(`<a href="#${field}">`);
  expect(wrong.html).toContain('value="床位费"');
  const check = await cashier.post(at('invoices/check'), { ...hiddenOf(empty.html, at('invoices/check')), ...INVOICE });
  expect(check.html).toContain('登记票据 ¥1,280.50</button>');
  const fields = hiddenOf(check.html, at('invoices/file'));
  const [once, twice] = await Promise.all([cashier.post(at('invoices/file'), fields), cashier.post(at('invoices/file'), fields)]);
  expect([once.to, twice.to]).toEqual([at('invoices'), at('invoices')]);
  const listed = (await cashier.get(at('invoices'))).html;
  expect(listed).toMatch(/FP-20260305[\s\S]*床位费[\s\S]*¥1,200\.00/);
  expect(listed).toMatch(/尚无票据[\s\S]*¥22,819\.50/);
  // The same paper again, under another press of the button.
  const again = await cashier.post(at('invoices/check'), { ...hiddenOf(listed, at('invoices/check')), ...INVOICE, number: 'fp20260305' });
  const refused = await cashier.post(at('invoices/file'), hiddenOf(again.html, at('invoices/file')));
  expect(refused.status).toBe(400);
  expect(refused.html).toContain('<a href="#number">该票据号已经登记');
  const tomorrow = await cashier.post(at('invoices/file'), { ...hiddenOf(again.html, at('invoices/file')), number: 'FP-2', issuedOn: '2026-12-31' });
  expect(tomorrow.html).toContain('<a href="#issuedOn">');

  const { id } = (await house.db('invoice').where({ campaign_id: story.campaignId }).first()) as { id: string };
  const form = hiddenOf(listed, at(`invoices/${id}/photo`));
  expect((await cashier.upload(at(`invoices/${id}/photo`), form, null)).html).toContain('<a href="#file">');
  const script = await cashier.upload(at(`invoices/${id}/photo`), form, { bytes: new TextEncoder().encode('<script>'), type: 'image/png' });
  expect(script.html).toContain('只收普通的 JPEG、PNG 或 PDF');
  const picture = { bytes: new Uint8Array(aJpeg()), type: 'image/jpeg' };
  expect((await cashier.upload(at(`invoices/${id}/photo`), { ...form, csrf: 'x' }, picture)).status).toBe(403);
  expect(await house.db('invoice').whereNotNull('photo_id')).toEqual([]);
  const before = await house.db('campaign').where('id', story.campaignId).first('evidence_version');
  expect((await cashier.upload(at(`invoices/${id}/photo`), form, picture)).to).toBe(at('invoices'));
  const pictured = (await cashier.get(at('invoices'))).html;
  expect(pictured).toContain('照片已登记');
  expect(await house.db('document').where({ campaign_id: story.campaignId, kind: 'receipts', stored: true })).toHaveLength(1);
  // No signature is void because of a picture of an invoice.
  expect(await house.db('campaign').where('id', story.campaignId).first('evidence_version')).toEqual(before);

  // It was filed by mistake: withdrawn with a reason, pressed twice.
  const act = at(`invoices/${id}/withdrawal`);
  const unsaid = await cashier.post(act, { ...hiddenOf(pictured, act), because: '' });
  expect([unsaid.status, unsaid.html]).toEqual([400, expect.stringContaining('<a href="#because">请选择撤回原因')]);
  const said = { ...hiddenOf(pictured, act), because: 'wrong-amount' };
  const presses = await Promise.all([cashier.post(act, said), cashier.post(act, said)]);
  expect(presses.map(({ to }) => to)).toEqual([at('invoices'), at('invoices')]);
  const withdrawn = (await cashier.get(at('invoices'))).html;
  expect(withdrawn).toMatch(/尚无票据[\s\S]*¥24,100\.00[\s\S]*FP-20260305[\s\S]*已撤回[\s\S]*金额有误/);
  expect(withdrawn).not.toContain(act);
});

test('a surplus is announced with a reference, not more than there is, and can be withdrawn', async () => {
  const page = (await cashier.get(at('surplus'))).html;
  const wrong = await cashier.post(at('surplus'), { ...hiddenOf(page, at('surplus')), amountYuan: '24,100.01', reason: '出院结余' });
  expect(wrong.status).toBe(400);
  expect(wrong.html).toContain('<a href="#amountYuan">请填写不超过 ¥24,100.00 的金额');
  const fields = { ...hiddenOf(page, at('surplus')), amountYuan: '100', reason: '出院结余' };
  const both = await Promise.all([cashier.post(at('surplus'), fields), cashier.post(at('surplus'), fields)]);
  expect(both.map(({ to }) => to)).toEqual([at('surplus'), at('surplus')]);
  const rows = (await house.db('surplus_return').where('payout_id', payoutId)) as { id: string; reference: string }[];
  expect(rows).toHaveLength(1);
  const announced = (await cashier.get(at('surplus'))).html;
  expect(announced).toContain(rows[0]!.reference);
  expect(announced).toContain('最多可退回 <span class="yuan">¥24,000.00</span>');
  const withdrawal = at(`surplus/${rows[0]!.id}/withdrawal`);
  expect((await cashier.post(withdrawal, hiddenOf(announced, withdrawal))).to).toBe(at('surplus'));
  expect((await cashier.get(at('surplus'))).html).toContain('已撤回');
});

test('anybody can check a receipt by its text; a wrong text finds nothing', async () => {
  const page = `/hospital/payouts/${payoutId}`;
  const chosen = await cashier.post(`${page}/check`, { ...hiddenOf((await cashier.get(page)).html, `${page}/check`), outcome: 'confirm', note: '' });
  await cashier.post(`${page}/receipt`, hiddenOf(chosen.html, `${page}/receipt`));
  const [, text] = /<code>(ALMONER-RECEIPT [0-9A-Z]{26} [0-9A-Z]{26})<\/code>/.exec((await cashier.get(`${page}/receipt`)).html)!;
  const anybody = new Browser(house.url);
  const ask = (code: string): ReturnType<Browser['get']> => anybody.get(`/receipts?code=${encodeURIComponent(code)}`);
  const found = await ask(`  ${text!.toLowerCase()} `);
  expect(found.status).toBe(200);
  for (const words of ['这张签收单有效', '¥24,100.00', `/c/${story.campaignId}`]) expect(found.html).toContain(words);
  expect(found.html).not.toContain('ZY20260318');
  expect((await ask(`${text!.slice(0, -1)}${text!.endsWith('0') ? '1' : '0'}`)).status).toBe(404);
  expect((await ask('<b>ALMONER')).html).toContain('value="&lt;b&gt;ALMONER"');
  expect((await ask('')).status).toBe(200);
  await house.db('payout').where('id', payoutId).update({ state: 'returned' });
  const back = (await ask(text!)).html;
  expect(back).toContain('银行其后退回了这笔款项');
  expect(back).not.toContain('这张签收单有效');
});

test('another hospital and finance have no business here', async () => {
  const stranger = await new Browser(house.url).logIn((await Story.begin(house)).hospitalLogin);
  const maker = await new Browser(house.url).logIn(story.logins.maker);
  for (const what of ['invoices', 'surplus']) expect((await stranger.get(at(what))).status).toBe(404);
  expect((await maker.get(at('invoices'))).status).toBe(403);
  const { id } = (await house.db('invoice').first()) as { id: string };
  const own = hiddenOf((await cashier.get('/hospital')).html, '/logout');
  expect((await stranger.upload(at(`invoices/${id}/photo`), own, null)).status).toBe(404);
});
