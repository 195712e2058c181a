import { row } from '../../src/database/connect';
import { DAY_MS } from '../../src/domain/calendar';
import { accountAccepted, aRaisedCampaign, feeVersionOf } from './campaigns';
import type { Answer, House } from './house';
import { aKey } from './identifiers';
import { later, nowMs, passwordOf, type StaffName, type Tenant } from './people';

export interface Release {
  readonly id: string;
  readonly campaignId: string;
}

interface Requested {
  readonly id: string;
  readonly outcome: 'accepted' | 'refused';
  readonly refusedBy: string[];
  readonly releases: { readonly id: string; readonly grossFen: string }[];
}

/** Asks for money. @returns the answer as it is. */
export async function request(house: House, tenant: Tenant, campaignId: string, body: object): Promise<Answer<Requested>> {
  return house.ask<Requested>('POST', `/v1/campaigns/${campaignId}/release-requests`, {
    as: tenant.platformKey,
    key: aKey(),
    body: { feeVersion: await feeVersionOf(house, campaignId), ...body },
  });
}

/** A single release of all that was raised, reviewed, publicised, its account accepted: what maker and checkers now sign. */
export async function aReleaseInApproval(
  house: House,
  tenant: Tenant,
  amountsFen: readonly bigint[] = [1_000_000n],
  over: Record<string, unknown> = {},
): Promise<Release> {
  const campaignId = await aRaisedCampaign(house, tenant, amountsFen, over);
  const asked = await request(house, tenant, campaignId, { mode: 'single' });
  expect(asked).toMatchObject({ status: 201, body: { outcome: 'accepted' } });
  const id: string = asked.body.releases[0]!.id;
  await throughPublicity(house, tenant, { id, campaignId });
  return { id, campaignId };
}

/** Reviews a planned release and lets its publicity end; its account is accepted on the way. */
export async function throughPublicity(house: House, tenant: Tenant, release: Release): Promise<void> {
  await house.campaigns.database.moveMoneyOn(release.campaignId, await nowMs(house, tenant));
  await house.releases.database.beginReview(release.id, await nowMs(house, tenant));
  const reviewed = await house.ask('POST', `/v1/releases/${release.id}/review`, {
    as: tenant.sessions.reviewer,
    body: { decision: 'approve', reason: '已核实' },
  });
  expect(reviewed).toMatchObject({ status: 200 });
  await house.releases.database.beginPublicity(release.id, await nowMs(house, tenant));
  await later(house, tenant, DAY_MS);
  await house.releases.database.beginApproval(release.id, await nowMs(house, tenant));
  await accountAccepted(house, tenant, release.campaignId, release.id);
}

/** The maker proposes. @returns the digest to be signed. */
export async function proposed(house: House, tenant: Tenant, release: Release): Promise<string> {
  const made = await house.ask<{ approval: { digest: string } }>('POST', `/v1/releases/${release.id}/approval`, { as: tenant.sessions.maker });
  expect(made).toMatchObject({ status: 201 });
  return made.body.approval.digest;
}

/** Somebody shows once more that it is them, for a signature under a digest. @returns the token; of nobody for who cannot. */
export async function aStepUp(house: House, session: string, digest: string): Promise<string> {
  const body = { act: 'approval.sign', digest, password: passwordOf(session) };
  const shown = await house.ask<{ stepUp?: string }>('POST', '/v1/step-ups', { as: session, body });
  return shown.body.stepUp ?? 'none';
}

/** Somebody signs. @returns the answer as it is. */
export async function signs(
  house: House,
  session: string,
  release: Release,
  digest: string,
  decision: 'approve' | 'reject' = 'approve',
  key = aKey(),
): Promise<Answer> {
  const proof = await aStepUp(house, session, digest);
  return house.ask('POST', `/v1/releases/${release.id}/approval/signatures`, { as: session, key, body: { digest, decision, stepUp: proof } });
}

/** Maker and both checkers agree. @returns the digest. */
export async function signedByAll(house: House, tenant: Tenant, release: Release): Promise<string> {
  const digest = await proposed(house, tenant, release);
  for (const who of ['checkerA', 'checkerB'] satisfies StaffName[])
    expect(await signs(house, tenant.sessions[who], release, digest)).toMatchObject({ status: 201 });
  return digest;
}

/** What the release's workflow does when told of signatures. @returns the payout's id; null while something is missing. */
export async function preparePayout(house: House, tenant: Tenant, release: Release): Promise<string | null> {
  return house.releases.database.preparePayout(release.id, await nowMs(house, tenant));
}

/** A payout that was signed for and made up, and that the bank has not heard of. */
export async function aReservedPayout(
  house: House,
  tenant: Tenant,
  amountsFen?: readonly bigint[],
  over?: Record<string, unknown>,
): Promise<Release & { payoutId: string }> {
  const release = await aReleaseInApproval(house, tenant, amountsFen, over);
  await signedByAll(house, tenant, release);
  const payoutId = await preparePayout(house, tenant, release);
  expect(payoutId).not.toBeNull();
  return { ...release, payoutId: payoutId! };
}

/** How many rows each table holds, so that a test can say that nothing was changed. */
export async function rowCounts(house: House, ...but: readonly string[]): Promise<Record<string, number>> {
  const tables = (await house.owner.raw(
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('public', 'ledger', 'audit') order by 1`,
  )) as { rows: { name: string }[] };
  const counts: Record<string, number> = {};
  for (const { name } of tables.rows)
    if (!but.includes(name)) counts[name] = (await row<{ n: number }>(house.owner, `select count(*)::int as n from ${name}`))!.n;
  return counts;
}
