import { row, rows } from '../../src/database/connect';
import { campaignBooks } from '../../src/ledger/statement';
import { verifyLedger } from '../../src/ledger/verify';
import { aRaisedCampaign, bankLine } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aTenant, nowMs, type Tenant } from '../support/people';
import { aReservedPayout, request } from '../support/releases';
import { debitNotified, type Payout, pursue, standing } from '../support/transfers';

// What is left when a release ends: money that comes back too late has an owner, and a plan does not hang on a batch that was never paid. Both found by the simulation.
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(async () => {
  expect(await verifyLedger(house.db, tenant.id)).toEqual([]);
  await house.close();
});

/** Paid, booked and watched to its last moment. */
async function aWatchedPayout(): Promise<Payout> {
  const payout = await aReservedPayout(house, tenant);
  await pursue(house, tenant, payout.payoutId);
  await debitNotified(house, tenant, payout);
  await house.owner('release').where('id', payout.id).update({ stage: 'watch' });
  return payout;
}
const closes = async ({ id }: Payout): Promise<void> => house.releases.database.closeRelease(id, await nowMs(house, tenant));
const returnOf = ({ payoutId }: Payout): ReturnType<typeof bankLine> =>
  bankLine(tenant, { sign: 'CRDT', amountFen: 964_000n, endToEndId: payoutId, returnCode: 'AC04', reference: `R${payoutId}` });
const ownersOf = ({ payoutId }: Payout): Promise<unknown> =>
  rows(house.db, `select kind, owner from money_exception where subject like ?`, [`%/R${payoutId}/CRDT`]);

test('a return that comes after the release closed is with a person, once, and nothing is undone behind them', async () => {
  const payout = await aWatchedPayout();
  await closes(payout);
  for (let i = 0; i < 3; i += 1) expect((await house.push('bank', returnOf(payout))).status).toBe(204);
  expect(await ownersOf(payout)).toEqual([{ kind: 'return-late', owner: 'operator' }]);
  expect(await standing(house, payout)).toMatchObject({ state: 'succeeded', paidFen: 964_000n });
});

test('a return in the last moment, before the end and after the last question: the same', async () => {
  const payout = await aWatchedPayout();
  await house.push('bank', returnOf(payout));
  await closes(payout);
  expect(await ownersOf(payout)).toEqual([{ kind: 'return-late', owner: 'operator' }]);
  expect(await house.releases.reading.returnIsBooked(payout.payoutId)).toBe(false);
});

test('a return and the end at once, ten times: it always has an owner', async () => {
  for (let round = 0; round < 10; round += 1) {
    const payout = await aWatchedPayout();
    const acts = [() => house.push('bank', returnOf(payout)), () => closes(payout)];
    await Promise.all((round % 2 === 0 ? acts : acts.reverse()).map((act) => act()));
    expect(await ownersOf(payout)).toEqual([{ kind: 'return-late', owner: 'operator' }]);
  }
});

test('BATCH: the first batch is refused; the others, which could never start, are cancelled, their money is free and can be asked for again', async () => {
  const campaignId = await aRaisedCampaign(house, tenant, [900n]);
  const batches = [3_000, 3_000, 4_000].map((basisPoints) => ({ basisPoints, purpose: '治疗' }));
  const asked = await request(house, tenant, campaignId, { mode: 'batched', batches });
  expect(asked).toMatchObject({ status: 201, body: { outcome: 'accepted' } });
  const [first] = asked.body.releases;
  const at = await nowMs(house, tenant);
  await house.campaigns.database.moveMoneyOn(campaignId, at);
  await house.releases.database.beginReview(first!.id, at);
  await house.ask('POST', `/v1/releases/${first!.id}/review`, { as: tenant.sessions.reviewer, body: { decision: 'refuse', reason: '材料不符' } });
  await house.releases.database.refuseRelease(first!.id, at);
  for (let i = 0; i < 2; i += 1) await house.campaigns.database.moveMoneyOn(campaignId, at);
  expect(await rows(house.db, 'select batch, stage from release where campaign_id = ? order by batch', [campaignId])).toEqual([
    { batch: 1, stage: 'refused' },
    { batch: 2, stage: 'cancelled' },
    { batch: 3, stage: 'cancelled' },
  ]);
  expect(await campaignBooks(house.db, campaignId)).toMatchObject({ raisedFen: 900n, heldFen: 900n, reservedFen: 0n });
  const why = await row(
    house.db,
    `select count(*)::int as n from audit.event where action = 'release.cancelled' and campaign_id = ? and data->>'why' like 'BATCH%'`,
    [campaignId],
  );
  expect(why).toEqual({ n: 2 });
  expect(await request(house, tenant, campaignId, { mode: 'batched', batches })).toMatchObject({ status: 201, body: { outcome: 'accepted' } });
});
