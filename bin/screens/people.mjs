// The pages that need no log-in: complaint, gift, sponsor. Everything is done by pressing the pages' own buttons.

/** Takes the pictures on a campaign that is raising, and leaves it with an update, a complaint that was answered, and a gift that was paid. */
export async function people({ story, page, url, take, takeAnswer }) {
  const { campaignId, sponsorKey } = story;
  const complain = `/c/${campaignId}/complain`;
  const text = '我在同一小区，知道他们家还有一套出租的房子，页面上没有写。\n去年冬天我见过租客。';
  await page.goto(`${url}${complain}`);
  await take(page, 'complain');
  await takeAnswer(page, 'complain-wrong', complain, (p) => p.click('main form button'));
  const fill = async (p) => {
    await p.check('input[value=assets]');
    await p.fill('#text', text);
    await p.click('main form > .button');
  };
  await takeAnswer(page, 'complain-check', complain, fill);
  await page.goto(`${url}${complain}?lang=zh`);
  await fill(page);
  await page.click('form[action$=complaint] button');
  await take(page, 'complaint');
  const { complaints } = await story.api.send('GET', `/v1/campaigns/${campaignId}/complaints`, story.tenant.platformKey);
  await story.api.send('POST', `/v1/complaints/${complaints[0].id}/admissibility`, story.reviewer, { admissible: false, reason: '已核实', reply: '平台已核对不动产登记：该房屋属于同名他人，与本项目无关。谢谢您的监督。' });
  await take(page, 'complaint-answered');
  await page.goto(`${url}/complaints`);
  await take(page, 'complaints');

  const give = `/c/${campaignId}/give`;
  await page.goto(`${url}${give}`);
  await take(page, 'give');
  await takeAnswer(page, 'give-wrong', give, async (p) => {
    await p.check('input[value=own]');
    await p.fill('#amount', '1e3');
    await p.click('main form button');
  });
  await page.goto(`${url}${give}?lang=zh`);
  await page.check('input[name=preset][value="10000"]');
  await page.check('#consent');
  await page.click('main form button');
  await take(page, 'gift-to-pay');
  await story.sandbox('POST', '/payments', { tenantId: story.tenant.tenantId, giftIds: [new URL(page.url()).pathname.split('/')[2]] });
  await story.advance(1);
  await take(page, 'gift');
  await page.fill('#reason', '我不小心多付了一笔。');
  await page.click('form[action$=refund] button');
  await take(page, 'gift-asked');

  const sponsor = `/s/${campaignId}/${sponsorKey}`;
  await page.goto(`${url}${sponsor}?lang=zh`);
  await page.click('#act-update summary');
  await page.check('input[name=updateKind][value=progress]');
  await page.fill('#updateText', '第一疗程结束，血象稳定，没有感染。下周一开始第二疗程。');
  await page.click('#act-update button');
  await take(page, 'sponsor');
  await takeAnswer(page, 'sponsor-money', sponsor, async (p) => {
    await p.click('#act-money summary');
    await p.click('#act-money .button');
  });
  await takeAnswer(page, 'sponsor-check', sponsor, async (p) => {
    await p.click('#act-money summary');
    await p.check('input[name=mode][value=single]');
    await p.fill('#amount', '20,000');
    await p.fill('#purpose', '第一疗程的药费');
    await p.click('#act-money .button');
  });
  await page.goto(`${url}/c/${campaignId}?lang=zh`);
  await take(page, 'campaign-raising');
}
