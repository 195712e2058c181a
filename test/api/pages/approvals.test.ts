import { chineseCapitals } from '../../../src/domain/chineseCapitals';
import { Browser, hiddenOf } from './support/browser';
import { type House, openHouse } from './support/house';
import { Story } from './support/story';

/** 50,000.00 raised, two halves: 25,000.00 gross, 3 % and 0.6 % off. */
const GIFTS = [1_999_999n, 3_000_001n];
const [GROSS, FEE, NET] = ['¥25,000.00', '¥900.00', '¥24,100.00'];

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

interface Scene {
  readonly story: Story;
  readonly releaseId: string;
  readonly sheet: string;
  readonly maker: Browser;
  readonly checkerA: Browser;
  readonly checkerB: Browser;
}

async function atApproval(): Promise<Scene> {
  const story = await (await (await Story.begin(house)).open()).give(GIFTS);
  const releaseId = await story.toApproval();
  const as = (who: 'maker' | 'checkerA' | 'checkerB'): Promise<Browser> => new Browser(house.url).logIn(story.logins[who]);
  return {
    story,
    releaseId,
    sheet: `/approvals/${releaseId}`,
    maker: await as('maker'),
    checkerA: await as('checkerA'),
    checkerB: await as('checkerB'),
  };
}

async function propose({ maker, sheet }: Scene): Promise<void> {
  const { html } = await maker.get(sheet);
  expect((await maker.post(`${sheet}/proposal`, hiddenOf(html, `${sheet}/proposal`))).to).toBe(sheet);
}

/** Presses approve on the page that the checker has before them. */
function approve(checker: Browser, sheet: string, html: string): ReturnType<Browser['post']> {
  return checker.post(`${sheet}/signatures`, { ...hiddenOf(html, `${sheet}/signatures`), password: checker.password, decision: 'approve' });
}

const signatures = (releaseId: string): Promise<{ decision: string; reason: string | null }[]> =>
  house
    .db('approval_signature as s')
    .join('approval as a', 'a.id', 's.approval_id')
    .where('a.release_id', releaseId)
    .select('s.decision', 's.reason');

test('the list counts and sums what waits, and says whose turn it is', async () => {
  const scene = await atApproval();
  const draft = (await scene.maker.get(scene.sheet)).html;
  for (const words of ['以下是现在提交将形成的内容', '****', NET, `提交审批 ${NET}`]) expect(draft).toContain(words);
  const before = (await scene.maker.get('/approvals')).html;
  expect(before).toContain(`${GROSS}</span></strong> <span class="capitals" lang="zh-CN">人民币${chineseCapitals(2_500_000n)}</span>`);
  expect(before).toMatch(/轮到您[\s\S]*制单员：待提交/);
  expect((await scene.checkerA.get('/approvals')).html).toMatch(/目前没有轮到您的事项[\s\S]*等待他人[\s\S]*制单员：待提交/);
  await propose(scene);
  expect((await scene.checkerA.get('/approvals')).html).toMatch(/轮到您[\s\S]*复核员：已签 0 人，需 2 人/);
  expect((await scene.maker.get('/approvals')).html).toMatch(/等待他人[\s\S]*复核员：已签 0 人，需 2 人/);
});

test('the sheet shows who is paid how much, in figures and capitals, the batches’ total and the digest that is signed', async () => {
  const scene = await atApproval();
  await propose(scene);
  const { html } = await scene.checkerA.get(scene.sheet);
  const { digest } = (await house.db('approval').where('release_id', scene.releaseId).whereNull('voided_at').first('digest')) as { digest: string };
  for (const words of [
    GROSS,
    FEE,
    NET,
    `人民币${chineseCapitals(2_410_000n)}`,
    '第 1 批，共 2 批',
    digest,
    '****',
    '医疗机构',
    '审核员 · Reviewer：清单相符',
    '制单员 · Maker',
  ])
    expect(html).toContain(words);
  expect(html).toContain(`<code>${digest.slice(0, 4)} ${digest.slice(4, 8)} ${digest.slice(8, 12)}</code>`);
  expect(html).toContain('申请总额 ¥50,000.00，各批合计 ¥50,000.00 <span class="good">✓ 相符</span>');
  expect(html).toContain(`value="approve">签字批准 ${NET}</button>`);
  expect((await scene.checkerB.get(`${scene.sheet}?lang=en`)).html).toContain(`value="approve">Approve ${NET}</button>`);
});

