import { DatabaseWire } from '../../src/faults/wires/databaseWire';
import { row } from '../../src/database/connect';
import { freePort } from '../../src/engines/ports';
import { submission } from '../support/campaigns';
import { aHouse, type House } from '../support/house';
import { aKey } from '../support/identifiers';
import { aTenant, type Tenant } from '../support/people';
import { aReleaseInApproval, aReservedPayout, proposed } from '../support/releases';
import { debitNotified, type Payout, pursue, standing } from '../support/transfers';

/** Reliability row 4: the connection is cut as COMMIT goes by, before the server hears it or after it has committed. Nobody can know; the key can. */
let house: House;
let tenant: Tenant;
let wire: DatabaseWire;
beforeAll(async () => {
  house = await aHouse(async (appUrl) => {
    const url = new URL(appUrl);
    const port = await freePort();
    wire = new DatabaseWire(port, Number(url.port));
    await wire.open();
    url.port = String(port);
    return url.href;
  });
  tenant = await aTenant(house);
});
afterAll(async () => {
  await house.close();
  await wire.close();
});

/** A cut that nothing was committed into would prove nothing. */
async function withOneCut<T>(when: 'before' | 'after', work: () => Promise<T>): Promise<T> {
  const before = wire.cuts;
  wire.cutCommits(when, 1);
  const result = await work();
  expect(wire.cuts).toBe(before + 1);
  return result;
}

describe.each(['before', 'after'] as const)('cut %s the commit', (when) => {
  test('a submission: the answer says that nobody knows, and the same key finds or does it once', async () => {
    const asking = { as: tenant.platformKey, key: aKey(), body: submission(tenant) };
    const lost = await withOneCut(when, () => house.ask('POST', '/v1/campaigns', asking));
    expect(lost).toMatchObject({ status: 503, body: { code: 'system.unavailable', retryable: true } });
    const [again, thrice] = [
      await house.ask<{ id: string }>('POST', '/v1/campaigns', asking),
      await house.ask<{ id: string }>('POST', '/v1/campaigns', asking),
    ];
    expect(again.status).toBe(201);
    expect(thrice.body).toEqual(again.body);
    const { n } = (await row<{ n: bigint }>(house.owner, 'select count(*) as n from campaign where tenant_id = ? and id >= ?', [
      tenant.id,
      again.body.id,
    ]))!;
    expect(n).toBe(1n);
  });

  test('a signature is there once', async () => {
    const release = await aReleaseInApproval(house, tenant);
    const digest = await proposed(house, tenant, release);
    const path = `/v1/releases/${release.id}/approval/signatures`;
    const asking = { as: tenant.sessions.checkerA, key: aKey(), body: { digest, decision: 'approve' } };
    expect((await withOneCut(when, () => house.ask('POST', path, asking))).status).toBe(503);
    expect((await house.ask('POST', path, asking)).status).toBe(201);
    expect(await row(house.owner, 'select count(*)::int as n from approval_signature where digest = ?', [digest])).toEqual({ n: 1 });
  });

  test('the intent of a payout: the next attempt reads where it stands, and the bank hears one order', async () => {
    const payout = await aReservedPayout(house, tenant);
    await withOneCut(when, () => expect(pursue(house, tenant, payout.payoutId)).rejects.toThrow(/connection/i));
    await goesThroughOnce(payout);
  });

  test("the record of the bank's answer: the next attempt asks, books it, and sends nothing again", async () => {
    const payout = await aReservedPayout(house, tenant);
    house.bank.submitScript.push((order, book) => {
      book();
      wire.cutCommits(when, 1);
      return { kind: 'ACCEPTED', reference: `B${order.payoutId}` };
    });
    const before = wire.cuts;
    await expect(pursue(house, tenant, payout.payoutId)).rejects.toThrow(/connection/i);
    expect(wire.cuts).toBe(before + 1);
    await goesThroughOnce(payout);
  });
});

async function goesThroughOnce(payout: Payout): Promise<void> {
  expect(await pursue(house, tenant, payout.payoutId)).toBe('succeeded');
  expect(await standing(house, payout)).toMatchObject({ state: 'succeeded', bookedFen: 964_000n, paidFen: 964_000n, received: 1 });
  await debitNotified(house, tenant, payout);
}
