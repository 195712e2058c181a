import { type Conducted, createPayoutBatchActivities } from '../../src/activities/payoutBatch';
import { PayoutsTogether } from '../../src/activities/payouts/together';
import { row } from '../../src/database/connect';
import { endPublicity, placeReleases } from '../../src/bench/manyReleases';
import { aRaisedCampaign, bankLine } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, nowMs, staffId, type Tenant } from '../support/people';
import { type Batch, batchOf, proposedBatch, signsBatch } from '../support/payoutBatches';

// Each act of finance is one request, one transaction, and a number of statements that does not grow with the lines. ALMONER_BATCH_LINES=10000 for the largest batch.
const LINES = Number(process.env.ALMONER_BATCH_LINES ?? 1_000);
const PAGE = 250;
let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await aHouse();
  tenant = await aTenant(house);
});
afterAll(() => house.close(), 200_000);

/** The batch's conductor, as its workflow calls it. */
async function conducts(batchId: string): Promise<void> {
  const together = new PayoutsTogether(house.db, house.dependencies.banks, house.dependencies.personalData);
  const { payment } = createPayoutBatchActivities({ db: house.db, together, page: PAGE });
  let came: Conducted = { phase: 'paying', after: 0 };
  do came = await payment.conductBatch(batchId, await nowMs(house, tenant), came);
  while (came.phase !== 'finished');
}

async function statements<T>(work: () => Promise<T>): Promise<{ readonly count: number; readonly result: T }> {
  let count = 0;
  const counts = (): void => void (count += 1);
  house.db.on('query', counts);
  const result = await work();
  house.db.off('query', counts);
  return { count, result };
}

test('many releases are taken, proposed and signed; every one has its sheet with both signatures, is paid in a file, matched, and told', async () => {
  const campaignId = await aRaisedCampaign(house, tenant, [1_000n], { payee: { kind: 'institution' } });
  const reviewerId = await staffId(house, tenant, 'reviewer');
  const accounts = await house.owner('payee_account').where('campaign_id', campaignId).whereNull('superseded_at');
  expect(accounts).toHaveLength(1);
  await placeReleases(
    house.owner,
    { tenantId: tenant.id, campaignId },
    { count: LINES, grossFen: 10_000n, reviewerId, at: new Date(await nowMs(house, tenant)) },
  );
  await endPublicity(house.owner, tenant.id);
  const as = tenant.sessions.maker;
  const figures = await house.ask<{ count: number; totalFen: string; controlSum: string }>('GET', '/v1/payable-releases', { as });
  expect(figures.body).toMatchObject({ count: LINES, totalFen: String(10_000 * LINES) });
  const { count, totalFen, controlSum } = figures.body;
  const made = await house.ask<Batch>('POST', '/v1/payout-batches', { as, key: aKey(), body: { count, totalFen, controlSum } });
  const { id } = made.body;
  const taken = await statements(() => house.ask('POST', `/v1/payout-batches/${id}/lines/all-payable`, { as, key: aKey() }));
  expect(taken.result).toMatchObject({ status: 201, body: { included: LINES, excluded: 0 } });
  const proposal = await statements(() => proposedBatch(house, tenant, id));
  expect(proposal.result).toMatchObject({ status: 201, body: { proposal: { count: LINES } } });
  const { digest } = proposal.result.body.proposal!;
  await signsBatch(house, tenant.sessions.checkerA, id, digest);
  const last = await statements(() => signsBatch(house, tenant.sessions.checkerB, id, digest));
  expect(last.result).toMatchObject({ status: 201, body: { state: 'approved' } });
  for (const { count: n } of [taken, proposal, last]) expect(n).toBeLessThan(60);
  expect(
    await row(
      house.db,
      'select count(*)::int as sheets, (select count(*)::int from approval_signature) as signatures from approval where voided_at is null',
    ),
  ).toEqual({ sheets: LINES, signatures: 2 * LINES });
  const sweep = bankLine(tenant, { sign: 'CRDT', amountFen: BigInt(LINES) * 10_000n });
  expect((await house.push('bank', sweep)).status).toBe(204);
  const conducted = await statements(() => conducts(id));
  expect(conducted.count).toBeLessThan(70 * (Math.ceil(LINES / PAGE) + 1));
  const entries = [...house.bank.booked.values()].map(
    ({ payoutId, amountFen }) => bankLine(tenant, { sign: 'DBIT', amountFen, endToEndId: payoutId }).entries[0],
  );
  const pushed = await statements(() => house.push('bank', { kind: 'entries', messageId: 'NTF', entries }));
  expect(pushed.result.status).toBe(204);
  expect(pushed.count).toBeLessThan(20);
  expect(await batchOf(house, tenant, id)).toMatchObject({ terminal: true, reconciled: true, lines: { succeeded: { count: LINES } } });
  expect(await row(house.db, `select count(*)::int as told from outbox where notice = 'payout-settled'`)).toEqual({ told: LINES });
}, 300_000);