test('two checkers sign once each, however often the button is pressed, and then it is paid', async () => {
  const scene = await atApproval();
  await propose(scene);
  const { html } = await scene.checkerA.get(scene.sheet);
  const [first, second] = await Promise.all([approve(scene.checkerA, scene.sheet, html), approve(scene.checkerA, scene.sheet, html)]);
  expect([first.status, first.to, second.status, second.to]).toEqual([303, scene.sheet, 303, scene.sheet]);
  expect(await signatures(scene.releaseId)).toHaveLength(1);
  const signed = (await scene.checkerA.get(scene.sheet)).html;
  expect(signed).toMatch(/您已于 .* 签字（同意）/);
  expect(signed).not.toContain('value="approve"');
  expect(signed).toContain('复核员甲 · Checker A');
  expect((await approve(scene.checkerB, scene.sheet, (await scene.checkerB.get(scene.sheet)).html)).status).toBe(303);
  expect(await signatures(scene.releaseId)).toHaveLength(2);
  await scene.story.pay(scene.releaseId);
  expect((await scene.checkerB.get(scene.sheet)).html).toContain('您已于');
  expect((await scene.maker.get('/approvals')).html).toContain('没有待审批的拨付');
});

test('a second signature in another window is refused, and says why', async () => {
  const scene = await atApproval();
  await propose(scene);
  const windows = [(await scene.checkerA.get(scene.sheet)).html, (await scene.checkerA.get(scene.sheet)).html];
  expect((await approve(scene.checkerA, scene.sheet, windows[0]!)).status).toBe(303);
  const again = await approve(scene.checkerA, scene.sheet, windows[1]!);
  expect(again.status).toBe(409);
  expect(again.html).toContain('一人只计一次');
  expect(await signatures(scene.releaseId)).toHaveLength(1);
});

test('what changed after it was shown cannot be signed: the page says what differs and shows the new sheet', async () => {
  const scene = await atApproval();
  await propose(scene);
  const shown = (await scene.checkerA.get(scene.sheet)).html;
  await scene.story.api('POST', `/v1/campaigns/${scene.story.campaignId}/publications`, scene.story.platformKey, {
    publications: [{ item: 'income', text: '更正' }],
  });
  const stale = await scene.checkerB.get(scene.sheet);
  expect(stale.html).not.toContain('value="approve"');
  await propose(scene);
  const refused = await approve(scene.checkerA, scene.sheet, shown);
  expect(refused.status).toBe(409);
  expect(refused.html).toContain('内容已变更，您的签字没有记录');
  expect(refused.html).toMatch(/<th scope="row">材料版本<\/th><td[^>]*>1<\/td><td[^>]*>2<\/td>/);
  expect(refused.html).not.toMatch(/<th scope="row">实付金额/);
  expect(await signatures(scene.releaseId)).toHaveLength(0);
  expect((await approve(scene.checkerA, scene.sheet, refused.html)).status).toBe(303);
  expect((await scene.maker.get(scene.sheet)).html).toContain('公示信息有更新');
});

test('an expired proposal is signed by nobody, and proposed anew by the maker', async () => {
  const scene = await atApproval();
  await propose(scene);
  const shown = (await scene.checkerA.get(scene.sheet)).html;
  await scene.story.pass(73);
  const expired = (await scene.checkerA.get(scene.sheet)).html;
  expect(expired).toContain('审批已过有效期');
  expect(expired).not.toContain('value="approve"');
  expect(expired).not.toContain('<p class="digest">');
  const refused = await approve(scene.checkerA, scene.sheet, shown);
  expect(refused.status).toBe(409);
  expect(refused.html).toContain('您的签字没有记录');
  expect((await scene.maker.get('/approvals')).html).toMatch(/轮到您[\s\S]*待重新提交/);
  await propose(scene);
  expect((await approve(scene.checkerA, scene.sheet, (await scene.checkerA.get(scene.sheet)).html)).status).toBe(303);
});

