import { row } from '../../src/database/connect';
import { aRaise } from '../support/campaigns';
import { type Answer, aHouse, type House } from '../support/house';
import { aTenant, type Tenant } from '../support/people';
import { aReleaseInApproval, proposed, rowCounts } from '../support/releases';

// RUMOUR: content goes with its history, and what rested on it is looked at again.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close());

interface Public {
  readonly publicity: {
    readonly complete: boolean;
    readonly items: { readonly item: string; readonly text: string | null; readonly withdrawn: unknown }[];
  };
}
const withdraw = (id: string, item: string): Promise<Answer> =>
  house.ask('POST', `/v1/campaigns/${id}/publications/${item}/withdrawal`, {
    as: tenant.sessions.reviewer,
    body: { reasonZh: '与登记不符', reasonEn: 'The register says otherwise' },
  });
const shown = async (id: string, item: string): Promise<Public['publicity']['items'][number] & { complete: boolean }> => {
  const { publicity } = (await house.ask<Public>('GET', `/v1/public/campaigns/${id}`)).body;
  return { ...publicity.items.find((i) => i.item === item)!, complete: publicity.complete };
};

test('the text is gone, the public reads when and why, the row stays; published anew, it counts again and the history is kept', async () => {
  const id = await aRaise(house, tenant);
  expect(await shown(id, 'houses')).toMatchObject({ complete: true, text: expect.any(String), withdrawn: null });
  expect(await withdraw(id, 'houses')).toMatchObject({ status: 201, body: { publicity: { complete: false, missing: ['houses'] } } });
  const withdrawn = { at: expect.any(String), by: 'platform', reason: { zh: '与登记不符', en: 'The register says otherwise' } };
  expect(await shown(id, 'houses')).toMatchObject({ complete: false, text: null, withdrawn });
  expect(await row(house.db, `select count(*)::int as n from publication where campaign_id = ? and item = 'houses'`, [id])).toEqual({ n: 1 });
  const body = { publications: [{ item: 'houses', text: '一套自住' }] };
  expect(await house.ask('POST', `/v1/campaigns/${id}/publications`, { as: tenant.platformKey, body })).toMatchObject({ status: 201 });
  expect(await shown(id, 'houses')).toMatchObject({ complete: true, text: '一套自住', withdrawn });
});

test('what was signed on the item no longer stands', async () => {
  const release = await aReleaseInApproval(house, tenant);
  await proposed(house, tenant, release);
  expect(await withdraw(release.campaignId, 'cars')).toMatchObject({ status: 201 });
  expect(await row(house.db, 'select 1 from approval where release_id = ? and voided_at is null', [release.id])).toBeNull();
});

test('what is not published cannot be withdrawn, and withdrawn stays withdrawn in SQL too', async () => {
  const id = await aRaise(house, tenant);
  await withdraw(id, 'cars');
  const before = await rowCounts(house);
  for (const item of ['cars', 'nothing']) expect(await withdraw(id, item)).toMatchObject({ status: 404 });
  expect(await rowCounts(house)).toEqual(before);
  await expect(house.db('publication').where({ campaign_id: id, item: 'cars' }).update({ withdrawn_id: null })).rejects.toThrow('stays withdrawn');
});