test('a rejection needs a reason, and gives the turn back to the maker', async () => {
  const scene = await atApproval();
  await propose(scene);
  const { html } = await scene.checkerA.get(scene.sheet);
  const reject = (reason: string): ReturnType<Browser['post']> =>
    scene.checkerA.post(`${scene.sheet}/signatures`, {
      ...hiddenOf(html, `${scene.sheet}/signatures`, 1),
      password: scene.checkerA.password,
      decision: 'reject',
      reason,
    });
  const without = await reject('  ');
  expect(without.status).toBe(400);
  expect(without.html).toContain('<a href="#reason">请填写否决原因</a>');
  expect(without.html).toContain('aria-invalid="true" aria-describedby="reason-error"');
  expect(await signatures(scene.releaseId)).toHaveLength(0);
  expect((await reject('账户与清单不符 <b>')).status).toBe(303);
  expect(await signatures(scene.releaseId)).toEqual([{ decision: 'reject', reason: '账户与清单不符 <b>' }]);
  await house.releases.database.preparePayout(scene.releaseId, scene.story.nowMs);
  const before = (await scene.maker.get(scene.sheet)).html;
  expect(before).toContain('账户与清单不符 &lt;b&gt;');
  expect(before).toContain(`提交审批 ${NET}`);
});

test('the maker cannot check, and nobody signs by a form that is not theirs', async () => {
  const scene = await atApproval();
  await propose(scene);
  const { html } = await scene.checkerA.get(scene.sheet);
  const fields = { ...hiddenOf(html, `${scene.sheet}/signatures`), password: scene.checkerA.password, decision: 'approve' };
  const makerToken = hiddenOf((await scene.maker.get('/approvals')).html, '/logout').csrf!;
  expect((await scene.maker.get(scene.sheet)).html).not.toContain('value="approve"');
  expect((await scene.maker.post(`${scene.sheet}/signatures`, { ...fields, csrf: makerToken })).status).toBe(403);
  expect((await scene.checkerB.post(`${scene.sheet}/signatures`, fields)).status).toBe(403);
  expect((await scene.checkerA.post(`${scene.sheet}/signatures`, { ...fields, csrf: '' })).status).toBe(403);
  expect(
    (await scene.checkerA.post(`${scene.sheet}/signatures`, fields, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status,
  ).toBe(403);
  expect((await scene.checkerA.post(`${scene.sheet}/signatures`, fields, { origin: house.url, 'sec-fetch-site': 'same-site' })).status).toBe(403);
  expect((await scene.checkerA.post(`${scene.sheet}/signatures`, fields, {})).status).toBe(403);
  expect((await scene.checkerA.post(`${scene.sheet}/signatures`, { ...fields, once: '' })).status).toBe(400);
  expect(await signatures(scene.releaseId)).toHaveLength(0);
});

test('another role is refused with a page, another platform finds nothing', async () => {
  const scene = await atApproval();
  const cashier = await new Browser(house.url).logIn(scene.story.hospitalLogin);
  const refused = await cashier.get('/approvals');
  expect(refused.status).toBe(403);
  expect(refused.html).toContain('您没有权限进行此操作');
  const other = await Story.begin(house);
  const stranger = await new Browser(house.url).logIn(other.logins.checkerA);
  const { status, html } = await stranger.get(scene.sheet);
  expect(status).toBe(404);
  expect(html).not.toContain(GROSS);
  expect((await stranger.get('/approvals')).html).not.toContain(GROSS);
  expect((await stranger.get('/approvals/no-id')).status).toBe(404);
});
